/*
 * Goal of this test: the client takes exactly one kind of answer, says no to
 * everything else a hostile or broken daemon can send, keeps its deadline
 * wherever the other side stops, and never dies of SIGPIPE.
 * Links: authd/api/client.c authd/base/clock.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/server_fake.c
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <dirent.h>

#include <cmocka.h>

#include "authd/api/client.h"
#include "authd/base/clock.h"
#include "tests/fakes/server_fake.h"

#define GOOD                                                                   \
	"HTTP/1.1 200 OK\r\n"                                                  \
	"Content-Type: application/json\r\n"                                   \
	"Sekisho-Request-Id: 0123456789abcdefghjkmnpqrs\r\n"                   \
	"Content-Length: 19\r\n\r\n"                                           \
	"{\"result\":\"accept\"}"

/* One call against a server that says the given bytes. */
static int
call(struct server_fake *s, const char *say, size_t n, int64_t ms,
    struct client_answer *a)
{
	int r;

	s->say = say;
	s->n = n;
	server_fake_start(s);
	r = client_call(s->path, "/v1/verify", "{\"a\":1}", ms, a);
	server_fake_stop(s);
	return (r);
}

static void
test_good_answer(void **state)
{
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {0};

	(void)state;
	assert_int_equal(call(&s, GOOD, strlen(GOOD), 2000, &a), 0);
	assert_int_equal(a.status, 200);
	assert_int_equal(a.len, 19);
	assert_string_equal(a.body, "{\"result\":\"accept\"}");
	assert_string_equal(a.request_id, "0123456789abcdefghjkmnpqrs");
	assert_string_equal(s.asked,
	    "POST /v1/verify HTTP/1.1\r\nHost: localhost\r\n"
	    "Accept: application/json\r\nConnection: close\r\n"
	    "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n"
	    "{\"a\":1}");
}

static void
test_get_has_no_body(void **state)
{
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {.say = GOOD, .n = strlen(GOOD)};

	(void)state;
	server_fake_start(&s);
	assert_int_equal(client_call(s.path, "/v1/status", NULL, 2000, &a), 0);
	server_fake_stop(&s);
	assert_string_equal(s.asked,
	    "GET /v1/status HTTP/1.1\r\nHost: localhost\r\n"
	    "Accept: application/json\r\nConnection: close\r\n\r\n");
}

static void
test_byte_by_byte_is_good(void **state)
{
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {.step = 1};

	(void)state;
	assert_int_equal(call(&s, GOOD, strlen(GOOD), 2000, &a), 0);
	assert_string_equal(a.body, "{\"result\":\"accept\"}");
}

static void
test_problem_is_read(void **state)
{
	static const char say[] =
	    "HTTP/1.1 404 \r\n"
	    "content-type: application/problem+json; charset=utf-8\r\n"
	    "CONTENT-LENGTH:   2  \r\n\r\n{}";
	char body[3];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {0};

	(void)state;
	assert_int_equal(call(&s, say, sizeof(say) - 1, 2000, &a), 0);
	assert_int_equal(a.status, 404);
	assert_string_equal(a.body, "{}");
	assert_string_equal(a.request_id, "");
}

/* End of the stream after every single byte. */
static void
test_cut_at_every_offset(void **state)
{
	char body[64];
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < strlen(GOOD); i++) {
		struct client_answer a = {.body = body, .size = sizeof(body)};
		struct server_fake s = {0};

		memset(body, 'x', sizeof(body));
		r = call(&s, GOOD, i, 2000, &a);
		assert_int_equal(r, i == 0 ? ERR_SYS : ERR_PROTO);
		assert_int_equal(a.status, 0);
		assert_int_equal(a.len, 0);
		assert_string_equal(a.body, "");
		assert_null(memchr(body, 'a', sizeof(body)));
		assert_true(a.why[0] != '\0');
	}
}

static void
test_hang_at_offsets_keeps_deadline(void **state)
{
	static const size_t offsets[] = {0, 1, 9, 16, 17, 40, 120, 130, 137};
	char body[64];
	int64_t begin, took;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct client_answer a = {.body = body, .size = sizeof(body)};
		struct server_fake s = {
		    .say = GOOD, .n = offsets[i], .is_hanging = true};

		server_fake_start(&s);
		begin = clock_boot_ms();
		assert_int_equal(
		    client_call(s.path, "/v1/verify", "{}", 60, &a),
		    ERR_TIMEOUT);
		took = clock_boot_ms() - begin;
		server_fake_stop(&s);
		assert_in_range(took, 59, 500);
		assert_string_equal(a.body, "");
	}
}

static void
test_slow_drip_keeps_deadline(void **state)
{
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {
	    .step = 1, .pause_ms = 5, .say = GOOD, .n = strlen(GOOD)};
	int64_t begin, took;

	(void)state;
	server_fake_start(&s);
	begin = clock_boot_ms();
	assert_int_equal(
	    client_call(s.path, "/v1/verify", "{}", 150, &a), ERR_TIMEOUT);
	took = clock_boot_ms() - begin;
	assert_in_range(took, 149, 600);
	server_fake_stop(&s);
}

#define JSON "Content-Type: application/json\r\n"
#define OK   "HTTP/1.1 200 OK\r\n"

static const char *const bad_answers[] = {
    "\r\n" GOOD,
    "hello\n",
    "HTTP/1.0 200 OK\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1  200 OK\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 20 OK\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 2000 OK\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 +20 OK\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 100 Continue\r\n\r\n" GOOD,
    "HTTP/1.1 201 Created\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 204 No\r\n" JSON "Content-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 600 Odd\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 O\x01K\r\n" JSON "Content-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\n" JSON "Content-Length: 2\r\n\r\n{}",
    OK JSON "\r\n{}",
    OK JSON "Content-Length: \r\n\r\n",
    OK JSON "Content-Length: -2\r\n\r\n{}",
    OK JSON "Content-Length: +2\r\n\r\n{}",
    OK JSON "Content-Length: 0x2\r\n\r\n{}",
    OK JSON "Content-Length: 2,2\r\n\r\n{}",
    OK JSON "Content-Length: 18446744073709551618\r\n\r\n{}",
    OK JSON "Content-Length: 0000000002\r\n\r\n{}",
    OK JSON "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    OK JSON "Content-Length: 2\r\ncontent-length: 3\r\n\r\n{}",
    OK JSON "Content-Length: 2\nX: y\r\n\r\n{}",
    OK JSON "Content-Length: 2\r\nTransfer-Encoding: identity\r\n\r\n{}",
    OK JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    OK JSON "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    OK JSON "Content-Length : 2\r\n\r\n{}",
    OK JSON " Content-Length: 2\r\n\r\n{}",
    OK JSON "X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
    OK JSON ": x\r\nContent-Length: 2\r\n\r\n{}",
    OK JSON "no colon\r\nContent-Length: 2\r\n\r\n{}",
    OK JSON "X: \x02\r\nContent-Length: 2\r\n\r\n{}",
    OK JSON "X: a\rb\r\nContent-Length: 2\r\n\r\n{}",
    OK "Content-Length: 2\r\n\r\n{}",
    OK "Content-Type: text/html\r\nContent-Length: 2\r\n\r\n{}",
    OK "Content-Type: application/jsonp\r\nContent-Length: 2\r\n\r\n{}",
    OK "Content-Type: application/problem+json\r\nContent-Length: 2\r\n"
       "\r\n{}",
    OK JSON "Content-Length: 2\r\n\r\n{}x",
    OK JSON "Content-Length: 64\r\n\r\n",
    OK JSON "Content-Length: 999999999\r\n\r\n",
};

static void
test_bad_answers_are_refused(void **state)
{
	char body[64];
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(bad_answers) / sizeof(bad_answers[0]); i++) {
		struct client_answer a = {.body = body, .size = sizeof(body)};
		struct server_fake s = {0};

		r = call(&s, bad_answers[i], strlen(bad_answers[i]), 2000, &a);
		if (r != ERR_PROTO)
			fail_msg("answer %zu gave %d", i, r);
		assert_int_equal(a.status, 0);
		assert_string_equal(a.body, "");
	}
}

static void
test_nul_is_refused(void **state)
{
	static const char head[] =
	    OK "X: a\0b\r\n" JSON "Content-Length: 2\r\n\r\n{}";
	static const char inside[] = OK JSON "Content-Length: 3\r\n\r\n{\0}";
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {0}, t = {0};

	(void)state;
	assert_int_equal(call(&s, head, sizeof(head) - 1, 2000, &a), ERR_PROTO);
	assert_int_equal(
	    call(&t, inside, sizeof(inside) - 1, 2000, &a), ERR_PROTO);
}

/* The announced length fits the buffer with its NUL, or is refused. */
static void
test_bounds_of_the_buffer(void **state)
{
	char body[20];
	struct client_answer a = {.body = body, .size = 20};
	struct server_fake s = {0}, t = {0}, u = {0};

	(void)state;
	assert_int_equal(call(&s, GOOD, strlen(GOOD), 2000, &a), 0);
	assert_int_equal(a.len, 19);
	a.size = 19;
	assert_int_equal(call(&t, GOOD, strlen(GOOD), 2000, &a), ERR_PROTO);
	a.size = 0;
	server_fake_start(&u);
	assert_int_equal(
	    client_call(u.path, "/v1/x", NULL, 100, &a), ERR_PROTO);
	shutdown(u.fd, SHUT_RDWR);
	server_fake_stop(&u);
}

static void
test_endless_head_is_refused(void **state)
{
	static const char say[] = OK;
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {.is_endless = true};

	(void)state;
	assert_int_equal(call(&s, say, sizeof(say) - 1, 2000, &a), ERR_PROTO);
}

/* A daemon that goes away while a long question is sent: no SIGPIPE. */
static void
test_early_close_is_no_signal(void **state)
{
	size_t n = 4 * 1024 * 1024;
	char *json = malloc(n + 1), body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {.is_deaf = true};

	(void)state;
	assert_non_null(json);
	memset(json, ' ', n);
	json[n] = '\0';
	server_fake_start(&s);
	assert_int_equal(client_call(s.path, "/v1/x", json, 2000, &a), ERR_SYS);
	assert_int_equal(a.sys_errno, ECONNRESET);
	server_fake_stop(&s);
	free(json);
}

static void
early(const char *say, int *r, struct client_answer *a)
{
	size_t n = 4 * 1024 * 1024;
	char *json = malloc(n + 1);
	struct server_fake s = {
	    .is_deaf = true, .say = say, .n = strlen(say), .is_hanging = true};

	assert_non_null(json);
	memset(json, ' ', n);
	json[n] = '\0';
	server_fake_start(&s);
	*r = client_call(s.path, "/v1/x", json, 2000, a);
	server_fake_stop(&s);
	free(json);
}

/* A refusal may come early, an acceptance may not. */
static void
test_early_answers(void **state)
{
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	int r;

	(void)state;
	early("HTTP/1.1 413 Long\r\nContent-Type: application/problem+json"
	      "\r\nContent-Length: 2\r\n\r\n{}",
	    &r, &a);
	assert_int_equal(r, 0);
	assert_int_equal(a.status, 413);
	early(GOOD, &r, &a);
	assert_int_equal(r, ERR_PROTO);
}

static void
test_no_daemon(void **state)
{
	char body[64], path[200];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {0};

	(void)state;
	assert_int_equal(
	    client_call("/tmp/no/such.sock", "/v1/x", NULL, 100, &a), ERR_SYS);
	assert_int_equal(a.sys_errno, ENOENT);
	server_fake_listen(&s, 1);
	close(s.fd);
	assert_int_equal(client_call(s.path, "/v1/x", NULL, 100, &a), ERR_SYS);
	assert_int_equal(a.sys_errno, ECONNREFUSED);
	unlink(s.path);
	memset(path, 'a', sizeof(path));
	path[108] = '\0';
	assert_int_equal(client_call(path, "/v1/x", NULL, 100, &a), ERR_SYS);
	assert_int_equal(a.sys_errno, ENAMETOOLONG);
	assert_int_equal(client_call("", "/v1/x", NULL, 100, &a), ERR_SYS);
}

static void
test_full_backlog_keeps_deadline(void **state)
{
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct server_fake s = {0};
	int64_t begin, took;
	int fd[4];
	size_t i;

	(void)state;
	server_fake_listen(&s, 0);
	memcpy(sun.sun_path, s.path, strlen(s.path));
	for (i = 0; i < 4; i++) {
		fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(fd[i], (struct sockaddr *)&sun, sizeof(sun));
	}
	begin = clock_boot_ms();
	assert_int_equal(
	    client_call(s.path, "/v1/x", "{}", 80, &a), ERR_TIMEOUT);
	took = clock_boot_ms() - begin;
	assert_in_range(took, 79, 500);
	for (i = 0; i < 4; i++)
		close(fd[i]);
	close(s.fd);
	unlink(s.path);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

/* Signals of the host program neither end nor prolong a call. */
static void
test_signals_do_not_disturb(void **state)
{
	struct sigaction sa = {.sa_handler = on_alarm}, old;
	struct itimerval every = {{0, 5000}, {0, 5000}}, off = {0};
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	struct server_fake s = {.is_hanging = true, .say = GOOD, .n = 30};
	int64_t begin, took;
	sigset_t mask, before;

	(void)state;
	sigemptyset(&mask);
	sigaddset(&mask, SIGALRM);
	/* The server's thread inherits a mask without the signal. */
	pthread_sigmask(SIG_BLOCK, &mask, &before);
	server_fake_start(&s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGALRM, &sa, &old);
	setitimer(ITIMER_REAL, &every, NULL);
	begin = clock_boot_ms();
	assert_int_equal(
	    client_call(s.path, "/v1/x", "{}", 100, &a), ERR_TIMEOUT);
	took = clock_boot_ms() - begin;
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &old, NULL);
	assert_in_range(took, 99, 500);
	server_fake_stop(&s);
}

static size_t
count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return (n);
}

static void
test_no_descriptor_stays_open(void **state)
{
	char body[64];
	struct client_answer a = {.body = body, .size = sizeof(body)};
	size_t before = count_fds();
	struct server_fake s = {0}, t = {0};

	(void)state;
	assert_int_equal(call(&s, GOOD, strlen(GOOD), 2000, &a), 0);
	assert_int_equal(call(&t, "x", 1, 2000, &a), ERR_PROTO);
	assert_int_equal(
	    client_call("/tmp/no/such.sock", "/v1/x", NULL, 100, &a), ERR_SYS);
	assert_int_equal(count_fds(), before);
}

/* Whose socket it is, is asked of the kernel and before anything is sent. */
static void
test_V47_strict_listener(void **state)
{
	char body[64];
	struct client_answer a = {
		.body = body, .size = sizeof(body), .is_strict = true
	};
	struct server_fake s = {.say = GOOD, .n = strlen(GOOD)};
	int r;

	(void)state;
	server_fake_start(&s);
	assert_int_equal(client_call(s.path, "/v1/status", NULL, 2000, &a), 0);
	server_fake_stop(&s);
	assert_true(a.has_begun);
	assert_int_equal(
	    client_call("/nowhere/s", "/v1/status", NULL, 2000, &a), ERR_SYS);
	assert_false(a.has_begun);
	if (geteuid() != 0)
		return;
	/* listened to as somebody else */
	memset(&s, 0, sizeof(s));
	s.say = GOOD;
	s.n = strlen(GOOD);
	assert_int_equal(seteuid(65534), 0);
	server_fake_listen(&s, 1);
	assert_int_equal(seteuid(0), 0);
	r = client_call(s.path, "/v1/verify", "{\"a\":1}", 2000, &a);
	assert_int_equal(r, ERR_DENIED);
	assert_true(a.has_begun);
	assert_string_equal(a.why, "the socket is another user's");
	close(s.fd);
	unlink(s.path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good_answer),
	    cmocka_unit_test(test_get_has_no_body),
	    cmocka_unit_test(test_V47_strict_listener),
	    cmocka_unit_test(test_byte_by_byte_is_good),
	    cmocka_unit_test(test_problem_is_read),
	    cmocka_unit_test(test_cut_at_every_offset),
	    cmocka_unit_test(test_hang_at_offsets_keeps_deadline),
	    cmocka_unit_test(test_slow_drip_keeps_deadline),
	    cmocka_unit_test(test_bad_answers_are_refused),
	    cmocka_unit_test(test_nul_is_refused),
	    cmocka_unit_test(test_bounds_of_the_buffer),
	    cmocka_unit_test(test_endless_head_is_refused),
	    cmocka_unit_test(test_early_close_is_no_signal),
	    cmocka_unit_test(test_early_answers),
	    cmocka_unit_test(test_no_daemon),
	    cmocka_unit_test(test_full_backlog_keeps_deadline),
	    cmocka_unit_test(test_signals_do_not_disturb),
	    cmocka_unit_test(test_no_descriptor_stays_open),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
