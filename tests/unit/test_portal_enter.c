/*
 * Goal of this test: the way from an application's host to the portal and back:
 * what each step takes, where it leads, and that a token is good once, in the
 * browser with the nonce, on its host (V33, V36, R35, R45, R46).
 * Links: authd/core/known.c
 * Links: authd/web/portal_enter.c authd/web/portal.c authd/web/form.c
 * Links: authd/web/exchange.c authd/web/cookie.c authd/web/proxied.c
 * Links: authd/web/formkey.c authd/web/flash.c authd/web/handover_url.c
 * Links: authd/render/page.c authd/render/escape.c authd/render/catalog.c
 * Links: authd/core/handover.c tests/fakes/exchange_rig.c
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
#include "authd/core/handover.h"
#include "authd/core/session_seen.h"
#include "authd/core/terminal.h"
#include "authd/web/cookie.h"
#include "authd/web/hook_authz.h"
#include "authd/web/portal_enter.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/exchange_rig.h"
#include "tests/fakes/login_world.h"

#define PORTAL "login.example.jp"
#define HOST   "pay.example.jp"
#define OTHER  "tax.example.com"

static struct core_world w;
static struct person yamada;
static char session[TOKEN_LEN + 1];
static struct session row;

int
terminal_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const char *login, struct terminal_answer *out)
{
	(void)c;
	(void)act;
	(void)der;
	(void)len;
	(void)login;
	memset(out, 0, sizeof(*out));
	return (0);
}

static int
setup(void **state)
{
	const struct session_proof proof = { .factors = SESSION_PASSWORD |
		    SESSION_CODE };
	struct app_input in = { .host = HOST, .paths = "60=/admin" },
			 other = { .host = OTHER, .absolute = "10m" };
	struct app app;

	(void)state;
	login_world_start(&w);
	assert_int_equal(session_seen_new(&w.core.sessions), 0);
	assert_int_equal(handover_new(&w.core.handovers), 0);
	snprintf(w.policy.portal_url, sizeof(w.policy.portal_url),
	    "https://" PORTAL);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, app_add(&w.core, &w.act, &in, &app)), 0);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, app_add(&w.core, &w.act, &other, &app)), 0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_open(&w.core, &w.act, &yamada.account,
				 &proof, session, &row)),
	    0);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	handover_free(w.core.handovers);
	w.core.handovers = NULL;
	session_seen_free(w.core.sessions);
	w.core.sessions = NULL;
	login_world_stop(&w);
	return (0);
}

struct step {
	int (*take)(const struct exchange_in *, struct act *, void *);
	int (*run)(struct core *, struct act *, void *);
	void (*give)(
	    const struct act *, void *, int, struct exchange_out *);
};

static const struct step start = { portal_enter_take_start,
	portal_enter_run_start, portal_enter_give_start },
	go = { portal_enter_take_go, portal_enter_run_go,
		portal_enter_give_go },
	finish = { portal_enter_take_finish, portal_enter_run_finish,
		portal_enter_give_finish };

static struct exchange_out out;
static char nonce[TOKEN_LEN + 1]; /* what start gave the browser */

/* One step by ${method}, on ${host}, with a query and one cookie; the
 * transaction is the step's. Its status. */
static int
take_step(const struct step *s, const char *method, const char *host,
    const char *query, const char *name, const char *value)
{
	struct portal_enter call;
	struct exchange_rig r;
	char cookie[200];
	struct act act;
	int got;

	exchange_rig_begin(&r, method, "/.sekisho/x", query, NULL);
	if (host != NULL)
		exchange_rig_header(&r, "Host", host);
	exchange_rig_header(&r, "X-Forwarded-For", "192.0.2.7");
	if (name != NULL) {
		snprintf(cookie, sizeof(cookie), "%s=%s", name, value);
		exchange_rig_header(&r, "Cookie", cookie);
	}
	memset(&call, 0, sizeof(call));
	core_world_begin(&w);
	act = w.act;
	exchange_out_clear(&out);
	memset(&out, 0, sizeof(out));
	got = s->take(&r.in, &act, &call);
	if (got == 0)
		got = core_world_ended(&w, s->run(&w.core, &act, &call));
	else
		core_world_rollback(&w);
	s->give(&act, &call, got, &out);
	portal_enter_clear(&call);
	assert_false(out.is_broken);
	return (out.status);
}

/* Where the last answer leads; its part behind ${prefix}. */
static const char *
led(const char *prefix)
{
	const char *to = exchange_rig_find(&out, "Location");

	if (to == NULL)
		fail_msg("%d leads nowhere", out.status);
	if (to == NULL || strncmp(to, prefix, strlen(prefix)) != 0)
		fail_msg("leads to %s", to);
	return (to + strlen(prefix));
}

/* From start to the query of go; NULL when it is refused. */
static const char *
begin(const char *host, const char *query)
{
	static char text[HANDOVER_URL_MAX + 1];

	assert_int_equal(
	    take_step(&start, "GET", host, query, NULL, NULL), 303);
	assert_true(exchange_rig_cookie(
	    &out, PORTAL_ENTER_NONCE, nonce, sizeof(nonce)));
	snprintf(text, sizeof(text), "%s", led("https://" PORTAL HANDOVER_GO
					       "?"));
	/* the nonce itself is in no address */
	assert_null(strstr(text, nonce));
	return (text);
}

/* And to that of finish. */
static const char *
hand(const char *host, const char *query)
{
	static char text[HANDOVER_URL_MAX + 1];
	char prefix[200];

	assert_int_equal(take_step(&go, "GET", PORTAL, begin(host, query),
			     PORTAL_COOKIE, session),
	    303);
	snprintf(prefix, sizeof(prefix), "https://%s" HANDOVER_FINISH "?",
	    host);
	snprintf(text, sizeof(text), "%s", led(prefix));
	return (text);
}

static void
test_V33_way(void **state)
{
	char own[TOKEN_LEN + 1], query[HANDOVER_URL_MAX + 1];
	struct session_view v;
	struct app app;

	(void)state;
	snprintf(query, sizeof(query), "%s",
	    hand(HOST, "rd=%2Fa%3Fb%3Dc%26d"));
	assert_int_equal(take_step(&finish, "GET", HOST, query,
			     PORTAL_ENTER_NONCE, nonce),
	    303);
	assert_string_equal(led(""), "https://" HOST "/a?b=c&d");
	assert_true(exchange_rig_cookie(
	    &out, HOOK_AUTHZ_COOKIE, own, sizeof(own)));
	assert_string_not_equal(own, session);
	assert_int_equal(
	    w.core.store->ops->app_find(w.core.store, HOST, &app), 0);
	assert_int_equal(
	    session_find(&w.core, own, &app, &w.act.now, &v), 0);
	assert_true(v.is_live);
	assert_true(id_equal(&v.row.parent, &row.id));
	/* R35: once */
	assert_int_equal(take_step(&finish, "GET", HOST, query,
			     PORTAL_ENTER_NONCE, nonce),
	    303);
	assert_string_equal(
	    led("https://" HOST), "/.sekisho/start?rd=%2Fa%3Fb%3Dc%26d&again=1");
	assert_false(exchange_rig_cookie(
	    &out, HOOK_AUTHZ_COOKIE, own, sizeof(own)));
}

/* What is shown by whoever it was not made for is used up by it. */
static void
test_V33_others(void **state)
{
	static const struct {
		const char *host, *name, *value; /* NULL: as it should be */
	} cases[] = { { HOST, "x", NULL }, { HOST, NULL, "x" },
		{ HOST, NULL,
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
		{ OTHER, NULL, NULL } };
	char query[HANDOVER_URL_MAX + 1], own[TOKEN_LEN + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(query, sizeof(query), "%s", hand(HOST, "rd=%2F"));
		assert_int_equal(
		    take_step(&finish, "GET", cases[i].host, query,
			cases[i].name == NULL ? PORTAL_ENTER_NONCE : "x",
			cases[i].value == NULL ? nonce : cases[i].value),
		    303);
		assert_non_null(strstr(led("https://"), HANDOVER_START));
		assert_false(exchange_rig_cookie(
		    &out, HOOK_AUTHZ_COOKIE, own, sizeof(own)));
		assert_int_equal(take_step(&finish, "GET", HOST, query,
				     PORTAL_ENTER_NONCE, nonce),
		    303);
		assert_non_null(strstr(led("https://"), HANDOVER_START));
	}
	/* too late, and a session that has ended meanwhile */
	snprintf(query, sizeof(query), "%s", hand(HOST, "rd=%2F"));
	clock_fake_pass(HANDOVER_LIFE_MS);
	(void)take_step(&finish, "GET", HOST, query, PORTAL_ENTER_NONCE, nonce);
	assert_non_null(strstr(led("https://"), HANDOVER_START));
	snprintf(query, sizeof(query), "%s", hand(HOST, "rd=%2F"));
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     session_logout(&w.core, &w.act, &row)),
	    0);
	(void)take_step(&finish, "GET", HOST, query, PORTAL_ENTER_NONCE, nonce);
	assert_non_null(strstr(led("https://"), HANDOVER_START));
	/* round once, not for ever */
	assert_int_equal(take_step(&finish, "GET", HOST, "again=1", NULL, NULL),
	    403);
}

/* Whoever makes up an address by which others would enter in his name: no nonce
 * is none that could be made up either. */
static void
test_V33_without_a_nonce(void **state)
{
	char query[HANDOVER_URL_MAX + 1], own[TOKEN_LEN + 1];

	(void)state;
	assert_int_equal(
	    take_step(&go, "GET", PORTAL,
		"app=" HOST "&rd=%2F&nonce="
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		PORTAL_COOKIE, session),
	    303);
	snprintf(query, sizeof(query), "%s",
	    led("https://" HOST HANDOVER_FINISH "?"));
	assert_int_equal(
	    take_step(&finish, "GET", HOST, query, NULL, NULL), 303);
	assert_non_null(strstr(led("https://"), HANDOVER_START));
	assert_false(exchange_rig_cookie(
	    &out, HOOK_AUTHZ_COOKIE, own, sizeof(own)));
}

static void
test_go(void **state)
{
	char query[HANDOVER_URL_MAX + 1];
	struct session_view v;

	(void)state;
	snprintf(query, sizeof(query), "%s", begin(HOST, "rd=%2Fadmin"));
	/* nobody, or an application's: the login, and the way back */
	assert_int_equal(
	    take_step(&go, "GET", PORTAL, query, NULL, NULL), 303);
	(void)led("/login?to=%2F.sekisho%2Fgo%3Fapp%3D" HOST "%26nonce%3D");
	assert_int_equal(take_step(&go, "GET", PORTAL, query,
			     HOOK_AUTHZ_COOKIE, session),
	    303);
	(void)led("/login?to=");
	/* the portal alone: elsewhere its cookie is nobody's */
	assert_int_equal(take_step(&go, "GET", HOST, query, PORTAL_COOKIE,
			     session),
	    404);
	assert_int_equal(take_step(&go, "GET", PORTAL ":8443", query,
			     PORTAL_COOKIE, session),
	    404);
	/* a code that is too old for the page: the code alone */
	clock_fake_pass(61000);
	assert_int_equal(take_step(&go, "GET", PORTAL, query, PORTAL_COOKIE,
			     session),
	    303);
	(void)led("/code?to=%2F.sekisho%2Fgo%3F");
	assert_int_equal(
	    session_find(&w.core, session, NULL, &w.act.now, &v), 0);
	assert_true(v.is_live);
	assert_int_equal(take_step(&go, "GET", PORTAL,
			     begin(HOST, "rd=%2Fx"), PORTAL_COOKIE, session),
	    303);
	(void)led("https://" HOST HANDOVER_FINISH);
	/* R42: what was sent is lost, and one is told before one goes on */
	assert_int_equal(take_step(&go, "GET", PORTAL,
			     begin(HOST, "rd=%2F&lost=1"), PORTAL_COOKIE,
			     session),
	    200);
	assert_null(exchange_rig_find(&out, "Location"));
	/* a login too long ago for the application: a new one; until there is
	 * one, this one goes on (R45: whoever leads people here from elsewhere
	 * logs nobody out) */
	clock_fake_pass(600000);
	assert_int_equal(take_step(&go, "GET", PORTAL,
			     begin(OTHER, "rd=%2F"), PORTAL_COOKIE, session),
	    303);
	(void)led("/login?to=");
	assert_int_equal(
	    session_find(&w.core, session, NULL, &w.act.now, &v), 0);
	assert_true(v.is_live);
}

static void
test_V36_refused(void **state)
{
	static const char *const rds[] = { "rd=%2F%2Fevil.jp",
		"rd=https%3A%2F%2Fevil.jp%2F", "rd=%2F..%2F%2Fevil.jp",
		"rd=https%3A%2F%2F" OTHER "%2F", "rd=javascript%3Ax", "rd=",
		"rd=%2F&rd=%2F" };
	static const char *const gos[] = { "", "app=" HOST, "nonce=x&app=" HOST,
		"app=" HOST "&nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
		"app=evil%2F&nonce="
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rds) / sizeof(rds[0]); i++) {
		if (take_step(&start, "GET", HOST, rds[i], NULL, NULL) != 400)
			fail_msg("start takes %s", rds[i]);
		if (take_step(&finish, "GET", HOST, rds[i], NULL, NULL) != 400)
			fail_msg("finish takes %s", rds[i]);
	}
	for (i = 0; i < sizeof(gos) / sizeof(gos[0]); i++)
		if (take_step(&go, "GET", PORTAL, gos[i], PORTAL_COOKIE,
			session) != 400)
			fail_msg("go takes %s", gos[i]);
	/* V38, R45: no such application, no host, not gone to */
	assert_int_equal(take_step(&start, "GET", "un.example.jp", "rd=%2F",
			     NULL, NULL),
	    403);
	assert_int_equal(
	    take_step(&finish, "GET", PORTAL, "rd=%2F", NULL, NULL), 403);
	assert_int_equal(take_step(&go, "GET", PORTAL,
			     "app=un.example.jp&nonce="
			     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			     PORTAL_COOKIE, session),
	    403);
	assert_int_equal(
	    take_step(&start, "GET", NULL, "rd=%2F", NULL, NULL), 400);
	assert_int_equal(
	    take_step(&start, "GET", "a b", "rd=%2F", NULL, NULL), 400);
	assert_int_equal(
	    take_step(&start, "HEAD", HOST, "rd=%2F", NULL, NULL), 400);
	assert_int_equal(
	    take_step(&finish, "HEAD", HOST, "rd=%2F", NULL, NULL), 400);
	/* nobody can log in on a portal without an address */
	w.policy.portal_url[0] = '\0';
	assert_int_equal(
	    take_step(&start, "GET", HOST, "rd=%2F", NULL, NULL), 503);
}

/* To which application an address of ours leads: none but a listed one. */
static void
test_app(void **state)
{
	static const char *const none[] = { "/.sekisho/go?app=evil.jp",
		"/.sekisho/share?rd=https%3A%2F%2Fevil.jp%2F",
		"/.sekisho/go?app=" HOST "&app=" HOST, "/mine?app=" HOST,
		"/.sekisho/go", "" };
	struct app app;
	size_t i;

	(void)state;
	assert_int_equal(portal_enter_app(&w.core,
			     "/.sekisho/go?app=" HOST "&nonce=x", &app),
	    0);
	assert_string_equal(app.host, HOST);
	assert_int_equal(
	    portal_enter_app(&w.core,
		"/.sekisho/share?rd=https%3A%2F%2F" OTHER "%2Fx", &app),
	    0);
	assert_string_equal(app.host, OTHER);
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_int_equal(
		    portal_enter_app(&w.core, none[i], &app), 0);
		assert_string_equal(app.host, "");
		assert_string_equal(app.name, "");
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(test_V33_way),
		T(test_V33_others), T(test_V33_without_a_nonce),
		T(test_go), T(test_V36_refused),
		T(test_app) };
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	exchange_out_clear(&out);
	return (r);
}
