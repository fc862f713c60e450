/*
 * Goal of this test: ten recovery codes of 80 random bits, each opening one
 * verification once, also without a phone; a wrong one counts like a wrong
 * code; only keyed hashes are stored (R24, R37, V10).
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/logins.c
 * Links: authd/core/recovery.c authd/core/steady.c authd/core/verify.c
 * Links: authd/store/rows.c authd/core/source.c authd/core/source_slot.c
 * Links: authd/core/source_address.c authd/core/source_rule.c
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_verify.c authd/base/err.c authd/base/log.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/fold.c authd/base/id.c authd/base/timetext.c
 * Links: tests/fakes/core_world.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_fake.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fakes/core_world.h"

static struct core_world w;
static struct person taro;
static struct recovery_codes codes;

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "taro", NULL, &taro);
	core_world_begin(&w);
	assert_int_equal(recovery_first(&w.core, &w.act, "taro", &codes), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(codes.n, RECOVERY_MAX);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

/* Try what was typed in the code's place; gives the verification. */
static struct verify
try(const char *typed)
{
	struct verify v;
	int r;

	core_world_ask(&v, "taro", "", "local:sshd");
	if (recovery_fold(typed, v.recovery) != 0)
		v.recovery[0] = '\0';
	core_world_begin(&w);
	assert_int_equal(verify_prepare(&w.core, &w.act, &v), 0);
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	r = verify_run(&w.core, &w.act, &v);
	assert_int_equal(core_world_ended(&w, r), 0);
	return (v);
}

static int
left(void)
{
	int n = -1;

	assert_int_equal(recovery_left(&w.core, &w.act, "taro", &n), 0);
	return (n);
}

static void
test_fold(void **state)
{
	static const char *const same[] = { "0123-4567-89ab-cdef",
		"0123456789abcdef", "o123 4567 89AB CDEF",
		"0l23-4567-89ab-cdef", "ＯI23－4567－89AB－CDEF" };
	static const char *const bad[] = { "", "0123-4567-89ab-cde",
		"0123-4567-89ab-cdef0", "0123-4567-89ab-cdeu", "123456",
		"0123_4567_89ab_cdef", "0123-4567-89ab-cde\xff" };
	char out[RECOVERY_LEN + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(recovery_fold(same[i], out), 0);
		assert_string_equal(out, "0123456789abcdef");
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(recovery_fold(bad[i], out), ERR_INVALID);
		assert_string_equal(out, "");
	}
}

static void
test_R24_ten_that_differ(void **state)
{
	char one[RECOVERY_LEN + 1], two[RECOVERY_LEN + 1];
	int i, j;

	(void)state;
	assert_int_equal(left(), 10);
	for (i = 0; i < codes.n; i++)
		for (j = 0; j < i; j++) {
			assert_int_equal(recovery_fold(codes.text[i], one), 0);
			assert_int_equal(recovery_fold(codes.text[j], two), 0);
			assert_string_not_equal(one, two);
		}
}

static void
test_R37_each_once(void **state)
{
	struct verify v;
	int i;

	(void)state;
	for (i = 0; i < codes.n; i++) {
		v = try(codes.text[i]);
		assert_int_equal(v.verdict, VERDICT_ACCEPT);
		assert_true(v.used_recovery);
		assert_int_equal(v.recovery_left, 9 - i);
		v = try(codes.text[i]);
		assert_int_equal(v.verdict, VERDICT_REFUSE);
		assert_false(v.used_recovery);
		assert_false(v.is_used_code);
	}
	assert_int_equal(left(), 0);
}

static void
test_V10_wrong_ones_count_and_lock(void **state)
{
	char wrong[] = "0000-0000-0000-0000";
	struct account_view a;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		wrong[0] = (char)('1' + i);
		assert_int_equal(try(wrong).verdict, VERDICT_REFUSE);
	}
	assert_int_equal(account_show(&w.core, &w.act, "taro", &a), 0);
	assert_int_equal(a.lock, LOCK_TIMED);
	assert_int_equal(try(codes.text[0]).verdict, VERDICT_REFUSE);
	assert_int_equal(left(), 10); /* not used up while locked */
}

static void
test_without_a_phone(void **state)
{
	struct phone p;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(phone_revoke(&w.core, &w.act, "taro", NULL, &p), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(try("not a code").verdict, VERDICT_REFUSE);
	assert_int_equal(try(codes.text[3]).verdict, VERDICT_ACCEPT);
}

static void
test_renewing_voids_the_old(void **state)
{
	struct recovery_codes fresh;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(recovery_renew(&w.core, &w.act, "taro", &fresh), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(try(codes.text[0]).verdict, VERDICT_REFUSE);
	assert_int_equal(try(fresh.text[0]).verdict, VERDICT_ACCEPT);
	/* A second phone brings no new ones by itself. */
	core_world_begin(&w);
	assert_int_equal(recovery_first(&w.core, &w.act, "taro", &fresh), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(fresh.n, 0);
}

static void
test_R36_reset(void **state)
{
	char code[CODE_DIGITS + 1];
	struct account_view a;
	struct verify v;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(
	    recovery_reset(&w.core, &w.act, "taro", "", &a), ERR_INVALID);
	assert_int_equal(
	    recovery_reset(&w.core, &w.act, "taro", "a\nb", &a), ERR_INVALID);
	assert_int_equal(recovery_reset(&w.core, &w.act, "nobody", "lost", &a),
	    ERR_NOTFOUND);
	assert_int_equal(
	    recovery_reset(&w.core, &w.act, "taro", "lost both", &a), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(a.phones_n, 0);
	assert_int_equal(left(), 0);
	/* Neither factor opens anything any more. */
	assert_int_equal(try(codes.text[0]).verdict, VERDICT_REFUSE);
	core_world_code(taro.seed, core_world_step(), code);
	core_world_ask(&v, "taro", code, "local:sshd");
	core_world_begin(&w);
	assert_int_equal(verify_prepare(&w.core, &w.act, &v), 0);
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	assert_int_equal(verify_run(&w.core, &w.act, &v), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
}

/* A reset lifts every lock with what they were about. */
static void
test_reset_lifts_locks(void **state)
{
	char wrong[] = "0000-0000-0000-0000";
	struct account_view a;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		wrong[0] = (char)('1' + i);
		(void)try(wrong);
	}
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w,
		recovery_reset(&w.core, &w.act, "taro", "lost", &a)),
	    0);
	assert_int_equal(a.lock, LOCK_NONE);
}

/* Codes are made with the first phone, not with each. */
static void
test_second_phone_brings_none(void **state)
{
	struct recovery_codes fresh;
	struct person second;
	int i;

	(void)state;
	for (i = 0; i < codes.n; i++)
		(void)try(codes.text[i]);
	core_world_phone(&w, "taro", &second);
	core_world_begin(&w);
	assert_int_equal(recovery_first(&w.core, &w.act, "taro", &fresh), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(fresh.n, 0);
}

/* A row that was moved to another account opens nothing there. */
static void
test_moved_row_opens_nothing(void **state)
{
	struct keeper_mac_in in = { .purpose = KEEPER_MAC_RECOVERY };
	uint8_t macs[1][RECOVERY_MAC_LEN];
	char code[RECOVERY_LEN + 1];
	struct person hanako;
	struct verify v;

	(void)state;
	core_world_person(&w, "tokyo", "hanako", NULL, &hanako);
	assert_int_equal(recovery_fold(codes.text[0], code), 0);
	in.office = taro.account.office;
	in.account = taro.account.id;
	in.len = RECOVERY_LEN;
	memcpy(in.at, code, RECOVERY_LEN);
	assert_int_equal(keeper_client_mac(w.core.keeper, &in, macs[0]), 0);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w,
		w.core.store->ops->recovery_replace(w.core.store,
		    &hanako.account.office, &hanako.account.id,
		    (const uint8_t(*)[RECOVERY_MAC_LEN])macs, 1, 1)),
	    0);
	assert_int_equal(try(codes.text[0]).verdict, VERDICT_ACCEPT);
	core_world_ask(&v, "hanako", "", "local:sshd");
	memcpy(v.recovery, code, sizeof(code));
	assert_int_equal(core_world_batch(&w, &v, 1), 0);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
}

static void
test_of_another_account(void **state)
{
	struct person hanako;
	struct verify v;

	(void)state;
	core_world_person(&w, "tokyo", "hanako", NULL, &hanako);
	core_world_ask(&v, "hanako", "", "local:sshd");
	assert_int_equal(recovery_fold(codes.text[0], v.recovery), 0);
	core_world_begin(&w);
	assert_int_equal(verify_prepare(&w.core, &w.act, &v), 0);
	assert_int_equal(verify_run(&w.core, &w.act, &v), 0);
	assert_int_equal(core_world_commit(&w), 0);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
	assert_int_equal(left(), 10);
}

int
main(void)
{
#define WITH_TARO(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		WITH_TARO(test_R24_ten_that_differ),
		WITH_TARO(test_R37_each_once),
		WITH_TARO(test_V10_wrong_ones_count_and_lock),
		WITH_TARO(test_without_a_phone),
		WITH_TARO(test_renewing_voids_the_old),
		WITH_TARO(test_R36_reset),
		WITH_TARO(test_reset_lifts_locks),
		WITH_TARO(test_second_phone_brings_none),
		WITH_TARO(test_moved_row_opens_nothing),
		WITH_TARO(test_of_another_account),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
