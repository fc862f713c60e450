/*
 * Goal of this test: what a proxy says of a request is read in one way or not at
 * all; the answer has the status, the fields and the way to a login that proxies
 * know, and a failure is none that lets anybody in (V37 to V41, R47).
 * Links: authd/core/known.c
 * Links: authd/web/hook_authz.c authd/web/cert_header.c authd/web/exchange.c
 * Links: authd/web/cookie.c authd/web/proxied.c authd/web/handover_url.c
 * Links: authd/render/escape.c authd/base/base64.c
 * Links: tests/fakes/exchange_rig.c
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
#include "authd/core/session_seen.h"
#include "authd/core/terminal.h"
#include "authd/web/cert_header.h"
#include "authd/web/hook_authz.h"
#include "tests/fakes/exchange_rig.h"
#include "tests/fakes/login_world.h"

#define HOST  "pay.example.jp"
#define OTHER "tax.example.jp"
#define KEY   "0123456789abcdefghijABCDEFGHIJ0123456789"

static const struct exchange_conf conf = { .cert_header = "X-Cert",
	.proxy_key = KEY };
static struct core_world w;
static struct person yamada;
static struct session portal;
static char token[TOKEN_LEN + 1], outer[TOKEN_LEN + 1];

/* A certificate of one byte, a 1, is a terminal that admits everybody. */
int
terminal_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const char *login, struct terminal_answer *out)
{
	(void)c;
	(void)act;
	memset(out, 0, sizeof(*out));
	out->reason = "fake";
	if (len != 1 || der[0] != 1 || login == NULL)
		return (0);
	out->verdict = TERMINAL_ACCEPT;
	out->terminal.id.b[0] = 0xe1;
	return (0);
}

static struct hook_authz call;
static struct act act;

static void
add_app(const char *host, const char *factors, const char *paths,
    struct app *out)
{
	struct app_input in = {
		.host = host, .factors = factors, .paths = paths
	};

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, app_add(&w.core, &w.act, &in, out)), 0);
}

static int
setup(void **state)
{
	const struct session_proof proof = { .factors = SESSION_PASSWORD |
		    SESSION_CODE };
	struct session inner;
	struct app app;

	(void)state;
	login_world_start(&w);
	assert_int_equal(session_seen_new(&w.core.sessions), 0);
	assert_int_equal(authz_kept_new(&w.core.kept), 0);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	add_app(HOST, NULL, "60=/admin", &app);
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
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	hook_authz_clear(&call);
	memset(&call, 0, sizeof(call));
	authz_kept_free(w.core.kept);
	w.core.kept = NULL;
	session_seen_free(w.core.sessions);
	w.core.sessions = NULL;
	login_world_stop(&w);
	return (0);
}

/* What a proxy sends; NULL leaves a field out. */
struct asked {
	const char *url, *method, *source, *cookie;
	const char *more[4][2];
};

/* The answer; it is the next one's to clear. */
static struct exchange_out *
ask_by(int (*take)(const struct exchange_in *, struct act *, void *),
    struct exchange_rig *r)
{
	static struct exchange_out out;

	r->in.conf = &conf;
	hook_authz_clear(&call);
	memset(&call, 0, sizeof(call));
	act = w.act;
	exchange_out_clear(&out);
	memset(&out, 0, sizeof(out));
	assert_int_equal(take(&r->in, &act, &call), 0);
	w.core.as_of = authz_kept_generation(w.core.kept);
	hook_authz_give(
	    &act, &call, hook_authz_run(&w.core, &act, &call), &out);
	assert_false(out.is_broken);
	assert_string_equal(exchange_rig_find(&out, "Vary"), "*");
	assert_string_equal(hook_authz_outcome(&call),
	    out.status == 200 ? "accept" : "refuse");
	assert_int_equal(out.body_len, 0);
	assert_int_equal(out.is_same, out.status == 200);
	return (&out);
}

static struct exchange_out *
ask(const struct asked *a)
{
	struct exchange_rig r;
	size_t i;

	exchange_rig_begin(&r, "GET", "/api/authz/auth-request", NULL, NULL);
	if (a->url != NULL)
		exchange_rig_header(&r, "X-Original-URL", a->url);
	if (a->method != NULL)
		exchange_rig_header(&r, "X-Original-Method", a->method);
	if (a->source != NULL)
		exchange_rig_header(&r, "X-Forwarded-For", a->source);
	if (a->cookie != NULL)
		exchange_rig_header(&r, "Cookie", a->cookie);
	for (i = 0; i < 4 && a->more[i][0] != NULL; i++)
		exchange_rig_header(&r, a->more[i][0], a->more[i][1]);
	return (ask_by(hook_authz_take_original, &r));
}

static const char *
mine(const char *name, const char *value)
{
	static char text[200];

	snprintf(text, sizeof(text), "a=b; %s=%s", name, value);
	return (text);
}

/* A good one, but for what a case changes. */
static struct asked
good(void)
{
	return ((struct asked){ .url = "https://" HOST "/a?b=c",
	    .method = "GET",
	    .source = "192.0.2.7",
	    .cookie = mine(HOOK_AUTHZ_COOKIE, token) });
}

static void
test_accept(void **state)
{
	struct asked a = good();
	struct exchange_out *out = ask(&a);

	(void)state;
	assert_int_equal(out->status, 200);
	assert_string_equal(exchange_rig_find(out, "Remote-User"), "yamada");
	assert_string_equal(exchange_rig_find(out, "Remote-Office"), "alpha");
	assert_string_equal(exchange_rig_find(out, "Remote-Level"), "1");
	assert_null(exchange_rig_find(out, "Location"));
	/* V38, V39: nothing that is said besides changes it */
	a.more[0][0] = "Remote-User";
	a.more[0][1] = "evil";
	a.more[1][0] = "X-Forwarded-Uri";
	a.more[1][1] = "/health";
	a.more[2][0] = "User-Agent";
	a.more[2][1] = "kube-probe/1.0";
	out = ask(&a);
	assert_string_equal(exchange_rig_find(out, "Remote-User"), "yamada");
	a.cookie = NULL;
	assert_int_equal(ask(&a)->status, 401);
	a = good();
	a.method = "HEAD";
	assert_int_equal(ask(&a)->status, 200);
	a.method = "POST";
	assert_int_equal(ask(&a)->status, 200);
}

static int dropped;

static void
drop(void *answer)
{
	assert_ptr_equal(answer, &dropped);
	dropped++;
}

static void
use(void *answer, void *arg)
{
	assert_ptr_equal(answer, &dropped);
	++*(int *)arg;
}

/* Is an answer kept for what was just asked? */
static bool
has_answer(void)
{
	int used = 0;
	bool has = hook_authz_again(&call, use, &used);

	assert_int_equal(used, has);
	return (has);
}

/* The next question with the same token, in a cookie, as the engine asks it. */
static bool
recall_by(const char *name)
{
	struct asked a = good();
	struct exchange_rig r;

	a.cookie = mine(name, token);

	exchange_rig_begin(&r, "GET", "/api/authz/auth-request", NULL, NULL);
	exchange_rig_header(&r, "X-Original-URL", a.url);
	exchange_rig_header(&r, "X-Original-Method", a.method);
	exchange_rig_header(&r, "X-Forwarded-For", a.source);
	exchange_rig_header(&r, "Cookie", a.cookie);
	hook_authz_clear(&call);
	memset(&call, 0, sizeof(call));
	act = w.act;
	assert_int_equal(hook_authz_take_original(&r.in, &act, &call), 0);
	w.core.as_of = authz_kept_generation(w.core.kept);
	return (hook_authz_recall(&w.core, &act, &call));
}

static bool
recall(void)
{
	return (recall_by(HOOK_AUTHZ_COOKIE));
}

/* The answer to an acceptance that is kept is kept with it, from the second on,
 * and nothing of it is left when the store has changed. */
static void
test_F8_answer_is_kept(void **state)
{
	struct asked a = good();

	(void)state;
	dropped = 0;
	assert_int_equal(ask(&a)->status, 200);
	assert_false(has_answer());
	assert_false(hook_authz_keep(&call, &dropped, drop));
	assert_true(recall());
	assert_false(has_answer());
	assert_true(hook_authz_keep(&call, &dropped, drop));
	assert_true(recall());
	assert_true(has_answer());
	authz_kept_raise(w.core.kept);
	assert_false(recall());
	assert_false(has_answer());
	assert_int_equal(ask(&a)->status, 200);
	assert_false(has_answer());
	assert_true(recall());
	assert_false(has_answer());
	assert_true(hook_authz_keep(&call, &dropped, drop));
	assert_int_equal(dropped, 1);
	/* who is not let in has none */
	a.cookie = NULL;
	assert_int_equal(ask(&a)->status, 401);
	assert_false(has_answer());
}

static void
test_V37_unreadable(void **state)
{
	static const char *const urls[] = { "", "/", "http://" HOST "/",
		"https://" HOST "//", "https://" HOST "/a/../b",
		"https://" HOST "/%61", "https://" HOST "/a#b",
		"https://user@" HOST "/", "https://192.0.2.1/", "HTTPS://" HOST,
		"https://" HOST "/a b", "https://" HOST "/\xe3\x81\x82" };
	static const char *const methods[] = { "", "get", "G ET", "GET,POST",
		"G\tT", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ" };
	static const char *const sources[] = { "", "unknown",
		"192.0.2.7, 10.0.0.1", "192.0.2.7:80", "[::1]", "::1%lo" };
	static const char *const names[] = { "X-Original-URL",
		"X-Original-Method", "X-Forwarded-For" };
	static const char nul[] = "https://" HOST "/a\0/../admin";
	struct exchange_rig r;
	struct asked a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		a = good();
		a.url = urls[i];
		if (ask(&a)->status != 403)
			fail_msg("taken: %s", urls[i]);
	}
	/* one that is good as far as a NUL */
	exchange_rig_begin(&r, "GET", "/api/authz/auth-request", NULL, NULL);
	exchange_rig_header(&r, "X-Original-URL", nul);
	r.headers[0].value_len = sizeof(nul) - 1;
	exchange_rig_header(&r, "X-Original-Method", "GET");
	exchange_rig_header(&r, "X-Forwarded-For", "192.0.2.7");
	exchange_rig_header(&r, "Cookie", mine(HOOK_AUTHZ_COOKIE, token));
	assert_int_equal(ask_by(hook_authz_take_original, &r)->status, 403);
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		a = good();
		a.method = methods[i];
		if (ask(&a)->status != 403)
			fail_msg("taken: %s", methods[i]);
	}
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		a = good();
		a.source = sources[i];
		if (ask(&a)->status != 403)
			fail_msg("V40 taken: %s", sources[i]);
	}
	for (i = 0; i < 3; i++) {
		/* twice the same is not once */
		a = good();
		a.more[0][0] = names[i];
		a.more[0][1] = i == 0 ? a.url : i == 1 ? a.method : a.source;
		if (ask(&a)->status != 403)
			fail_msg("taken twice: %s", names[i]);
		a = good();
		if (i == 0)
			a.url = NULL;
		else if (i == 1)
			a.method = NULL;
		else
			a.source = NULL;
		if (ask(&a)->status != 403)
			fail_msg("taken without: %s", names[i]);
		assert_null(exchange_rig_find(ask(&a), "Location"));
	}
}

static void
test_login(void **state)
{
	struct asked a = good();
	struct exchange_out *out;

	(void)state;
	a.cookie = NULL;
	out = ask(&a);
	assert_int_equal(out->status, 401);
	assert_string_equal(exchange_rig_find(out, "Location"),
	    "https://" HOST "/.sekisho/start?rd=https%3A%2F%2F" HOST
	    "%2Fa%3Fb%3Dc");
	assert_null(exchange_rig_find(out, "Remote-User"));
	/* R42: a form is lost, and that is told */
	a.method = "POST";
	assert_string_equal(exchange_rig_find(ask(&a), "Location"),
	    "https://" HOST "/.sekisho/start?rd=https%3A%2F%2F" HOST
	    "%2F&lost=1");
	/* host confusion, V34: the same cookie on another host, or twice */
	a = good();
	a.url = "https://" HOST ":8443/";
	assert_int_equal(ask(&a)->status, 403);
	a = good();
	a.more[0][0] = "Cookie";
	a.more[0][1] = a.cookie;
	assert_int_equal(ask(&a)->status, 401);
	a = good();
	a.cookie = mine(HOOK_AUTHZ_COOKIE, outer);
	assert_int_equal(ask(&a)->status, 401);
}

static void
test_forward(void **state)
{
	static const struct {
		const char *name, *value; /* instead of the good one */
		int status;
	} cases[] = { { "", "", 302 }, { "Accept", "application/json", 401 },
		{ "X-Forwarded-Method", "POST", 401 },
		{ "X-Forwarded-Proto", "http", 403 },
		{ "X-Forwarded-Proto", NULL, 403 },
		{ "X-Forwarded-Host", HOST "/x", 403 },
		{ "X-Forwarded-Host", "unknown.example.jp", 403 },
		{ "X-Forwarded-Host", NULL, 403 },
		{ "X-Forwarded-Uri", "a", 403 },
		{ "X-Forwarded-Uri", ":8443/a", 403 }, /* another one */
		{ "X-Forwarded-Uri", "/a/../b", 403 },
		{ "X-Forwarded-Uri", NULL, 403 },
		{ "X-Forwarded-Method", "get", 403 },
		{ "X-Forwarded-Method", NULL, 403 } };
	static const char *const fields[][2] = { { "X-Forwarded-Proto",
						     "https" },
		{ "X-Forwarded-Host", HOST }, { "X-Forwarded-Uri", "/a?b" },
		{ "X-Forwarded-Method", "GET" },
		{ "X-Forwarded-For", "192.0.2.7" },
		{ "Accept", "text/html,*/*" } };
	struct exchange_out *out;
	struct exchange_rig r;
	const char *value;
	struct app other;
	size_t i, j;

	(void)state;
	add_app(HOST ":8443", NULL, NULL, &other);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		exchange_rig_begin(
		    &r, "GET", "/api/authz/forward-auth", NULL, NULL);
		for (j = 0; j < sizeof(fields) / sizeof(fields[0]); j++) {
			value = strcmp(cases[i].name, fields[j][0]) == 0
			    ? cases[i].value
			    : fields[j][1];
			if (value != NULL)
				exchange_rig_header(&r, fields[j][0], value);
		}
		out = ask_by(hook_authz_take_forward, &r);
		if (out->status != cases[i].status)
			fail_msg("%s %s: %d", cases[i].name,
			    cases[i].value == NULL ? "-" : cases[i].value,
			    out->status);
		assert_true((exchange_rig_find(out, "Location") != NULL) ==
		    (out->status != 403));
	}
}

/* Text of people, in the one form that every program reads alike. */
static void
test_V39_values(void **state)
{
	const struct account_input in = { .login = "yamada",
		.name = "\xe5\xb1\xb1 100%",
		.email = "taro@example.jp",
		.groups = "payroll staff" };
	struct account_view v;
	struct asked a;
	struct exchange_out *out;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_set(&w.core, &w.act, &in, &v)),
	    0);
	a = good();
	out = ask(&a);
	assert_string_equal(
	    exchange_rig_find(out, "Remote-Name"), "%E5%B1%B1%20100%25");
	assert_string_equal(
	    exchange_rig_find(out, "Remote-Groups"), "payroll,staff");
	assert_string_equal(
	    exchange_rig_find(out, "Remote-Email"), "taro@example.jp");
}

static void
test_V41_certificate(void **state)
{
	struct app_input in = { .host = HOST,
		.factors = "password code terminal" };
	struct asked a = good();
	struct app app;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, app_set(&w.core, &w.act, &in, &app)), 0);
	assert_int_equal(ask(&a)->status, 403);
	a.more[0][0] = "X-Cert";
	a.more[0][1] = ":AQ==:";
	assert_int_equal(ask(&a)->status, 403); /* from anybody */
	a.more[1][0] = CERT_HEADER_KEY;
	a.more[1][1] = KEY;
	assert_int_equal(ask(&a)->status, 200);
	assert_non_null(exchange_rig_find(ask(&a), "Remote-Terminal"));
	a.more[1][1] = KEY "x";
	assert_int_equal(ask(&a)->status, 403);
	a.more[1][1] = KEY;
	a.more[0][1] = ":Ag==:"; /* not alive */
	assert_int_equal(ask(&a)->status, 403);
	a.more[0][1] = ":AQ==:";
	a.more[2][0] = "X-Cert"; /* two of them */
	a.more[2][1] = ":AQ==:";
	assert_int_equal(ask(&a)->status, 403);
}

static void
test_shared(void **state)
{
	struct asked a = good();
	char all[TOKEN_LEN + 1];
	struct session inner;
	struct app app;

	(void)state;
	add_app(OTHER, NULL, NULL, &app);
	snprintf(w.policy.cookie_domain, sizeof(w.policy.cookie_domain),
	    "example.jp");
	snprintf(w.policy.portal_url, sizeof(w.policy.portal_url),
	    "https://login.example.jp");
	assert_true(session_shared(&w.core, HOST, &app));
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_enter(&w.core, &w.act, &portal, &app, all,
				 &inner)),
	    0);
	a.cookie = mine(HOOK_AUTHZ_SHARED, all);
	assert_int_equal(ask(&a)->status, 200);
	a.url = "https://" OTHER "/x";
	assert_int_equal(ask(&a)->status, 200);
	a.cookie = NULL;
	assert_string_equal(exchange_rig_find(ask(&a), "Location"),
	    "https://login.example.jp/.sekisho/share?rd=https%3A%2F%2F" OTHER
	    "%2Fx");
	/* an application's own token is not of all hosts */
	a.cookie = mine(HOOK_AUTHZ_SHARED, token);
	assert_int_equal(ask(&a)->status, 401);
	/* off: not even looked at, whatever it holds; also when it was let in
	 * just now by the cookie that counts */
	w.policy.cookie_domain[0] = '\0';
	a = good();
	assert_int_equal(ask(&a)->status, 200);
	assert_true(recall());
	assert_false(recall_by(HOOK_AUTHZ_SHARED));
	a.cookie = mine(HOOK_AUTHZ_SHARED, token);
	assert_int_equal(ask(&a)->status, 401);
}

static int
broken(struct store *s, const char *host, struct app *out)
{
	(void)s;
	(void)host;
	memset(out, 0, sizeof(*out));
	return (ERR_STORE);
}

/* Rule 6.5: a failure lets nobody in. */
static void
test_fails(void **state)
{
	struct asked a = good();
	struct exchange_out *out;

	(void)state;
	w.ops.app_find = broken;
	out = ask(&a);
	assert_int_equal(out->status, 503);
	assert_string_equal(exchange_rig_find(out, "Retry-After"), "1");
	assert_null(exchange_rig_find(out, "Remote-User"));
	assert_null(exchange_rig_find(out, "Location"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(test_accept),
		T(test_F8_answer_is_kept), T(test_V37_unreadable),
		T(test_login), T(test_forward),
		T(test_V39_values), T(test_V41_certificate), T(test_shared),
		T(test_fails) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
