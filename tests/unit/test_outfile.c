/*
 * Goal of this test: an image with a secret is whole or not there, belongs to
 * its owner alone, and replaces nothing unasked.
 * Links: cli/outfile.c cli/show.c authd/base/text.c authd/api/json.c
 * Links: authd/base/file.c
 * Links: authd/base/mem.c authd/base/timetext.c authd/base/err.c
 * Links: authd/base/log.c authd/base/clock.c tests/fakes/disk_fake.c
 */
#include <dirent.h>
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

#include "cli/outfile.h"
#include "tests/fakes/disk_fake.h"

struct place {
	char dir[64], path[100];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/test_outfile.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/qr.png", p->dir);
	*state = p;
	return (0);
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	assert_int_equal(rmdir(p->dir), 0); /* no draft is left */
	free(p);
	return (0);
}

static void
content_is(const char *path, const char *want)
{
	char got[100];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	fclose(f);
	assert_string_equal(got, want);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
test_file_is_whole_and_private(void **state)
{
	struct place *p = *state;
	struct outfile f;
	struct stat st;
	mode_t old = umask(0);

	assert_int_equal(outfile_open(&f, p->path, false), 0);
	assert_int_equal(access(p->path, F_OK), -1);
	assert_int_equal(outfile_put(&f, "secret", 6), 0);
	outfile_close(&f);
	umask(old);
	content_is(p->path, "secret");
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
test_nothing_is_left_without_put(void **state)
{
	struct place *p = *state;
	struct outfile f;

	assert_int_equal(outfile_open(&f, p->path, false), 0);
	outfile_close(&f);
	assert_int_equal(access(p->path, F_OK), -1);
	outfile_close(&f);
}

static void
test_existing_file_stays(void **state)
{
	struct place *p = *state;
	struct outfile f;

	write_file(p->path, "old");
	assert_int_equal(outfile_open(&f, p->path, false), ERR_EXISTS);
	outfile_close(&f);
	content_is(p->path, "old");
}

/* One that appeared in between, or a link laid in the way. */
static void
test_file_that_came_between_stays(void **state)
{
	struct place *p = *state;
	struct outfile f;

	assert_int_equal(outfile_open(&f, p->path, false), 0);
	assert_int_equal(symlink("/tmp/test_outfile.elsewhere", p->path), 0);
	assert_int_equal(outfile_put(&f, "new", 3), ERR_EXISTS);
	outfile_close(&f);
	assert_int_equal(access("/tmp/test_outfile.elsewhere", F_OK), -1);
}

static void
test_forced_replaces(void **state)
{
	struct place *p = *state;
	struct outfile f;

	write_file(p->path, "old");
	assert_int_equal(outfile_open(&f, p->path, true), 0);
	content_is(p->path, "old");
	assert_int_equal(outfile_put(&f, "new", 3), 0);
	outfile_close(&f);
	content_is(p->path, "new");
}

static void
test_full_disk_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct outfile f;
	int full;

	assert_int_equal(outfile_open(&f, p->path, false), 0);
	full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(full, -1);
	assert_int_equal(dup2(full, f.fd), f.fd);
	close(full);
	assert_int_equal(outfile_put(&f, "new", 3), ERR_IO);
	outfile_close(&f);
	assert_int_equal(access(p->path, F_OK), -1);
}

/* Bytes and name are on the disk before it is said to be there. */
static void
test_F6_durable(void **state)
{
	struct disk_fake *disk = disk_fake_reset();
	struct place *p = *state;
	struct outfile f;

	assert_int_equal(outfile_open(&f, p->path, false), 0);
	assert_int_equal(outfile_put(&f, "secret", 6), 0);
	outfile_close(&f);
	assert_int_equal(disk->files, 1);
	assert_int_equal(disk->dirs, 1);
	disk->fails_dirs = true;
	assert_int_equal(outfile_open(&f, p->path, true), 0);
	assert_int_equal(outfile_put(&f, "new", 3), ERR_IO);
	outfile_close(&f);
	disk->fails_files = true;
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(outfile_open(&f, p->path, false), 0);
	assert_int_equal(outfile_put(&f, "new", 3), ERR_IO);
	outfile_close(&f);
	assert_int_equal(access(p->path, F_OK), -1);
	disk_fake_reset();
}

static void
test_no_directory(void **state)
{
	struct outfile f;

	(void)state;
	assert_int_equal(
	    outfile_open(&f, "/tmp/no/such/dir/x", false), ERR_SYS);
	outfile_close(&f);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_file_is_whole_and_private),
		TEST(test_nothing_is_left_without_put),
		TEST(test_existing_file_stays),
		TEST(test_file_that_came_between_stays),
		TEST(test_forced_replaces),
		TEST(test_full_disk_leaves_nothing),
		TEST(test_F6_durable),
		cmocka_unit_test(test_no_directory),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
