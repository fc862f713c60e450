/*
 * Goal of this test: never more than the limit within 60 seconds for one
 * phone, whatever others do; other phones are left alone.
 * Links: authd/keeper/keeper_rate.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "authd/keeper/keeper_rate.h"

#define LIMIT 300

static const uint8_t key[KEEPER_RATE_KEY_LEN] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	10, 11, 12, 13, 14, 15 };

static struct keeper_rate *
fresh(void)
{
	struct keeper_rate *rate;

	assert_int_equal(keeper_rate_new(key, LIMIT, &rate), 0);
	return (rate);
}

static struct id
phone(uint32_t n)
{
	struct id id = { { 0 } };

	memcpy(id.b, &n, sizeof(n));
	return (id);
}

/* How many of n checks at that moment are allowed. */
static int
take(struct keeper_rate *rate, uint32_t n, int64_t at, int tries)
{
	struct id id = phone(n);
	int i, allowed = 0;

	for (i = 0; i < tries; i++)
		if (keeper_rate_take(rate, &id, at))
			allowed++;
	return (allowed);
}

static uint64_t
hash(struct keeper_rate *rate, const uint8_t *p, size_t n)
{
	uint64_t out;

	assert_int_equal(keeper_rate_hash(rate, p, n, &out), 0);
	return (out);
}

static void
test_siphash_vectors(void **state)
{
	struct keeper_rate *rate = fresh(), *other;
	uint8_t in[16], zeroes[KEEPER_RATE_KEY_LEN] = { 0 };
	int i, turn;

	(void)state;
	for (i = 0; i < 16; i++)
		in[i] = (uint8_t)i;
	/* appendix A of the paper, and its reference code's first outputs;
	 * twice, because one context serves them all */
	for (turn = 0; turn < 2; turn++) {
		assert_true(hash(rate, in, 15) == 0xa129ca6149be45e5);
		assert_true(hash(rate, in, 0) == 0x726fdb47dd0e0e31);
		assert_true(hash(rate, in, 1) == 0x74f839c593dc67fd);
		assert_true(hash(rate, in, 8) == 0x93f5f5799a932462);
	}
	/* another key, another place in the table */
	assert_int_equal(keeper_rate_new(zeroes, LIMIT, &other), 0);
	assert_true(hash(other, in, 15) != hash(rate, in, 15));
	keeper_rate_free(other);
	keeper_rate_free(rate);
}

static void
test_301st_refused(void **state)
{
	struct keeper_rate *rate = fresh();

	(void)state;
	assert_int_equal(take(rate, 1, 60000, 1000), LIMIT);
	assert_int_equal(take(rate, 1, 119999, 10), 0);
	/* Another phone has its own. */
	assert_int_equal(take(rate, 2, 119999, 1000), LIMIT);
	keeper_rate_free(rate);
}

static void
test_no_double_at_the_minute(void **state)
{
	struct keeper_rate *rate = fresh();

	(void)state;
	assert_int_equal(take(rate, 1, 119990, 1000), LIMIT);
	assert_int_equal(take(rate, 1, 120000, 1000), 0);
	assert_int_equal(take(rate, 1, 179989, 1000), 0);
	assert_int_equal(take(rate, 1, 189990, 1000), LIMIT);
	keeper_rate_free(rate);
}

static void
test_refused_ones_do_not_count(void **state)
{
	struct keeper_rate *rate = fresh();
	int64_t at;
	int allowed = 0;

	(void)state;
	/* Somebody hammers: he gets his share of each minute, not nothing. */
	for (at = 0; at < 600000; at += 100)
		allowed += take(rate, 1, at, 10);
	assert_in_range(allowed, 8 * LIMIT, 10 * LIMIT);
	/* After two quiet minutes all are there again. */
	assert_int_equal(take(rate, 1, 720000, 1000), LIMIT);
	keeper_rate_free(rate);
}

static void
test_random_times_stay_under(void **state)
{
	static int64_t when[20000];
	struct keeper_rate *rate = fresh();
	int64_t at = 12345;
	int n = 0, first = 0, worst = 0, i;

	(void)state;
	srand(1);
	for (i = 0; i < 200000 && n < 20000; i++) {
		at += rand() % 100;
		/* pauses, so that bursts are possible */
		if (rand() % 500 == 0)
			at += rand() % 120000;
		if (take(rate, 1, at, 1) == 0)
			continue;
		when[n++] = at;
		while (when[first] <= at - 60000)
			first++;
		if (n - first > worst)
			worst = n - first;
	}
	assert_true(n > 1000);
	assert_int_equal(worst, LIMIT);
	keeper_rate_free(rate);
}

static void
test_many_others(void **state)
{
	struct keeper_rate *rate = fresh();
	uint32_t n;
	int refused = 0;

	(void)state;
	/* 5,000 phones at 10 a minute, 10 of them at their limit. */
	for (n = 0; n < 5000; n++)
		if (take(rate, n, 60000, n < 10 ? 1000 : 10) < 10)
			refused++;
	assert_int_equal(refused, 0);
	for (n = 0; n < 10; n++)
		assert_int_equal(take(rate, n, 60000, 1), 0);
	keeper_rate_free(rate);
	/* A flood of made-up phones fills the table: then others are refused
	 * too, but nobody gets more than the limit. */
	assert_int_equal(keeper_rate_new(key, 10, &rate), 0);
	assert_int_equal(take(rate, 0, 60000, 1000), 10);
	for (n = 0; n < 300000; n++)
		assert_true(take(rate, 1000000 + n, 60000, 11) <= 10);
	assert_int_equal(take(rate, 4999, 60000, 1), 0);
	assert_int_equal(take(rate, 0, 60000, 1), 0);
	assert_int_equal(take(rate, 0, 130000, 1000), 10);
	keeper_rate_free(rate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash_vectors),
		cmocka_unit_test(test_301st_refused),
		cmocka_unit_test(test_no_double_at_the_minute),
		cmocka_unit_test(test_refused_ones_do_not_count),
		cmocka_unit_test(test_random_times_stay_under),
		cmocka_unit_test(test_many_others),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
