/*
 * Goal of this test: codes are those of RFC 4226 and RFC 6238 and accepted in
 * their window only; a sealed seed opens for its owner, state and key only.
 * Links: authd/keeper/keeper_seed.c authd/keeper/keeper_msg.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_seed.h"

static const uint8_t rfc_seed[SEED_LEN] = "12345678901234567890";
static const uint8_t key[KEEPER_SEED_KEY_LEN] = { 1, 2, 3 };
static const struct keeper_owner owner = { { { 1 } }, { { 2 } }, { { 3 } } };

static struct keeper_seed_box *box;

static int
setup(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	return (keeper_seed_open_box(key, &box));
}

static int
teardown(void **state)
{
	(void)state;
	keeper_seed_close_box(box);
	return (0);
}

static struct keeper_check
check_for(const char *code, uint8_t window)
{
	struct keeper_check c;

	memset(&c, 0, sizeof(c));
	c.owner = owner;
	c.window = window;
	snprintf(c.code, sizeof(c.code), "%s", code);
	assert_int_equal(keeper_seed_seal(box, &owner, KEEPER_SEED_CONFIRMED, 0,
			     rfc_seed, &c.sealed),
	    0);
	return (c);
}

static enum keeper_verdict
judge(struct keeper_check *c, int64_t wall_ms)
{
	/* what a caller finds must be what was decided here */
	c->verdict = KEEPER_MATCH;
	c->step = 99;
	assert_int_equal(
	    keeper_seed_check(box, c, KEEPER_SEED_CONFIRMED, wall_ms, NULL), 0);
	return (c->verdict);
}

static void
test_R13_rfc6238_appendix_b(void **state)
{
	/* The RFC's eight digits, the last six of them. */
	static const struct {
		int64_t at;
		const char *code;
	} v[] = {
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ 20000000000, "353130" },
	};
	struct keeper_check c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		c = check_for(v[i].code, 0);
		assert_int_equal(judge(&c, v[i].at * 1000), KEEPER_MATCH);
		assert_int_equal(c.step, v[i].at / 30);
		assert_int_equal(
		    judge(&c, (v[i].at + 60) * 1000), KEEPER_NO_MATCH);
		assert_int_equal(c.step, 0);
	}
}

static void
test_R13_rfc4226_appendix_d(void **state)
{
	static const char *const codes[] = { "755224", "287082", "359152",
		"969429", "338314", "254676", "287922", "162583", "399871",
		"520489" };
	struct keeper_check c;
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		c = check_for(codes[i], 0);
		assert_int_equal(judge(&c, i * 30000), KEEPER_MATCH);
		assert_int_equal(c.step, i);
		assert_int_equal(judge(&c, i * 30000 + 29999), KEEPER_MATCH);
		assert_int_equal(judge(&c, i * 30000 + 30000), KEEPER_NO_MATCH);
	}
}

static void
test_R8_steps_of_64_bits(void **state)
{
	/* by oathtool --hotp -c N, and by a second program */
	static const struct {
		int64_t step;
		const char *code;
	} v[] = {
		{ (1LL << 32) + 5, "250721" },
		{ (1LL << 40) - 1, "450774" },
		{ 1LL << 40, "445672" },
		{ (1LL << 40) + 1, "492986" },
	};
	struct keeper_check c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		c = check_for(v[i].code, 0);
		assert_int_equal(judge(&c, v[i].step * 30000), KEEPER_MATCH);
		assert_true(c.step == v[i].step);
	}
}

static void
test_V8_window(void **state)
{
	const int64_t step = 37037037;
	struct keeper_check c;
	int d, offset;

	(void)state;
	/* 081804 is of step 37037036, 050471 of 37037037. */
	for (d = -3; d <= 3; d++) {
		c = check_for("050471", 1);
		assert_int_equal(judge(&c, (step - d) * 30000),
		    d >= -1 && d <= 1 ? KEEPER_MATCH : KEEPER_NO_MATCH);
		if (c.verdict == KEEPER_MATCH)
			assert_int_equal(c.step, step);
		c = check_for("050471", 0);
		assert_int_equal(judge(&c, (step - d) * 30000),
		    d == 0 ? KEEPER_MATCH : KEEPER_NO_MATCH);
	}
	/* A phone that runs 20 steps ahead or behind. */
	for (offset = -20; offset <= 20; offset += 40)
		for (d = -3; d <= 3; d++) {
			c = check_for("050471", 1);
			c.offset = offset;
			assert_int_equal(judge(&c, (step - offset - d) * 30000),
			    d >= -1 && d <= 1 ? KEEPER_MATCH : KEEPER_NO_MATCH);
		}
}

static void
test_before_1970(void **state)
{
	struct keeper_check c = check_for("755224", 1);

	(void)state;
	/* Step 0 is within the window, step -1 has no code. */
	assert_int_equal(judge(&c, 0), KEEPER_MATCH);
	assert_int_equal(c.step, 0);
	c.offset = -20;
	assert_int_equal(judge(&c, 0), KEEPER_NO_MATCH);
}

static void
test_R2_V3_length_and_digits(void **state)
{
	/* 94287082 is the eight-digit code at 59 s. */
	static const char *const wrong[] = { "", "2", "87082", "28708",
		" 28708", "28708 ", "+28708", "28708x", "-87082", "2870 2" };
	struct keeper_check c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		c = check_for(wrong[i], 1);
		assert_int_equal(judge(&c, 59000), KEEPER_NO_MATCH);
	}
	/* Longer than its array may hold: no NUL within it. */
	c = check_for("287082", 1);
	c.code[CODE_DIGITS] = '9';
	assert_int_equal(judge(&c, 59000), KEEPER_NO_MATCH);
}

static void
test_V18_leading_zeros(void **state)
{
	struct keeper_check c = check_for("005924", 0);

	(void)state;
	assert_int_equal(judge(&c, 1234567890000), KEEPER_MATCH);
	c = check_for("5924", 0);
	assert_int_equal(judge(&c, 1234567890000), KEEPER_NO_MATCH);
	c = check_for("592400", 0);
	assert_int_equal(judge(&c, 1234567890000), KEEPER_NO_MATCH);
}

static void
test_V22_every_digit_counts(void **state)
{
	struct keeper_check c;
	char code[CODE_DIGITS + 1];
	int i, d;

	(void)state;
	for (i = 0; i < CODE_DIGITS; i++)
		for (d = 1; d < 10; d++) {
			snprintf(code, sizeof(code), "287082");
			code[i] = (char)('0' + (code[i] - '0' + d) % 10);
			c = check_for(code, 0);
			assert_int_equal(judge(&c, 59000), KEEPER_NO_MATCH);
		}
}

static void
test_highest_step_wins(void **state)
{
	uint8_t seed[SEED_LEN] = { 0 };
	struct keeper_check c;
	int i;

	(void)state;
	/* A seed whose codes of steps 1 and 2 are equal (found by search). */
	for (i = 0; i < 4; i++)
		seed[i] = (uint8_t)(1030040u >> (8 * i));
	c = check_for("618100", 1);
	assert_int_equal(keeper_seed_seal(box, &owner, KEEPER_SEED_CONFIRMED, 0,
			     seed, &c.sealed),
	    0);
	assert_int_equal(judge(&c, 30000), KEEPER_MATCH);
	assert_int_equal(c.step, 2);
	assert_int_equal(judge(&c, 0), KEEPER_MATCH);
	assert_int_equal(c.step, 1);
}

static void
test_R6_seal_opens_for_its_owner_only(void **state)
{
	struct keeper_owner other;
	struct keeper_sealed s;
	enum keeper_seed_state st;
	uint8_t seed[SEED_LEN], zero[SEED_LEN] = { 0 };
	int64_t expires;
	size_t i;

	(void)state;
	assert_int_equal(keeper_seed_seal(box, &owner, KEEPER_SEED_PENDING,
			     12345, rfc_seed, &s),
	    0);
	assert_int_equal(s.len, 62);
	assert_null(memmem(s.at, s.len, rfc_seed, 4));
	assert_int_equal(
	    keeper_seed_unseal(box, &owner, &s, &st, &expires, seed), 0);
	assert_int_equal(st, KEEPER_SEED_PENDING);
	assert_int_equal(expires, 12345);
	assert_memory_equal(seed, rfc_seed, SEED_LEN);
	for (i = 0; i < sizeof(other); i++) {
		other = owner;
		((uint8_t *)&other)[i] ^= 1;
		assert_int_equal(
		    keeper_seed_unseal(box, &other, &s, &st, &expires, seed),
		    ERR_CORRUPT);
		assert_int_equal(st, KEEPER_SEED_NONE);
		assert_memory_equal(seed, zero, SEED_LEN);
	}
	/* Every bit of it matters: state, expiry, nonce, body and tag. */
	for (i = 0; i < s.len * 8u; i++) {
		s.at[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(
		    keeper_seed_unseal(box, &owner, &s, &st, &expires, seed),
		    ERR_CORRUPT);
		s.at[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 0; i < SEALED_MAX + 1; i++) {
		struct keeper_sealed cut = s;

		cut.len = (uint16_t)i;
		assert_int_equal(
		    keeper_seed_unseal(box, &owner, &cut, &st, &expires, seed),
		    i == s.len ? 0 : ERR_CORRUPT);
	}
}

static void
test_another_key(void **state)
{
	uint8_t other_key[KEEPER_SEED_KEY_LEN] = { 1, 2, 4 };
	struct keeper_seed_box *other;
	struct keeper_check c = check_for("287082", 0);

	(void)state;
	assert_int_equal(keeper_seed_open_box(other_key, &other), 0);
	assert_int_not_equal(
	    keeper_seed_key_id(box), keeper_seed_key_id(other));
	assert_int_equal(
	    keeper_seed_check(other, &c, KEEPER_SEED_CONFIRMED, 59000, NULL),
	    0);
	assert_int_equal(c.verdict, KEEPER_BAD_SEAL);
	/* Named after the right key, it still does not open. */
	c.sealed.at[1] = (uint8_t)(keeper_seed_key_id(other) >> 24);
	c.sealed.at[2] = (uint8_t)(keeper_seed_key_id(other) >> 16);
	c.sealed.at[3] = (uint8_t)(keeper_seed_key_id(other) >> 8);
	c.sealed.at[4] = (uint8_t)keeper_seed_key_id(other);
	assert_int_equal(
	    keeper_seed_check(other, &c, KEEPER_SEED_CONFIRMED, 59000, NULL),
	    0);
	assert_int_equal(c.verdict, KEEPER_BAD_SEAL);
	keeper_seed_close_box(other);
}

static void
test_pending_and_confirmed(void **state)
{
	uint8_t seed[SEED_LEN], zero[SEED_LEN] = { 0 };
	struct keeper_check c = check_for("287082", 1);

	(void)state;
	/* A confirmed one is no pending one */
	assert_int_equal(
	    keeper_seed_check(box, &c, KEEPER_SEED_PENDING, 59000, seed), 0);
	assert_int_equal(c.verdict, KEEPER_BAD_SEAL);
	assert_memory_equal(seed, zero, SEED_LEN);
	/* nor the other way round, */
	assert_int_equal(keeper_seed_seal(box, &owner, KEEPER_SEED_PENDING,
			     60000, rfc_seed, &c.sealed),
	    0);
	assert_int_equal(judge(&c, 59000), KEEPER_BAD_SEAL);
	/* and it ends at its minute. */
	assert_int_equal(
	    keeper_seed_check(box, &c, KEEPER_SEED_PENDING, 59999, seed), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_memory_equal(seed, rfc_seed, SEED_LEN);
	assert_int_equal(
	    keeper_seed_check(box, &c, KEEPER_SEED_PENDING, 60000, seed), 0);
	assert_int_equal(c.verdict, KEEPER_EXPIRED);
	assert_int_equal(c.step, 0);
	assert_memory_equal(seed, zero, SEED_LEN);
	/* A wrong code shows no seed. */
	snprintf(c.code, sizeof(c.code), "287083");
	assert_int_equal(
	    keeper_seed_check(box, &c, KEEPER_SEED_PENDING, 59000, seed), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_memory_equal(seed, zero, SEED_LEN);
}

static int
compare_nonces(const void *a, const void *b)
{
	return (memcmp(a, b, 12));
}

static void
test_R50_nonces_differ(void **state)
{
	const size_t n = 100000;
	uint8_t *all = malloc(n * 12);
	struct keeper_sealed s;
	size_t i;

	(void)state;
	assert_non_null(all);
	for (i = 0; i < n; i++) {
		if (keeper_seed_seal(box, &owner, KEEPER_SEED_CONFIRMED, 0,
			rfc_seed, &s) != 0)
			fail();
		memcpy(all + 12 * i, s.at + 14, 12);
	}
	qsort(all, n, 12, compare_nonces);
	for (i = 1; i < n; i++)
		if (memcmp(all + 12 * i, all + 12 * (i - 1), 12) == 0)
			fail();
	free(all);
}

static void
test_resync(void **state)
{
	/* RFC 4226 appendix D: counters 8 and 9. */
	static const char none[CODE_DIGITS + 1] = "";
	struct keeper_check c = check_for("399871", 0);
	int32_t offset;
	int64_t now;

	(void)state;
	for (now = 0; now < 40; now++) {
		offset = 77;
		assert_int_equal(
		    keeper_seed_resync(box, &c, "520489", now * 30000, &offset),
		    0);
		if (now <= 28) {
			assert_int_equal(c.verdict, KEEPER_MATCH);
			assert_int_equal(c.step, 9);
			assert_int_equal(offset, 9 - now);
		} else {
			assert_int_equal(c.verdict, KEEPER_NO_MATCH);
			assert_int_equal(offset, 0);
		}
	}
	/* Not consecutive, in the wrong order, one code twice, no code. */
	snprintf(c.code, sizeof(c.code), "162583");
	assert_int_equal(keeper_seed_resync(box, &c, "520489", 0, &offset), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	snprintf(c.code, sizeof(c.code), "520489");
	assert_int_equal(keeper_seed_resync(box, &c, "399871", 0, &offset), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_int_equal(keeper_seed_resync(box, &c, "520489", 0, &offset), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	snprintf(c.code, sizeof(c.code), "399871");
	assert_int_equal(keeper_seed_resync(box, &c, none, 0, &offset), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R13_rfc6238_appendix_b),
		cmocka_unit_test(test_R13_rfc4226_appendix_d),
		cmocka_unit_test(test_R8_steps_of_64_bits),
		cmocka_unit_test(test_V8_window),
		cmocka_unit_test(test_before_1970),
		cmocka_unit_test(test_R2_V3_length_and_digits),
		cmocka_unit_test(test_V18_leading_zeros),
		cmocka_unit_test(test_V22_every_digit_counts),
		cmocka_unit_test(test_highest_step_wins),
		cmocka_unit_test(test_R6_seal_opens_for_its_owner_only),
		cmocka_unit_test(test_another_key),
		cmocka_unit_test(test_pending_and_confirmed),
		cmocka_unit_test(test_R50_nonces_differ),
		cmocka_unit_test(test_resync),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
