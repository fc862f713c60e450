/*
 * Goal of this target: times and dates as text agree with a calendar counted
 * by hand; what is read as a date is that very date when written again, and
 * every other text is refused.
 * Links: authd/base/timetext.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/timetext.h"
#include "tests/fuzz/fuzz.h"

#define DAY_MS   86400000LL
#define TOKYO_MS (9 * 3600000LL)
#define LAST_MS  253402300799999LL

/* Days since 1970-01-01 of a date, year by year. -1: no such day. */
static int64_t
days(int y, int m, int d)
{
	static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool is_leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	int64_t n = 0;
	int i;

	if (y < 1970 || m < 1 || m > 12 || d < 1 ||
	    d > len[m - 1] + (is_leap && m == 2))
		return (-1);
	for (i = 1970; i < y; i++)
		n += 365 + ((i % 4 == 0 && i % 100 != 0) || i % 400 == 0);
	for (i = 1; i < m; i++)
		n += len[i - 1] + (is_leap && i == 2);
	return (n + d - 1);
}

static int
number(const char *s, int n)
{
	int v = 0;

	for (; n > 0; n--, s++)
		v = v * 10 + (*s - '0');
	return (v);
}

/* A text in the form of 0000-00-00, with what follows. */
static bool
is_form(const char *s, const char *form)
{
	for (; *form != '\0'; form++, s++)
		if (*form == '0' ? *s < '0' || *s > '9' : *s != *form)
			return (false);
	return (*s == '\0');
}

static void
check_put(int64_t ms)
{
	char text[TIMETEXT_MAX], date[TIMETEXT_DATE_MAX];
	int64_t back, near = ms < 0 ? 0 : ms > LAST_MS ? LAST_MS : ms;

	timetext_put(ms, text);
	FUZZ_CHECK(is_form(text, "0000-00-00T00:00:00.000Z"));
	back = days(number(text, 4), number(text + 5, 2), number(text + 8, 2));
	FUZZ_CHECK(back >= 0);
	back = back * DAY_MS + number(text + 11, 2) * 3600000LL +
	    number(text + 14, 2) * 60000LL + number(text + 17, 2) * 1000LL +
	    number(text + 20, 3);
	FUZZ_CHECK(back == near);

	timetext_put_date(ms, date);
	FUZZ_CHECK(is_form(date, "0000-00-00"));
	back = days(number(date, 4), number(date + 5, 2), number(date + 8, 2));
	if (ms >= -TOKYO_MS && ms <= LAST_MS - TOKYO_MS)
		FUZZ_CHECK(back == (ms + TOKYO_MS) / DAY_MS);
}

static void
check_get(const char *s)
{
	char back[TIMETEXT_DATE_MAX];
	int64_t ms = 0, n = -1;

	if (is_form(s, "0000-00-00"))
		n = days(number(s, 4), number(s + 5, 2), number(s + 8, 2));
	/* the first day there begins before 0 */
	FUZZ_CHECK((timetext_get_date(s, &ms) == 0) == (n > 0));
	if (n <= 0)
		return;
	FUZZ_CHECK(ms == n * DAY_MS - TOKYO_MS);
	timetext_put_date(ms, back);
	FUZZ_CHECK(strcmp(s, back) == 0);
	timetext_put_date(ms + DAY_MS - 1, back);
	FUZZ_CHECK(strcmp(s, back) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf_reader r;
	char date[40], *s;
	uint16_t y;
	uint8_t m, d;

	buf_reader_init(&r, data, size);
	check_put(buf_get_i64(&r));
	buf_reader_init(&r, data, size);
	check_put((int64_t)(buf_get_u64(&r) % (LAST_MS + 1)));
	y = buf_get_u16(&r) % 10000;
	m = buf_get_u8(&r) % 14;
	d = buf_get_u8(&r) % 33;
	snprintf(date, sizeof(date), "%04d-%02d-%02d", y, m, d);
	check_get(date);
	s = fuzz_text(data, size);
	check_get(s);
	free(s);
	return (0);
}
