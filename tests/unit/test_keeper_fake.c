/*
 * Goal of this test: the fake keeper decides as the real one does (see
 * test_keeper.c), so that core's tests over it mean something.
 * Links: tests/fakes/keeper_fake.c tests/fakes/clock_fake.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/id.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_fake.h"

#define T0 1795305600000LL

static const struct keeper_owner owner = { { { 1 } }, { { 2 } }, { { 3 } } };

static struct keeper *
fresh(void)
{
	struct keeper *k;

	clock_fake_set(T0, 0);
	assert_int_equal(keeper_fake_new(&k), 0);
	return (k);
}

static void
test_enrol_and_check(void **state)
{
	struct keeper *k = fresh();
	struct keeper_check c = { .owner = owner, .window = 1 };
	struct keeper_sealed confirmed;
	struct keeper_seed s, again;
	char next[CODE_DIGITS + 1];
	int32_t offset;
	int d;

	(void)state;
	assert_int_equal(keeper_client_seed_new(k, &owner, &s), 0);
	assert_int_equal(
	    keeper_client_seed_draw(k, &owner, &s.sealed, &again), 0);
	assert_memory_equal(s.seed, again.seed, SEED_LEN);
	c.sealed = s.sealed;
	keeper_fake_code(&s.sealed, T0, 0, c.code);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_BAD_SEAL);
	assert_int_equal(keeper_client_seed_confirm(k, &c, &confirmed), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_int_equal(c.step, T0 / 30000);
	assert_int_equal(keeper_client_seed_draw(k, &owner, &confirmed, &again),
	    ERR_WRONG_STATE);
	for (d = -3; d <= 3; d++) {
		c.sealed = confirmed;
		keeper_fake_code(&confirmed, T0, d, c.code);
		assert_int_equal(keeper_client_check(k, &c, 1), 0);
		assert_int_equal(c.verdict,
		    d >= -1 && d <= 1 ? KEEPER_MATCH : KEEPER_NO_MATCH);
	}
	keeper_fake_code(&confirmed, T0, 10, c.code);
	keeper_fake_code(&confirmed, T0, 11, next);
	assert_int_equal(keeper_client_resync(k, &c, next, &offset), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_int_equal(offset, 11);
	keeper_fake_code(&confirmed, T0, 0, c.code);
	c.owner.office.b[0] = 9;
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_BAD_SEAL);
	c.sealed.len = 0;
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_int_equal(keeper_fake_knobs(k)->decoys, 1);
	clock_fake_pass(PENDING_MS);
	assert_int_equal(keeper_client_seed_draw(k, &owner, &s.sealed, &again),
	    ERR_WRONG_STATE);
	keeper_client_free(k);
}

static void
test_audit(void **state)
{
	struct keeper *k = fresh();
	struct audit_record r = { .node = 1, .seq = 1 };
	struct audit_head empty = { .node = 1 }, one, two;
	uint8_t s1[AUDIT_SEAL_LEN], s2[AUDIT_SEAL_LEN];
	struct keeper_hello h;

	(void)state;
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(
	    keeper_client_audit_seal(k, &empty, &r, 1, &one, s1), 0);
	assert_true(audit_chain_seal_ok(h.audit_pub, &one, s1));
	r.seq = 2;
	assert_int_equal(keeper_client_audit_seal(k, &one, &r, 1, &two, s2), 0);
	assert_int_equal(keeper_client_audit_confirm(k, &two), 0);
	assert_int_equal(keeper_client_audit_confirm(k, &one), ERR_WRONG_STATE);
	assert_int_equal(keeper_client_audit_seal(k, &one, &r, 1, &two, s2),
	    ERR_WRONG_STATE);
	keeper_fake_head(k, &one);
	s1[0] = s2[0];
	s2[0] ^= 1;
	assert_int_equal(
	    keeper_client_audit_follow(k, &one, &r, 1, s2), ERR_WRONG_STATE);
	s2[0] = s1[0];
	assert_int_equal(keeper_client_audit_follow(k, &one, &r, 1, s2), 0);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(h.confirmed.seq, 2);
	keeper_client_free(k);
}

static void
test_knobs(void **state)
{
	struct keeper *k = fresh();
	struct keeper_check c = { .verdict = KEEPER_MATCH };
	struct keeper_hello h;

	(void)state;
	keeper_fake_knobs(k)->fail_check = ERR_TIMEOUT;
	assert_int_equal(keeper_client_check(k, &c, 1), ERR_TIMEOUT);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	keeper_fake_knobs(k)->fail_check = 0;
	keeper_fake_knobs(k)->verdict = KEEPER_TOO_MANY;
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_TOO_MANY);
	keeper_fake_knobs(k)->fail_all = ERR_KEEPER;
	assert_int_equal(keeper_client_hello(k, &h), ERR_KEEPER);
	keeper_client_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enrol_and_check),
		cmocka_unit_test(test_audit),
		cmocka_unit_test(test_knobs),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
