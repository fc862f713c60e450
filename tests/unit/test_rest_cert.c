/*
 * Goal of this test: what the API takes and shows of terminals and
 * certificates, over a real socket, with rules that answer what is expected.
 * Links: authd/web/rest_app.c authd/web/rest_session.c
 * Links: authd/web/rest_impact.c authd/web/rest_backup.c
 * Links: authd/web/rest_ticket.c tests/fakes/ticket_make_fake.c
 * Links: authd/web/rest_impact.c
 * Links: tests/fakes/session_fake.c
 * Links: authd/web/rest_clock.c authd/web/rest_source.c
 * Links: authd/web/rest_recovery.c authd/web/rest_login.c authd/web/rest_password.c tests/fakes/login_fake.c
 * Links: authd/web/server.c authd/web/dispatch.c authd/web/gate.c authd/web/reaper.c
 * Links: authd/web/request.c authd/web/exchange.c authd/web/route.c authd/web/answer.c
 * Links: tests/fakes/crl_fake.c
 * Links: authd/web/rest_terminal.c authd/web/rest_cert.c
 * Links: authd/web/shape_cert.c authd/base/base64.c
 * Links: tests/fakes/cert_fake.c
 * Links: authd/web/rest_breakglass.c
 * Links: authd/web/shape.c authd/web/peer.c authd/web/rest_office.c
 * Links: authd/web/rest_account.c authd/web/rest_phone.c
 * Links: authd/web/rest_verify.c authd/web/rest_audit.c
 * Links: authd/web/rest_status.c authd/api/json.c authd/base/err.c
 * Links: authd/base/log.c authd/base/clock.c authd/base/timetext.c
 * Links: authd/base/mem.c authd/base/buf.c authd/base/text.c authd/base/id.c
 * Links: authd/base/fold.c tests/fakes/core_fake.c
 * Links: tests/fakes/core_fake_rules.c tests/fakes/web_peer.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "tests/fakes/web_peer.h"

static int
set_up(void **state)
{
	struct web *w = malloc(sizeof(*w));

	if (w == NULL)
		return (-1);
	web_open(w);
	web_start(w);
	*state = w;
	return (0);
}

static int
tear_down(void **state)
{
	web_close(*state);
	free(*state);
	return (0);
}

#define NOW_TEXT      "2026-11-22T00:00:00.000Z"
#define THEN_TEXT     "2026-11-22T00:00:01.000Z"
#define ID            "01020304-0506-7708-890a-0b0c0d0e0f10"
#define SERIAL(first) first "1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A"
#define PRINT                                                                  \
	"b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"                                     \
	"b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
#define HEAD(first, state)                                                     \
	"\"serial\":\"" SERIAL(first) "\",\"fingerprint_sha256\":\"" PRINT     \
				      "\",\"state\":\"" state "\","
#define DATES                                                                  \
	"\"not_before\":\"" NOW_TEXT "\",\"not_after\":\"" THEN_TEXT           \
	"\",\"issued_at\":\"" NOW_TEXT "\",\"first_seen\":null,\"last_seen\":" \
	"null,\"last_source\":\"\","
#define ROW(first, state, revoked, reason)                                     \
	HEAD(first, state)                                                     \
	"\"terminal\":\"" ID "\",\"label\":\"受付\",\"office\":\"tokyo\","   \
	"\"host\":null," DATES "\"revoked_at\":" revoked ",\"reason\":" reason
#define LIVE(first) ROW(first, "live", "null", "null")
#define TERMINAL(state, owner, all, admitted, n, lost)                           \
	"{\"terminal\":\"" ID "\",\"office\":\"tokyo\",\"label\":\"受付\","    \
	"\"state\":\"" state "\",\"owner\":\"" owner "\",\"admits_all\":" all    \
	",\"admitted\":[" admitted "],\"admitted_count\":" n                     \
	",\"serial\":\"" SERIAL(                                                 \
	    "1A") "\",\"certificate_state\":\"live\",\"not_after\":\"" THEN_TEXT \
		  "\",\"created_at\":null,\"first_seen\":null,\"last_seen\":"    \
		  "null,\"last_source\":\"\",\"lost_at\":" lost "}"
#define IN_USE TERMINAL("in_use", "company", "false", "\"taro\"", "1", "null")

static void
test_terminal(void **state)
{
	const struct web *w = *state;

	web_expect(w, "/v1/terminal/show", "{\"terminal\":\"x\"}", IN_USE);
	web_expect(w, "/v1/terminal/list", "{\"office\":\"tokyo\"}",
	    "{\"terminals\":[" IN_USE "],\"next\":null}");
	web_expect(w, "/v1/terminal/list", "{\"limit\":1}",
	    "{\"terminals\":[" IN_USE "],\"next\":\"" ID "\"}");
	web_expect(w, "/v1/terminal/set",
	    "{\"terminal\":\"x\",\"admit\":\"jiro\",\"admit_all\":1,"
	    "\"owner\":\"private\"}",
	    TERMINAL(
		"in_use", "private", "true", "\"taro\",\"jiro\"", "2", "null"));
	web_expect(w, "/v1/terminal/lost", "{\"terminal\":\"x\"}",
	    TERMINAL("lost", "company", "false", "\"taro\"", "1",
		"\"" NOW_TEXT "\""));
	web_refuse(w, "/v1/terminal/show", "{\"terminal\":\"none\"}", 404,
	    "no_such_terminal");
	web_refuse(w, "/v1/terminal/lost", "{}", 400, "missing_member");
	web_refuse(w, "/v1/terminal/set",
	    "{\"terminal\":\"x\",\"admit_all\":2}", 400, "bad_member");
	web_refuse(w, "/v1/terminal/list", "{\"limit\":0}", 400, "bad_member");
}

static void
test_issue(void **state)
{
	const struct web *w = *state;

	web_expect(w, "/v1/cert/issue",
	    "{\"login\":\"taro\",\"label\":\"受付\",\"compatible\":1}",
	    "{" LIVE("1A") ",\"certificate\":\"PEM(DER)\",\"pkcs12\":\"cDEy\","
			   "\"passphrase\":\"abcdefghjkmnpqrstuvw\"}");
	web_expect(w, "/v1/cert/issue",
	    "{\"host\":\"files\",\"rights\":[\"verify\",\"state\"]}",
	    "{" HEAD("1A", "live") "\"terminal\":null,\"label\":null,"
				   "\"office\":null,\"host\":\"files\"," DATES
				   "\"revoked_at\":null,\"reason\":null,"
				   "\"certificate\":\"PEM(DER)\",\"pkcs12\":"
				   "\"cDEy\",\"passphrase\":"
				   "\"abcdefghjkmnpqrstuvw\"}");
	web_expect(w, "/v1/cert/sign",
	    "{\"csr\":\"c\",\"login\":\"taro\",\"label\":\"受付\"}",
	    "{" LIVE("1A") ",\"certificate\":\"PEM(DER)\"}");
	web_expect(w, "/v1/cert/renew", "{\"serial\":\"1\",\"csr\":\"c\"}",
	    "{" LIVE("1A") ",\"certificate\":\"PEM(DER)\",\"replaces\":"
			   "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}");
	web_refuse(w, "/v1/cert/renew", "{\"serial\":\"none\"}", 404,
	    "no_such_certificate");
}

/* One of login with label, host; nothing that only goes with the other. */
static void
test_issue_refused(void **state)
{
	static const char *const bad[] = { "{}", "{\"login\":\"taro\"}",
		"{\"label\":\"x\"}", "{\"login\":\"taro\",\"host\":\"h\"}",
		"{\"host\":\"h\",\"owner\":\"company\"}",
		"{\"login\":\"taro\",\"label\":\"x\",\"rights\":[]}" };
	const struct web *w = *state;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		web_refuse(w, "/v1/cert/issue", bad[i], 400, "bad_request");
	web_refuse(w, "/v1/cert/issue",
	    "{\"login\":\"a\",\"label\":\"b\",\"csr\":\"c\"}", 400,
	    "unknown_member");
	web_refuse(
	    w, "/v1/cert/sign", "{\"host\":\"h\"}", 400, "missing_member");
	web_refuse(w, "/v1/cert/renew", "{}", 400, "bad_request");
	web_refuse(w, "/v1/cert/renew",
	    "{\"serial\":\"1\",\"certificate\":\"PEM1\"}", 400, "bad_request");
}

static void
test_certs(void **state)
{
	const struct web *w = *state;

	web_expect(w, "/v1/cert/show", "{\"serial\":\"1a\"}",
	    "{" LIVE("1A") ",\"certificate\":\"PEM(DER)\"}");
	web_refuse(w, "/v1/cert/show", "{\"serial\":\"none\"}", 404,
	    "no_such_certificate");
	web_expect(w, "/v1/cert/list", "{\"limit\":2}",
	    "{\"certificates\":[{" LIVE("00") "},{" LIVE(
		"01") "}],\"next\":\"" SERIAL("01") "\"}");
	web_expect(w, "/v1/cert/revoke",
	    "{\"serial\":\"1a\",\"reason\":\"lost\"}",
	    "{" ROW("1A", "revoked", "\"" NOW_TEXT "\"", "\"lost\"") "}");
	web_refuse(w, "/v1/cert/revoke",
	    "{\"serial\":\"1a\",\"reason\":\"why\"}", 400, "bad_reason");
	/* the fake core has no CA */
	web_refuse(w, "/v1/cert/ca", "{}", 409, "no_ca");
}

static void
test_check(void **state)
{
	const struct web *w = *state;
	char body[64];
	int i;
	static const char *const refused[] = { "{\"certificate\":\"PEM3\"}",
		"{\"certificate\":\"\"}", "{\"certificate\":\"nonsense\"}",
		"{\"certificate\":\"PEM1\",\"login\":\"none\"}" };

	web_expect(w, "/v1/cert/check", "{\"certificate\":\"PEM1\"}",
	    "{\"result\":\"accept\",\"request_id\":\"@\",\"terminal\":\"" ID
	    "\",\"label\":\"受付\",\"office\":\"tokyo\",\"serial\":\"" SERIAL(
		"1A") "\",\"login\":\"taro\"}");
	web_expect(w, "/v1/cert/check",
	    "{\"certificate\":\"PEM2\",\"login\":\"jiro\"}",
	    "{\"result\":\"accept\",\"request_id\":\"@\",\"terminal\":\"" ID
	    "\",\"label\":\"受付\",\"office\":\"tokyo\",\"serial\":\"" SERIAL(
		"1A") "\"}");
	/* one refusal, whatever is wrong */
	for (i = 0; i < 4; i++)
		web_expect(w, "/v1/cert/check", refused[i],
		    "{\"result\":\"refuse\",\"request_id\":\"@\"}");
	web_refuse(
	    w, "/v1/cert/check", "{\"login\":\"taro\"}", 400, "missing_member");
	web_refuse(
	    w, "/v1/cert/check", "{\"certificate\":1}", 400, "bad_member");
	snprintf(body, sizeof(body), "{\"certificate\":\"PEM1\"");
	web_refuse(w, "/v1/cert/check", body, 400, "bad_json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		T(test_terminal),
		T(test_issue),
		T(test_issue_refused),
		T(test_certs),
		T(test_check),
	};

	json_init();
	log_open("test_rest_cert", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
