/*
 * Goal of this test: a person brings the own phone on a page: a wrong code, a
 * reload, a form sent twice, a second tab and a time that is over each lead on
 * (V29); the first phone brings recovery codes; one phone instead of another
 * takes its session along (R28, V33); names are taken as people type them.
 * Links: authd/core/known.c
 * Links: authd/core/enrolment.c
 * Links: authd/core/session.c authd/core/session_seen.c authd/core/token.c
 * Links: authd/core/session_order.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/password.c
 * Links: authd/core/shown.c tests/fakes/terminal_fake.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: tests/fakes/passhash_fake.c
 * Links: authd/core/breach.c tests/fakes/login_world.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c
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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/enrolment.h"
#include "authd/core/session_seen.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

static struct core_world w;
static struct person yamada, boss;

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	assert_int_equal(session_seen_new(&w.core.sessions), 0);
	login_world_person(&w, "tokyo", "yamada", NULL, &yamada);
	login_world_person(&w, "tokyo", "boss-01", NULL, &boss);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_true(core_world_log_is_whole(&w));
	session_seen_free(w.core.sessions);
	w.core.sessions = NULL;
	login_world_stop(&w);
	return (0);
}

static void
start(const char *label, struct enrol_secret *out)
{
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w,
		enrol_start(&w.core, &w.act, "yamada", label, true, out)),
	    0);
}

/* A form: the code that ${s} shows now, or ${code}. */
static int
try_confirm(const struct enrol_secret *s, const char *code,
    const struct session_view *who, const char *replaces, struct enrolment *q)
{
	char right[CODE_DIGITS + 1], device[ID_TEXT + 1];
	uint8_t seed[SEED_LEN];

	core_world_seed(s->secret, seed);
	core_world_code(seed, core_world_step(), right);
	id_put_text(&s->phone.device, device);
	memset(q, 0, sizeof(*q));
	q->code = code == NULL ? right : code;
	q->device = device;
	q->replaces = replaces;
	core_world_begin(&w);
	return (core_world_ended(&w,
	    enrolment_confirm(&w.core, &w.act, "yamada", who, q)));
}

static struct enrolment
confirm(const struct enrol_secret *s, const char *code)
{
	struct enrolment q;

	assert_int_equal(try_confirm(s, code, NULL, NULL, &q), 0);
	return (q);
}

static int
count_active(void)
{
	struct account_view v;
	int i, n = 0;

	assert_int_equal(account_show(&w.core, &w.act, "yamada", &v), 0);
	for (i = 0; i < v.phones_n; i++)
		n += v.phones[i].state == PHONE_ACTIVE;
	return (n);
}

static void
test_zero_refuses(void **state)
{
	struct enrolment q = { 0 };

	(void)state;
	assert_int_equal(q.result, ENROLMENT_REFUSED);
}

static void
test_label(void **state)
{
	static const struct {
		const char *typed, *label;
	} good[] = { { "a", "a" }, { " my  phone ", "my  phone" },
		{ "\xe3\x80\x80 私の「電話」\xe3\x80\x80", "私の「電話」" },
		{ "<b>&", "<b>&" } };
	static const char *const bad[] = { "", " ", "\xe3\x80\x80 ", "a\nb",
		"\x1b[1m", "\xff", "\xe2\x80\xae\x61" };
	char out[NAME_MAX_BYTES + 1], longest[NAME_MAX_BYTES + 8];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(enrolment_label(good[i].typed, out), 0);
		assert_string_equal(out, good[i].label);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (enrolment_label(bad[i], out) != ERR_INVALID)
			fail_msg("taken: %zu", i);
		assert_string_equal(out, "");
	}
	memset(longest, 'x', sizeof(longest));
	longest[0] = ' ';
	longest[NAME_MAX_BYTES + 1] = ' ';
	longest[NAME_MAX_BYTES + 2] = '\0';
	assert_int_equal(enrolment_label(longest, out), 0);
	assert_int_equal(strlen(out), NAME_MAX_BYTES);
	longest[NAME_MAX_BYTES + 1] = 'x';
	assert_int_equal(enrolment_label(longest, out), ERR_INVALID);
}

static void
test_wrong_then_right_then_again(void **state)
{
	struct enrol_secret s, again;
	enum enrol_state is;
	struct enrolment q;

	(void)state;
	start("second", &s);
	assert_int_equal(confirm(&s, "000 000").result, ENROLMENT_REFUSED);
	assert_int_equal(confirm(&s, "").result, ENROLMENT_REFUSED);
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "yamada", &is, &again), 0);
	assert_string_equal(again.secret, s.secret);
	q = confirm(&s, NULL);
	assert_int_equal(q.result, ENROLMENT_DONE);
	assert_string_equal(q.phone.label, "second");
	assert_false(q.has_replaced);
	assert_string_equal(q.token, "");
	assert_int_equal(count_active(), 2);
	/* the second of two clicks */
	q = confirm(&s, NULL);
	assert_int_equal(q.result, ENROLMENT_BEFORE);
	assert_string_equal(q.phone.label, "second");
	assert_int_equal(q.codes.n, 0);
	assert_int_equal(count_active(), 2);
}

static void
test_first_brings_codes(void **state)
{
	struct enrol_secret s;
	struct enrolment q;
	struct account_view v;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_reset(&w.core, &w.act, "yamada", "lost",
				 &v)),
	    0);
	start("first", &s);
	q = confirm(&s, NULL);
	assert_int_equal(q.result, ENROLMENT_DONE);
	assert_int_equal(q.codes.n, RECOVERY_MAX);
	assert_int_equal(strlen(q.codes.text[9]), RECOVERY_TEXT_MAX);
	q = confirm(&s, NULL);
	assert_int_equal(q.result, ENROLMENT_BEFORE);
	assert_int_equal(q.codes.n, 0);
	start("second", &s);
	assert_int_equal(confirm(&s, NULL).codes.n, 0);
}

static void
test_two_tabs(void **state)
{
	struct enrol_secret one, two;
	struct enrolment q;

	(void)state;
	start("one", &one);
	start("two", &two);
	q = confirm(&one, NULL);
	assert_int_equal(q.result, ENROLMENT_OTHER);
	assert_string_equal(q.phone.label, "two");
	assert_int_equal(confirm(&two, NULL).result, ENROLMENT_DONE);
	assert_int_equal(confirm(&one, NULL).result, ENROLMENT_NONE);
	assert_int_equal(count_active(), 2);
}

static void
test_over(void **state)
{
	struct enrol_secret s, again;
	enum enrol_state is;
	struct enrolment q;

	(void)state;
	start("late", &s);
	clock_fake_pass(PENDING_MS);
	q = confirm(&s, NULL);
	assert_int_equal(q.result, ENROLMENT_AGAIN);
	assert_string_equal(q.phone.label, "late");
	assert_true(q.phone.is_private);
	assert_int_equal(
	    enrol_look(&w.core, &w.act, "yamada", &is, &again), 0);
	assert_int_equal(is, ENROL_WAITING);
	assert_string_not_equal(again.secret, s.secret);
	assert_int_equal(confirm(&again, NULL).result, ENROLMENT_DONE);
}

static void
test_garbage(void **state)
{
	static const char *const devices[] = { "", "x",
		"00000000-0000-7000-8000-000000000000" };
	struct enrol_secret s;
	struct enrolment q;
	size_t i;

	(void)state;
	start("phone", &s);
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		memset(&q, 0, sizeof(q));
		q.code = "123456";
		q.device = devices[i];
		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(&w,
			enrolment_confirm(
			    &w.core, &w.act, "yamada", NULL, &q)),
		    0);
		assert_int_equal(q.result, ENROLMENT_OTHER);
	}
	assert_int_equal(count_active(), 1);
}

/* --- one phone instead of another --- */

static struct session_view
find(const char *token)
{
	struct session_view v;

	assert_int_equal(
	    session_find(&w.core, token, NULL, &w.act.now, &v), 0);
	return (v);
}

static void
log_in(const struct person *p, char token[TOKEN_LEN + 1])
{
	const struct session_proof proof = {
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.device = p->phone.device,
	};
	struct session row;

	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_open(&w.core, &w.act, &p->account, &proof,
				 token, &row)),
	    0);
}

static void
test_R28_replaced(void **state)
{
	char here[TOKEN_LEN + 1], there[TOKEN_LEN + 1], old[ID_TEXT + 1];
	struct session_view who;
	struct enrol_secret s;
	struct enrolment q;

	(void)state;
	log_in(&yamada, here);
	log_in(&yamada, there);
	id_put_text(&yamada.phone.device, old);
	start("new", &s);
	who = find(here);
	assert_int_equal(try_confirm(&s, NULL, &who, old, &q), 0);
	assert_int_equal(q.result, ENROLMENT_DONE);
	assert_true(q.has_replaced);
	assert_int_equal(count_active(), 1);
	/* V33: it goes on, under another token */
	assert_false(find(here).is_live);
	who = find(q.token);
	assert_true(who.is_live);
	assert_true(id_equal(&who.row.device, &s.phone.device));
	/* whoever has the old phone's other session is out */
	assert_false(find(there).is_live);
}

static void
test_replaced_with_another_session(void **state)
{
	char here[TOKEN_LEN + 1], old[ID_TEXT + 1];
	struct enrol_secret s, again;
	struct session_view who;
	struct person second;
	struct enrolment q;

	(void)state;
	second = yamada;
	core_world_phone(&w, "yamada", &second);
	log_in(&second, here);
	id_put_text(&yamada.phone.device, old);
	start("new", &s);
	who = find(here);
	assert_int_equal(try_confirm(&s, NULL, &who, old, &q), 0);
	assert_true(q.has_replaced);
	/* opened with a phone that stays: nothing changes for it */
	assert_string_equal(q.token, "");
	assert_true(find(here).is_live);
	assert_int_equal(count_active(), 2);
	/* stopped meanwhile is as good */
	start("newer", &again);
	assert_int_equal(try_confirm(&again, NULL, &who, old, &q), 0);
	assert_int_equal(q.result, ENROLMENT_DONE);
	assert_false(q.has_replaced);
}

static void
test_R49_not_of_another(void **state)
{
	char theirs[ID_TEXT + 1], here[TOKEN_LEN + 1];
	struct session_view who;
	struct enrol_secret s;
	struct account_view v;
	struct enrolment q;

	(void)state;
	log_in(&yamada, here);
	who = find(here);
	id_put_text(&boss.phone.device, theirs);
	start("new", &s);
	assert_int_equal(try_confirm(&s, NULL, &who, theirs, &q), 0);
	assert_int_equal(q.result, ENROLMENT_DONE);
	assert_false(q.has_replaced);
	assert_int_equal(account_show(&w.core, &w.act, "boss-01", &v), 0);
	assert_int_equal(v.phones[0].state, PHONE_ACTIVE);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zero_refuses),
		cmocka_unit_test(test_label),
		TEST(test_wrong_then_right_then_again),
		TEST(test_first_brings_codes),
		TEST(test_two_tabs),
		TEST(test_over),
		TEST(test_garbage),
		TEST(test_R28_replaced),
		TEST(test_replaced_with_another_session),
		TEST(test_R49_not_of_another),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
