/*
 * Goal of this test: a session is there for whoever shows its token, on its own
 * host, for as long as every one of its conditions holds, and not one question
 * longer. Ending and listing by an administrator: test_session_admin.c.
 * Links: authd/core/known.c
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

#include "authd/core/session_order.h"
#include "authd/core/session.h"
#include "authd/core/session_seen.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define MINUTE 60000LL

static struct core_world w;
static struct person yamada, boss;
static const struct app pay = { .host = "pay.example.jp",
	.factors = SESSION_PASSWORD | SESSION_CODE,
	.level = 1 };

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	assert_int_equal(session_seen_new(&w.core.sessions), 0);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	login_world_person(&w, "alpha", "boss-01", "privileged", &boss);
	snprintf(w.act.source, sizeof(w.act.source), "192.0.2.7");
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	session_seen_free(w.core.sessions);
	w.core.sessions = NULL;
	login_world_stop(&w);
	return (0);
}

static const struct session_proof both = { .factors =
	SESSION_PASSWORD | SESSION_CODE };

static int
try_open(const struct person *p, const struct session_proof *proof,
    char token[TOKEN_LEN + 1], struct session *out)
{
	core_world_begin(&w);
	return (core_world_ended(&w,
	    session_open(
		&w.core, &w.act, &p->account, proof, token, out)));
}

static struct session
open_one(const struct person *p, char token[TOKEN_LEN + 1])
{
	struct session_proof proof = both;
	struct session out;

	proof.device = p->phone.device;
	assert_int_equal(try_open(p, &proof, token, &out), 0);
	return (out);
}

static struct session
enter(const struct session *parent, const struct app *app,
    char token[TOKEN_LEN + 1])
{
	struct session out;

	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_enter(&w.core, &w.act, parent, app, token,
				 &out)),
	    0);
	return (out);
}

static struct session_view
find(const char *token, const struct app *app)
{
	struct session_view v;
	struct moment now;

	steady_now(&w.steady, &now);
	memset(&v, 0x5a, sizeof(v));
	assert_int_equal(session_find(&w.core, token, app, &now, &v), 0);
	return (v);
}

static void
expect_live(const char *token, const struct app *app)
{
	struct session_view v = find(token, app);

	if (!v.is_live)
		fail_msg("not live: %s", v.why);
	assert_null(v.why);
}

static void
expect_dead(const char *token, const struct app *app, const char *why)
{
	struct session_view v = find(token, app);

	assert_false(v.is_live);
	assert_string_equal(v.why, why);
}

static void
use(const char *token, const struct app *app)
{
	struct session_view v = find(token, app);
	struct moment now;

	steady_now(&w.steady, &now);
	assert_true(v.is_live);
	session_use(&w.core, &v.row, &now);
}

static void
test_open(void **state)
{
	char token[TOKEN_LEN + 1];
	struct session row = open_one(&yamada, token);
	struct audit_record last;
	struct session_view v;

	(void)state;
	core_world_last(&w, &last);
	assert_string_equal(last.action, "session.open");
	assert_string_equal(last.account, "yamada");
	assert_non_null(strstr(last.detail, "factors=password+code"));
	assert_null(strstr(last.detail, token));
	v = find(token, NULL);
	assert_true(v.is_live);
	assert_string_equal(v.account.login, "yamada");
	assert_string_equal(v.office.code, "alpha");
	assert_string_equal(v.row.source, "192.0.2.7");
	assert_int_equal(v.row.factors, SESSION_PASSWORD | SESSION_CODE);
	assert_true(v.row.code_steady == v.row.login_steady);
	assert_int_equal(v.row.terminal_steady, 0);
	assert_true(id_equal(&v.row.id, &row.id));
	assert_true(id_equal(&v.row.device, &yamada.phone.device));
	assert_true(core_world_log_is_whole(&w));
}

/* Rule 6.8: code and certificate are both possession; one factor is one. */
static void
test_two_factors(void **state)
{
	static const unsigned no[] = { 0, SESSION_PASSWORD, SESSION_CODE,
		SESSION_TERMINAL, SESSION_CODE | SESSION_TERMINAL,
		SESSION_PASSWORD | SESSION_CODE | 8 };
	static const unsigned yes[] = { SESSION_PASSWORD | SESSION_CODE,
		SESSION_PASSWORD | SESSION_TERMINAL, SESSION_FACTORS };
	struct session_proof proof = { 0 };
	char token[TOKEN_LEN + 1];
	struct session out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		proof.factors = no[i];
		assert_int_equal(
		    try_open(&yamada, &proof, token, &out), ERR_INVALID);
		assert_string_equal(token, "");
		assert_int_equal(out.factors, 0);
	}
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		proof.factors = yes[i];
		assert_int_equal(try_open(&yamada, &proof, token, &out), 0);
		expect_live(token, NULL);
	}
}

/* V34: cut, padded, in another case: not a session. */
static void
test_V34_tokens(void **state)
{
	char token[TOKEN_LEN + 1], text[TOKEN_LEN + 4];
	size_t i;

	(void)state;
	open_one(&yamada, token);
	for (i = 0; i < TOKEN_LEN; i++) {
		memcpy(text, token, i);
		text[i] = '\0';
		expect_dead(text, NULL, "no_token");
		memcpy(text, token, sizeof(token));
		text[i] ^= text[i] >= 'A' && text[i] != '_' ? 0x20 : 1;
		assert_false(find(text, NULL).is_live);
	}
	snprintf(text, sizeof(text), "%s=", token);
	expect_dead(text, NULL, "no_token");
	expect_dead("", NULL, "no_token");
	expect_live(token, NULL);
}

/* A token counts on the host it was made for, and nowhere else. */
static void
test_host(void **state)
{
	struct app other = pay;
	char token[TOKEN_LEN + 1], inner[TOKEN_LEN + 1];
	struct session row = open_one(&yamada, token), child;

	(void)state;
	snprintf(other.host, sizeof(other.host), "pay.example.jp:8443");
	child = enter(&row, &pay, inner);
	assert_true(id_equal(&child.parent, &row.id));
	assert_true(child.login_steady == row.login_steady);
	expect_live(inner, &pay);
	expect_dead(inner, &other, "other_host");
	expect_dead(inner, NULL, "other_host");
	expect_live(token, NULL);
	expect_dead(token, &pay, "other_host");
}

/* R26: idle and absolute, to the millisecond, whoever sets the wall clock. */
static void
test_R26_idle(void **state)
{
	char token[TOKEN_LEN + 1], strict[TOKEN_LEN + 1];

	(void)state;
	open_one(&yamada, token);
	open_one(&boss, strict);
	clock_fake_step(-3 * WORLD_HOUR_MS);
	clock_fake_pass(15 * MINUTE - 1);
	expect_live(strict, NULL);
	clock_fake_pass(1);
	expect_dead(strict, NULL, "idle");
	clock_fake_pass(15 * MINUTE - 1);
	expect_live(token, NULL);
	use(token, NULL);
	clock_fake_step(48 * WORLD_HOUR_MS);
	clock_fake_pass(30 * MINUTE - 1);
	expect_live(token, NULL);
	clock_fake_pass(1);
	expect_dead(token, NULL, "idle");
}

static void
test_R26_absolute(void **state)
{
	char token[TOKEN_LEN + 1], inner[TOKEN_LEN + 1];
	struct session row = open_one(&yamada, token);
	int i;

	(void)state;
	enter(&row, &pay, inner);
	for (i = 1; i < 12 * 4; i++) {
		clock_fake_pass(15 * MINUTE);
		use(inner, &pay);
	}
	/* the use of one application keeps the portal's session too */
	clock_fake_step(-3 * WORLD_HOUR_MS);
	clock_fake_pass(15 * MINUTE - 1);
	expect_live(token, NULL);
	expect_live(inner, &pay);
	clock_fake_pass(1);
	expect_dead(token, NULL, "expired");
	expect_dead(inner, &pay, "expired");
}

/* An application's own times, and a login too long ago for it. */
static void
test_app_times(void **state)
{
	struct app brief = pay;
	char token[TOKEN_LEN + 1], inner[TOKEN_LEN + 1];
	struct session row = open_one(&yamada, token), out;

	(void)state;
	brief.idle_ms = 5 * MINUTE;
	brief.absolute_ms = 20 * MINUTE;
	clock_fake_pass(10 * MINUTE);
	enter(&row, &brief, inner);
	clock_fake_pass(5 * MINUTE - 1);
	expect_live(inner, &brief);
	use(inner, &brief);
	clock_fake_pass(5 * MINUTE - 1);
	expect_live(inner, &brief);
	use(inner, &brief);
	clock_fake_pass(2);
	expect_dead(inner, &brief, "expired");
	/* a rule that is looser by now brings none back */
	brief.absolute_ms = 60 * MINUTE;
	expect_dead(inner, &brief, "expired");
	brief.absolute_ms = 20 * MINUTE;
	expect_live(token, NULL);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_enter(&w.core, &w.act, &row, &brief,
				 inner, &out)),
	    ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "too_long_ago");
	assert_string_equal(inner, "");
}

/* Its last use is neither lost nor early while it moves to the store. */
static void
test_seen_moves(void **state)
{
	const struct session_seen_row *rows;
	char token[TOKEN_LEN + 1];
	struct moment now;
	struct session key;
	size_t n;

	(void)state;
	key = open_one(&yamada, token);
	clock_fake_pass(20 * MINUTE);
	use(token, NULL);
	clock_fake_pass(20 * MINUTE);
	expect_live(token, NULL);
	steady_now(&w.steady, &now);
	core_world_begin(&w);
	rows = session_seen_take(w.core.sessions, &now, false, &n);
	assert_int_equal(n, 1);
	assert_int_equal(w.core.store->ops->session_seen(w.core.store, &key,
			     rows[0].seen_ms, rows[0].seen_steady),
	    0);
	expect_live(token, NULL);
	assert_int_equal(core_world_commit(&w), 0);
	session_seen_stored(w.core.sessions, true);
	expect_live(token, NULL);
	clock_fake_pass(10 * MINUTE);
	expect_dead(token, NULL, "idle");
}

/* V33, R41: a new token at each rise of rights; the old one is void. */
static void
test_V33_raise(void **state)
{
	struct session_proof code = { .factors = SESSION_CODE };
	char token[TOKEN_LEN + 1], next[TOKEN_LEN + 1], inner[TOKEN_LEN + 1];
	struct session row = open_one(&yamada, token), out;
	struct session_view v;

	(void)state;
	enter(&row, &pay, inner);
	clock_fake_pass(10 * MINUTE);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_raise(&w.core, &w.act, &row, &code, next,
				 &out)),
	    0);
	assert_string_not_equal(token, next);
	expect_dead(token, NULL, "unknown_token");
	v = find(next, NULL);
	assert_true(v.is_live);
	assert_true(v.row.login_steady == row.login_steady);
	assert_true(v.row.code_steady == row.code_steady + 10 * MINUTE);
	assert_true(v.row.password_steady == row.password_steady);
	/* a recovery code is of no phone: this one's revocation still ends it */
	assert_true(id_equal(&v.row.device, &yamada.phone.device));
	/* what was entered from it goes on, as old as it is */
	v = find(inner, &pay);
	assert_true(v.is_live);
	assert_true(v.row.code_steady == row.code_steady);
	/* entered again: the earlier one of the same two is void */
	enter(&out, &pay, token);
	expect_dead(inner, &pay, "unknown_token");
	assert_true(find(token, &pay).row.code_steady == out.code_steady);
	/* nothing raises what has ended */
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, session_logout(&w.core, &w.act, &out)), 0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_raise(&w.core, &w.act, &out, &code, next,
				 &out)),
	    ERR_NOTFOUND);
	assert_string_equal(next, "");
}

/* One session for all hosts below a name: only when that is configured, only
 * there, and never on the portal. */
static void
test_V33_shared(void **state)
{
	static const char *const not_below[] = { "example.jp", "evil.jp",
		"xexample.jp", "example.jp.evil.jp", "jp",
		"pay.example.jp.evil.jp", "" };
	struct app app, other = { .host = "tax.example.jp" },
			far = { .host = "pay.example.com" };
	char token[TOKEN_LEN + 1], inner[TOKEN_LEN + 1], second[TOKEN_LEN + 1];
	struct session row = open_one(&yamada, token);
	size_t i;

	(void)state;
	assert_false(session_shared(&w.core, "pay.example.jp", &app));
	assert_string_equal(app.host, "");
	snprintf(w.policy.cookie_domain, sizeof(w.policy.cookie_domain),
	    "example.jp");
	assert_true(session_shared(&w.core, "pay.example.jp:8443", &app));
	assert_string_equal(app.host, ".example.jp");
	for (i = 0; i < sizeof(not_below) / sizeof(not_below[0]); i++)
		if (session_shared(&w.core, not_below[i], &app))
			fail_msg("below: %s", not_below[i]);
	assert_true(session_shared(&w.core, "pay.example.jp", &app));
	enter(&row, &app, inner);
	assert_true(find(inner, &pay).is_live);
	assert_true(find(inner, &other).is_live);
	expect_dead(inner, &far, "other_host");
	expect_dead(inner, NULL, "other_host");
	/* an application's own still counts there alone, the portal's nowhere */
	enter(&row, &pay, second);
	assert_true(find(second, &pay).is_live);
	assert_true(find(inner, &pay).is_live);
	expect_dead(second, &other, "other_host");
	expect_dead(token, &other, "other_host");
	/* switched off: it counts nowhere any more */
	w.policy.cookie_domain[0] = '\0';
	expect_dead(inner, &pay, "other_host");
	expect_dead(inner, &other, "other_host");
	snprintf(w.policy.cookie_domain, sizeof(w.policy.cookie_domain),
	    "example.jp");
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, session_logout(&w.core, &w.act, &row)), 0);
	expect_dead(inner, &other, "unknown_token");
	w.policy.cookie_domain[0] = '\0';
}

/* R42: logging out anywhere ends all of it everywhere. */
static void
test_R42_logout(void **state)
{
	struct app other = pay;
	char token[TOKEN_LEN + 1], a[TOKEN_LEN + 1], b[TOKEN_LEN + 1],
	    apart[TOKEN_LEN + 1];
	struct session row = open_one(&yamada, token), child;

	(void)state;
	snprintf(other.host, sizeof(other.host), "other.example.jp");
	child = enter(&row, &pay, a);
	enter(&row, &other, b);
	open_one(&yamada, apart);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, session_logout(&w.core, &w.act, &child)), 0);
	expect_dead(token, NULL, "unknown_token");
	expect_dead(a, &pay, "unknown_token");
	expect_dead(b, &other, "unknown_token");
	expect_live(apart, NULL);
}

static int
disable(void)
{
	struct account_view v;

	return (account_enable(&w.core, &w.act, "yamada", false, &v));
}

static int
disable_office(void)
{
	struct office o;

	return (office_enable(&w.core, &w.act, "alpha", false, &o));
}

static int
remove_account(void)
{
	struct account gone;

	return (account_remove(&w.core, &w.act, "yamada", &gone));
}

static int
reset(void)
{
	struct account_view v;

	return (recovery_reset(&w.core, &w.act, "yamada", "lost", &v));
}

static int
revoke_phone(void)
{
	struct phone p;
	char device[ID_TEXT + 1];

	id_put_text(&yamada.phone.device, device);
	return (phone_revoke(&w.core, &w.act, "yamada", device, &p));
}

static int
change_password(void)
{
	struct password_known known;
	int r;

	if ((r = password_load(&w.core, &w.act, "yamada", &known)) != 0)
		return (r);
	return (password_store(&w.core, &w.act, &known, known.row.hash, false,
	    "password.change"));
}

static int
force_one(void)
{
	return (password_order(&w.core, &w.act, "yamada", NULL));
}

static int
force_office(void)
{
	return (password_order(&w.core, &w.act, NULL, "alpha"));
}

static int
force_all(void)
{
	return (password_order(&w.core, &w.act, NULL, NULL));
}

static int
end_office(void)
{
	return (session_order_end(&w.core, &w.act, "alpha"));
}

static int
end_all(void)
{
	return (session_order_end(&w.core, &w.act, NULL));
}

/*
 * V28, F8: what ends a session ends it and what was entered from it at the
 * next question, and undoing what was done brings none of them back.
 */
static void
test_V28_ended_by(void **state)
{
	static const struct {
		const char *name;
		int (*act)(void);
		bool is_everybody; /* the other person's too */
	} cases[] = {
		{ "account disable", disable, false },
		{ "office disable", disable_office, true },
		{ "account remove", remove_account, false },
		{ "account reset", reset, false },
		{ "phone revoke", revoke_phone, false },
		{ "password change", change_password, false },
		{ "force-reset LOGIN", force_one, false },
		{ "force-reset --office", force_office, true },
		{ "force-reset --all", force_all, true },
		{ "session end --office", end_office, true },
		{ "session end --all", end_all, true },
	};
	char token[TOKEN_LEN + 1], inner[TOKEN_LEN + 1], other[TOKEN_LEN + 1];
	struct session row;
	struct account_view v;
	struct office o;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (i > 0) {
			teardown(state);
			setup(state);
		}
		row = open_one(&yamada, token);
		enter(&row, &pay, inner);
		open_one(&boss, other);
		clock_fake_pass(1);
		expect_live(token, NULL);
		expect_live(inner, &pay);
		core_world_begin(&w);
		assert_int_equal(core_world_ended(&w, cases[i].act()), 0);
		if (find(token, NULL).is_live || find(inner, &pay).is_live)
			fail_msg("%s: still live", cases[i].name);
		if (find(other, NULL).is_live == cases[i].is_everybody)
			fail_msg("%s: of another person", cases[i].name);
		clock_fake_pass(1);
		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(
			&w, office_enable(&w.core, &w.act, "alpha", true, &o)),
		    0);
		if (cases[i].act == remove_account)
			continue;
		core_world_begin(&w);
		assert_int_equal(core_world_ended(&w,
				     account_enable(&w.core, &w.act, "yamada",
					 true, &v)),
		    0);
		if (cases[i].act == force_one || cases[i].act == force_all ||
		    cases[i].act == force_office)
			login_world_password(
			    &w, "yamada", LOGIN_WORLD_TWO, false);
		if (find(token, NULL).is_live || find(inner, &pay).is_live)
			fail_msg("%s: live again", cases[i].name);
	}
}

/* What was made after an order to end all is not ended by it. */
static void
test_after_order(void **state)
{
	char token[TOKEN_LEN + 1];

	(void)state;
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w, end_all()), 0);
	clock_fake_pass(1);
	clock_fake_step(-WORLD_HOUR_MS);
	open_one(&yamada, token);
	expect_live(token, NULL);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_order_end(&w.core, &w.act, "beta")),
	    0);
	expect_live(token, NULL);
}

/* Nobody who could not log in gets a session. */
static void
test_open_refused(void **state)
{
	char token[TOKEN_LEN + 1];
	struct session out;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w, disable()), 0);
	assert_int_equal(
	    try_open(&yamada, &both, token, &out), ERR_WRONG_STATE);
	assert_string_equal(token, "");
	login_world_password(&w, "boss-01", LOGIN_WORLD_TWO, true);
	assert_int_equal(try_open(&boss, &both, token, &out), ERR_WRONG_STATE);
}

static void
test_each_max(void **state)
{
	char first[TOKEN_LEN + 1], second[TOKEN_LEN + 1], token[TOKEN_LEN + 1];
	int i;

	(void)state;
	open_one(&yamada, first);
	clock_fake_pass(10);
	open_one(&yamada, second);
	for (i = 2; i < SESSION_EACH_MAX; i++) {
		clock_fake_pass(10);
		open_one(&yamada, token);
	}
	expect_live(first, NULL);
	clock_fake_pass(10);
	open_one(&yamada, token);
	expect_dead(first, NULL, "unknown_token");
	expect_live(second, NULL);
	expect_live(token, NULL);
}

/* A store that fails is an error, never a session. */
static void
test_R57_store_fails(void **state)
{
	struct store_mem_knobs *knobs = store_mem_knobs(w.core.store);
	char token[TOKEN_LEN + 1];
	struct session_view v;

	(void)state;
	open_one(&yamada, token);
	knobs->fail_read = ERR_STORE;
	memset(&v, 0x5a, sizeof(v));
	assert_int_equal(
	    session_find(&w.core, token, NULL, &w.act.now, &v), ERR_STORE);
	assert_false(v.is_live);
	knobs->fail_read = 0;
	expect_live(token, NULL);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_open), T(test_two_factors),
		T(test_V34_tokens), T(test_host), T(test_R26_idle),
		T(test_R26_absolute), T(test_app_times), T(test_seen_moves),
		T(test_V33_raise), T(test_V33_shared), T(test_R42_logout), T(test_V28_ended_by),
		T(test_after_order), T(test_open_refused), T(test_each_max),
		T(test_R57_store_fails) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
