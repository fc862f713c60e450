/*
 * Goal of this test: the keeper signs continuations of the confirmed or the
 * pending head only, and follows only its own seals.
 * Links: authd/keeper/keeper_audit.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_record.c authd/base/buf.c authd/base/text.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "authd/keeper/keeper_audit.h"

static const uint8_t key[KEEPER_AUDIT_KEY_LEN] = { 0x9d, 0x61, 0xb1, 0x9d, 0xef,
	0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44,
	0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c,
	0xae, 0x7f, 0x60 };
static const struct audit_head empty = { .node = 1 };

static struct audit_record
record(int64_t seq, const char *what)
{
	struct audit_record r;

	memset(&r, 0, sizeof(r));
	r.node = 1;
	r.seq = seq;
	snprintf(r.action, sizeof(r.action), "%s", what);
	return (r);
}

/* Seal n records after before. */
static int
seal(struct keeper_audit *a, const struct audit_head *before, int n,
    const char *what, struct audit_head *after, uint8_t *out)
{
	struct audit_record r;
	int i, e;

	keeper_audit_begin(a, before);
	for (i = 1; i <= n; i++) {
		r = record(before->seq + i, what);
		if ((e = keeper_audit_add(a, &r)) != 0)
			return (e);
	}
	return (keeper_audit_seal(a, after, out));
}

static int
follow(struct keeper_audit *a, const struct audit_head *before, int n,
    const char *what, const uint8_t *with)
{
	struct audit_record r;
	int i;

	keeper_audit_begin(a, before);
	for (i = 1; i <= n; i++) {
		r = record(before->seq + i, what);
		assert_int_equal(keeper_audit_add(a, &r), 0);
	}
	return (keeper_audit_follow(a, with));
}

static void
test_public_key(void **state)
{
	/* RFC 8032 section 7.1, test 1 (private key above) */
	static const uint8_t pub[] = { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a,
		0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a };
	struct keeper_audit a;

	(void)state;
	assert_int_equal(keeper_audit_init(&a, key, &empty), 0);
	assert_memory_equal(a.pub, pub, sizeof(pub));
}

static void
test_seal_and_confirm(void **state)
{
	struct keeper_audit a;
	struct audit_head one, two, other;
	uint8_t s[AUDIT_SEAL_LEN];

	(void)state;
	assert_int_equal(keeper_audit_init(&a, key, &empty), 0);
	assert_int_equal(seal(&a, &empty, 3, "x", &one, s), 0);
	assert_int_equal(one.seq, 3);
	assert_true(audit_chain_seal_ok(a.pub, &one, s));
	assert_true(audit_chain_equal(&a.confirmed, &empty));
	/* Not durable after all: the confirmed head is continued again. */
	assert_int_equal(seal(&a, &empty, 2, "y", &two, s), 0);
	/* The first is not pending any more. */
	assert_int_equal(keeper_audit_confirm(&a, &one), ERR_WRONG_STATE);
	assert_int_equal(seal(&a, &one, 1, "x", &other, s), ERR_WRONG_STATE);
	assert_int_equal(keeper_audit_confirm(&a, &two), 0);
	assert_int_equal(keeper_audit_confirm(&a, &two), 0);
	assert_true(audit_chain_equal(&a.confirmed, &two));
	/* Nothing goes on from before it. */
	assert_int_equal(seal(&a, &empty, 3, "x", &one, s), ERR_WRONG_STATE);
	assert_true(audit_chain_equal(&a.confirmed, &two));
}

static void
test_pending_becomes_confirmed(void **state)
{
	struct keeper_audit a;
	struct audit_head one, two, other;
	uint8_t s[AUDIT_SEAL_LEN];

	(void)state;
	assert_int_equal(keeper_audit_init(&a, key, &empty), 0);
	assert_int_equal(seal(&a, &empty, 1, "x", &one, s), 0);
	assert_int_equal(seal(&a, &one, 1, "x", &two, s), 0);
	assert_true(audit_chain_equal(&a.confirmed, &one));
	assert_int_equal(seal(&a, &empty, 1, "z", &other, s), ERR_WRONG_STATE);
	assert_int_equal(keeper_audit_confirm(&a, &one), 0);
	assert_int_equal(keeper_audit_confirm(&a, &two), 0);
	/* A hash that differs in one bit is another head. */
	other = two;
	other.hash[5] ^= 1;
	assert_int_equal(seal(&a, &other, 1, "x", &one, s), ERR_WRONG_STATE);
	other = two;
	other.node = 2;
	assert_int_equal(keeper_audit_confirm(&a, &other), ERR_WRONG_STATE);
}

static void
test_nothing_unparsed_or_out_of_order(void **state)
{
	struct keeper_audit a;
	struct audit_record r = record(1, "x");
	struct audit_head after;
	uint8_t s[AUDIT_SEAL_LEN];

	(void)state;
	assert_int_equal(keeper_audit_init(&a, key, &empty), 0);
	assert_int_equal(keeper_audit_add(&a, &r), ERR_WRONG_STATE);
	assert_int_equal(keeper_audit_seal(&a, &after, s), ERR_WRONG_STATE);
	keeper_audit_begin(&a, &empty);
	assert_int_equal(keeper_audit_seal(&a, &after, s), ERR_PROTO);
	keeper_audit_begin(&a, &empty);
	assert_int_equal(keeper_audit_add(&a, &r), 0);
	r.seq = 3;
	assert_int_equal(keeper_audit_add(&a, &r), ERR_WRONG_STATE);
	/* That ended it: what was right so far is not sealed either. */
	assert_int_equal(keeper_audit_seal(&a, &after, s), ERR_WRONG_STATE);
	keeper_audit_begin(&a, &empty);
	r = record(1, "a\nb");
	assert_int_equal(keeper_audit_add(&a, &r), ERR_INVALID);
	assert_int_equal(keeper_audit_seal(&a, &after, s), ERR_WRONG_STATE);
	keeper_audit_begin(&a, &empty);
	r = record(1, "x");
	assert_int_equal(keeper_audit_add(&a, &r), 0);
	keeper_audit_drop(&a);
	assert_int_equal(keeper_audit_seal(&a, &after, s), ERR_WRONG_STATE);
	assert_false(a.has_pending);
}

static void
test_follow(void **state)
{
	uint8_t other_key[KEEPER_AUDIT_KEY_LEN] = { 1 };
	uint8_t s1[AUDIT_SEAL_LEN], s2[AUDIT_SEAL_LEN], so[AUDIT_SEAL_LEN];
	struct keeper_audit a, b, other;
	struct audit_head one, two, head;

	(void)state;
	assert_int_equal(keeper_audit_init(&a, key, &empty), 0);
	assert_int_equal(seal(&a, &empty, 2, "x", &one, s1), 0);
	assert_int_equal(seal(&a, &one, 3, "x", &two, s2), 0);
	assert_int_equal(keeper_audit_init(&other, other_key, &empty), 0);
	assert_int_equal(seal(&other, &empty, 2, "x", &head, so), 0);
	/* A new start, with the state of the beginning. */
	assert_int_equal(keeper_audit_init(&b, key, &empty), 0);
	assert_int_equal(follow(&b, &one, 3, "x", s2), ERR_WRONG_STATE);
	assert_int_equal(follow(&b, &empty, 2, "y", s1), ERR_WRONG_STATE);
	assert_int_equal(follow(&b, &empty, 1, "x", s1), ERR_WRONG_STATE);
	assert_int_equal(follow(&b, &empty, 2, "x", so), ERR_WRONG_STATE);
	assert_true(audit_chain_equal(&b.confirmed, &empty));
	assert_int_equal(follow(&b, &empty, 2, "x", s1), 0);
	assert_int_equal(follow(&b, &empty, 2, "x", s1), ERR_WRONG_STATE);
	assert_int_equal(follow(&b, &one, 3, "x", s2), 0);
	assert_true(audit_chain_equal(&b.confirmed, &two));
	assert_int_equal(seal(&b, &two, 1, "x", &head, s1), 0);
	assert_int_equal(head.seq, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public_key),
		cmocka_unit_test(test_seal_and_confirm),
		cmocka_unit_test(test_pending_becomes_confirmed),
		cmocka_unit_test(test_nothing_unparsed_or_out_of_order),
		cmocka_unit_test(test_follow),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
