/*
 * Goal of this test: a route that is not JSON gets head, query and body as they
 * came and its answer goes out whole, over the real server; a target may then
 * have a query, and nothing that is no URL; HEAD is GET without a body; what
 * could split a head breaks the answer; one that is the same each time is made
 * once; and no call begins with what the one before it left.
 * Links: authd/web/rest_app.c authd/web/rest_session.c
 * Links: authd/web/rest_impact.c authd/web/rest_backup.c
 * Links: authd/web/rest_ticket.c tests/fakes/ticket_make_fake.c
 * Links: authd/web/rest_impact.c
 * Links: tests/fakes/session_fake.c
 * Links: authd/web/server.c authd/web/dispatch.c authd/web/gate.c authd/web/reaper.c
 * Links: authd/web/request.c authd/web/exchange.c authd/web/route.c
 * Links: tests/fakes/crl_fake.c
 * Links: authd/web/rest_terminal.c authd/web/rest_cert.c
 * Links: authd/web/shape_cert.c authd/base/base64.c
 * Links: tests/fakes/cert_fake.c
 * Links: authd/web/rest_breakglass.c
 * Links: authd/web/answer.c authd/web/shape.c authd/web/peer.c
 * Links: authd/web/rest_clock.c authd/web/rest_source.c authd/web/rest_recovery.c
 * Links: authd/web/rest_login.c authd/web/rest_password.c authd/web/rest_office.c
 * Links: authd/web/rest_account.c authd/web/rest_phone.c
 * Links: authd/web/rest_verify.c authd/web/rest_audit.c
 * Links: authd/web/rest_status.c authd/api/json.c authd/base/err.c
 * Links: authd/base/log.c authd/base/clock.c authd/base/timetext.c
 * Links: authd/base/mem.c authd/base/buf.c authd/base/text.c authd/base/id.c
 * Links: authd/base/fold.c tests/fakes/core_fake.c tests/fakes/login_fake.c
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
#include <sys/socket.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "tests/fakes/web_peer.h"

#define FORM "application/x-www-form-urlencoded"
#define HOST "Host: localhost\r\n"

struct page {
	char text[256];
	char cookie[64];
	int cookies;
	bool is_run;
};

static int
page_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct page *p = call;
	const char *value;
	size_t n;

	p->cookies = exchange_in_header(in, "cookie", &value, &n);
	if (value == NULL)
		p->cookies = -1; /* none is an empty text */
	else
		snprintf(p->cookie, sizeof(p->cookie), "%.*s", (int)n, value);
	snprintf(p->text, sizeof(p->text), "%s %s %s [%.*s] %d", in->method,
	    in->path, in->query == NULL ? "-" : in->query, (int)in->body_len,
	    (const char *)in->body, p->cookies);
	if (in->query != NULL && strcmp(in->query, "bad") == 0)
		return (act_refuse(act, ERR_INVALID, "bad", "It is bad."));
	return (0);
}

static int
page_run(struct core *c, struct act *act, void *call)
{
	struct page *p = call;

	(void)c;
	(void)act;
	p->is_run = true;
	return (0);
}

static void
page_give(const struct act *act, void *call, int r, struct exchange_out *out)
{
	const struct page *p = call;

	out->status = r == 0 ? 200 : 400;
	exchange_out_header(out, "X-Cookie", p->cookie);
	if (strcmp(p->cookie, "cached") == 0)
		exchange_out_header(out, "Cache-Control", "max-age=60");
	exchange_out_body(out, "text/plain",
	    r == 0 ? p->text : act->problem.code,
	    strlen(r == 0 ? p->text : act->problem.code));
	assert_true(r != 0 || p->is_run);
}

/* Somebody's name found its way into a field. */
static void
split_give(const struct act *act, void *call, int r, struct exchange_out *out)
{
	(void)act;
	(void)call;
	(void)r;
	out->status = 200;
	exchange_out_header(out, "Remote-User", "taro\r\nRemote-Groups: all");
	exchange_out_body(out, "text/plain", "in", 2);
}

/* A route that forgets to say what it decided. */
static void
silent_give(const struct act *act, void *call, int r, struct exchange_out *out)
{
	(void)act;
	(void)call;
	(void)r;
	(void)out;
}

/* Answers that were made, and where they were kept; the real library's. */
static void *kept;
static void (*drop_kept)(void *answer);
static int gives;

static void
same_give(const struct act *act, void *call, int r, struct exchange_out *out)
{
	const struct page *p = call;

	(void)act;
	gives++;
	out->status = r == 0 ? 200 : 400;
	out->is_same = r == 0;
	exchange_out_header(out, "X-Cookie", p->cookie);
}

static bool
same_again(void *call, void (*use)(void *answer, void *arg), void *arg)
{
	const struct page *p = call;

	if (kept == NULL || strcmp(p->cookie, "a") != 0)
		return (false);
	use(kept, arg);
	return (true);
}

static bool
same_keep(void *call, void *answer, void (*drop)(void *answer))
{
	const struct page *p = call;

	if (kept != NULL || strcmp(p->cookie, "a") != 0)
		return (false);
	kept = answer;
	drop_kept = drop;
	return (true);
}

/* The most that a call can leave. */
static int
full_take(const struct exchange_in *in, struct act *act, void *call)
{
	const uint8_t *at = call;
	size_t i;

	(void)in;
	for (i = 0; i < sizeof(struct page); i++)
		if (at[i] != 0)
			return (act_refuse(
			    act, ERR_INVALID, "full", "It is not empty."));
	memset(call, 0xff, sizeof(struct page));
	return (0);
}

static void
full_give(const struct act *act, void *call, int r, struct exchange_out *out)
{
	(void)act;
	(void)call;
	out->status = r == 0 ? 200 : 400;
}

static int
full_run(struct core *c, struct act *act, void *call)
{
	(void)c;
	(void)act;
	(void)call;
	return (0);
}

static const struct route pages[] = {
	{ .method = "GET",
	    .path = "/same",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .size = sizeof(struct page),
	    .take = page_take,
	    .run = page_run,
	    .give = same_give,
	    .again = same_again,
	    .keep = same_keep },
	{ .method = "GET",
	    .path = "/full",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .size = sizeof(struct page),
	    .take = full_take,
	    .run = full_run,
	    .give = full_give },
	{ .method = "GET",
	    .path = "/page",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .size = sizeof(struct page),
	    .take = page_take,
	    .run = page_run,
	    .give = page_give },
	{ .method = "POST",
	    .path = "/page",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_WRITE,
	    .lane = WRITER_LOGIN,
	    .size = sizeof(struct page),
	    .take = page_take,
	    .run = page_run,
	    .give = page_give,
	    .body_type = FORM,
	    .body_max = 64 },
	{ .method = "GET",
	    .path = "/more/",
	    .is_prefix = true,
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .size = sizeof(struct page),
	    .take = page_take,
	    .run = page_run,
	    .give = page_give },
	{ .method = "GET",
	    .path = "/split",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .size = sizeof(struct page),
	    .take = page_take,
	    .run = page_run,
	    .give = split_give },
	{ .method = "GET",
	    .path = "/silent",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .size = sizeof(struct page),
	    .take = page_take,
	    .run = page_run,
	    .give = silent_give },
};

static int
set_up(void **state)
{
	struct web *w = malloc(sizeof(*w));
	struct server_listener *ln;

	if (w == NULL)
		return (-1);
	web_open(w);
	ln = &w->conf.listeners[0];
	ln->routes = pages;
	ln->routes_n = sizeof(pages) / sizeof(pages[0]);
	ln->form = GATE_URL;
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

/* Send ${head} and ${body}; the answer's body must be ${want}. */
static void
expect(const struct web *w, const char *head, const char *body, int status,
    const char *want)
{
	struct web_answer a;
	int fd = web_connect(w);
	char id[64];

	web_send_text(fd, head);
	web_send_text(fd, body);
	assert_true(web_get(fd, &a));
	if (a.status != status)
		fail_msg("%s: %d %s", head, a.status, a.body);
	if (want != NULL)
		assert_string_equal(a.body, want);
	assert_true(web_field(&a, "Sekisho-Request-Id", id, sizeof(id)));
	web_answer_clear(&a);
	close(fd);
}

static void
test_get(void **state)
{
	expect(*state, "GET /page HTTP/1.1\r\n" HOST "\r\n", "", 200,
	    "GET /page - [] 0");
	expect(*state, "GET /page? HTTP/1.1\r\n" HOST "\r\n", "", 200,
	    "GET /page  [] 0");
	expect(*state,
	    "GET /page?rd=https%3A%2F%2Fa.example/b?c=1&d=%E3%81%82 HTTP/1.1\r\n" HOST
	    "Cookie: \t a=1 \t\r\n\r\n",
	    "", 200,
	    "GET /page rd=https%3A%2F%2Fa.example/b?c=1&d=%E3%81%82 [] 1");
	expect(*state,
	    "GET /page HTTP/1.1\r\n" HOST "COOKIE: a\r\ncookie: b\r\n\r\n", "",
	    200, "GET /page - [] 2");
	expect(
	    *state, "GET /page?bad HTTP/1.1\r\n" HOST "\r\n", "", 400, "bad");
}

static void
test_post(void **state)
{
	expect(*state,
	    "POST /page?x HTTP/1.1\r\n" HOST "Content-Type: " FORM "\r\n"
	    "Content-Length: 7\r\n\r\n",
	    "a=b&c=d", 200, "POST /page x [a=b&c=d] 0");
	expect(*state,
	    "POST /page HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
	    "Content-Length: 2\r\n\r\n",
	    "{}", 415, NULL);
	expect(*state,
	    "POST /page HTTP/1.1\r\n" HOST "Content-Type: " FORM "\r\n"
	    "Content-Length: 65\r\n\r\n",
	    "", 413, NULL);
	expect(*state,
	    "POST /page HTTP/1.1\r\n" HOST "Content-Type: " FORM "\r\n"
	    "Content-Type: " FORM "\r\nContent-Length: 1\r\n\r\n",
	    "a", 400, NULL);
}

/* Nothing is decoded, so nothing but the very path is a route. */
static void
test_F15_paths(void **state)
{
	static const char *const not_here[] = { "/pag%65", "//page", "/page/",
		"/./page", "/more", "/more%2f", "/more/../page/", "/Page" };
	static const char *const malformed[] = { "/page#x", "/page?a#b",
		"/page?a b", "/pa\"ge", "/page?\x80", "/page?%", "/page?%0",
		"/page?%zz", "/page?\\", "page", "http://localhost/page",
		"/page?^", "/page?a|b", "*" };
	char head[128], target[GATE_URL_MAX + 2], *big;
	size_t i;

	for (i = 0; i < sizeof(not_here) / sizeof(not_here[0]); i++) {
		snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\n" HOST "\r\n",
		    not_here[i]);
		expect(*state, head, "",
		    strncmp(not_here[i], "/more/", 6) == 0 ? 200 : 404, NULL);
	}
	for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\n" HOST "\r\n",
		    malformed[i]);
		expect(*state, head, "", 400, NULL);
	}
	expect(*state, "GET /more/a%2Bb+c=?q HTTP/1.1\r\n" HOST "\r\n", "", 200,
	    "GET /more/a%2Bb+c= q [] 0");
	expect(*state, "PUT /page HTTP/1.1\r\n" HOST "\r\n", "", 405, NULL);
	memset(target, 'a', sizeof(target) - 1);
	target[sizeof(target) - 1] = '\0';
	memcpy(target, "/page?", 6);
	assert_int_not_equal(
	    asprintf(&big, "GET %s HTTP/1.1\r\n" HOST "\r\n", target), -1);
	expect(*state, big, "", 414, NULL);
	free(big);
	target[GATE_URL_MAX] = '\0';
	assert_int_not_equal(
	    asprintf(&big, "GET %s HTTP/1.1\r\n" HOST "\r\n", target), -1);
	expect(*state, big, "", 200, NULL);
	free(big);
}

static void
test_head(void **state)
{
	struct web_answer a;
	char text[64], all[2048];
	int fd = web_connect(*state);
	size_t len = 0;
	ssize_t n;

	web_send_text(
	    fd, "HEAD /page HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	while (len + 1 < sizeof(all) &&
	    (n = recv(fd, all + len, sizeof(all) - 1 - len, 0)) > 0)
		len += (size_t)n;
	all[len] = '\0';
	assert_memory_equal(all, "HTTP/1.1 200 ", 13);
	assert_non_null(strstr(all, "Content-Length: 17\r\n"));
	assert_string_equal(all + len - 4, "\r\n\r\n");
	close(fd);
	fd = web_connect(*state);
	web_send_text(
	    fd, "GET /page HTTP/1.1\r\n" HOST "Cookie: cached\r\n\r\n");
	assert_true(web_get(fd, &a));
	assert_true(web_field(&a, "Cache-Control", text, sizeof(text)));
	assert_string_equal(text, "max-age=60");
	web_answer_clear(&a);
	/* and the connection goes on, after a 400 of ours too */
	web_send_text(fd, "GET /page?bad HTTP/1.1\r\n" HOST "\r\n");
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 400);
	assert_true(web_field(&a, "Cache-Control", text, sizeof(text)));
	assert_string_equal(text, "no-store");
	web_answer_clear(&a);
	web_send_text(fd, "GET /page HTTP/1.1\r\n" HOST "\r\n");
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 200);
	web_answer_clear(&a);
	close(fd);
}

/* V39: neither a split head nor silence lets anybody in. */
static void
test_V39_broken_answers(void **state)
{
	expect(*state, "GET /split HTTP/1.1\r\n" HOST "\r\n", "", 500, NULL);
	expect(*state, "GET /silent HTTP/1.1\r\n" HOST "\r\n", "", 500, NULL);
}

/* One more question on ${fd}; its answer, of that status, in ${a}. */
static void
ask(int fd, const char *target, const char *cookie, int status,
    struct web_answer *a)
{
	char head[128];

	snprintf(head, sizeof(head),
	    "GET %s HTTP/1.1\r\n" HOST "Cookie: %s\r\n\r\n", target, cookie);
	web_send_text(fd, head);
	assert_true(web_get(fd, a));
	assert_int_equal(a->status, status);
}

/* What is the same for all is made once, and given to nobody else. */
static void
test_same_answer(void **state)
{
	const struct {
		const char *target, *cookie;
		int status, gives;
	} asked[] = { { "/same?bad", "a", 400, 1 }, { "/same", "b", 200, 2 },
		{ "/same", "a", 200, 3 }, { "/same", "a", 200, 3 },
		{ "/same", "b", 200, 4 }, { "/same", "a", 200, 4 },
		{ "/same?bad", "a", 400, 5 }, { "/same", "a", 200, 5 } };
	struct web_answer a;
	char text[64];
	int fd = web_connect(*state);
	size_t i;

	gives = 0;
	kept = NULL;
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		ask(fd, asked[i].target, asked[i].cookie, asked[i].status, &a);
		assert_int_equal(gives, asked[i].gives);
		assert_true(web_field(&a, "X-Cookie", text, sizeof(text)));
		assert_string_equal(text, asked[i].cookie);
		assert_true(web_field(&a, "Cache-Control", text, sizeof(text)));
		assert_string_equal(text, "no-store");
		/* of a request there is nothing in what others get */
		assert_int_equal(web_field(&a, "Sekisho-Request-Id", text,
				     sizeof(text)),
		    asked[i].status != 200);
		web_answer_clear(&a);
	}
	close(fd);
	drop_kept(kept);
}

/* The calls of one connection stand in the same place, one after the other. */
static void
test_calls_begin_empty(void **state)
{
	struct web_answer a;
	int fd = web_connect(*state), i;

	for (i = 0; i < 4; i++) {
		ask(fd, i == 2 ? "/page" : "/full", "a", 200, &a);
		web_answer_clear(&a);
	}
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_get, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_post, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_F15_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_head, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_V39_broken_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_same_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_calls_begin_empty, set_up, tear_down),
	};

	log_open("test", LOG_LEVEL_ERROR);
	json_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
