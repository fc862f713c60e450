/*
 * Goal of this test: a person's own page tells what was changed in the last 30
 * days, newest first, however many attempts of strangers came after it, a new
 * phone and a lost terminal among it; of an office's terminals only the own
 * ones are looked at; and a login is told once, whatever was entered with it.
 * Links: authd/core/known.c
 * Links: authd/core/password.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: tests/fakes/passhash_fake.c
 * Links: authd/core/breach.c
 * Links: authd/core/app.c
 * Links: authd/core/urlcheck.c
 * Links: authd/core/token.c
 * Links: authd/core/session_seen.c
 * Links: authd/core/session.c
 * Links: authd/core/session_order.c
 * Links: authd/core/session_admin.c
 * Links: authd/core/auditlog.c
 * Links: authd/core/mine.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c authd/core/source.c authd/core/source_slot.c
 * Links: authd/core/source_address.c authd/core/source_rule.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/shown.c
 * Links: tests/fakes/login_world.c
 * Links: authd/core/recovery.c authd/core/account.c
 * Links: authd/core/account_input.c authd/core/act.c authd/core/checks.c
 * Links: authd/core/enrol.c authd/core/journal.c authd/core/lock.c
 * Links: authd/core/office.c authd/core/phone.c authd/core/steady.c
 * Links: authd/core/verify.c authd/store/rows.c authd/core/terminal.c
 * Links: authd/core/terminals.c authd/core/cert.c authd/core/cert_life.c
 * Links: authd/core/host.c authd/core/live.c authd/core/seen.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c authd/audit/audit_record.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_verify.c
 * Links: authd/base/err.c authd/base/log.c authd/base/buf.c authd/base/mem.c
 * Links: authd/base/text.c authd/base/fold.c authd/base/id.c
 * Links: authd/base/timetext.c tests/fakes/core_world.c
 * Links: tests/fakes/clock_fake.c tests/fakes/keeper_fake.c
 * Links: tests/fakes/keeper_fake_cert.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c tests/fakes/store_mem_terminal.c
 * Links: tests/fakes/store_mem_cert.c tests/fakes/cert_world.c
 * Links: tests/fakes/ca_rig.c authd/keeper/keeper_ca.c
 * Links: authd/keeper/keeper_quota.c authd/keeper/keeper_key_source.c
 * Links: authd/keeper/keeper_state.c certs/x509_der.c certs/x509_public.c
 * Links: certs/x509_weak.c certs/x509_request.c certs/x509_subject.c
 * Links: certs/x509_trust.c certs/x509_chain.c certs/x509_pem.c
 * Links: certs/x509_extend.c certs/x509_profile.c certs/x509_issue.c
 * Links: certs/x509_scalar.c certs/x509_root.c certs/x509_key.c
 * Links: certs/x509_url.c tests/fakes/keeper_ca_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/mine.h"
#include "authd/core/recovery.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"
#include "tests/fakes/login_world.h"

#define DAY_MS (24 * WORLD_HOUR_MS)

static struct core_world w;
static struct person taro, hana;
static struct session_view who;
static struct mine mine;

static int
setup(void **state)
{
	struct account_view view;

	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "taro", NULL, &taro);
	core_world_person(&w, "tokyo", "hana", NULL, &hana);
	clock_fake_pass(40 * DAY_MS);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, account_show(&w.core, &w.act, "taro", &view)),
	    0);
	memset(&who, 0, sizeof(who));
	who.account = view.account;
	who.office = view.office;
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

#define CHANGE(call)                                                           \
	do {                                                                   \
		core_world_begin(&w);                                          \
		assert_int_equal(core_world_ended(&w, (call)), 0);             \
	} while (0)

static void
expect_changes(const char *wanted)
{
	char got[512] = "";
	size_t n = 0;
	int i;

	CHANGE(mine_changes(&w.core, &w.act, &who, &mine));
	for (i = 0; i < mine.changes_n; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s",
		    i == 0 ? "" : " ", mine.changes[i].action);
	assert_string_equal(got, wanted);
}

static void
reset(void)
{
	struct account_view view;

	CHANGE(recovery_reset(&w.core, &w.act, "taro", "stolen", &view));
}

/* A stranger's noise, all of it recorded. */
static void
test_R33_strangers_hide_no_change(void **state)
{
	int i;

	(void)state;
	expect_changes(""); /* the phone is older than 30 days */
	reset();
	for (i = 0; i < 2 * MINE_LOOKED_AT; i++)
		(void)core_world_verify(&w, "taro", "000000", "local:sshd");
	expect_changes("account.reset");
	CHANGE(mine_look(&w.core, &w.act, &who, &mine));
	assert_int_equal(mine.events_n, MINE_EVENTS);
	assert_int_equal(mine.changes_n, 1);
}

/* Somebody else's phone is the change that matters most. */
static void
test_R33_a_new_phone_is_told(void **state)
{
	struct person second;
	struct account_view view;

	(void)state;
	core_world_phone(&w, "taro", &second);
	CHANGE(account_unlock(&w.core, &w.act, "taro", &view));
	expect_changes("account.unlock phone.confirm");
	assert_string_equal(mine.changes[1].actor, "unix:0");
	/* not to others */
	CHANGE(account_unlock(&w.core, &w.act, "hana", &view));
	expect_changes("account.unlock phone.confirm");
	clock_fake_pass(MINE_CHANGES_MS + 1000);
	expect_changes("");
}

static void
test_newest_first_and_no_more(void **state)
{
	struct account_view view;
	int i;

	(void)state;
	reset();
	for (i = 0; i < MINE_CHANGES + 3; i++) {
		clock_fake_pass(1000);
		CHANGE(account_unlock(&w.core, &w.act, "taro", &view));
	}
	CHANGE(mine_changes(&w.core, &w.act, &who, &mine));
	assert_int_equal(mine.changes_n, MINE_CHANGES);
	for (i = 0; i < MINE_CHANGES; i++)
		assert_string_equal(mine.changes[i].action, "account.unlock");
	for (i = 1; i < MINE_CHANGES; i++)
		assert_true(mine.changes[i - 1].at_ms - mine.changes[i].at_ms ==
		    1000);
}

static void
add_terminal(uint8_t number, struct id *out)
{
	struct terminal t = { .office = taro.account.office,
		.created_ms = 1 };

	t.id.b[0] = 1;
	t.id.b[15] = number;
	snprintf(t.label, sizeof(t.label), "PC %d", number);
	CHANGE(w.core.store->ops->terminal_add(w.core.store, &t));
	*out = t.id;
}

static void
admit(const struct id *terminal, const struct person *p)
{
	CHANGE(w.core.store->ops->terminal_admit(w.core.store,
	    &p->account.office, terminal, &p->account.id));
}

static void
test_R28_a_lost_terminal_is_told(void **state)
{
	struct terminals_view v;
	char text[ID_TEXT + 1];
	struct id own, shared, other;

	(void)state;
	add_terminal(1, &own);
	add_terminal(2, &shared);
	add_terminal(3, &other);
	admit(&own, &taro);
	admit(&shared, &taro);
	admit(&shared, &hana);
	admit(&other, &hana);
	id_put_text(&other, text);
	CHANGE(terminals_lost(&w.core, &w.act, text, &v));
	expect_changes("");
	id_put_text(&own, text);
	CHANGE(terminals_lost(&w.core, &w.act, text, &v));
	expect_changes("terminal.lost");
	id_put_text(&shared, text);
	CHANGE(terminals_lost(&w.core, &w.act, text, &v));
	expect_changes("terminal.lost terminal.lost");
	assert_true(core_world_log_is_whole(&w));
}

static void
test_only_the_own_terminals_are_looked_at(void **state)
{
	struct store_mem_knobs *k = store_mem_knobs(w.core.store);
	struct id id;
	int i, before, few, many;

	(void)state;
	add_terminal(1, &id);
	admit(&id, &taro);
	before = k->reads;
	CHANGE(mine_look(&w.core, &w.act, &who, &mine));
	few = k->reads - before;
	assert_int_equal(mine.terminals_n, 1);
	for (i = 2; i < 60; i++) {
		add_terminal((uint8_t)i, &id);
		admit(&id, &hana);
	}
	before = k->reads;
	CHANGE(mine_look(&w.core, &w.act, &who, &mine));
	many = k->reads - before;
	assert_int_equal(mine.terminals_n, 1);
	assert_string_equal(mine.terminals[0].label, "PC 1");
	assert_int_equal(many, few);
}

/* In a hurry the button is pressed twice, or somebody of the office was
 * quicker: what is stopped already holds up nothing else. */
static void
test_R28_stopped_already(void **state)
{
	char phone[ID_TEXT + 1], theirs[ID_TEXT + 1], pc[ID_TEXT + 1];
	const struct mine_stop one = { .phones = { phone }, .phones_n = 1 };
	const struct mine_stop both = { .phones = { phone },
		.phones_n = 1,
		.terminals = { pc },
		.terminals_n = 1 };
	const struct mine_stop other = { .phones = { theirs }, .phones_n = 1 };
	struct terminals_view v;
	struct id own;

	(void)state;
	add_terminal(1, &own);
	admit(&own, &taro);
	id_put_text(&own, pc);
	id_put_text(&taro.phone.device, phone);
	id_put_text(&hana.phone.device, theirs);
	CHANGE(mine_stop(&w.core, &w.act, &who, &one));
	CHANGE(mine_stop(&w.core, &w.act, &who, &both));
	assert_int_equal(terminals_show(&w.core, &w.act, pc, &v), 0);
	assert_true(v.terminal.lost_ms != 0);
	CHANGE(mine_stop(&w.core, &w.act, &who, &both));
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     mine_stop(&w.core, &w.act, &who, &other)),
	    ERR_NOTFOUND);
}

/* Who logged in once and sees two logins looks for a thief. */
static void
test_R33_one_login_is_told_once(void **state)
{
	static const struct app apps[] = {
		{ .host = "pay.example.jp", .level = 1 },
		{ .host = "tax.example.jp", .level = 1 },
	};
	const struct session_proof proof = { .factors = SESSION_PASSWORD |
		    SESSION_CODE,
		.device = taro.phone.device };
	char token[TOKEN_LEN + 1];
	struct session portal, entered;
	size_t i;

	(void)state;
	login_world_password(&w, "taro", LOGIN_WORLD_ONE, false);
	CHANGE(session_open(
	    &w.core, &w.act, &taro.account, &proof, token, &portal));
	for (i = 0; i < 2; i++)
		CHANGE(session_enter(
		    &w.core, &w.act, &portal, &apps[i], token, &entered));
	CHANGE(mine_look(&w.core, &w.act, &who, &mine));
	assert_int_equal(mine.events_n, 1);
	assert_string_equal(mine.events[0].action, "session.open");
	assert_int_equal(mine.sessions_n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		T(test_R33_strangers_hide_no_change),
		T(test_R33_a_new_phone_is_told),
		T(test_R33_one_login_is_told_once),
		T(test_newest_first_and_no_more),
		T(test_R28_a_lost_terminal_is_told),
		T(test_only_the_own_terminals_are_looked_at),
		T(test_R28_stopped_already),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
