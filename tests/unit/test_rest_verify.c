/*
 * Goal of this test: a verification asks the rules for folded input, all its
 * refusals look alike, every wrong shape of JSON is one clear 400, and errors
 * of the rules become the promised status.
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

static int
runs(const struct web *w)
{
	struct core_fake_counts n;

	core_fake_get(w->engine, &n);
	return (n.runs);
}

/* What one verification asks of the rules, "" for what was no login. */
static void
folds_to(const struct web *w, const char *login, const char *code,
    const char *want_login, const char *want_code)
{
	char json[512], l[LOGIN_MAX + 1], c[CODE_DIGITS + 1], k[BUCKET_MAX];

	snprintf(json, sizeof(json),
	    "{\"login\":\"%s\",\"code\":\"%s\",\"service\":\"sshd\","
	    "\"source\":\"fe80::1%%eth0\"}",
	    login, code);
	web_expect(w, "/v1/verify", json,
	    "{\"result\":\"refuse\",\"request_id\":\"@\"}");
	core_fake_verify(w->engine, l, c, k);
	assert_string_equal(l, want_login);
	assert_string_equal(c, want_code);
	assert_string_equal(k, "local:sshd");
}

static void
test_V20_verify_folds(void **state)
{
	const struct web *w = *state;
	struct act act;

	web_expect(w, "/v1/verify",
	    "{\"login\":\"TARO\",\"code\":\"123 456\",\"service\":\"cli\"}",
	    "{\"result\":\"accept\",\"request_id\":\"@\"}");
	core_fake_last(w->engine, &act);
	assert_string_equal(act.source, "");
	folds_to(w, "130321 - 01", "000000", "130321-01", "000000");
	core_fake_last(w->engine, &act);
	assert_string_equal(act.source, "fe80::1%eth0");
	/* V6, V20: what is no login or no code is a refusal, not an error */
	folds_to(w, "", "", "", "");
	folds_to(w, " ", " ", "", "");
	folds_to(w, "..\\/..\\/bin\\/ls", "12345", "", "");
	folds_to(w, "a\\nb", "1234567", "", "");
	folds_to(w, "a b", "+12345", "", "");
	folds_to(
	    w, "x", "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6", "", "");
	folds_to(w, "taro",
	    "\xef\xbc\x91"
	    "23457",
	    "taro", "123457");
}

static void
test_verify_hint(void **state)
{
	web_expect(*state, "/v1/verify",
	    "{\"login\":\"taro\",\"code\":\"111111\",\"service\":\"cli\"}",
	    "{\"result\":\"refuse\",\"request_id\":\"@\",\"hint\":"
	    "\"code_used\",\"retry_after\":17}");
}

static void
test_verify_bad(void **state)
{
	static const char *const services[] = { "", "SSHD", "a b", "a:b",
		"a\\u0001", "123456789012345678901234567890123",
		"\xe3\x81\x82" };
	static const char *const sources[] = {
		"host name", "a\\nb", "%eth0", "1.2.3.4%", "1.2.3.4%a b",
		"1.2.3.4,5.6.7.8", "::1]", "x",
		"11111111112222222222333333333344444444445555555555666666666677777"
	};
	const struct web *w = *state;
	char json[256], place[65];
	size_t i;

	for (i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		snprintf(json, sizeof(json),
		    "{\"login\":\"a\",\"code\":\"1\",\"service\":\"%s\"}",
		    services[i]);
		web_refuse(w, "/v1/verify", json, 400, "bad_service");
	}
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		snprintf(json, sizeof(json),
		    "{\"login\":\"a\",\"code\":\"1\",\"service\":\"s\","
		    "\"source\":\"%s\"}",
		    sources[i]);
		web_refuse(w, "/v1/verify", json, 400, "bad_source");
	}
	/* a place is one word of 63 bytes */
	memset(place, 'p', sizeof(place));
	for (i = 0; i < 2; i++) {
		place[64] = '\0';
		snprintf(json, sizeof(json),
		    "{\"login\":\"a\",\"code\":\"1\",\"service\":\"s\","
		    "\"%s\":\"%s\"}",
		    i == 0 ? "tty" : "ruser", place);
		web_refuse(w, "/v1/verify", json, 400, "bad_place");
	}
	web_refuse(w, "/v1/verify",
	    "{\"login\":\"a\",\"code\":\"1\",\"service\":\"s\","
	    "\"tty\":\"a b\"}",
	    400, "bad_place");
	web_refuse(w, "/v1/verify",
	    "{\"login\":\"a\",\"code\":123456,"
	    "\"service\":\"s\"}",
	    400, "bad_member");
	assert_int_equal(runs(w), 0);
}

/* Status, header and body of every refusal, less the request id and date. */
static void
test_R34_refusals_look_alike(void **state)
{
	static const char *const bad[] = { "taro\",\"code\":\"000000",
		"nobody\",\"code\":\"123456", "\",\"code\":\"",
		"a b\",\"code\":\"123456", "taro\",\"code\":\"12345" };
	const struct web *w = *state;
	char json[128], first[4096] = "", *p;
	struct web_answer a;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(json, sizeof(json),
		    "{\"login\":\"%s\",\"service\":\"s\"}", bad[i]);
		web_ask(w, "/v1/verify", json, &a);
		assert_int_equal(a.status, 200);
		assert_int_equal(json_object_size(a.json), 2);
		if ((p = strstr(a.head, "Date:")) != NULL)
			memset(p, '-', strcspn(p, "\r"));
		p = strstr(a.head, "Sekisho-Request-Id:");
		assert_non_null(p);
		memset(p, '-', strcspn(p, "\r"));
		if (i == 0)
			memcpy(first, a.head, sizeof(first));
		assert_string_equal(a.head, first);
		web_answer_clear(&a);
	}
}

static void
test_json_of_every_wrong_shape(void **state)
{
	static const struct {
		const char *json, *code;
	} bad[] = { { "", "bad_json" }, { "null", "bad_json" },
		{ "[]", "bad_json" }, { "\"a\"", "bad_json" },
		{ "1", "bad_json" }, { "{", "bad_json" }, { "{}}", "bad_json" },
		{ "{}", "missing_member" },
		{ "{\"code\":\"a\",\"code\":\"a\",\"name\":\"b\"}",
		    "bad_json" },
		{ "{\"code\":\"\\u0000\",\"name\":\"b\"}", "bad_json" },
		{ "{\"code\":\"\xff\",\"name\":\"b\"}", "bad_json" },
		{ "{\"code\":\"a\x01\",\"name\":\"b\"}", "bad_json" },
		{ "{\"code\":1e400,\"name\":\"b\"}", "bad_json" },
		{ "{\"code\":1,\"name\":\"b\"}", "bad_member" },
		{ "{\"code\":null,\"name\":\"b\"}", "bad_member" },
		{ "{\"code\":[\"a\"],\"name\":\"b\"}", "bad_member" },
		{ "{\"code\":{},\"name\":\"b\"}", "bad_member" },
		{ "{\"code\":true,\"name\":\"b\"}", "bad_member" },
		{ "{\"code\":\"a\",\"name\":\"b\",\"x\":1}", "unknown_member" },
		{ "{\"code\":\"a\",\"name\":\"b\",\"networks\":\"x\"}",
		    "bad_member" },
		{ "{\"code\":\"a\",\"name\":\"b\",\"networks\":[1]}",
		    "bad_member" } };
	const struct web *w = *state;
	size_t i, n = 60000;
	char *big = malloc(n + 64);

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		web_refuse(w, "/v1/office/add", bad[i].json, 400, bad[i].code);
	assert_non_null(big);
	memset(big, '[', 10000);
	big[10000] = '\0';
	web_refuse(w, "/v1/office/add", big, 400, "bad_json");
	/* a name of 60,000 bytes, and a member's name as long */
	snprintf(big, n, "{\"code\":\"a\",\"name\":\"");
	i = strlen(big);
	memset(big + i, 'x', n);
	memcpy(big + i + n, "\"}", 3);
	web_refuse(w, "/v1/office/add", big, 400, "bad_member");
	memcpy(big, "{\"", 2);
	memset(big + 2, 'x', n);
	memcpy(big + n, "\":1}", 5);
	web_refuse(w, "/v1/office/add", big, 400, "unknown_member");
	free(big);
	assert_int_equal(runs(w), 0);
}

static void
test_errors_become_status(void **state)
{
	static const struct {
		int r, status;
		const char *code;
	} errors[] = { { ERR_INVALID, 400, "fake_problem" },
		{ ERR_DENIED, 403, "fake_problem" },
		{ ERR_NOTFOUND, 404, "fake_problem" },
		{ ERR_EXISTS, 409, "fake_problem" },
		{ ERR_WRONG_STATE, 409, "fake_problem" },
		{ ERR_LIMIT, 409, "fake_problem" }, { ERR_BUSY, 503, "busy" },
		{ ERR_TIMEOUT, 503, "unavailable" },
		{ ERR_STORE, 503, "unavailable" },
		{ ERR_KEEPER, 503, "unavailable" },
		{ ERR_FULL, 503, "unavailable" },
		{ ERR_NOMEM, 503, "unavailable" },
		{ ERR_IO, 503, "unavailable" },
		{ ERR_CORRUPT, 503, "unavailable" },
		{ ERR_SYS, 500, "internal" }, { ERR_PROTO, 500, "internal" },
		{ ERR_FATAL, 500, "internal" }, { -99, 500, "internal" },
		{ 1, 500, "internal" } };
	const struct web *w = *state;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		core_fake_fail_run(w->engine, errors[i].r);
		web_refuse(w, "/v1/office/set", "{\"code\":\"a\"}",
		    errors[i].status, errors[i].code);
		web_refuse(w, "/v1/office/show", "{\"code\":\"a\"}",
		    errors[i].status, errors[i].code);
		/* R57: an error of any kind is never an acceptance */
		web_refuse(w, "/v1/verify",
		    "{\"login\":\"taro\",\"code\":\"123456\",\"service\":"
		    "\"s\"}",
		    errors[i].status, errors[i].code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		T(test_V20_verify_folds),
		T(test_verify_hint),
		T(test_verify_bad),
		T(test_R34_refusals_look_alike),
		T(test_json_of_every_wrong_shape),
		T(test_errors_become_status),
	};

	json_init();
	log_open("test_rest_verify", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
