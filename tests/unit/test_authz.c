/*
 * Goal of this test: one request goes through only when every rule of its
 * application holds at that moment; what a login could mend is told apart from
 * what it could not. What is kept of an acceptance accepts nothing that the
 * store would not. Certificates are
 * made up here; in the end-to-end tests they are real.
 * Links: authd/core/known.c
 * Links: authd/core/session.c authd/core/session_seen.c authd/core/token.c
 * Links: authd/core/session_order.c authd/core/authz.c authd/core/authz_kept.c
 * Links: authd/core/app.c authd/core/urlcheck.c
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
#include "authd/core/authz.h"
#include "authd/core/session_seen.h"
#include "authd/core/terminal.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define MINUTE 60000LL
#define HOST   "pay.example.jp"

static struct core_world w;
static struct person yamada;
static struct session portal;
static char token[TOKEN_LEN + 1];
static int commits;  /* until the last question */
static bool was_kept; /* the last question was answered from memory */
static const struct id pc_1 = { { 0xe1 } };

/* A certificate of one byte: 1 and 2 are terminals that admit everybody. */
int
terminal_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const char *login, struct terminal_answer *out)
{
	(void)c;
	(void)act;
	memset(out, 0, sizeof(*out));
	out->reason = "fake";
	if (len != 1 || der[0] < 1 || der[0] > 2 || login == NULL)
		return (0);
	out->verdict = TERMINAL_ACCEPT;
	out->terminal.id = pc_1;
	if (der[0] == 2)
		out->terminal.id.b[1] = 2;
	return (0);
}

/* Session and application as the cases begin. */
static void
open_app(const char *factors, unsigned proven, const struct id *terminal)
{
	struct app_input in = { .host = HOST, .factors = factors };
	struct session_proof proof = { .factors = proven };
	char outer[TOKEN_LEN + 1];
	struct session inner;
	struct app app;

	if (terminal != NULL)
		proof.terminal = *terminal;
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, app_add(&w.core, &w.act, &in, &app)), 0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_open(&w.core, &w.act, &yamada.account,
				 &proof, outer, &portal)),
	    0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_enter(&w.core, &w.act, &portal, &app,
				 token, &inner)),
	    0);
}

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	assert_int_equal(session_seen_new(&w.core.sessions), 0);
	assert_int_equal(authz_kept_new(&w.core.kept), 0);
	commits = 0;
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	session_seen_free(w.core.sessions);
	w.core.sessions = NULL;
	authz_kept_free(w.core.kept);
	w.core.kept = NULL;
	login_world_stop(&w);
	return (0);
}

/* What the engine does before a reading: a commit counts at once. */
static void
see_commits(void)
{
	const int now = store_mem_knobs(w.core.store)->commits;

	if (now != commits)
		authz_kept_raise(w.core.kept);
	commits = now;
	w.core.as_of = authz_kept_generation(w.core.kept);
}

static void
expect_same(const struct authz_grant *a, const struct authz_grant *b)
{
	assert_string_equal(a->login, b->login);
	assert_string_equal(a->groups, b->groups);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->email, b->email);
	assert_string_equal(a->code, b->code);
	assert_int_equal(a->level, b->level);
}

static enum authz_verdict
ask(struct authz_in in, const char *why)
{
	struct authz a, kept;

	if (in.host == NULL)
		in.host = HOST;
	if (in.token == NULL)
		in.token = token;
	if (in.path == NULL)
		in.path = "/";
	in.path_len = strlen(in.path);
	if (in.source == NULL)
		in.source = "192.0.2.7";
	steady_now(&w.steady, &w.act.now);
	see_commits();
	memset(&kept, 0x5a, sizeof(kept));
	was_kept = authz_recall(&w.core, &w.act, &in, &kept);
	memset(&a, 0x5a, sizeof(a));
	assert_int_equal(authz_run(&w.core, &w.act, &in, &a), 0);
	if (why == NULL)
		assert_null(a.why);
	else
		assert_string_equal(a.why, why);
	assert_int_equal(a.verdict == AUTHZ_ACCEPT, a.grant != NULL);
	assert_int_equal(
	    kept.verdict, was_kept ? AUTHZ_ACCEPT : AUTHZ_REFUSE);
	if (was_kept) {
		assert_int_equal(a.verdict, AUTHZ_ACCEPT);
		expect_same(kept.grant, a.grant);
	}
	authz_kept_drop(kept.grant);
	authz_kept_drop(a.grant);
	return (a.verdict);
}

#define ASK(...) ask((struct authz_in){ __VA_ARGS__ }, NULL)
#define NO(why, ...)                                                           \
	assert_int_equal(ask((struct authz_in){ __VA_ARGS__ }, why),           \
	    AUTHZ_REFUSE)
#define LOGIN(why, ...)                                                        \
	assert_int_equal(ask((struct authz_in){ __VA_ARGS__ }, why),           \
	    AUTHZ_LOGIN)

static void
change(const struct app_input *in)
{
	struct app app;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, app_set(&w.core, &w.act, in, &app)), 0);
}

static void
test_plain(void **state)
{
	struct account_view v;

	(void)state;
	open_app(NULL, SESSION_PASSWORD | SESSION_CODE, NULL);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	LOGIN("no_token", .token = "");
	LOGIN("no_token", .token = "x");
	NO("no_such_app", .host = "other.example.jp");
	NO("no_such_app", .host = HOST ":8443");
	/* its use keeps it */
	clock_fake_pass(20 * MINUTE);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	clock_fake_pass(20 * MINUTE);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	clock_fake_pass(30 * MINUTE);
	LOGIN("idle", .path = "/");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_enable(&w.core, &w.act, "yamada", false,
				 &v)),
	    0);
	LOGIN("unknown_token", .path = "/");
}

static void
test_rules(void **state)
{
	struct account_input who = { .login = "yamada", .groups = "staff" };
	struct account_view v;

	(void)state;
	open_app(NULL, SESSION_PASSWORD | SESSION_CODE, NULL);
	change(&(struct app_input){ .host = HOST, .networks = "192.0.2.0/28" });
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	NO("network", .source = "192.0.2.16");
	NO("network", .source = "192.0.2.16", .token = "");
	NO("network", .source = "::1");
	change(&(struct app_input){ .host = HOST, .networks = "", .level = 2 });
	NO("level", .path = "/");
	who.level = 2;
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_set(&w.core, &w.act, &who, &v)),
	    0);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	change(&(struct app_input){ .host = HOST, .groups = "payroll staff2" });
	NO("group", .path = "/");
	change(&(struct app_input){ .host = HOST, .groups = "payroll staff" });
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	login_world_person(&w, "beta", "suzuki", "general", &yamada);
	change(&(struct app_input){ .host = HOST, .offices = "beta" });
	NO("office", .path = "/");
	change(&(struct app_input){ .host = HOST, .offices = "beta alpha" });
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
}

static void
test_V46_code_age(void **state)
{
	(void)state;
	open_app(NULL, SESSION_PASSWORD | SESSION_CODE, NULL);
	change(&(struct app_input){ .host = HOST, .paths = "300=/pay/" });
	assert_int_equal(ASK(.path = "/pay/x"), AUTHZ_ACCEPT);
	clock_fake_pass(5 * MINUTE);
	assert_int_equal(ASK(.path = "/pay/x"), AUTHZ_ACCEPT);
	clock_fake_pass(1);
	LOGIN("not_proven", .path = "/pay/x");
	LOGIN("not_proven", .path = "/PAY/x");
	assert_int_equal(ASK(.path = "/pa"), AUTHZ_ACCEPT);
	clock_fake_step(-WORLD_HOUR_MS);
	LOGIN("not_proven", .path = "/pay/x");
}

/* A certificate is looked at each time, and is that of the login's terminal. */
static void
test_terminal(void **state)
{
	static const uint8_t one[] = { 1 }, two[] = { 2 }, none[] = { 9 };

	(void)state;
	open_app("password terminal", SESSION_PASSWORD | SESSION_TERMINAL,
	    &pc_1);
	assert_int_equal(ASK(.der = one, .der_len = 1), AUTHZ_ACCEPT);
	NO("terminal", .der = two, .der_len = 1);
	NO("terminal", .der = none, .der_len = 1);
	NO("terminal", .der = one, .der_len = 0);
	assert_int_equal(ASK(.der = one, .der_len = 1), AUTHZ_ACCEPT);
	assert_false(was_kept);
	change(&(struct app_input){ .host = HOST,
	    .factors = "password code terminal" });
	LOGIN("not_proven", .der = one, .der_len = 1);
}

static void
test_missing(void **state)
{
	const struct app code_only = { .factors = SESSION_CODE };
	const struct session row = { .factors =
		SESSION_PASSWORD | SESSION_TERMINAL };
	const struct moment now = { .steady_ms = 1000 };

	(void)state;
	assert_int_equal(
	    authz_missing(&code_only, &row, "/", 1, &now), SESSION_CODE);
	assert_true(authz_has_word("", "x"));
	assert_true(authz_has_word("ab x", "x"));
	assert_false(authz_has_word("ab x", "a"));
	assert_false(authz_has_word("ab x", "b x"));
	assert_false(authz_has_word("ab", ""));
}

static void
test_R57_store_fails(void **state)
{
	struct store_mem_knobs *knobs = store_mem_knobs(w.core.store);
	const struct authz_in in = { .host = HOST,
		.path = "/",
		.path_len = 1,
		.source = "192.0.2.7",
		.token = token };
	struct authz a;

	(void)state;
	open_app(NULL, SESSION_PASSWORD | SESSION_CODE, NULL);
	see_commits();
	knobs->fail_read = ERR_STORE;
	memset(&a, 0x5a, sizeof(a));
	assert_int_equal(authz_run(&w.core, &w.act, &in, &a), ERR_STORE);
	assert_int_equal(a.verdict, AUTHZ_REFUSE);
	knobs->fail_read = 0;
}

/* Kept is an acceptance, until something is committed; the same token on another
 * host, or another token, is another question. */
static void
test_F8_kept_until_a_commit(void **state)
{
	struct store *s = w.core.store;

	(void)state;
	open_app(NULL, SESSION_PASSWORD | SESSION_CODE, NULL);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	assert_false(was_kept);
	assert_int_equal(ASK(.path = "/x"), AUTHZ_ACCEPT);
	assert_true(was_kept);
	NO("no_such_app", .host = "other.example.jp");
	assert_false(was_kept);
	LOGIN("no_token", .token = "");
	assert_false(was_kept);
	core_world_begin(&w);
	assert_int_equal(s->ops->session_end(s,
			     &(struct session_pick){ .by = SESSION_BY_ACCOUNT,
				 .office = portal.office,
				 .account = portal.account },
			     NULL),
	    0);
	assert_int_equal(core_world_commit(&w), 0);
	LOGIN("unknown_token", .path = "/");
	assert_false(was_kept);
}

/* What was read before a commit and comes to be kept after it, does not count. */
static void
test_F8_read_before_a_commit(void **state)
{
	const struct authz_in in = { .host = HOST,
		.path = "/",
		.path_len = 1,
		.source = "192.0.2.7",
		.token = token };
	struct authz a;

	(void)state;
	open_app(NULL, SESSION_PASSWORD | SESSION_CODE, NULL);
	steady_now(&w.steady, &w.act.now);
	see_commits();
	authz_kept_raise(w.core.kept);
	assert_int_equal(authz_run(&w.core, &w.act, &in, &a), 0);
	assert_int_equal(a.verdict, AUTHZ_ACCEPT);
	authz_kept_drop(a.grant);
	assert_false(authz_recall(&w.core, &w.act, &in, &a));
	assert_null(a.grant);
}

/* Of what is kept the times and the way are judged each time. */
static void
test_kept_times(void **state)
{
	struct account_input who = { .login = "yamada",
		.leaves_on = "2026-11-22" };
	struct account_view v;

	(void)state;
	open_app(NULL, SESSION_PASSWORD | SESSION_CODE, NULL);
	change(&(struct app_input){ .host = HOST,
	    .networks = "192.0.2.0/28",
	    .paths = "300=/pay/",
	    .idle = "10m",
	    .absolute = "30m" });
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_set(&w.core, &w.act, &who, &v)),
	    0);
	assert_int_equal(ASK(.path = "/pay/x"), AUTHZ_ACCEPT);
	clock_fake_pass(5 * MINUTE);
	assert_int_equal(ASK(.path = "/pay/x"), AUTHZ_ACCEPT);
	assert_true(was_kept);
	NO("network", .source = "192.0.2.16");
	clock_fake_pass(1);
	LOGIN("not_proven", .path = "/pay/x");
	/* idle, counted from what memory answered too */
	clock_fake_pass(9 * MINUTE);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	assert_true(was_kept);
	clock_fake_pass(9 * MINUTE);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	assert_true(was_kept);
	clock_fake_pass(7 * MINUTE - 2);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	assert_true(was_kept);
	clock_fake_step(24 * WORLD_HOUR_MS);
	LOGIN("left", .path = "/");
	clock_fake_step(-24 * WORLD_HOUR_MS);
	assert_int_equal(ASK(.path = "/"), AUTHZ_ACCEPT);
	clock_fake_pass(1);
	LOGIN("expired", .path = "/");
}

/* Many more than there is room for: each is itself or nobody. */
static void
test_kept_many(void **state)
{
	const uint64_t generation = authz_kept_generation(w.core.kept);
	static struct session_view view;
	static struct app app;
	struct authz_grant *g;
	uint32_t i, found = 0;

	(void)state;
	snprintf(app.host, sizeof(app.host), HOST);
	for (i = 0; i < 2 * AUTHZ_KEPT_MAX; i++) {
		memset(view.row.token, 0, sizeof(view.row.token));
		memcpy(view.row.token, &i, sizeof(i));
		snprintf(view.account.login, sizeof(view.account.login),
		    "u%u", i);
		assert_int_equal(authz_kept_grant(&app, &view, &g), 0);
		authz_kept_put(w.core.kept, g, generation);
		authz_kept_drop(g);
	}
	for (i = 0; i < 2 * AUTHZ_KEPT_MAX; i++) {
		memcpy(view.row.token, &i, sizeof(i));
		snprintf(view.account.login, sizeof(view.account.login),
		    "u%u", i);
		g = authz_kept_find(w.core.kept, view.row.token, HOST);
		if (g != NULL)
			assert_string_equal(g->login, view.account.login);
		found += g != NULL;
		authz_kept_drop(g);
	}
	assert_int_equal(found, AUTHZ_KEPT_MAX);
}

static int used[3], unmade[3];

static void
use(void *made, void *arg)
{
	used[(int *)made - unmade]++;
	assert_ptr_equal(arg, used);
}

static void
unmake(void *made)
{
	unmade[(int *)made - unmade]++;
}

static bool
is_used(struct authz_grant *g)
{
	return (authz_kept_use(g, use, used));
}

static bool
is_made(struct authz_grant *g, int k)
{
	return (authz_kept_make(g, &unmade[k], unmake));
}

/* A grant, the ${n}th, kept; with a hold for the caller. Tokens' hashes are spread
 * evenly. */
static struct authz_grant *
keep(uint32_t n)
{
	static struct session_view view;
	static struct app app;
	const uint32_t high = n / 16;
	struct authz_grant *g;

	snprintf(app.host, sizeof(app.host), HOST);
	memcpy(view.row.token, &n, sizeof(n));
	memcpy(view.row.token + sizeof(n), &high, sizeof(high));
	assert_int_equal(authz_kept_grant(&app, &view, &g), 0);
	authz_kept_put(
	    w.core.kept, g, authz_kept_generation(w.core.kept));
	return (g);
}

/* What was made of an acceptance is had for that one alone, as long as it
 * counts. */
static void
test_F8_made_goes_with_it(void **state)
{
	struct session_view view = { .row.token = { 0 } };
	struct app app = { .host = HOST };
	struct authz_grant *g, *other, *found;

	(void)state;
	memset(used, 0, sizeof(used));
	memset(unmade, 0, sizeof(unmade));
	assert_int_equal(authz_kept_grant(&app, &view, &g), 0);
	assert_false(is_made(g, 0)); /* not kept */
	assert_false(is_used(g));
	authz_kept_drop(g);
	g = keep(0);
	other = keep(4096); /* beside it */
	assert_false(is_used(g));
	assert_true(is_made(g, 0));
	assert_false(is_made(g, 1));
	assert_false(is_used(other));
	assert_true(is_made(other, 1));
	found = authz_kept_find(w.core.kept, g->token, HOST);
	assert_ptr_equal(found, g);
	assert_true(is_used(found));
	authz_kept_drop(found);
	assert_int_equal(used[0], 1);
	assert_int_equal(used[1], 0);
	authz_kept_raise(w.core.kept);
	assert_null(authz_kept_find(w.core.kept, g->token, HOST));
	/* made of what was read before: not kept with it now */
	found = keep(8192);
	authz_kept_raise(w.core.kept);
	assert_false(is_made(found, 2));
	authz_kept_drop(found);
	/* the next one has none, and one that counts no more makes room */
	found = keep(0);
	assert_false(is_used(found));
	assert_true(is_made(found, 2));
	assert_int_equal(unmade[0], 1);
	assert_false(is_used(g));
	assert_true(is_used(found));
	authz_kept_drop(found);
	authz_kept_drop(g);
	authz_kept_drop(other);
	assert_int_equal(unmade[1], 0);
	authz_kept_free(w.core.kept);
	w.core.kept = NULL;
	assert_int_equal(used[2], 1);
	assert_int_equal(unmade[0], 1);
	assert_int_equal(unmade[1], 1);
	assert_int_equal(unmade[2], 1);
}

/* Of many who come in turn the first stay; who does not come any more goes. */
static void
test_made_many(void **state)
{
	static struct authz_grant *all[10000];
	int round;
	size_t i, made;

	(void)state;
	memset(used, 0, sizeof(used));
	memset(unmade, 0, sizeof(unmade));
	for (round = 0; round < 4; round++)
		for (i = 0; i < 10000; i++) {
			if (round == 0)
				all[i] = keep((uint32_t)i);
			if (!is_used(all[i]))
				assert_int_equal(is_made(all[i], 0),
				    round == 0 && i < AUTHZ_MADE_MAX);
		}
	assert_int_equal(used[0], 3 * AUTHZ_MADE_MAX);
	assert_int_equal(unmade[0], 0);
	/* an office of 300, which is not among them */
	for (round = 0; round < 100; round++)
		for (i = 9000; i < 9300; i++)
			if (!is_used(all[i]))
				(void)is_made(all[i], 1);
	for (made = 0, i = 9000; i < 9300; i++)
		made += is_used(all[i]);
	assert_int_equal(made, 300);
	assert_int_equal(unmade[0], 300);
	assert_int_equal(unmade[1], 0);
	for (i = 0; i < 10000; i++)
		authz_kept_drop(all[i]);
	authz_kept_free(w.core.kept);
	w.core.kept = NULL;
	assert_int_equal(unmade[0], AUTHZ_MADE_MAX);
	assert_int_equal(unmade[1], 300);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_plain), T(test_rules),
		T(test_V46_code_age), T(test_terminal), T(test_missing),
		T(test_F8_kept_until_a_commit),
		T(test_F8_read_before_a_commit), T(test_kept_times),
		T(test_kept_many), T(test_F8_made_goes_with_it),
		T(test_made_many), T(test_R57_store_fails) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
