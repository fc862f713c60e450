/*
 * Goal of this test: nothing that came from elsewhere reaches a terminal with
 * control or direction characters in it, times are local, and columns of wide
 * characters stay aligned.
 * Links: cli/show.c authd/base/text.c authd/api/json.c authd/base/mem.c
 * Links: authd/base/timetext.c authd/base/err.c authd/base/log.c
 * Links: authd/base/clock.c
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/show.h"

static void
safe_is(const char *in, const char *want)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	show_safe(f, in);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void
test_safe_text(void **state)
{
	(void)state;
	safe_is("", "");
	safe_is("a b　山田 é", "a b　山田 é");
	safe_is("\033[31m", "\\u001b[31m");
	safe_is("a\nb\tc\r", "a\\u000ab\\u0009c\\u000d");
	safe_is("\x7f\xc2\x9b", "\\u007f\\u009b");
	safe_is("\u202eabc\u2066\u200f", "\\u202eabc\\u2066\\u200f");
	safe_is("\u2028", "\\u2028");
	safe_is("a\xff\xc3", "a\\ufffd\\ufffd");
	safe_is("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
}

static void
test_times_are_local(void **state)
{
	char out[40];

	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	show_time(out, sizeof(out), "2026-11-22T11:31:27.123Z");
	assert_string_equal(out, "2026-11-22 20:31:27");
	show_time(out, sizeof(out), "soon");
	assert_string_equal(out, "soon");
	show_time(out, sizeof(out), "2026-11-22T11:31:27+09:00");
	assert_string_equal(out, "2026-11-22T11:31:27+09:00");
	assert_int_equal(show_seconds("1970-01-02T00:00:01.000Z"), 86401);
	assert_int_equal(show_seconds("1970-01-02"), -1);
	assert_int_equal(show_seconds(""), -1);
}

/* Run a printing function with standard output in a pipe. */
static void
printed(void (*print)(const json_t *, const struct show_field *),
    const char *json, const struct show_field *fields, char *out, size_t size)
{
	json_t *v = json_loads(json, 0, NULL);
	int fd[2], saved = dup(STDOUT_FILENO);
	ssize_t n;

	assert_non_null(v);
	assert_int_equal(pipe(fd), 0);
	fflush(stdout);
	dup2(fd[1], STDOUT_FILENO);
	print(v, fields);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd[1]);
	n = read(fd[0], out, size - 1);
	close(fd[0]);
	assert_true(n >= 0);
	out[n] = '\0';
	json_decref(v);
}

static const struct show_field fields[] = { { "name", "NAME", SHOW_TEXT },
	{ "n", "N", SHOW_TEXT }, { "roles", "ROLES", SHOW_LIST },
	{ NULL, NULL, SHOW_TEXT } };

static void
test_table_aligns_wide_characters(void **state)
{
	char out[1000];

	(void)state;
	printed(show_table,
	    "[{\"name\":\"山田\",\"n\":1,\"roles\":[\"a\",\"b\"]},"
	    "{\"name\":\"Bo\\u001b\",\"n\":true,\"roles\":[]}]",
	    fields, out, sizeof(out));
	assert_string_equal(out,
	    "NAME     N   ROLES\n"
	    "山田     1   a, b\n"
	    "Bo\\u001b yes \n");
	printed(show_table, "[]", fields, out, sizeof(out));
	assert_string_equal(out, "none\n");
}

static void
test_object_leaves_out_what_says_nothing(void **state)
{
	char out[1000];

	(void)state;
	printed(show_object,
	    "{\"name\":\"x\\ny\",\"n\":null,\"roles\":[],\"other\":1}", fields,
	    out, sizeof(out));
	assert_string_equal(out, "NAME           x\\u000ay\n");
}

static void
print_json(const json_t *v, const struct show_field *none)
{
	(void)none;
	show_json(v);
}

static void *
no_memory(size_t n)
{
	(void)n;
	return (NULL);
}

/* F5: a program must not take silence for an answer. */
static void
test_json_without_memory_is_an_error(void **state)
{
	json_t *v = json_pack("{s:s}", "result", "accept");
	json_malloc_t get;
	json_free_t put;

	(void)state;
	assert_non_null(v);
	json_get_alloc_funcs(&get, &put);
	json_set_alloc_funcs(no_memory, put);
	show_json(v);
	json_set_alloc_funcs(get, put);
	assert_true(ferror(stdout));
	clearerr(stdout);
	show_json(v);
	assert_false(ferror(stdout));
	json_decref(v);
}

/* A full disk is no lack of memory, and is told by main() at the end. */
static void
test_table_that_cannot_be_written(void **state)
{
	json_t *list = json_pack("[{s:s}]", "name", "x");
	int saved = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
	char said[200];
	FILE *full = fopen("/dev/full", "w"), *err = tmpfile();

	(void)state;
	assert_non_null(full);
	assert_non_null(err);
	fflush(stdout);
	dup2(fileno(full), STDOUT_FILENO);
	dup2(fileno(err), STDERR_FILENO);
	puts("before");
	show_table(list, fields);
	dup2(saved, STDOUT_FILENO);
	dup2(saved_err, STDERR_FILENO);
	close(saved);
	close(saved_err);
	fclose(full);
	rewind(err);
	assert_null(fgets(said, sizeof(said), err));
	fclose(err);
	assert_true(ferror(stdout));
	clearerr(stdout);
	json_decref(list);
}

/* What came as an escape or raw goes out as an escape: the same JSON. */
static void
test_json_drives_no_terminal(void **state)
{
	char out[1000];

	(void)state;
	printed(print_json,
	    "{\"a\": \"\xc2\x9b"
	    "2J\\u202e\\u007f山田\\n\", "
	    "\"\\u0085\": [1]}",
	    NULL, out, sizeof(out));
	assert_string_equal(out,
	    "{\"a\": \"\\u009b2J\\u202e\\u007f山田\\n\", "
	    "\"\\u0085\": [1]}\n");
	printed(print_json, "[]", NULL, out, sizeof(out));
	assert_string_equal(out, "[]\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe_text),
		cmocka_unit_test(test_times_are_local),
		cmocka_unit_test(test_table_aligns_wide_characters),
		cmocka_unit_test(test_object_leaves_out_what_says_nothing),
		cmocka_unit_test(test_json_drives_no_terminal),
		cmocka_unit_test(test_json_without_memory_is_an_error),
		cmocka_unit_test(test_table_that_cannot_be_written),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
