/*
 * Goal of this test: a command line becomes exactly the question API.md asks
 * for, and every answer or failure exactly the exit code it must have.
 * Links: cli/question.c cli/args.c cli/verbs.c cli/verbs_table.c cli/show.c tests/fakes/cmd_fake.c
 * Links: tests/fakes/server_fake.c authd/api/client.c authd/api/json.c
 * Links: authd/base/text.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/api/json.h"
#include "cli/question.h"
#include "tests/fakes/server_fake.h"

#define WORDS_MAX 20

static void
question_is(const char *line, const char *want)
{
	char words[1000], self[] = "sekisho", *rest = words, *text;
	char *argv[WORDS_MAX + 1] = { self };
	struct args a;
	json_t *q;
	int argc = 1;
	size_t n;

	snprintf(words, sizeof(words), "%s", line);
	while (rest != NULL && argc < WORDS_MAX)
		argv[argc++] = strsep(&rest, "|");
	assert_int_equal(args_parse(&a, argc, argv), 0);
	q = question_new(&a);
	if (want == NULL) {
		assert_null(q);
		return;
	}
	assert_non_null(q);
	text = json_text(q, &n);
	assert_string_equal(text, want);
	json_text_free(text);
	json_decref(q);
}

static void
test_questions(void **state)
{
	(void)state;
	question_is("office|add|demo|--name|デモ|--network|192.0.2.0/24|"
		    "--network|2001:db8::/32",
	    "{\"code\":\"demo\",\"name\":\"デモ\","
	    "\"networks\":[\"192.0.2.0/24\",\"2001:db8::/32\"]}");
	question_is("account|set|taro|--level|3|--role||--email|",
	    "{\"login\":\"taro\",\"level\":3,\"roles\":[],\"email\":\"\"}");
	question_is("account|add|taro|--name|T|--office|demo|--unix-user|t|"
		    "--birth-date|1990-04-01",
	    "{\"login\":\"taro\",\"name\":\"T\",\"office\":\"demo\","
	    "\"unix_user\":\"t\",\"birth_date\":\"1990-04-01\"}");
	question_is("phone|resync|taro|111111|222222",
	    "{\"login\":\"taro\",\"code\":\"111111\","
	    "\"next_code\":\"222222\"}");
	question_is("phone|revoke|taro", "{\"login\":\"taro\"}");
	question_is("audit|show|X", "{\"request_id\":\"X\"}");
	/* What is for this program alone is not sent. */
	question_is("phone|enroll|taro|--png|f|--private|--ascii|--json",
	    "{\"login\":\"taro\"}");
	question_is("account|set|taro|--level|3x", NULL);
	question_is("account|set|taro|--level|", NULL);
	question_is("account|set|taro|--level|-1", NULL);
	question_is("audit|list|--before|99999999999999999999", NULL);
}

/* Ask a server that answers with a status, a type and a body. */
static void
asked(struct question_reply *reply, int status, const char *body)
{
	struct server_fake s = { 0 };
	char say[1000];

	snprintf(say, sizeof(say),
	    "HTTP/1.1 %d X\r\nContent-Type: application/%sjson\r\n"
	    "Sekisho-Request-Id: 0123456789abcdefghjkmnpqrs\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    status, status == 200 ? "" : "problem+", strlen(body), body);
	s.say = say;
	s.n = strlen(say);
	server_fake_start(&s);
	question_try(s.path, "/v1/x", json_object(), reply);
	server_fake_stop(&s);
}

static void
test_exit_codes(void **state)
{
	static const struct {
		int status;
		const char *code;
		enum question_exit exit;
	} cases[] = { { 400, "bad_login", QUESTION_USAGE },
		{ 403, "not_permitted", QUESTION_NOT_PERMITTED },
		{ 404, "no_such_account", QUESTION_NOT_FOUND },
		{ 404, "no_route", QUESTION_UNAVAILABLE },
		{ 405, "bad_method", QUESTION_USAGE },
		{ 409, "login_taken", QUESTION_REFUSED },
		{ 413, "too_long", QUESTION_USAGE },
		{ 415, "x", QUESTION_USAGE }, { 431, "x", QUESTION_USAGE },
		{ 418, "x", QUESTION_REFUSED },
		{ 500, "x", QUESTION_UNAVAILABLE },
		{ 503, "busy", QUESTION_UNAVAILABLE } };
	struct question_reply reply;
	char body[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(body, sizeof(body),
		    "{\"code\":\"%s\",\"detail\":\"Why.\"}", cases[i].code);
		asked(&reply, cases[i].status, body);
		assert_int_equal(reply.exit, cases[i].exit);
		assert_string_equal(reply.code, cases[i].code);
		assert_string_equal(reply.detail, "Why.");
		assert_string_equal(
		    reply.request_id, "0123456789abcdefghjkmnpqrs");
		assert_true(reply.is_reached);
		question_reply_clear(&reply);
	}
}

static void
test_done_has_an_answer(void **state)
{
	struct question_reply reply;

	(void)state;
	asked(&reply, 200, "{\"result\":\"refuse\"}");
	assert_int_equal(reply.exit, QUESTION_DONE);
	assert_string_equal(json_of_text(reply.answer, "result"), "refuse");
	question_reply_clear(&reply);
	assert_null(reply.answer);
}

/* JSON of a wrong shape is no answer, whatever the status says. */
static void
test_bad_answers_are_unavailable(void **state)
{
	static const char *const bodies[] = { "", "[]", "{", "{}{}",
		"{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "null", "\"accept\"" };
	struct question_reply reply;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		asked(&reply, 200, bodies[i]);
		assert_int_equal(reply.exit, QUESTION_UNAVAILABLE);
		assert_string_equal(reply.code, "bad_answer");
		assert_null(reply.answer);
		question_reply_clear(&reply);
	}
}

static void
test_no_daemon_is_unavailable(void **state)
{
	struct question_reply reply;

	(void)state;
	question_try("/tmp/no/such.sock", "/v1/status", NULL, &reply);
	assert_int_equal(reply.exit, QUESTION_UNAVAILABLE);
	assert_string_equal(reply.code, "no_daemon");
	assert_false(reply.is_reached);
	assert_non_null(strstr(reply.detail, "/tmp/no/such.sock"));
	question_reply_clear(&reply);
}

/* Root may enter everywhere, so the test becomes nobody for a moment. */
static void
test_no_access_is_not_permitted(void **state)
{
	char dir[] = "/tmp/test_question.XXXXXX", path[64];
	struct question_reply reply;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sock", dir);
	assert_int_equal(chmod(dir, 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	question_try(path, "/v1/status", NULL, &reply);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	rmdir(dir);
	assert_int_equal(reply.exit, QUESTION_NOT_PERMITTED);
	assert_string_equal(reply.code, "no_access");
	assert_non_null(strstr(reply.detail, "ask as root"));
	question_reply_clear(&reply);
}

static void
test_which_socket(void **state)
{
	struct args a = { 0 };

	(void)state;
	unsetenv("SEKISHO_SOCKET");
	assert_string_equal(question_socket(&a), "/run/sekisho/authd.sock");
	setenv("SEKISHO_SOCKET", "", 1);
	assert_string_equal(question_socket(&a), "/run/sekisho/authd.sock");
	setenv("SEKISHO_SOCKET", "/a", 1);
	assert_string_equal(question_socket(&a), "/a");
	a.socket = "/b";
	assert_string_equal(question_socket(&a), "/b");
	unsetenv("SEKISHO_SOCKET");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_done_has_an_answer),
		cmocka_unit_test(test_bad_answers_are_unavailable),
		cmocka_unit_test(test_no_daemon_is_unavailable),
		cmocka_unit_test(test_no_access_is_not_permitted),
		cmocka_unit_test(test_which_socket),
	};

	json_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
