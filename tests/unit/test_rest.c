/*
 * Goal of this test: every route takes exactly the members of API.md and
 * answers in its forms.
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

#define NOW_TEXT "2026-11-22T00:00:00.000Z"
#define ACTIVE   "active"
#define OFFICE_B(status)                                                       \
	"{\"code\":\"a\",\"name\":\"B\",\"contact\":\"C\",\"networks\":"       \
	"[\"::1/128\",\"10.0.0.0/8\"],\"status\":\"" status                    \
	"\",\"created_at\":\"" NOW_TEXT "\"}"
#define OFFICE(code, status)                                                   \
	"{\"code\":\"" code "\",\"name\":\"" code                              \
	"\",\"contact\":\"\",\"networks\":[\"10.0.0.0/8\",\"::1/128\"],"       \
	"\"status\":\"" status "\",\"created_at\":\"" NOW_TEXT "\"}"

static void
test_office(void **state)
{
	const struct web *w = *state;

	web_expect(w, "/v1/office/add",
	    "{\"code\":\"a\",\"name\":\"B\",\"contact\":\"C\","
	    "\"networks\":[\"::1/128\",\"10.0.0.0/8\"]}",
	    OFFICE_B(ACTIVE));
	web_expect(w, "/v1/office/set",
	    "{\"code\":\"a\",\"name\":\"B\",\"contact\":\"C\","
	    "\"networks\":[\"::1/128\",\"10.0.0.0/8\"]}",
	    OFFICE_B(ACTIVE));
	web_expect(
	    w, "/v1/office/set", "{\"code\":\"a\"}", OFFICE("a", ACTIVE));
	web_expect(
	    w, "/v1/office/show", "{\"code\":\"a\"}", OFFICE("a", ACTIVE));
	web_expect(w, "/v1/office/disable", "{\"code\":\"a\"}",
	    OFFICE("a", "disabled"));
	web_expect(
	    w, "/v1/office/enable", "{\"code\":\"a\"}", OFFICE("a", ACTIVE));
	web_expect(w, "/v1/office/list", "{}",
	    "{\"offices\":[" OFFICE("a1", ACTIVE) "," OFFICE(
		"b2", ACTIVE) "," OFFICE("c3", ACTIVE) "],\"next\":null}");
	web_expect(w, "/v1/office/list", "{\"after\":\"a1\",\"limit\":1}",
	    "{\"offices\":[" OFFICE("b2", ACTIVE) "],\"next\":\"b2\"}");
	web_expect(w, "/v1/office/list", "{\"after\":\"c3\"}",
	    "{\"offices\":[],\"next\":null}");
	web_refuse(w, "/v1/office/add", "{\"code\":\"taken\",\"name\":\"x\"}",
	    409, "office_taken");
	web_refuse(
	    w, "/v1/office/show", "{\"code\":\"none\"}", 404, "no_such_office");
	web_refuse(
	    w, "/v1/office/add", "{\"code\":\"a\"}", 400, "missing_member");
	web_refuse(w, "/v1/office/list", "{\"limit\":0}", 400, "bad_member");
	web_refuse(w, "/v1/office/list", "{\"limit\":1001}", 400, "bad_member");
}

static void
test_sources(void **state)
{
	struct web *w = *state;

	web_expect(w, "/v1/source/list", "{}",
	    "{\"sources\":[{\"consumer\":\"local:sshd\",\"address\":"
	    "\"2001:db8::/64\",\"failures\":51,\"logins\":10,"
	    "\"blocked_until\":\"2026-11-22T00:10:00.000Z\"},{\"consumer\":"
	    "\"local:cli\",\"address\":\"192.0.2.1\",\"failures\":1,"
	    "\"logins\":1,\"blocked_until\":null}],\"total\":2}");
	web_expect(w, "/v1/source/list", "{\"limit\":1}",
	    "{\"sources\":[{\"consumer\":\"local:sshd\",\"address\":"
	    "\"2001:db8::/64\",\"failures\":51,\"logins\":10,"
	    "\"blocked_until\":\"2026-11-22T00:10:00.000Z\"}],\"total\":2}");
	web_refuse(w, "/v1/source/list", "{\"limit\":0}", 400, "bad_member");
	web_expect(w, "/v1/source/unlock",
	    "{\"consumer\":\"local:sshd\",\"address\":\"2001:db8::1\"}",
	    "{\"consumer\":\"local:sshd\",\"address\":\"2001:db8::1\","
	    "\"unlocked\":true}");
	web_refuse(w, "/v1/source/unlock",
	    "{\"consumer\":\"none\",\"address\":\"192.0.2.1\"}", 404,
	    "no_such_source");
	web_refuse(w, "/v1/source/unlock", "{\"consumer\":\"local:sshd\"}", 400,
	    "missing_member");
}

#define PHONE(state, expires, confirmed, revoked)                              \
	"{\"device\":\"07070707-0707-0707-0707-070707070707\",\"label\":"      \
	"\"label\",\"state\":\"" state "\",\"owner\":\"company\","             \
	"\"created_at\":\"" NOW_TEXT "\",\"expires_at\":" expires              \
	",\"confirmed_at\":" confirmed                                         \
	",\"last_used\":null,\"revoked_at\":" revoked "}"
#define ACTIVE_PHONE PHONE("active", "null", "\"" NOW_TEXT "\"", "null")
#define ACCOUNT(                                                               \
    login, name, class, level, roles, groups, status, leaves, lock, until)     \
	"{\"login\":\"" login "\",\"office\":\"a1\",\"name\":\"" name          \
	"\",\"kana\":\"\",\"phone_number\":\"\",\"birth_date\":\"\","          \
	"\"email\":\"" login "\",\"unix_user\":\"\",\"class\":\"" class        \
	    "\",\"level\":" level ",\"roles\":" roles ",\"groups\":" groups    \
	    ",\"status\":\"" status                                            \
	    "\",\"enrol_by\":null,\"leaves_on\":" leaves                       \
	    ",\"created_at\":\"" NOW_TEXT "\",\"lock\":\"" lock                \
	    "\",\"locked_until\":" until ",\"phones\":[" ACTIVE_PHONE "]}"
#define LOCKED_UNTIL "\"2026-11-22T00:00:01.000Z\""
#define PLAIN(status, lock, until)                                             \
	ACCOUNT(                                                               \
	    "t", "t", "general", "1", "[]", "[]", status, "null", lock, until)

static void
test_account(void **state)
{
	const struct web *w = *state;
	static const char *const login[] = { "show", "enable" };
	char path[64];
	size_t i;

	web_expect(w, "/v1/account/add",
	    "{\"login\":\"t\",\"office\":\"a1\",\"name\":\"N\",\"kana\":\"\","
	    "\"phone_number\":\"\",\"birth_date\":\"\",\"email\":\"\","
	    "\"unix_user\":\"\",\"class\":\"privileged\",\"level\":5,"
	    "\"roles\":[\"administrator\",\"auditor\"],\"groups\":[\"g\","
	    "\"h\"],\"enrol_by\":\"\",\"leaves_on\":\"2026-04-01\"}",
	    ACCOUNT("t", "N", "privileged", "5",
		"[\"administrator\",\"auditor\"]", "[\"g\",\"h\"]", "active",
		"\"2026-04-01\"", "timed", LOCKED_UNTIL));
	web_expect(w, "/v1/account/set", "{\"login\":\"t\",\"name\":\"N\"}",
	    ACCOUNT("t", "N", "general", "1", "[]", "[]", "active", "null",
		"timed", LOCKED_UNTIL));
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/v1/account/%s", login[i]);
		web_expect(w, path, "{\"login\":\"t\"}",
		    PLAIN("active", "timed", LOCKED_UNTIL));
	}
	web_expect(w, "/v1/account/disable", "{\"login\":\"t\"}",
	    PLAIN("disabled", "timed", LOCKED_UNTIL));
	web_expect(w, "/v1/account/unlock", "{\"login\":\"t\"}",
	    PLAIN("active", "none", "null"));
	web_expect(w, "/v1/account/remove", "{\"login\":\"t\"}",
	    "{\"login\":\"t\",\"removed\":true}");
	web_refuse(w, "/v1/account/show", "{\"login\":\"none\"}", 404,
	    "no_such_account");
	web_expect(w, "/v1/account/state", "{\"login\":\"t\"}",
	    "{\"login\":\"t\",\"status\":\"active\",\"obstacle\":null,"
	    "\"enrolled\":true,\"enrol_by\":null,"
	    "\"password_change\":false}");
	web_expect(w, "/v1/account/state", "{\"login\":\"late\"}",
	    "{\"login\":\"late\",\"status\":\"active\","
	    "\"obstacle\":\"enrol_by_passed\",\"enrolled\":false,"
	    "\"enrol_by\":\"2026-04-01\",\"password_change\":true}");
	web_refuse(w, "/v1/account/state", "{\"login\":\"none\"}", 404,
	    "no_such_account");
	web_refuse(w, "/v1/account/add",
	    "{\"login\":\"taken\",\"office\":\"a\",\"name\":\"x\"}", 409,
	    "login_taken");
	web_refuse(w, "/v1/account/set", "{\"login\":\"t\",\"office\":\"b\"}",
	    400, "unknown_member");
	web_refuse(w, "/v1/account/set", "{\"login\":\"t\",\"level\":0}", 400,
	    "bad_member");
	web_refuse(w, "/v1/account/set",
	    "{\"login\":\"t\",\"roles\":\"auditor\"}", 400, "bad_member");
	web_refuse(w, "/v1/account/set",
	    "{\"login\":\"t\",\"groups\":[\"a b\"]}", 400, "bad_member");
	web_refuse(w, "/v1/account/add", "{\"login\":\"t\",\"name\":\"x\"}",
	    400, "missing_member");
}

static void
test_account_list(void **state)
{
	const struct web *w = *state;
	static const char *const offices[] = { "a1", "a1", "b2", NULL };
	static const char *const logins[] = { "a", "b", "c", "none" };
	struct web_answer a;
	json_t *rows, *o;
	size_t i;

	web_ask(w, "/v1/account/list", "{}", &a);
	assert_int_equal(a.status, 200);
	assert_true(json_is_null(json_object_get(a.json, "next")));
	rows = json_object_get(a.json, "accounts");
	assert_int_equal(json_array_size(rows), 4);
	for (i = 0; i < 4; i++) {
		o = json_array_get(rows, i);
		assert_string_equal(json_of_text(o, "login"), logins[i]);
		/* the last was removed between the two questions */
		assert_string_equal(json_of_text(o, "office"),
		    offices[i] == NULL ? "" : offices[i]);
		assert_string_equal(
		    json_of_text(o, "status"), i == 1 ? "disabled" : "pending");
		assert_null(json_object_get(o, "phones"));
		assert_null(json_object_get(o, "lock"));
		assert_int_equal(json_object_size(o), 16);
	}
	web_answer_clear(&a);
	web_ask(w, "/v1/account/list",
	    "{\"office\":\"a\",\"after\":\"a\",\"limit\":2}", &a);
	assert_string_equal(json_of_text(a.json, "next"), "c");
	web_answer_clear(&a);
	web_refuse(w, "/v1/account/list", "{\"office\":\"none\"}", 404,
	    "no_such_office");
}

#define SECRET                                                                 \
	"\"uri\":\"otpauth://totp/x\",\"secret\":"                             \
	"\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\",\"expires_at\":"                 \
	"\"2026-11-22T00:15:00.000Z\"}"
#define DEVICE "\"device\":\"07070707-0707-0707-0707-070707070707\""

static void
test_phone(void **state)
{
	const struct web *w = *state;

	web_expect(w, "/v1/phone/enroll",
	    "{\"login\":\"t\",\"label\":\"L\",\"owner\":\"private\"}",
	    "{" DEVICE ",\"label\":\"L\"," SECRET);
	web_expect(w, "/v1/phone/draw", "{\"login\":\"t\"}",
	    "{" DEVICE ",\"label\":\"label\"," SECRET);
	web_expect(w, "/v1/phone/confirm",
	    "{\"login\":\"t\",\"code\":\"123456\"}",
	    "{\"result\":\"accept\",\"request_id\":\"@\"," DEVICE "}");
	web_expect(w, "/v1/phone/confirm", "{\"login\":\"t\",\"code\":\"x\"}",
	    "{\"result\":\"refuse\",\"request_id\":\"@\"}");
	web_expect(w, "/v1/phone/list", "{\"login\":\"t\"}",
	    "{\"phones\":[" PHONE("revoked", "null", "\"" NOW_TEXT "\"",
		"\"" NOW_TEXT "\"") "," PHONE("pending",
		"\"2026-11-22T00:15:00.000Z\"", "null", "null") "]}");
	web_expect(w, "/v1/phone/revoke",
	    "{\"login\":\"t\",\"device\":\"07070707-0707-0707-0707-"
	    "070707070707\"}",
	    PHONE("revoked", "null", "\"" NOW_TEXT "\"", "\"" NOW_TEXT "\""));
	web_refuse(
	    w, "/v1/phone/revoke", "{\"login\":\"t\"}", 409, "not_one_phone");
	web_expect(w, "/v1/phone/resync",
	    "{\"login\":\"t\",\"code\":\"123456\",\"next_code\":\"654321\"}",
	    "{\"result\":\"accept\",\"request_id\":\"@\"," DEVICE
	    ",\"offset\":-3}");
	web_expect(w, "/v1/phone/resync",
	    "{\"login\":\"t\",\"code\":\"123456\",\"next_code\":\"1\"}",
	    "{\"result\":\"refuse\",\"request_id\":\"@\"}");
	web_refuse(w, "/v1/phone/enroll", "{\"login\":\"t\",\"owner\":\"me\"}",
	    400, "bad_owner");
	web_refuse(w, "/v1/phone/enroll", "{\"login\":\"none\"}", 404,
	    "no_such_account");
}

#define RECORD(seq, office, id)                                                \
	"{\"seq\":" seq ",\"at\":\"" NOW_TEXT                                  \
	"\",\"actor\":\"\",\"source\":\"\",\"office\":\"" office               \
	"\",\"account\":\"\",\"device\":\"\",\"action\":\"\",\"result\":"      \
	"\"\",\"reason\":\"\",\"request_id\":\"" id                            \
	"\",\"detail\":\"\",\"hash\":\"" HASH "\",\"sealed\":true}"
#define HASH                                                                   \
	"abababababababababababababababab"                                     \
	"abababababababababababababababab"

static void
test_audit(void **state)
{
	const struct web *w = *state;

	web_expect(w, "/v1/audit/list",
	    "{\"before\":6,\"limit\":2,\"office\":\"o\"}",
	    "{\"next\":4,\"records\":[" RECORD("5", "o", "") "," RECORD(
		"4", "o", "") "]}");
	web_expect(w, "/v1/audit/list", "{\"before\":2,\"limit\":2}",
	    "{\"next\":null,\"records\":[" RECORD("1", "", "") "]}");
	web_expect(w, "/v1/audit/list", "{\"before\":2,\"limit\":1}",
	    "{\"next\":null,\"records\":[" RECORD("1", "", "") "]}");
	web_refuse(w, "/v1/audit/show", "{\"request_id\":\"\"}", 400,
	    "bad_request_id");
	web_refuse(w, "/v1/audit/show", "{}", 400, "missing_member");
	web_refuse(w, "/v1/audit/list", "{\"before\":0}", 400, "bad_member");
	web_refuse(w, "/v1/audit/list", "{\"request_id\":\"x\"}", 400,
	    "unknown_member");
}

/* A use of a break-glass code, as the PAM module reports it. */
#define REPORT(host, number, user)                                             \
	"{\"host\":\"" host "\",\"number\":" number ","                        \
	"\"at\":\"2026-11-26T05:00:00.000Z\",\"service\":\"sshd\","            \
	"\"source\":\"192.0.2.1\",\"user\":\"" user "\"}"

/* What would be everybody's, or two things at once, is not guessed. */
static void
test_one_thing_at_a_time(void **state)
{
	static const struct {
		const char *path, *json;
	} bad[] = {
		{ "/v1/password/reset", "{}" },
		{ "/v1/password/reset", "{\"login\":\"a1\",\"all\":1}" },
		{ "/v1/password/reset",
		    "{\"login\":\"a1\",\"office\":\"b\"}" },
		{ "/v1/password/reset", "{\"office\":\"b\",\"all\":1}" },
		{ "/v1/login", "{\"transaction\":\"t\"}" },
		{ "/v1/login",
		    "{\"transaction\":\"t\",\"code\":\"1\","
		    "\"new_password\":\"p\"}" },
		{ "/v1/login",
		    "{\"transaction\":\"t\",\"code\":\"1\","
		    "\"login\":\"a1\"}" },
		{ "/v1/login",
		    "{\"transaction\":\"t\",\"code\":\"1\","
		    "\"password\":\"p\"}" },
		{ "/v1/login",
		    "{\"transaction\":\"t\",\"code\":\"1\","
		    "\"certificate\":\"c\"}" },
		{ "/v1/login",
		    "{\"transaction\":\"t\",\"code\":\"1\","
		    "\"app\":\"a.jp\"}" },
		{ "/v1/login",
		    "{\"login\":\"a1\",\"password\":\"p\","
		    "\"service\":\"s\",\"code\":\"1\"}" },
		{ "/v1/login",
		    "{\"login\":\"a1\",\"password\":\"p\","
		    "\"service\":\"s\",\"new_password\":\"p\"}" },
		{ "/v1/breakglass/report",
		    "{\"host\":\"web1\",\"at\":\"2026-11-26\","
		    "\"service\":\"sshd\",\"source\":\"-\","
		    "\"user\":\"root\"}" },
	};
	const struct web *w = *state;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		web_refuse(w, bad[i].path, bad[i].json, 400, "bad_request");
	web_expect(w, "/v1/password/reset", "{\"all\":1}",
	    "{\"ok\":true,\"request_id\":\"@\"}");
}

static void
test_breakglass(void **state)
{
	const struct web *w = *state;

	web_expect(w, "/v1/breakglass/report", REPORT("web1", "3", "root"),
	    "{\"noted\":true,\"request_id\":\"@\"}");
	web_refuse(w, "/v1/breakglass/report", REPORT("web1", "0", "root"), 400,
	    "bad_member");
	web_refuse(w, "/v1/breakglass/report", REPORT("web1", "1", "a b"), 400,
	    "bad_request");
	web_refuse(w, "/v1/breakglass/report", REPORT("", "1", "root"), 400,
	    "bad_request");
}

static void
test_clock(void **state)
{
	struct web *w = *state;

	web_expect(w, "/v1/clock/show", "{}",
	    "{\"clock_ok\":true,\"time\":\"" NOW_TEXT "\",\"high_water\":"
	    "\"2026-11-21T23:59:59.000Z\",\"behind_ms\":0,\"steady\":\"" NOW_TEXT
	    "\"}");
	web_refuse(w, "/v1/clock/show", "{\"a\":1}", 400, "unknown_member");
	web_expect(w, "/v1/clock/confirm", "{}",
	    "{\"clock_ok\":true,\"time\":\"" NOW_TEXT
	    "\",\"high_water_before\":\"2026-11-22T01:00:00.000Z\","
	    "\"phones\":2}");
	web_refuse(
	    w, "/v1/clock/confirm", "{\"time\":1}", 400, "unknown_member");
}

static void
test_status(void **state)
{
	struct web_answer a;
	int fd = web_connect(*state);

	web_send_text(fd, "GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_true(web_get(fd, &a));
	assert_string_equal(a.body,
	    "{\"ready\":true,\"version\":\"1.2.3\",\"config\":"
	    "\"/etc/sekisho/sekisho.conf\",\"has_gap\":false,\"audit_seq\":42,"
	    "\"node\":1,\"time\":\"" NOW_TEXT
	    "\",\"high_water\":\"2026-11-21T23:59:59.000Z\","
	    "\"clock_ok\":true,\"key_memory\":\"secret\","
	    "\"ca_not_after\":\"2036-11-20T00:00:00.000Z\","
	    "\"certs_end_10\":0,\"certs_end_30\":0,\"certs_end_60\":0,"
	    "\"certs_end_90\":0}");
	web_answer_clear(&a);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		T(test_sources),
		T(test_clock),
		T(test_one_thing_at_a_time),
		T(test_breakglass),
		T(test_office),
		T(test_account),
		T(test_account_list),
		T(test_phone),
		T(test_audit),
		T(test_status),
	};

	json_init();
	log_open("test_rest", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
