/*
 * Goal of this test: uses that look alike are kept as one with their number,
 * others apart, and what is too much is counted.
 * Links: authd/core/seen.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/seen.h"

static struct seen *s;

static int
setup(void **state)
{
	(void)state;
	return (seen_new(&s));
}

static int
teardown(void **state)
{
	(void)state;
	seen_free(s);
	return (0);
}

static void
note(int serial, const char *reason, const char *source, int64_t at_ms)
{
	struct seen_use u;

	memset(&u, 0, sizeof(u));
	memcpy(u.serial, &serial, sizeof(serial));
	snprintf(u.reason, sizeof(u.reason), "%s", reason);
	snprintf(u.act.source, sizeof(u.act.source), "%s", source);
	u.act.now.wall_ms = at_ms;
	u.n = 77; /* not looked at */
	seen_note(s, &u);
}

static void
test_alike(void **state)
{
	struct seen_use u;
	int i, n = 0, total = 0;

	(void)state;
	assert_false(seen_take(s, &u));
	for (i = 0; i < 10; i++)
		note(1, "", "a", i);
	note(1, "", "b", 1);
	note(1, "revoked", "a", 2);
	note(2, "", "a", 3);
	while (seen_take(s, &u)) {
		n++;
		total += u.n;
		if (u.n == 10)
			assert_int_equal(u.act.now.wall_ms, 9);
		else
			assert_int_equal(u.n, 1);
	}
	assert_int_equal(n, 4);
	assert_int_equal(total, 13);
	assert_int_equal(seen_dropped(s), 0);
}

static void
test_too_many(void **state)
{
	struct seen_use u;
	int i, n = 0;

	(void)state;
	for (i = 0; i < SEEN_MAX + 5; i++)
		note(i, "", "", 1);
	note(3, "", "", 9); /* known: kept */
	assert_int_equal(seen_dropped(s), 5);
	assert_int_equal(seen_dropped(s), 0);
	/* what comes while the others are taken is not lost */
	assert_true(seen_take(s, &u));
	n++;
	note(70000, "", "", 1);
	note(5, "", "", 2);
	while (seen_take(s, &u))
		n += u.n;
	assert_int_equal(n, SEEN_MAX + 1);
	seen_stored(s, true);
	while (seen_take(s, &u))
		n += u.n;
	assert_int_equal(n, SEEN_MAX + 3);
	seen_stored(s, true);
	assert_true(seen_is_empty(s));
	for (i = 0; i < SEEN_MAX; i++)
		note(i, "", "", 1);
	assert_int_equal(seen_dropped(s), 0);
}

/* How many, and all of their uses, are taken now; at most that many. */
static int
take(int most, int *uses)
{
	struct seen_use u;
	int n = 0;

	for (*uses = 0; n < most && seen_take(s, &u); n++)
		*uses += u.n;
	return (n);
}

static void
test_kept_until_stored(void **state)
{
	int i, uses;

	(void)state;
	assert_true(seen_is_empty(s));
	for (i = 0; i < 10; i++)
		note(i, "", "", 1);
	note(9, "", "", 2);
	assert_false(seen_is_empty(s));
	assert_int_equal(take(4, &uses), 4);
	note(9, "", "", 3);
	seen_stored(s, false);
	assert_int_equal(take(99, &uses), 10);
	assert_int_equal(uses, 11);
	assert_int_equal(take(99, &uses), 0);
	seen_stored(s, false);
	assert_int_equal(take(6, &uses), 6);
	seen_stored(s, true);
	assert_false(seen_is_empty(s));
	/* those that are stored do not come again */
	assert_int_equal(take(99, &uses), 4);
	seen_stored(s, false);
	assert_int_equal(take(99, &uses), 4);
	seen_stored(s, true);
	assert_int_equal(take(99, &uses), 1);
	assert_int_equal(uses, 1);
	assert_false(seen_is_empty(s));
	seen_stored(s, true);
	assert_true(seen_is_empty(s));
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_alike),
		RUN(test_too_many),
		RUN(test_kept_until_stored),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
