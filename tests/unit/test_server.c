/*
 * Goal of this test: raw bytes against the real server. Every malformed or
 * ambiguous framing is answered or closed, changes nothing and never lets a
 * second request through; a well-formed one is answered in the promised form.
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
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "tests/fakes/web_peer.h"

#define OK_BODY "{\"code\":\"a\",\"name\":\"b\"}"
#define ADD     "POST /v1/office/add HTTP/1.1\r\n"
#define HOST    "Host: localhost\r\n"
#define TYPE    "Content-Type: application/json\r\n"
#define LEN     "Content-Length: 23\r\n"
/* What a smuggler would like to be taken as a second request. */
#define SECOND ADD HOST TYPE LEN "\r\n" OK_BODY

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

/* Every answer carries these; every problem is a problem document. */
static void
check_form(const struct web_answer *a)
{
	char id[64], text[64];

	assert_true(web_field(a, "Sekisho-Request-Id", id, sizeof(id)));
	assert_int_equal(strlen(id), REQUEST_ID_LEN);
	assert_true(web_field(a, "Cache-Control", text, sizeof(text)));
	assert_string_equal(text, "no-store");
	assert_true(web_field(a, "Content-Type", text, sizeof(text)));
	assert_non_null(a->json);
	if (a->status == 200) {
		assert_string_equal(text, "application/json");
		return;
	}
	assert_string_equal(text, "application/problem+json");
	assert_true(web_field(a, "Connection", text, sizeof(text)));
	assert_string_equal(text, "close");
	assert_int_equal(json_of_int(a->json, "status"), a->status);
	assert_string_equal(json_of_text(a->json, "request_id"), id);
	assert_int_equal(
	    strncmp(json_of_text(a->json, "type"), "urn:sekisho:problem:", 20),
	    0);
	assert_string_equal(
	    json_of_text(a->json, "type") + 20, json_of_text(a->json, "code"));
	assert_true(json_of_text(a->json, "title")[0] != '\0');
	assert_true(json_of_text(a->json, "detail")[0] != '\0');
}

static void
test_add(void **state)
{
	struct web_answer a;
	int fd = web_connect(*state);
	int i;

	for (i = 0; i < 3; i++) { /* on one connection */
		web_post(fd, "/v1/office/add", OK_BODY);
		assert_true(web_get(fd, &a));
		assert_int_equal(a.status, 200);
		check_form(&a);
		assert_string_equal(json_of_text(a.json, "code"), "a");
		assert_string_equal(json_of_text(a.json, "name"), "b");
		web_answer_clear(&a);
	}
	assert_int_equal(runs(*state), 3);
	close(fd);
}

struct framing {
	const char *what;
	const char *at;
	size_t n;
	int status; /* 0: any refusal, or closed without a word */
};
/* libmicrohttpd 0.9.75 sends the head of its own refusal of a length that is
 * no number twice before it closes. Nothing of ours is asked in between. */
#define DOUBLED (-1)
#define RAW(what, s, status)                                                   \
	{                                                                      \
		what, s, sizeof(s) - 1, status                                 \
	}
#define BODY_AND_MORE "\r\n" OK_BODY SECOND

static const struct framing framings[] = {
	RAW("two equal lengths", ADD HOST TYPE LEN LEN BODY_AND_MORE, 400),
	RAW("two lengths, small first",
	    ADD HOST TYPE "Content-Length: 3\r\n" LEN BODY_AND_MORE, 400),
	RAW("two lengths, large first",
	    ADD HOST TYPE LEN "Content-Length: 3\r\n" BODY_AND_MORE, 400),
	RAW("list of lengths",
	    ADD HOST TYPE "Content-Length: 23, 23\r\n" BODY_AND_MORE, DOUBLED),
	RAW("sign", ADD HOST TYPE "Content-Length: +23\r\n" BODY_AND_MORE,
	    DOUBLED),
	RAW("hex", ADD HOST TYPE "Content-Length: 0x17\r\n" BODY_AND_MORE,
	    DOUBLED),
	RAW("empty", ADD HOST TYPE "Content-Length:\r\n" BODY_AND_MORE,
	    DOUBLED),
	RAW("word", ADD HOST TYPE "Content-Length: 23a\r\n" BODY_AND_MORE,
	    DOUBLED),
	RAW("negative", ADD HOST TYPE "Content-Length: -1\r\n" BODY_AND_MORE,
	    DOUBLED),
	RAW("2^64 - 1",
	    ADD HOST TYPE
	    "Content-Length: 18446744073709551615\r\n" BODY_AND_MORE,
	    413),
	RAW("2^64",
	    ADD HOST TYPE
	    "Content-Length: 18446744073709551616\r\n" BODY_AND_MORE,
	    DOUBLED),
	RAW("length with a blank before the colon",
	    ADD HOST TYPE "Content-Length : 23\r\n" BODY_AND_MORE, 0),
	RAW("length and chunked",
	    ADD HOST TYPE LEN
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SECOND,
	    0),
	RAW("chunked and length",
	    ADD HOST TYPE "Transfer-Encoding: chunked\r\n" LEN
			  "\r\n0\r\n\r\n" SECOND,
	    0),
	RAW("chunked alone",
	    ADD HOST TYPE "Transfer-Encoding: chunked\r\n\r\n17\r\n" OK_BODY
			  "\r\n0\r\n\r\n" SECOND,
	    400),
	RAW("chunked with a blank before the colon",
	    ADD HOST TYPE LEN "Transfer-Encoding : chunked\r\n" BODY_AND_MORE,
	    400),
	RAW("xchunked",
	    ADD HOST TYPE LEN "Transfer-Encoding: xchunked\r\n" BODY_AND_MORE,
	    0),
	RAW("chunked twice",
	    ADD HOST TYPE "Transfer-Encoding: chunked\r\n"
			  "Transfer-Encoding: identity\r\n" LEN BODY_AND_MORE,
	    0),
	RAW("chunked and NUL",
	    ADD HOST TYPE LEN "Transfer-Encoding: chunked\0x\r\n" BODY_AND_MORE,
	    0),
	RAW("chunked in HTTP/1.0",
	    "POST /v1/office/add HTTP/1.0\r\n" HOST TYPE LEN
	    "Transfer-Encoding: chunked\r\n" BODY_AND_MORE,
	    0),
	RAW("two hosts", ADD HOST HOST TYPE LEN BODY_AND_MORE, 400),
	RAW("no host", ADD TYPE LEN BODY_AND_MORE, 400),
	RAW("two types", ADD HOST TYPE TYPE LEN BODY_AND_MORE, 400),
	RAW("folded value",
	    ADD HOST TYPE LEN "X-A: one\r\n two\r\n" BODY_AND_MORE, 0),
	RAW("folded value, tab",
	    ADD HOST TYPE LEN "X-A: one\r\n\ttwo\r\n" BODY_AND_MORE, 0),
	RAW("folded three times",
	    ADD HOST TYPE LEN "X-A: one\r\n two\r\n three\r\n" BODY_AND_MORE,
	    0),
	RAW("folded length",
	    ADD HOST TYPE "Content-Length: 2\r\n 3\r\n" BODY_AND_MORE, 0),
	RAW("folded nothing",
	    ADD HOST TYPE LEN "X-A: one\r\n \r\n" BODY_AND_MORE, 0),
	RAW("folded first line", ADD " X: y\r\n" HOST TYPE LEN BODY_AND_MORE,
	    0),
	RAW("line without a colon", ADD HOST TYPE LEN "X\r\n" BODY_AND_MORE, 0),
	RAW("name without a name", ADD HOST TYPE LEN ": x\r\n" BODY_AND_MORE,
	    0),
	RAW("name with a blank", ADD HOST TYPE LEN "X Y: z\r\n" BODY_AND_MORE,
	    0),
	RAW("NUL in a value", ADD HOST TYPE LEN "X: a\0b\r\n" BODY_AND_MORE, 0),
	RAW("NUL at a value's end",
	    ADD HOST TYPE LEN "X: a\0\r\n" BODY_AND_MORE, 0),
	RAW("NUL in a name", ADD HOST TYPE LEN "X\0Y: a\r\n" BODY_AND_MORE, 0),
	RAW("NUL before a name", ADD HOST TYPE LEN "\0X: a\r\n" BODY_AND_MORE,
	    0),
	RAW("NUL in the target",
	    "POST /v1/office/add\0x HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    0),
	RAW("NUL in the method",
	    "POST\0 /v1/office/add HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    0),
	RAW("NUL in the version",
	    "POST /v1/office/add HTTP/1.1\0\r\n" HOST TYPE LEN BODY_AND_MORE,
	    0),
	RAW("bare CR in a value",
	    ADD HOST TYPE LEN "X: a\rY: b\r\n" BODY_AND_MORE, 0),
	RAW("bare LF everywhere",
	    "POST /v1/office/add HTTP/1.1\nHost: a\n"
	    "Content-Type: application/json\nContent-Length: 23\n\n" OK_BODY
		SECOND,
	    0),
	RAW("bare LF after the request line",
	    "POST /v1/office/add HTTP/1.1\n" HOST TYPE LEN BODY_AND_MORE, 0),
	RAW("bare LF after a field", ADD "Host: a\n" TYPE LEN BODY_AND_MORE, 0),
	RAW("bare LF after the last field",
	    ADD HOST TYPE "Content-Length: 23\n\r\n" OK_BODY SECOND, 0),
	RAW("bare LF for the empty line", ADD HOST TYPE LEN "\n" OK_BODY SECOND,
	    0),
	RAW("absolute form",
	    "POST http://localhost/v1/office/add HTTP/1.1\r\n" HOST TYPE LEN
		BODY_AND_MORE,
	    400),
	RAW("asterisk", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n" SECOND, 400),
	RAW("percent",
	    "POST /v1/office/%61dd HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    400),
	RAW("dots",
	    "POST /v1/account/../office/add HTTP/1.1\r\n" HOST TYPE LEN
		BODY_AND_MORE,
	    404),
	RAW("two slashes",
	    "POST /v1//office/add HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    404),
	RAW("slash at the end",
	    "POST /v1/office/add/ HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    404),
	RAW("query",
	    "POST /v1/office/add?x HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    400),
	RAW("fragment",
	    "POST /v1/office/add#x HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    400),
	RAW("capitals",
	    "POST /V1/office/add HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    404),
	RAW("two blanks",
	    "POST  /v1/office/add HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE, 0),
	RAW("blank at the end",
	    "POST /v1/office/add HTTP/1.1 \r\n" HOST TYPE LEN BODY_AND_MORE, 0),
	RAW("blank in the target",
	    "POST /v1/office/add x HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    0),
	RAW("no version", "POST /v1/office/add\r\n" HOST TYPE LEN BODY_AND_MORE,
	    0),
	RAW("version 0.9",
	    "POST /v1/office/add HTTP/0.9\r\n" HOST TYPE LEN BODY_AND_MORE, 0),
	RAW("version 2",
	    "POST /v1/office/add HTTP/2.0\r\n" HOST TYPE LEN BODY_AND_MORE, 0),
	RAW("method in small letters",
	    "post /v1/office/add HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    405),
	RAW("unknown method",
	    "BREW /v1/office/add HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE,
	    405),
	RAW("PUT",
	    "PUT /v1/office/add HTTP/1.1\r\n" HOST TYPE LEN BODY_AND_MORE, 405),
	RAW("TRACE", "TRACE /v1/status HTTP/1.1\r\n" HOST "\r\n" SECOND, 405),
	RAW("CONNECT", "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n" SECOND, 400),
	RAW("GET of a POST",
	    "GET /v1/office/add HTTP/1.1\r\n" HOST "\r\n" SECOND, 405),
	RAW("GET with a body",
	    "GET /v1/status HTTP/1.1\r\n" HOST LEN BODY_AND_MORE, 400),
	RAW("unknown path", "GET / HTTP/1.1\r\n" HOST "\r\n" SECOND, 404),
	RAW("no type", ADD HOST LEN BODY_AND_MORE, 415),
	RAW("form type",
	    ADD HOST "Content-Type: application/x-www-form-urlencoded\r\n" LEN
		BODY_AND_MORE,
	    415),
	RAW("too long by one",
	    ADD HOST TYPE "Content-Length: 65537\r\n" BODY_AND_MORE, 413),
	RAW("unknown expectation",
	    ADD HOST TYPE LEN "Expect: x\r\n" BODY_AND_MORE, 417),
	RAW("upgrade to http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" SECOND, 0),
	RAW("TLS hello",
	    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n" SECOND, 0),
	RAW("body longer than announced",
	    ADD HOST TYPE "Content-Length: 22\r\n" BODY_AND_MORE, 400),
};

static void
one_framing(const struct web *w, const struct framing *f, bool in_bytes)
{
	struct web_answer a;
	int before = runs(w), fd = web_connect(w);
	/* from 1.0 on the library refuses more of these itself */
	bool is_new = strncmp(MHD_get_version(), "0.", 2) != 0;
	char id[64];
	int status = 0;
	size_t i;

	for (i = 0; in_bytes && i < f->n; i++)
		web_send(fd, f->at + i, 1);
	if (!in_bytes)
		web_send(fd, f->at, f->n);
	if (web_get(fd, &a)) {
		status = a.status;
		/* the library's own refusals are plain pages */
		if ((f->status > 0 && !is_new) ||
		    web_field(&a, "Sekisho-Request-Id", id, sizeof(id)))
			check_form(&a);
		web_answer_clear(&a);
		if ((status < 400 || status > 499) && status != 505)
			fail_msg("%s: %d", f->what, status);
	}
	if (f->status > 0 && status != f->status && !is_new)
		fail_msg("%s: %d, not %d", f->what, status, f->status);
	/* nothing after the refusal, and the connection is gone */
	if (!web_is_closed(fd, 3000) && (f->status != DOUBLED || is_new))
		fail_msg("%s: more was sent", f->what);
	close(fd);
	if (runs(w) != before)
		fail_msg("%s: something was done", f->what);
}

static void
test_F14_framing(void **state)
{
	size_t i, n = sizeof(framings) / sizeof(framings[0]);

	for (i = 0; i < n; i++)
		one_framing(*state, &framings[i], false);
}

/* The same when every byte comes alone. */
static void
test_F14_framing_in_bytes(void **state)
{
	size_t i, n = sizeof(framings) / sizeof(framings[0]);

	for (i = 0; i < n; i += 3)
		one_framing(*state, &framings[i], true);
}

static void
test_headers_too_long(void **state)
{
	struct web_answer a;
	char *big = malloc(65536);
	int fd = web_connect(*state), i;

	assert_non_null(big);
	memset(big, 'a', 65535);
	big[65535] = '\0';
	web_send_text(fd, ADD HOST TYPE LEN "X: ");
	web_send(fd, big, 65535);
	web_send_text(fd, "\r\n\r\n" OK_BODY SECOND);
	if (web_get(fd, &a)) {
		assert_int_equal(a.status, 431);
		web_answer_clear(&a);
	}
	assert_true(web_is_closed(fd, 3000));
	close(fd);
	fd = web_connect(*state);
	web_send_text(fd, ADD HOST TYPE LEN);
	for (i = 0; i < 100; i++)
		web_send_text(fd, "X: y\r\n");
	web_send_text(fd, BODY_AND_MORE);
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 431);
	check_form(&a);
	web_answer_clear(&a);
	assert_true(web_is_closed(fd, 3000));
	close(fd);
	assert_int_equal(runs(*state), 0);
	free(big);
}

static void
test_body_shorter(void **state)
{
	int fd = web_connect(*state);

	web_send_text(fd, ADD HOST TYPE "Content-Length: 24\r\n\r\n" OK_BODY);
	shutdown(fd, SHUT_WR);
	assert_true(web_is_closed(fd, 3000));
	close(fd);
	assert_int_equal(runs(*state), 0);
}

static void
test_pipelined(void **state)
{
	struct web_answer a;
	int fd = web_connect(*state), i;

	web_send_text(fd, SECOND SECOND "\r\n" SECOND);
	for (i = 0; i < 3; i++) {
		assert_true(web_get(fd, &a));
		assert_int_equal(a.status, 200);
		web_answer_clear(&a);
	}
	assert_int_equal(runs(*state), 3);
	close(fd);
	/* a refusal ends it: nothing behind it is looked at */
	fd = web_connect(*state);
	web_send_text(fd, ADD HOST TYPE "Content-Length: 2\r\n\r\n{]" SECOND);
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 400);
	check_form(&a);
	web_answer_clear(&a);
	assert_true(web_is_closed(fd, 3000));
	close(fd);
	assert_int_equal(runs(*state), 3);
}

static void
test_expect_continue(void **state)
{
	struct web_answer a;
	int fd = web_connect(*state);

	web_send_text(fd, ADD HOST TYPE LEN "Expect: 100-continue\r\n\r\n");
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 100);
	web_send_text(fd, OK_BODY);
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 200);
	web_answer_clear(&a);
	close(fd);
	/* refused before the body is asked for */
	fd = web_connect(*state);
	web_send_text(fd,
	    ADD HOST TYPE "Content-Length: 70000\r\n"
			  "Expect: 100-continue\r\n\r\n");
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 413);
	check_form(&a);
	web_answer_clear(&a);
	assert_true(web_is_closed(fd, 3000));
	close(fd);
}

static void
test_allow(void **state)
{
	struct web_answer a;
	char text[16];
	int fd = web_connect(*state);

	web_send_text(fd, "GET /v1/verify HTTP/1.1\r\n" HOST "\r\n");
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 405);
	assert_true(web_field(&a, "Allow", text, sizeof(text)));
	assert_string_equal(text, "POST");
	web_answer_clear(&a);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		T(test_add),
		T(test_F14_framing),
		T(test_F14_framing_in_bytes),
		T(test_headers_too_long),
		T(test_body_shorter),
		T(test_pipelined),
		T(test_expect_continue),
		T(test_allow),
	};

	json_init();
	log_open("test_server", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
