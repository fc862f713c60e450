/*
 * Goal of this test: times are written in one form whatever the number, and
 * only dates that exist are read.
 * Links: authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "authd/base/timetext.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_times(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ 1795305600123, "2026-11-22T00:00:00.123Z" },
		{ 951827696789, "2000-02-29T12:34:56.789Z" },
		{ 2147483648000, "2038-01-19T03:14:08.000Z" },
		{ 4294967296000, "2106-02-07T06:28:16.000Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" },
		{ 253402300800000, "9999-12-31T23:59:59.999Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
		{ -1, "1970-01-01T00:00:00.000Z" },
		{ INT64_MIN, "1970-01-01T00:00:00.000Z" },
	};
	char out[TIMETEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		timetext_put(rows[i].ms, out);
		assert_string_equal(out, rows[i].text);
	}
}

static void
test_dates_are_tokyo(void **state)
{
	char out[TIMETEXT_DATE_MAX];
	int64_t ms;

	(void)state;
	assert_int_equal(timetext_get_date("2026-11-22", &ms), 0);
	/* 2026-11-22T00:00+09:00 is 2026-11-21T15:00Z. */
	assert_int_equal(ms, 1795305600000 - 9 * 3600 * 1000);
	timetext_put_date(ms, out);
	assert_string_equal(out, "2026-11-22");
	timetext_put_date(ms - 1, out);
	assert_string_equal(out, "2026-11-21");
	timetext_put_date(ms + 24 * 3600 * 1000 - 1, out);
	assert_string_equal(out, "2026-11-22");
	assert_int_equal(timetext_get_date("2028-02-29", &ms), 0);
	timetext_put_date(ms, out);
	assert_string_equal(out, "2028-02-29");
	assert_int_equal(timetext_get_date("9999-12-31", &ms), 0);
	timetext_put_date(INT64_MAX, out);
	assert_string_equal(out, "9999-12-31");
	timetext_put_date(INT64_MIN, out);
	assert_string_equal(out, "1970-01-01");
}

static void
test_no_dates(void **state)
{
	static const char *const none[] = { "", "2026-11-2", "2026-11-222",
		"2026-02-29", "2026-02-30", "2100-02-29", "2026-00-01",
		"2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31",
		"2026/11/22", "26-11-2222", "2026--1-01", "2026-11--1",
		"2026-11-0-", "-026-11-22", "0000-01-01", "1969-12-31",
		"2026-1-022", "20261122--", "2026-11-2 ", " 2026-11-2",
		"+026-11-22", "２０２６" };
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(none); i++)
		if (timetext_get_date(none[i], &ms) != ERR_INVALID)
			fail_msg("no date %s was read", none[i]);
}

/* A date that is kept as a time must not look like "no date" or earlier. */
static void
test_first_day(void **state)
{
	int64_t ms = 1;

	(void)state;
	assert_int_equal(timetext_get_date("1970-01-01", &ms), ERR_INVALID);
	assert_int_equal(timetext_get_date("1970-01-02", &ms), 0);
	assert_int_equal(ms, 15 * 3600 * 1000);
}

/* The machine's own zone plays no part. */
static void
test_zone(void **state)
{
	char out[TIMETEXT_MAX];
	int64_t ms;

	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	assert_int_equal(timetext_get_date("2026-07-01", &ms), 0);
	timetext_put(ms, out);
	assert_string_equal(out, "2026-06-30T15:00:00.000Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_dates_are_tokyo),
		cmocka_unit_test(test_no_dates),
		cmocka_unit_test(test_first_day),
		cmocka_unit_test(test_zone),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
