/*
 * Goal of this test: the account of a kit names every line with its outcome,
 * in a file that Excel opens and whose cells stay cells, never overwrites, and
 * is true at every moment.
 * Links: cli/kit_result.c cli/csv.c cli/csv_text.c authd/render/cells.c cli/show.c
 * Links: authd/api/json.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/api/json.h"
#include "cli/kit_result.h"

struct place {
	char dir[64], path[100];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/test_kit_result.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/result.csv", p->dir);
	*state = p;
	return (0);
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return (0);
}

static void
content(const char *path, char out[4000])
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, 3999, f);
	out[n] = '\0';
	fclose(f);
}

static const struct kit_line line = { .row = 2,
	.office = "demo",
	.login = "130321-01",
	.label = "=cmd|x" };

static const struct kit_outcome made = { .terminal = "0f6a",
	.serial = "4A1B",
	.until = "2027-11-26",
	.file = "002-130321-01.p12",
	.sheet = "002-130321-01.html" };

static void
test_rows_and_counts(void **state)
{
	struct kit_outcome o = { .code = "no_such_account",
		.detail = "There is no such account." };
	struct place *p = *state;
	struct kit_result r;
	char text[4000];
	struct stat st;
	mode_t old = umask(0);

	assert_int_equal(kit_result_open(&r, p->path), 0);
	umask(old);
	assert_int_equal(kit_result_put(&r, &line, &made), 0);
	/* it is there before the end */
	content(p->path, text);
	assert_memory_equal(text, "\xef\xbb\xbf\"行 row\",", 13);
	assert_non_null(strstr(text,
	    "\r\n\"2\",\"demo\",\"130321-01\",\"'=cmd|x\",\"発行済み issued\","
	    "\"\",\"0f6a\",\"4A1B\",\"2027-11-26\",\"002-130321-01.p12\","
	    "\"002-130321-01.html\"\r\n"));
	assert_int_equal(kit_result_put(&r, &line, &o), 0);
	snprintf(o.code, sizeof(o.code), "unavailable");
	assert_int_equal(kit_result_put(&r, &line, &o), 0);
	snprintf(o.code, sizeof(o.code), "not_tried");
	assert_int_equal(kit_result_put(&r, &line, &o), 0);
	content(p->path, text);
	assert_non_null(strstr(text,
	    "\"失敗 failed\",\"IDが登録されていません / There is no such "
	    "account. (no_such_account)\",\"\",\"\",\"\",\"\",\"\"\r\n"));
	assert_non_null(strstr(text, "\"未処理 not tried\",\""));
	assert_non_null(strstr(text, "発行済みかもしれない"));
	assert_int_equal(r.made, 1);
	assert_int_equal(r.failed, 3);
	assert_int_equal(json_array_size(r.list), 4);
	assert_true(json_of_bool(json_array_get(r.list, 0), "ok"));
	assert_false(json_of_bool(json_array_get(r.list, 1), "ok"));
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(kit_result_close(&r), 0);
}

static void
test_reads_back(void **state)
{
	struct place *p = *state;
	struct csv_fault fault;
	struct kit_result r;
	char text[4000];
	struct csv c;

	assert_int_equal(kit_result_open(&r, p->path), 0);
	assert_int_equal(kit_result_put(&r, &line, &made), 0);
	assert_int_equal(kit_result_close(&r), 0);
	content(p->path, text);
	assert_int_equal(csv_open(&c, text, strlen(text), &fault), 0);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.rows[0].n, c.rows[1].n);
	assert_string_equal(c.rows[1].at[3], "'=cmd|x");
	csv_close(&c);
}

static void
test_existing_file_stays(void **state)
{
	struct place *p = *state;
	struct kit_result r;
	int fd = open(p->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	close(fd);
	assert_int_equal(kit_result_open(&r, p->path), ERR_SYS);
	assert_int_equal(kit_result_close(&r), 0);
}

static void
test_full_disk_is_told(void **state)
{
	struct place *p = *state;
	struct kit_result r;
	int full;

	assert_int_equal(kit_result_open(&r, p->path), 0);
	full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(full, -1);
	assert_int_not_equal(dup2(full, fileno(r.csv)), -1);
	close(full);
	assert_int_equal(kit_result_put(&r, &line, &made), ERR_IO);
	assert_int_equal(kit_result_close(&r), ERR_IO);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows_and_counts),
		TEST(test_reads_back),
		TEST(test_existing_file_stays),
		TEST(test_full_disk_is_told),
	};

	json_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
