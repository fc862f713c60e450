/*
 * Goal of this test: a new phone gets a strong secret shown in the exact form
 * authenticators read, for fifteen minutes, and only its first right code
 * makes it a factor.
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c authd/core/logins.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/steady.c authd/core/verify.c authd/store/rows.c
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

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

static struct core_world w;
static struct account_view a;

static int
setup(void **state)
{
	struct office_input o = { .code = "tokyo", .name = "T" };
	struct account_input in = {
		.login = "yamada", .office = "tokyo", .name = "Y"
	};
	struct office office;

	(void)state;
	core_world_start(&w);
	core_world_begin(&w);
	assert_int_equal(office_add(&w.core, &w.act, &o, &office), 0);
	assert_int_equal(account_add(&w.core, &w.act, &in, &a), 0);
	assert_int_equal(core_world_commit(&w), 0);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

static int
start(const char *label, struct enrol_secret *out)
{
	core_world_begin(&w);
	return (core_world_ended(
	    &w, enrol_start(&w.core, &w.act, "yamada", label, false, out)));
}

static int
draw(struct enrol_secret *out)
{
	core_world_begin(&w);
	return (
	    core_world_ended(&w, enrol_draw(&w.core, &w.act, "yamada", out)));
}

static int
confirm(const char *code, enum verdict *verdict, struct phone *out)
{
	core_world_begin(&w);
	return (core_world_ended(
	    &w, enrol_confirm(&w.core, &w.act, "yamada", code, verdict, out)));
}

/* Confirm with the code the secret shows ${shift} steps from now. */
static enum verdict
confirm_right(const struct enrol_secret *s, int shift)
{
	enum verdict verdict = VERDICT_ACCEPT;
	char code[CODE_DIGITS + 1];
	uint8_t seed[SEED_LEN];
	struct phone phone;

	core_world_seed(s->secret, seed);
	core_world_code(seed, core_world_step() + shift, code);
	assert_int_equal(confirm(code, &verdict, &phone), 0);
	return (verdict);
}

static void
assert_last(const char *action, const char *result, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, action);
	assert_string_equal(rec.result, result);
	assert_string_equal(rec.reason, reason);
	assert_string_equal(rec.account, "yamada");
	assert_string_equal(rec.office, "tokyo");
	assert_int_equal(strlen(rec.device), ID_TEXT);
}

static void
test_uri_exact(void **state)
{
	char out[ENROL_URI_MAX + 1];

	(void)state;
	assert_int_equal(enrol_uri("Sekisho", "yamada",
			     "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", out),
	    0);
	assert_string_equal(out,
	    "otpauth://totp/Sekisho:yamada"
	    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	    "&issuer=Sekisho&algorithm=SHA1&digits=6&period=30");
	assert_int_equal(
	    enrol_uri("A B & C:D/1+1=2?#%", "k-01._", "AA", out), 0);
	assert_string_equal(out,
	    "otpauth://totp/A%20B%20%26%20C%3AD%2F1%2B1%3D2%3F%23%25:k-01._"
	    "?secret=AA&issuer=A%20B%20%26%20C%3AD%2F1%2B1%3D2%3F%23%25"
	    "&algorithm=SHA1&digits=6&period=30");
	assert_int_equal(enrol_uri("山田 事務所", "yamada", "AA", out), 0);
	assert_string_equal(out,
	    "otpauth://totp/%E5%B1%B1%E7%94%B0%20%E4%BA%8B%E5%8B%99%E6%89%80"
	    ":yamada?secret=AA&issuer="
	    "%E5%B1%B1%E7%94%B0%20%E4%BA%8B%E5%8B%99%E6%89%80"
	    "&algorithm=SHA1&digits=6&period=30");
}

static void
test_uri_longest_fits(void **state)
{
	char issuer[NAME_MAX_BYTES + 1], login[LOGIN_MAX + 1];
	char out[ENROL_URI_MAX + 1], huge[801];

	(void)state;
	memset(issuer, '&', NAME_MAX_BYTES);
	issuer[NAME_MAX_BYTES] = '\0';
	memset(login, 'a', LOGIN_MAX);
	login[LOGIN_MAX] = '\0';
	assert_int_equal(
	    enrol_uri(issuer, login, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", out),
	    0);
	assert_int_equal(strncmp(out + strlen(out) - 10, "&period=30", 10), 0);
	memset(huge, '&', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_int_equal(enrol_uri(huge, login, "AA", out), ERR_INVALID);
	/* 2,048 is the end, to the byte. */
	memset(huge, 'a', sizeof(huge) - 1);
	assert_int_equal(enrol_uri(huge, login, "AA", out), 0);
}

static void
test_R1_R9_start(void **state)
{
	struct enrol_secret one, two;
	uint8_t seed[SEED_LEN];
	char want[256];

	(void)state;
	assert_int_equal(start("会社の電話", &one), 0);
	assert_int_equal(strlen(one.secret), 32); /* 160 bits */
	assert_int_equal(
	    strspn(one.secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
	core_world_seed(one.secret, seed);
	snprintf(want, sizeof(want),
	    "otpauth://totp/Sekisho:yamada?secret=%s&issuer=Sekisho"
	    "&algorithm=SHA1&digits=6&period=30",
	    one.secret);
	assert_string_equal(one.uri, want);
	assert_true(one.expires_ms == w.act.now.wall_ms + PENDING_MS);
	assert_int_equal(one.phone.state, PHONE_PENDING);
	assert_string_equal(one.phone.label, "会社の電話");
	assert_string_equal(one.phone.algorithm, "SHA1");
	assert_int_equal(one.phone.digits, 6);
	assert_int_equal(one.phone.period, 30);
	assert_last("phone.enroll", "done", "");
	assert_int_equal(start(NULL, &two), 0);
	assert_string_equal(two.phone.label, "スマートフォン");
	assert_string_not_equal(one.secret, two.secret);
	assert_false(id_equal(&one.phone.device, &two.phone.device));
}

static void
test_R9_no_seed_no_enrolment(void **state)
{
	int64_t seq = core_world_seq(&w);
	struct enrol_secret s;

	(void)state;
	keeper_fake_knobs(w.core.keeper)->fail_seed = ERR_KEEPER;
	assert_int_equal(start(NULL, &s), ERR_KEEPER);
	assert_true(core_world_seq(&w) == seq);
	keeper_fake_knobs(w.core.keeper)->fail_seed = 0;
	assert_int_equal(draw(&s), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "not_pending");
}

/* A pending phone is no factor, and its code no code. */
static void
test_pending_is_no_factor(void **state)
{
	struct audit_record rec;
	struct enrol_secret s;
	char code[CODE_DIGITS + 1];
	uint8_t seed[SEED_LEN];

	(void)state;
	assert_int_equal(start(NULL, &s), 0);
	core_world_seed(s.secret, seed);
	core_world_code(seed, core_world_step(), code);
	assert_int_equal(
	    core_world_verify(&w, "yamada", code, "local:sshd").verdict,
	    VERDICT_REFUSE);
	core_world_last(&w, &rec);
	assert_string_equal(rec.reason, "not_enrolled");
	assert_int_equal(confirm_right(&s, 0), VERDICT_ACCEPT);
}

static void
test_new_one_voids_the_older(void **state)
{
	struct enrol_secret one, two, drawn;
	struct phone stored;

	(void)state;
	assert_int_equal(start("one", &one), 0);
	assert_int_equal(start("two", &two), 0);
	assert_int_equal(confirm_right(&one, 0), VERDICT_REFUSE);
	assert_int_equal(draw(&drawn), 0);
	assert_string_equal(drawn.secret, two.secret);
	assert_int_equal(
	    w.core.store->ops->phone_get(w.core.store, &a.account.office,
		&a.account.id, &one.phone.device, &stored),
	    0);
	assert_int_equal(stored.state, PHONE_REVOKED);
	assert_int_equal(stored.sealed.len, 0);
	/* An expired one too. */
	clock_fake_pass(PENDING_MS + 1);
	assert_int_equal(start("three", &one), 0);
	assert_int_equal(
	    w.core.store->ops->phone_get(w.core.store, &a.account.office,
		&a.account.id, &two.phone.device, &stored),
	    0);
	assert_int_equal(stored.state, PHONE_REVOKED);
}

static void
test_draw_for_fifteen_minutes(void **state)
{
	struct enrol_secret one, again;

	(void)state;
	assert_int_equal(draw(&again), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "not_pending");
	assert_int_equal(start(NULL, &one), 0);
	clock_fake_pass(PENDING_MS - 1);
	assert_int_equal(draw(&again), 0);
	assert_string_equal(again.secret, one.secret);
	assert_string_equal(again.uri, one.uri);
	assert_true(again.expires_ms == one.expires_ms);
	assert_last("phone.draw", "done", "");
	clock_fake_pass(1);
	memset(&again, 'z', sizeof(again));
	assert_int_equal(draw(&again), ERR_WRONG_STATE);
	assert_int_not_equal(strcmp(again.secret, one.secret), 0);
}

/* What the person's own page shows: as often as it is looked at, without a
 * trace. */
static void
test_look(void **state)
{
	struct enrol_secret one, two, again;
	enum enrol_state is = ENROL_WAITING;
	struct audit_record before, after;

	(void)state;
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "yamada", &is, &again), 0);
	assert_int_equal(is, ENROL_NONE);
	assert_int_equal(start("one", &one), 0);
	core_world_last(&w, &before);
	clock_fake_pass(PENDING_MS - 1);
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "yamada", &is, &again), 0);
	assert_int_equal(is, ENROL_WAITING);
	assert_string_equal(again.secret, one.secret);
	assert_string_equal(again.uri, one.uri);
	assert_string_equal(again.phone.label, "one");
	core_world_last(&w, &after);
	assert_true(before.seq == after.seq);
	clock_fake_pass(1);
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "yamada", &is, &again), 0);
	assert_int_equal(is, ENROL_OVER);
	assert_string_equal(again.secret, "");
	assert_string_equal(again.uri, "");
	assert_string_equal(again.phone.label, "one");
	assert_int_equal(start("two", &two), 0);
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "yamada", &is, &again), 0);
	assert_string_equal(again.secret, two.secret);
	assert_int_equal(confirm_right(&two, 0), VERDICT_ACCEPT);
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "yamada", &is, &again), 0);
	assert_int_equal(is, ENROL_NONE);
	assert_string_equal(again.secret, "");
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "nobody", &is, &again), ERR_NOTFOUND);
}

static void
test_confirm_after_fifteen_minutes(void **state)
{
	enum verdict verdict = VERDICT_ACCEPT;
	struct enrol_secret one;
	struct phone phone;

	(void)state;
	assert_int_equal(start(NULL, &one), 0);
	clock_fake_pass(PENDING_MS);
	assert_int_equal(confirm("123456", &verdict, &phone), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "not_pending");
	assert_int_equal(verdict, VERDICT_REFUSE);
}

static void
test_a_confirmed_secret_is_never_shown(void **state)
{
	struct enrol_secret one, again;

	(void)state;
	assert_int_equal(start(NULL, &one), 0);
	assert_int_equal(confirm_right(&one, 0), VERDICT_ACCEPT);
	assert_int_equal(draw(&again), ERR_WRONG_STATE);
}

static void
test_wrong_confirmation_changes_nothing(void **state)
{
	static const char *const wrong[] = { "", "12345", "1234567", "abcdef" };
	struct enrol_secret one, again;
	enum verdict verdict;
	char bad[CODE_DIGITS + 1];
	uint8_t seed[SEED_LEN];
	struct phone phone;
	size_t i;

	(void)state;
	assert_int_equal(start(NULL, &one), 0);
	core_world_seed(one.secret, seed);
	core_world_wrong(seed, bad);
	for (i = 0; i < 10; i++) {
		verdict = VERDICT_ACCEPT;
		assert_int_equal(
		    confirm(i < 4 ? wrong[i] : bad, &verdict, &phone), 0);
		assert_int_equal(verdict, VERDICT_REFUSE);
		assert_last("phone.confirm", "refuse", "wrong_code");
	}
	assert_int_equal(confirm_right(&one, -2), VERDICT_REFUSE); /* R10 */
	assert_int_equal(confirm_right(&one, 2), VERDICT_REFUSE);
	assert_int_equal(draw(&again), 0);
	assert_string_equal(again.secret, one.secret);
	assert_int_equal(confirm_right(&one, 0), VERDICT_ACCEPT);
	assert_last("phone.confirm", "accept", "");
}

static void
test_V7_confirmed_row(void **state)
{
	enum verdict verdict = VERDICT_REFUSE;
	struct enrol_secret one;
	char code[CODE_DIGITS + 1];
	uint8_t seed[SEED_LEN];
	struct phone out, stored;
	struct verify v;

	(void)state;
	assert_int_equal(start(NULL, &one), 0);
	core_world_seed(one.secret, seed);
	core_world_code(seed, core_world_step() - 1, code);
	assert_int_equal(confirm(code, &verdict, &out), 0);
	assert_int_equal(verdict, VERDICT_ACCEPT);
	assert_int_equal(
	    w.core.store->ops->phone_get(w.core.store, &a.account.office,
		&a.account.id, &one.phone.device, &stored),
	    0);
	assert_int_equal(stored.state, PHONE_ACTIVE);
	assert_true(stored.last_step == core_world_step() - 1);
	assert_true(stored.confirmed_ms == w.act.now.wall_ms);
	assert_true(out.last_step == stored.last_step);
	assert_int_equal(out.state, PHONE_ACTIVE);
	assert_memory_not_equal(stored.sealed.at, one.phone.sealed.at, 1);
	v = core_world_verify(&w, "yamada", code, "local:sshd");
	assert_true(v.is_used_code);
	core_world_code(seed, core_world_step(), code);
	v = core_world_verify(&w, "yamada", code, "local:sshd");
	assert_int_equal(v.verdict, VERDICT_ACCEPT);
}

static void
test_five_phones(void **state)
{
	struct enrol_secret s;
	struct account_view v;
	struct phone phone;
	char device[ID_TEXT + 1];
	int i;

	(void)state;
	for (i = 0; i < PHONES_MAX; i++) {
		assert_int_equal(start(NULL, &s), 0);
		assert_int_equal(confirm_right(&s, 0), VERDICT_ACCEPT);
	}
	assert_int_equal(start(NULL, &s), ERR_LIMIT);
	assert_string_equal(w.act.problem.code, "too_many_phones");
	assert_int_equal(account_show(&w.core, &w.act, "yamada", &v), 0);
	assert_int_equal(v.phones_n, PHONES_MAX);
	id_put_text(&v.phones[2].device, device);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, phone_revoke(&w.core, &w.act, "yamada", device, &phone)),
	    0);
	assert_int_equal(start(NULL, &s), 0);
	assert_int_equal(account_show(&w.core, &w.act, "yamada", &v), 0);
	assert_int_equal(v.phones_n, PHONES_MAX); /* four and a pending one */
	assert_int_equal(confirm_right(&s, 0), VERDICT_ACCEPT);
	assert_int_equal(start(NULL, &s), ERR_LIMIT);
}

static void
test_who_may_not(void **state)
{
	static const char *const labels[] = { "", " ", "a\nb", "\xff",
		"\xe2\x80\xae"
		"a" };
	struct enrol_secret s;
	enum verdict verdict;
	struct account_view v;
	struct office office;
	struct phone phone;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		assert_int_equal(start(labels[i], &s), ERR_INVALID);
		assert_string_equal(w.act.problem.code, "bad_label");
	}
	core_world_begin(&w);
	assert_int_equal(
	    enrol_start(&w.core, &w.act, "nobody", NULL, false, &s),
	    ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_account");
	core_world_rollback(&w);
	assert_int_equal(start(NULL, &s), 0);
	for (i = 0; i < 2; i++) {
		core_world_begin(&w);
		assert_int_equal(core_world_ended(&w,
				     i == 0 ? account_enable(&w.core, &w.act,
						  "yamada", false, &v)
					    : office_enable(&w.core, &w.act,
						  "tokyo", false, &office)),
		    0);
		assert_int_equal(start(NULL, &s), ERR_WRONG_STATE);
		assert_string_equal(w.act.problem.code, "account_disabled");
		assert_int_equal(draw(&s), ERR_WRONG_STATE);
		verdict = VERDICT_ACCEPT;
		assert_int_equal(
		    confirm("123456", &verdict, &phone), ERR_WRONG_STATE);
		assert_int_equal(verdict, VERDICT_REFUSE);
		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(&w,
			account_enable(&w.core, &w.act, "yamada", true, &v)),
		    0);
	}
}

static void
test_keeper_says_no(void **state)
{
	struct keeper_fake_knobs *k = keeper_fake_knobs(w.core.keeper);
	enum verdict verdict = VERDICT_ACCEPT;
	struct enrol_secret s;
	struct phone phone;

	(void)state;
	assert_int_equal(start(NULL, &s), 0);
	k->verdict = KEEPER_TOO_MANY;
	assert_int_equal(confirm_right(&s, 0), VERDICT_REFUSE);
	assert_last("phone.confirm", "refuse", "too_many_checks");
	k->verdict = KEEPER_BAD_SEAL;
	assert_int_equal(confirm_right(&s, 0), VERDICT_REFUSE);
	assert_last("phone.confirm", "refuse", "bad_seal");
	k->verdict = KEEPER_EXPIRED;
	assert_int_equal(confirm_right(&s, 0), VERDICT_REFUSE);
	assert_last("phone.confirm", "refuse", "expired");
	k->verdict = 0;
	k->fail_check = ERR_TIMEOUT;
	assert_int_equal(confirm("123456", &verdict, &phone), ERR_TIMEOUT);
	assert_int_equal(verdict, VERDICT_REFUSE);
	k->fail_check = 0;
	assert_int_equal(confirm_right(&s, 0), VERDICT_ACCEPT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_uri_exact),
		TEST(test_uri_longest_fits),
		TEST(test_R1_R9_start),
		TEST(test_R9_no_seed_no_enrolment),
		TEST(test_pending_is_no_factor),
		TEST(test_new_one_voids_the_older),
		TEST(test_draw_for_fifteen_minutes),
		TEST(test_look),
		TEST(test_confirm_after_fifteen_minutes),
		TEST(test_a_confirmed_secret_is_never_shown),
		TEST(test_wrong_confirmation_changes_nothing),
		TEST(test_V7_confirmed_row),
		TEST(test_five_phones),
		TEST(test_who_may_not),
		TEST(test_keeper_says_no),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
