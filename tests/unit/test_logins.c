/*
 * Goal of this test: a token opens one step, once, for the peer it was made
 * for, within five minutes; and nothing that is not exactly such a token does.
 * Links: authd/core/logins.c authd/base/id.c authd/base/mem.c
 * Links: authd/base/text.c authd/base/err.c authd/base/log.c
 * Links: authd/base/timetext.c tests/fakes/clock_fake.c authd/base/buf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/logins.h"

static struct logins *l;
static struct act act;

static int
setup(void **state)
{
	(void)state;
	memset(&act, 0, sizeof(act));
	snprintf(act.actor, sizeof(act.actor), "unix:33");
	act.now.steady_ms = 1000000;
	return (logins_new(&l));
}

static int
teardown(void **state)
{
	(void)state;
	logins_free(l);
	l = NULL;
	return (0);
}

static struct logins_entry
entry(int account, enum logins_step step)
{
	struct logins_entry e;

	memset(&e, 0, sizeof(e));
	e.step = step;
	memcpy(e.account.b, &account, sizeof(account));
	e.office.b[0] = 7;
	snprintf(e.login, sizeof(e.login), "yamada%d", account);
	snprintf(e.actor, sizeof(e.actor), "unix:33");
	snprintf(e.consumer, sizeof(e.consumer), "local:sshd");
	e.password_ms = 42;
	return (e);
}

static void
put(int account, enum logins_step step, char token[LOGINS_TOKEN_LEN + 1])
{
	struct logins_entry e = entry(account, step);

	assert_int_equal(logins_put(l, &e, &act.now, token), 0);
	assert_int_equal(strlen(token), LOGINS_TOKEN_LEN);
}

static bool
is_zero(const struct logins_entry *e)
{
	static const struct logins_entry none;

	return (memcmp(e, &none, sizeof(none)) == 0);
}

static bool
opens(const char *token, enum logins_step step)
{
	struct logins_entry out;
	bool took;

	memset(&out, 0xff, sizeof(out));
	took = logins_take(l, token, step, &act, &out);
	assert_int_equal(!took, is_zero(&out));
	return (took);
}

static void
test_R48_opens_its_step_once(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct logins_entry out;

	(void)state;
	put(1, LOGINS_CODE, token);
	assert_true(logins_take(l, token, LOGINS_CODE, &act, &out));
	assert_int_equal(out.step, LOGINS_CODE);
	assert_string_equal(out.login, "yamada1");
	assert_string_equal(out.consumer, "local:sshd");
	assert_string_equal(out.actor, "unix:33");
	assert_true(out.password_ms == 42);
	assert_int_equal(out.office.b[0], 7);
	assert_int_equal(out.account.b[0], 1);
	assert_false(opens(token, LOGINS_CODE));
	assert_false(opens(token, LOGINS_NEW_PASSWORD));
}

static void
test_V29_other_step_uses_it_up(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];

	(void)state;
	put(1, LOGINS_CODE, token);
	assert_false(opens(token, LOGINS_NEW_PASSWORD));
	assert_false(opens(token, LOGINS_CODE));
	put(1, LOGINS_NEW_PASSWORD, token);
	assert_false(opens(token, LOGINS_CODE));
	assert_false(opens(token, LOGINS_NEW_PASSWORD));
	put(1, LOGINS_CODE, token);
	assert_false(opens(token, LOGINS_NONE));
}

static void
test_V29_other_peer_uses_it_up(void **state)
{
	static const char *const others[] = { "unix:3", "unix:333", "unix:0",
		"", "host:33" };
	char token[LOGINS_TOKEN_LEN + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		put(1, LOGINS_CODE, token);
		snprintf(act.actor, sizeof(act.actor), "%s", others[i]);
		assert_false(opens(token, LOGINS_CODE));
		snprintf(act.actor, sizeof(act.actor), "unix:33");
		assert_false(opens(token, LOGINS_CODE));
	}
}

static void
test_R48_five_minutes(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];

	(void)state;
	put(1, LOGINS_CODE, token);
	act.now.steady_ms += LOGINS_LIFE_MS - 1;
	assert_true(opens(token, LOGINS_CODE));
	put(1, LOGINS_CODE, token);
	act.now.steady_ms += LOGINS_LIFE_MS;
	assert_false(opens(token, LOGINS_CODE));
	/* not the wall clock */
	put(1, LOGINS_CODE, token);
	act.now.wall_ms += 10LL * LOGINS_LIFE_MS;
	assert_true(opens(token, LOGINS_CODE));
}

static void
test_V29_nothing_else_opens(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], other[LOGINS_TOKEN_LEN + 2];
	char *large;
	size_t i;

	(void)state;
	/* free places hold no token that opens them */
	assert_false(opens("", LOGINS_NONE));
	assert_false(opens("", LOGINS_CODE));
	assert_false(opens("00000000000000000000000000", LOGINS_CODE));
	assert_false(opens("00000000000000000000000000", LOGINS_NONE));
	put(1, LOGINS_CODE, token);
	assert_false(opens("", LOGINS_CODE));
	for (i = 0; i < LOGINS_TOKEN_LEN; i++) {
		snprintf(other, sizeof(other), "%.*s", (int)i, token);
		assert_false(opens(other, LOGINS_CODE));
		snprintf(other, sizeof(other), "%s", token);
		other[i] = other[i] == '0' ? '1' : '0';
		assert_false(opens(other, LOGINS_CODE));
		snprintf(other, sizeof(other), "%s", token);
		if (other[i] >= 'a') {
			other[i] = (char)(other[i] - 'a' + 'A');
			assert_false(opens(other, LOGINS_CODE));
		}
	}
	snprintf(other, sizeof(other), "%s0", token);
	assert_false(opens(other, LOGINS_CODE));
	large = malloc(10241);
	assert_non_null(large);
	memset(large, 'a', 10240);
	memcpy(large, token, LOGINS_TOKEN_LEN);
	large[10240] = '\0';
	assert_false(opens(large, LOGINS_CODE));
	free(large);
	/* none of that used it up */
	assert_true(opens(token, LOGINS_CODE));
}

static void
test_R3_eight_of_one_account(void **state)
{
	char mine[LOGINS_EACH_MAX + 1][LOGINS_TOKEN_LEN + 1];
	char other[LOGINS_TOKEN_LEN + 1];
	int i;

	(void)state;
	put(2, LOGINS_CODE, other);
	for (i = 0; i <= LOGINS_EACH_MAX; i++) {
		act.now.steady_ms++;
		put(1, i % 2 ? LOGINS_NEW_PASSWORD : LOGINS_CODE, mine[i]);
	}
	assert_false(opens(mine[0], LOGINS_CODE)); /* the oldest ended */
	for (i = 1; i <= LOGINS_EACH_MAX; i++)
		assert_true(
		    opens(mine[i], i % 2 ? LOGINS_NEW_PASSWORD : LOGINS_CODE));
	assert_true(opens(other, LOGINS_CODE));
}

/* Ended ones do not count, and one taken makes room. */
static void
test_R3_eight_that_live(void **state)
{
	char first[LOGINS_TOKEN_LEN + 1], token[LOGINS_TOKEN_LEN + 1];
	int i;

	(void)state;
	for (i = 0; i < LOGINS_EACH_MAX; i++)
		put(1, LOGINS_CODE, token);
	act.now.steady_ms += LOGINS_LIFE_MS;
	put(1, LOGINS_CODE, first);
	for (i = 1; i < LOGINS_EACH_MAX; i++)
		put(1, LOGINS_CODE, token);
	assert_true(opens(token, LOGINS_CODE));
	put(1, LOGINS_CODE, token);
	assert_true(opens(first, LOGINS_CODE));
}

static void
test_full_is_busy(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], first[LOGINS_TOKEN_LEN + 1];
	struct logins_entry e = entry(LOGINS_MAX, LOGINS_CODE);
	int i;

	(void)state;
	put(0, LOGINS_CODE, first);
	act.now.steady_ms += 1000;
	for (i = 1; i < LOGINS_MAX; i++)
		put(i, LOGINS_CODE, token);
	assert_int_equal(logins_put(l, &e, &act.now, token), ERR_BUSY);
	assert_string_equal(token, "");
	/* nobody was pushed out, and an end makes room */
	assert_true(opens(first, LOGINS_CODE));
	assert_int_equal(logins_put(l, &e, &act.now, token), 0);
	assert_int_equal(logins_put(l, &e, &act.now, token), ERR_BUSY);
	act.now.steady_ms += LOGINS_LIFE_MS;
	assert_int_equal(logins_put(l, &e, &act.now, token), 0);
	assert_true(opens(token, LOGINS_CODE));
}

/* An account's are ended by a reset, those of recovery codes by new ones; and
 * nobody else's. What is taken already is told so. */
static void
test_V28_ended(void **state)
{
	char one[LOGINS_TOKEN_LEN + 1], two[LOGINS_TOKEN_LEN + 1],
	    three[LOGINS_TOKEN_LEN + 1], four[LOGINS_TOKEN_LEN + 1];
	struct logins_entry e = entry(1, LOGINS_NEW_PASSWORD), taken, paper;
	const struct id first = entry(1, LOGINS_CODE).account,
			third = entry(3, LOGINS_CODE).account;
	int i;

	(void)state;
	put(1, LOGINS_CODE, one);
	put(2, LOGINS_CODE, two);
	put(1, LOGINS_NEW_PASSWORD, four);
	e.by_recovery = true;
	assert_int_equal(logins_put(l, &e, &act.now, three), 0);
	logins_end(l, &first, false);
	assert_false(opens(three, LOGINS_NEW_PASSWORD));
	assert_true(
	    logins_take(l, four, LOGINS_NEW_PASSWORD, &act, &taken));
	assert_int_equal(logins_put(l, &e, &act.now, three), 0);
	assert_true(
	    logins_take(l, three, LOGINS_NEW_PASSWORD, &act, &paper));
	logins_end(l, &third, true);
	assert_false(logins_is_over(l, &taken));
	logins_end(l, &first, false);
	assert_false(logins_is_over(l, &taken));
	assert_true(logins_is_over(l, &paper));
	logins_end(l, &first, true);
	assert_true(logins_is_over(l, &taken));
	assert_false(opens(one, LOGINS_CODE));
	assert_true(logins_take(l, two, LOGINS_CODE, &act, &taken));
	/* more than are remembered: better over than not */
	for (i = 0; i < 256; i++)
		logins_end(l, &third, true);
	assert_false(logins_is_over(l, &taken));
	logins_end(l, &third, true);
	assert_true(logins_is_over(l, &taken));
}

static void
test_tokens_differ(void **state)
{
	char a[LOGINS_TOKEN_LEN + 1], b[LOGINS_TOKEN_LEN + 1];

	(void)state;
	put(1, LOGINS_CODE, a);
	put(1, LOGINS_CODE, b);
	assert_string_not_equal(a, b);
	logins_free(NULL);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_R48_opens_its_step_once),
		T(test_V29_other_step_uses_it_up),
		T(test_V29_other_peer_uses_it_up),
		T(test_R48_five_minutes),
		T(test_V29_nothing_else_opens),
		T(test_R3_eight_of_one_account),
		T(test_R3_eight_that_live),
		T(test_full_is_busy),
		T(test_V28_ended),
		T(test_tokens_differ),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
