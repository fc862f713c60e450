/*
 * Goal of this test: the module sends what it should and nothing odd, and of
 * what a daemon can say only an exact acceptance accepts (F22, V47, V50, V51);
 * all questions share one deadline; a first word of any answer ends the hour
 * of break-glass codes.
 * Links: pam_module/enquiry.c pam_module/options.c authd/api/flat.c
 * Links: authd/api/client.c authd/base/clock.c authd/base/mem.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/log.c
 * Links: authd/base/err.c authd/base/timetext.c tests/fakes/server_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/clock.h"
#include "pam_module/enquiry.h"
#include "tests/fakes/server_fake.h"

static struct enquiry e;
static struct enquiry_verdict v;

static int
judge(const char *body)
{
	return (enquiry_judge(body, strlen(body), &v));
}

static void
test_judged(void **state)
{
	static const char *const none[] = { "", "{}", "[]", "accept",
		"{\"result\":true}", "{\"result\":\"ACCEPT\"}",
		"{\"result\":\"accept \"}", "{\"result\":\"accept\"",
		"{\"result\":\"accept\",\"result\":\"accept\"}",
		"{\"result\":\"accept\"}{}", "{\"Result\":\"accept\"}",
		"{\"result\":\"accept\",\"x\":[]}", "{\"result\":\"\"}",
		"{\"result\":\"continue\",\"transaction\":"
		"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaa\"}",
		"{\"result\":\"continue\",\"need\":\"password\"}" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (judge(none[i]) != ERR_PROTO)
			fail_msg("taken: %s", none[i]);
		assert_int_equal(v.result, ENQUIRY_REFUSE);
	}
	assert_int_equal(
	    judge("{\"result\":\"accept\",\"request_id\":\"abc\"}"), 0);
	assert_int_equal(v.result, ENQUIRY_ACCEPT);
	assert_int_equal(v.recovery_left, -1);
	assert_string_equal(v.request_id, "abc");
	assert_int_equal(
	    judge("{\"result\":\"accept\",\"recovery_left\":0}"), 0);
	assert_int_equal(v.recovery_left, 0);
	assert_int_equal(judge("{\"result\":\"refuse\",\"hint\":\"code_used\","
			       "\"retry_after\":17}"),
	    0);
	assert_int_equal(v.result, ENQUIRY_REFUSE);
	assert_int_equal(v.retry_after, 17);
	assert_int_equal(judge("{\"result\":\"refuse\",\"hint\":\"code_used\","
			       "\"retry_after\":-1}"),
	    0);
	assert_int_equal(v.retry_after, 0);
	assert_int_equal(judge("{\"result\":\"change_password\"}"), 0);
	assert_int_equal(v.result, ENQUIRY_CHANGE_PASSWORD);
}

#define STATE(status, obstacle, enrolled, by)                                  \
	"{\"login\":\"t\",\"status\":\"" status "\",\"obstacle\":" obstacle    \
	",\"enrolled\":" enrolled ",\"enrol_by\":" by                          \
	",\"password_change\":false}"

static void
test_V49_states(void **state)
{
	static const struct {
		const char *body;
		enum enquiry_status status;
		bool may_enrol;
	} rows[] = {
		{ STATE("active", "null", "true", "null"), ENQUIRY_ACTIVE, 0 },
		{ STATE("active", "null", "false", "\"2026-12-01\""),
		    ENQUIRY_ACTIVE, 1 },
		{ STATE("active", "null", "false", "null"), ENQUIRY_ACTIVE, 0 },
		{ STATE("active", "null", "true", "\"2026-12-01\""),
		    ENQUIRY_ACTIVE, 0 },
		{ STATE("active", "\"enrol_by_passed\"", "false",
		      "\"2026-01-01\""),
		    ENQUIRY_EXPIRED, 0 },
		{ STATE("active", "\"left\"", "true", "null"), ENQUIRY_EXPIRED,
		    0 },
		{ STATE("active", "\"office_disabled\"", "true", "null"),
		    ENQUIRY_DISABLED, 0 },
		{ STATE("disabled", "\"disabled\"", "true", "null"),
		    ENQUIRY_DISABLED, 0 },
		{ STATE("pending", "\"not_approved\"", "false",
		      "\"2026-12-01\""),
		    ENQUIRY_NOT_APPROVED, 0 },
		{ STATE("active", "\"new_word\"", "false", "\"2026-12-01\""),
		    ENQUIRY_DISABLED, 0 },
		{ STATE("disabled", "null", "false", "\"2026-12-01\""),
		    ENQUIRY_DISABLED, 0 },
		{ "{\"status\":\"active\"}", ENQUIRY_DISABLED, 0 },
		{ "{\"status\":\"active\",\"obstacle\":false}",
		    ENQUIRY_DISABLED, 0 },
	};
	struct enquiry_state s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(enquiry_judge_state(rows[i].body,
				     strlen(rows[i].body), &s),
		    0);
		if (s.status != rows[i].status ||
		    s.may_enrol != rows[i].may_enrol)
			fail_msg("%s", rows[i].body);
	}
	/* what is not said is not allowed */
	assert_true(s.needs_new_password);
	assert_int_equal(enquiry_judge_state("{}", 2, &s), ERR_PROTO);
	assert_int_equal(s.status, ENQUIRY_UNKNOWN);
}

static void
test_V51_person(void **state)
{
	static char huge[65536];

	(void)state;
	enquiry_init(&e, "/s", 1000);
	enquiry_person(&e, "../../bin/ls", "Su-L@x y", "host.example",
	    "/dev/pts/1", "a b=c\n");
	assert_string_equal(e.login, "../../bin/ls");
	assert_string_equal(e.service, "su-l_x_y");
	assert_string_equal(e.source, "");
	assert_string_equal(e.tty, "/dev/pts/1");
	assert_string_equal(e.ruser, "a_b_c_");
	memset(huge, 'a', sizeof(huge) - 1);
	enquiry_person(&e, huge, huge, huge, huge, huge);
	assert_string_equal(e.login, "");
	assert_int_equal(strlen(e.service), SERVICE_MAX);
	assert_string_equal(e.source, "");
	assert_int_equal(strlen(e.tty), ENQUIRY_WORD_MAX);
	enquiry_person(&e, "a\xff", "", "2001:db8::1", NULL, NULL);
	assert_string_equal(e.login, "");
	assert_string_equal(e.service, "unknown");
	assert_string_equal(e.source, "2001:db8::1");
	assert_string_equal(e.ruser, "");
}

/* A daemon that says `status` and `body`; where e now asks. */
static void
serve(struct server_fake *s, char *say, size_t size, int status,
    const char *body)
{
	memset(s, 0, sizeof(*s));
	s->n = (size_t)snprintf(say, size,
	    "HTTP/1.1 %d X\r\nContent-Type: application/%s\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    status, status == 200 ? "json" : "problem+json", strlen(body),
	    body);
	s->say = say;
	server_fake_start(s);
	e.socket = s->path;
}

static void
begin(void)
{
	enquiry_init(&e, "", 2000);
	enquiry_person(&e, "taro\"\\", "sshd", "192.0.2.1", "ssh", "");
}

static void
test_asked(void **state)
{
	struct server_fake s;
	struct enquiry_state st;
	char say[1024];

	(void)state;
	begin();
	serve(&s, say, sizeof(say), 200, "{\"result\":\"accept\"}");
	assert_int_equal(enquiry_verify(&e, "１２３ 456", &v), 0);
	server_fake_stop(&s);
	assert_int_equal(v.result, ENQUIRY_ACCEPT);
	assert_string_equal(strstr(s.asked, "\r\n\r\n") + 4,
	    "{\"login\":\"taro\\u0022\\u005c\",\"code\":\"１２３ 456\","
	    "\"service\":\"sshd\",\"source\":\"192.0.2.1\",\"tty\":\"ssh\","
	    "\"ruser\":\"\"}");
	begin();
	serve(&s, say, sizeof(say), 404, "{\"code\":\"no_such_account\"}");
	assert_int_equal(enquiry_state(&e, &st), 0);
	server_fake_stop(&s);
	assert_int_equal(st.status, ENQUIRY_UNKNOWN);
	begin();
	serve(&s, say, sizeof(say), 404, "{\"code\":\"no_route\"}");
	assert_int_equal(enquiry_state(&e, &st), ERR_PROTO);
	server_fake_stop(&s);
}

/* What accepts in one question accepts nothing in another. */
static void
test_F22_out_of_place(void **state)
{
	struct server_fake s;
	char say[1024];

	(void)state;
	begin();
	serve(&s, say, sizeof(say), 200, "{\"result\":\"accept\"}");
	assert_int_equal(enquiry_password(&e, "x", &v), 0);
	server_fake_stop(&s);
	assert_int_equal(v.result, ENQUIRY_REFUSE);
	begin();
	serve(&s, say, sizeof(say), 200, "{\"result\":\"continue\"}");
	assert_int_equal(enquiry_password(&e, "x", &v), 0);
	server_fake_stop(&s);
	assert_int_equal(v.result, ENQUIRY_REFUSE);
	begin();
	serve(&s, say, sizeof(say), 200,
	    "{\"result\":\"continue\",\"transaction\":\"t\"}");
	assert_int_equal(enquiry_verify(&e, "123456", &v), 0);
	server_fake_stop(&s);
	assert_int_equal(v.result, ENQUIRY_REFUSE);
	begin();
	serve(&s, say, sizeof(say), 200,
	    "{\"result\":\"continue\",\"transaction\":\"t\"}");
	assert_int_equal(enquiry_code(&e, "123456", &v), 0);
	server_fake_stop(&s);
	assert_int_equal(v.result, ENQUIRY_REFUSE);
}

static void
test_F22_errors(void **state)
{
	static const int statuses[] = { 400, 401, 403, 404, 413, 429, 500, 502,
		503 };
	struct server_fake s;
	char say[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		begin();
		serve(&s, say, sizeof(say), statuses[i],
		    "{\"result\":\"accept\"}");
		assert_true(enquiry_verify(&e, "123456", &v) < 0);
		server_fake_stop(&s);
		assert_int_equal(v.result, ENQUIRY_REFUSE);
		assert_false(e.is_silent);
	}
}

static void
test_silence(void **state)
{
	struct server_fake s = { .say = "HTTP/1.1 2",
		.n = 10,
		.is_hanging = true };
	int64_t start;

	(void)state;
	begin();
	e.socket = "/nowhere/authd.sock";
	assert_int_equal(enquiry_verify(&e, "123456", &v), ERR_SYS);
	assert_true(e.is_silent);
	/* nothing is left of the deadline for a second question */
	begin();
	e.left_ms = 300;
	s.n = 0;
	server_fake_start(&s);
	e.socket = s.path;
	start = clock_boot_ms();
	assert_int_equal(enquiry_verify(&e, "123456", &v), ERR_TIMEOUT);
	assert_int_equal(enquiry_verify(&e, "123456", &v), ERR_TIMEOUT);
	assert_true(clock_boot_ms() - start < 600);
	assert_true(e.is_silent);
	server_fake_stop(&s);
	/* half a word is a word */
	begin();
	e.left_ms = 300;
	s.n = 10;
	server_fake_start(&s);
	e.socket = s.path;
	assert_int_equal(enquiry_verify(&e, "123456", &v), ERR_TIMEOUT);
	assert_false(e.is_silent);
	server_fake_stop(&s);
	e.socket = "/nowhere/authd.sock";
	e.left_ms = 300;
	assert_int_equal(enquiry_verify(&e, "123456", &v), ERR_SYS);
	assert_false(e.is_silent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judged),
		cmocka_unit_test(test_V49_states),
		cmocka_unit_test(test_V51_person),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_F22_out_of_place),
		cmocka_unit_test(test_F22_errors),
		cmocka_unit_test(test_silence),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
