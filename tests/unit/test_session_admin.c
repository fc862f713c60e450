/*
 * Goal of this test: an administrator sees who is in, and ends exactly what was
 * meant.
 * Links: authd/core/known.c
 * Links: authd/core/session.c authd/core/session_seen.c authd/core/token.c
 * Links: authd/core/session_order.c authd/core/session_admin.c
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
#include <string.h>

#include <cmocka.h>

#include "authd/core/app.h"
#include "authd/core/session_admin.h"
#include "authd/core/session_seen.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

static struct core_world w;
static struct person yamada, suzuki;
static struct session first, inner, second, other;
static const struct app pay = { .host = "pay.example.jp",
	.name = "pay",
	.factors = SESSION_PASSWORD | SESSION_CODE,
	.level = 1 };

static struct session
open_one(const struct person *p)
{
	const struct session_proof proof = { .factors =
		SESSION_PASSWORD | SESSION_CODE };
	char token[TOKEN_LEN + 1];
	struct session row;

	clock_fake_pass(10);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_open(&w.core, &w.act, &p->account, &proof,
				 token, &row)),
	    0);
	return (row);
}

static int
setup(void **state)
{
	char token[TOKEN_LEN + 1];

	(void)state;
	login_world_start(&w);
	assert_int_equal(session_seen_new(&w.core.sessions), 0);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	login_world_person(&w, "beta", "suzuki", "general", &suzuki);
	first = open_one(&yamada);
	clock_fake_pass(10);
	core_world_begin(&w);
	assert_int_equal(w.core.store->ops->app_add(w.core.store, &pay), 0);
	assert_int_equal(core_world_ended(&w,
			     session_enter(&w.core, &w.act, &first, &pay, token,
				 &inner)),
	    0);
	second = open_one(&yamada);
	other = open_one(&suzuki);
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

static int
end(const char *id, const char *login, const char *office, bool is_all,
    int wanted)
{
	const struct session_target t = { id, login, office, is_all };
	int ended = 77, r;

	clock_fake_pass(1);
	core_world_begin(&w);
	r = core_world_ended(
	    &w, session_admin_end(&w.core, &w.act, &t, &ended));
	if (r == 0)
		assert_int_equal(ended, wanted);
	return (r);
}

struct seen {
	char text[400];
};

static int
on_session(void *arg, const struct session_view *v)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	assert_true(v->is_live);
	snprintf(s->text + n, sizeof(s->text) - n, "%s%s@%s",
	    n > 0 ? "," : "", v->account.login, v->row.app);
	return (0);
}

static void
expect(const char *login, const char *office, const char *wanted)
{
	const struct session_asked in = { login, office, NULL, 100 };
	char last[ID_TEXT + 1];
	struct seen s = { "" };

	steady_now(&w.steady, &w.act.now);
	assert_int_equal(session_admin_list(&w.core, &w.act, &in, on_session,
			     &s, last),
	    0);
	assert_string_equal(s.text, wanted);
	assert_string_equal(last, "");
}

static void
test_list(void **state)
{
	struct session_asked in = { NULL, NULL, NULL, 2 };
	char last[ID_TEXT + 1], after[ID_TEXT + 1];
	struct seen s = { "" };

	(void)state;
	expect(NULL, NULL, "yamada@,yamada@pay.example.jp,yamada@,suzuki@");
	expect("suzuki", NULL, "suzuki@");
	expect(NULL, "alpha", "yamada@,yamada@pay.example.jp,yamada@");
	assert_int_equal(session_admin_list(&w.core, &w.act, &in, on_session,
			     &s, last),
	    0);
	assert_string_equal(s.text, "yamada@,yamada@pay.example.jp");
	memcpy(after, last, sizeof(after));
	in.after = after;
	s.text[0] = '\0';
	assert_int_equal(session_admin_list(&w.core, &w.act, &in, on_session,
			     &s, last),
	    0);
	assert_string_equal(s.text, "yamada@,suzuki@");
	in.after = "x";
	assert_int_equal(session_admin_list(&w.core, &w.act, &in, on_session,
			     &s, last),
	    ERR_INVALID);
	in.after = NULL;
	in.login = "nobody";
	assert_int_equal(session_admin_list(&w.core, &w.act, &in, on_session,
			     &s, last),
	    ERR_NOTFOUND);
	/* what is over is not shown */
	clock_fake_pass(WORLD_HOUR_MS);
	expect(NULL, NULL, "");
}

/* What counts in all applications below cookie_domain is one more, as long as
 * that is configured. */
static void
test_R42_shared_one_is_listed(void **state)
{
	char token[TOKEN_LEN + 1], id[ID_TEXT + 1];
	struct app shared;
	struct session row;

	(void)state;
	snprintf(w.policy.cookie_domain, sizeof(w.policy.cookie_domain),
	    "example.jp");
	assert_true(session_shared(&w.core, "pay.example.jp", &shared));
	clock_fake_pass(10);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_enter(&w.core, &w.act, &other, &shared,
				 token, &row)),
	    0);
	expect("suzuki", NULL, "suzuki@,suzuki@.example.jp");
	id_put_text(&row.id, id);
	assert_int_equal(end(id, NULL, NULL, false, 1), 0);
	expect("suzuki", NULL, "suzuki@");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_enter(&w.core, &w.act, &other, &shared,
				 token, &row)),
	    0);
	snprintf(w.policy.cookie_domain, sizeof(w.policy.cookie_domain),
	    "example.com");
	expect("suzuki", NULL, "suzuki@");
}

static void
test_end(void **state)
{
	struct audit_record last;
	char id[ID_TEXT + 1];

	(void)state;
	id_put_text(&inner.id, id);
	assert_int_equal(end(id, NULL, NULL, false, 1), 0);
	core_world_last(&w, &last);
	assert_string_equal(last.action, "session.end");
	assert_string_equal(last.account, "yamada");
	assert_int_equal(end(id, NULL, NULL, false, 0), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_session");
	expect(NULL, NULL, "yamada@,yamada@,suzuki@");
	id_put_text(&first.id, id);
	assert_int_equal(end(id, NULL, NULL, false, 1), 0);
	expect(NULL, NULL, "yamada@,suzuki@");
	assert_int_equal(end(NULL, "yamada", NULL, false, 1), 0);
	expect(NULL, NULL, "suzuki@");
	assert_int_equal(end(NULL, NULL, "alpha", false, -1), 0);
	expect(NULL, NULL, "suzuki@");
	assert_int_equal(end(NULL, NULL, "beta", false, -1), 0);
	expect(NULL, NULL, "");
	clock_fake_pass(1);
	open_one(&suzuki);
	expect(NULL, NULL, "suzuki@");
	assert_int_equal(end(NULL, NULL, NULL, true, -1), 0);
	expect(NULL, NULL, "");
}

/* Opened in the very millisecond of the order: it ends as well. */
static void
test_R42_same_millisecond(void **state)
{
	static const struct session_target t[] = { { .is_all = true },
		{ .office = "alpha" } };
	int ended;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		open_one(&yamada);
		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(&w,
			session_admin_end(&w.core, &w.act, &t[i], &ended)),
		    0);
		expect("yamada", NULL, "");
	}
}

static void
test_target(void **state)
{
	char id[ID_TEXT + 1];

	(void)state;
	id_put_text(&first.id, id);
	assert_int_equal(end(NULL, NULL, NULL, false, 0), ERR_INVALID);
	assert_int_equal(end(id, "yamada", NULL, false, 0), ERR_INVALID);
	assert_int_equal(end(NULL, "yamada", NULL, true, 0), ERR_INVALID);
	assert_int_equal(end("x", NULL, NULL, false, 0), ERR_NOTFOUND);
	assert_int_equal(end(NULL, "nobody", NULL, false, 0), ERR_NOTFOUND);
	assert_int_equal(end(NULL, NULL, "nowhere", false, 0), ERR_NOTFOUND);
	expect(NULL, NULL, "yamada@,yamada@pay.example.jp,yamada@,suzuki@");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_list),
		T(test_R42_shared_one_is_listed), T(test_end),
		T(test_R42_same_millisecond), T(test_target) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
