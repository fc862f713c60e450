/*
 * Goal of this test: a request that waits for the writer is answered exactly
 * once, whatever ends first; a deadline holds for every slow peer; a stop
 * leaves nobody hanging; and no request ever sees another's answer.
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
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "tests/fakes/web_peer.h"

#define VERIFY     "{\"login\":\"taro\",\"code\":\"123456\",\"service\":\"sshd\"}"
#define TIMEOUT_MS 200

static int
start(void **state, int timeout_ms)
{
	struct web *w = malloc(sizeof(*w));

	if (w == NULL)
		return (-1);
	web_open(w);
	w->conf.request_timeout_ms = timeout_ms;
	web_start(w);
	*state = w;
	return (0);
}

static int
set_up(void **state)
{
	return (start(state, TIMEOUT_MS));
}

/* Where the deadline is not what is tested. */
static int
set_up_patient(void **state)
{
	return (start(state, 60000));
}

static int
tear_down(void **state)
{
	web_close(*state);
	free(*state);
	return (0);
}

/* Wait until the engine has so many waiting and taken. */
static void
await(struct web *w, int waiting, int taken)
{
	struct core_fake_counts n;
	int i;

	for (i = 0; i < 3000; i++) {
		core_fake_get(w->engine, &n);
		if (n.waiting == waiting && n.taken == taken)
			return;
		poll(NULL, 0, 1);
	}
	fail_msg("%d waiting, %d taken", n.waiting, n.taken);
}

static void
expect(int fd, int status, const char *member, const char *value)
{
	struct web_answer a;

	assert_true(web_get(fd, &a));
	if (a.status != status)
		fail_msg("%d: %s", a.status, a.body);
	assert_string_equal(json_of_text(a.json, member), value);
	web_answer_clear(&a);
}

/* Still in the queue at its deadline: withdrawn, and never run. */
static void
test_withdrawn(void **state)
{
	struct web *w = *state;
	struct core_fake_counts n;
	int fd = web_connect(w);
	long start = web_now_ms();

	core_fake_set_mode(w->engine, CORE_FAKE_WAIT);
	web_post(fd, "/v1/verify", VERIFY);
	expect(fd, 503, "code", "unavailable");
	assert_in_range(
	    web_now_ms() - start, TIMEOUT_MS - 20, TIMEOUT_MS + 700);
	assert_true(web_is_closed(fd, 3000));
	close(fd);
	core_fake_get(w->engine, &n);
	assert_int_equal(n.withdrawn, 1);
	assert_int_equal(n.runs, 0);
	core_fake_set_mode(w->engine, CORE_FAKE_RUN);
	fd = web_connect(w);
	web_post(fd, "/v1/verify", VERIFY);
	expect(fd, 200, "result", "accept");
	close(fd);
}

/* Taken by the writer at its deadline: 503, and its end is only logged. */
static void
test_given_up(void **state)
{
	struct web *w = *state;
	struct core_fake_counts n;
	int fd = web_connect(w);

	core_fake_set_mode(w->engine, CORE_FAKE_TAKE);
	web_post(fd, "/v1/verify", VERIFY);
	expect(fd, 503, "code", "unavailable");
	assert_true(web_is_closed(fd, 3000));
	close(fd);
	await(w, 0, 1);
	core_fake_set_mode(w->engine, CORE_FAKE_RUN);
	await(w, 0, 0);
	core_fake_get(w->engine, &n);
	assert_int_equal(n.runs, 1);
	assert_int_equal(n.withdrawn, 0);
}

/* Many at once, some of each kind, around the deadline: each one answer. */
static void
test_race_of_done_and_deadline(void **state)
{
	struct web *w = *state;
	struct web_answer a;
	int fds[40], i, ok = 0, no = 0;

	core_fake_set_mode(w->engine, CORE_FAKE_TAKE);
	for (i = 0; i < 40; i++) {
		fds[i] = web_connect(w);
		web_post(fds[i], "/v1/verify", VERIFY);
		poll(NULL, 0, 4);
	}
	poll(NULL, 0, TIMEOUT_MS - 40 * 4 + 20);
	core_fake_set_mode(w->engine, CORE_FAKE_RUN);
	for (i = 0; i < 40; i++) {
		/* on a busy machine the deadline may come before it waits */
		if (!web_get(fds[i], &a))
			no++;
		else if (a.status == 200) {
			ok++;
			assert_string_equal(
			    json_of_text(a.json, "result"), "accept");
		} else {
			no++;
			assert_int_equal(a.status, 503);
		}
		web_answer_clear(&a);
		close(fds[i]);
	}
	assert_int_equal(ok + no, 40);
	assert_true(no > 0);
	await(w, 0, 0);
}

static void
test_refused_by_the_queue(void **state)
{
	struct web *w = *state;
	struct web_answer a;
	char text[16];

	core_fake_fail_submit(w->engine, ERR_BUSY);
	web_ask(w, "/v1/verify", VERIFY, &a);
	assert_int_equal(a.status, 503);
	assert_string_equal(json_of_text(a.json, "code"), "busy");
	assert_true(web_field(&a, "Retry-After", text, sizeof(text)));
	assert_string_equal(text, "1");
	web_answer_clear(&a);
	core_fake_fail_submit(w->engine, ERR_WRONG_STATE);
	web_ask(w, "/v1/office/add", "{\"code\":\"a\",\"name\":\"b\"}", &a);
	assert_int_equal(a.status, 503);
	assert_string_equal(json_of_text(a.json, "code"), "gap");
	web_answer_clear(&a);
	web_ask(w, "/v1/office/show", "{\"code\":\"a\"}", &a);
	assert_int_equal(a.status, 200); /* reads still work */
	web_answer_clear(&a);
}

/* Send one byte every 20 ms; how long until the server has enough? */
static long
drip(const struct web *w, const char *text)
{
	int fd = web_connect(w);
	long start = web_now_ms();

	for (;; text += *text == '\0' ? 0 : 1) {
		if (web_is_closed(fd, 20))
			break;
		assert_true(web_now_ms() - start < 5000);
		/* at its end go on with what never ends the request */
		web_send(fd, *text == '\0' ? "a" : text, 1);
	}
	close(fd);
	return (web_now_ms() - start);
}

static void
test_slow_drips(void **state)
{
	struct web *w = *state;
	const long most = 2 * TIMEOUT_MS + 500;
	int fd;

	/* within the request line, a field, the body; and silence */
	assert_in_range(drip(w, "POST /v1/"), TIMEOUT_MS - 30, most);
	assert_in_range(drip(w, "POST / HTTP/1.1\r\nX:"), TIMEOUT_MS, most);
	/* libmicrohttpd 1.0 takes one empty line only */
	assert_in_range(drip(w, "\r\n\r\n"), 0, most);
	fd = web_connect(w);
	web_send_text(fd,
	    "POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: "
	    "application/json\r\nContent-Length: 1000\r\n\r\n{");
	assert_true(web_is_closed(fd, (int)most));
	close(fd);
	fd = web_connect(w);
	assert_true(web_is_closed(fd, (int)most));
	close(fd);
	/* idle after an answer */
	fd = web_connect(w);
	web_post(fd, "/v1/verify", VERIFY);
	expect(fd, 200, "result", "accept");
	assert_false(web_is_closed(fd, TIMEOUT_MS / 2));
	assert_true(web_is_closed(fd, (int)most));
	close(fd);
}

/* A connection that is used lives longer than one request may. */
static void
test_kept_alive(void **state)
{
	int fd = web_connect(*state), i;

	for (i = 0; i < 6; i++) {
		poll(NULL, 0, TIMEOUT_MS / 2);
		web_post(fd, "/v1/verify", VERIFY);
		expect(fd, 200, "result", "accept");
	}
	close(fd);
}

/* The peer goes away while its request waits. */
static void
test_peer_gone(void **state)
{
	struct web *w = *state;
	int i, fd;

	core_fake_set_mode(w->engine, CORE_FAKE_TAKE);
	for (i = 0; i < 10; i++) {
		fd = web_connect(w);
		web_post(fd, "/v1/verify", VERIFY);
		await(w, i == 0 ? 0 : i, 1);
		close(fd);
	}
	core_fake_set_mode(w->engine, CORE_FAKE_RUN);
	await(w, 0, 0);
	fd = web_connect(w);
	web_post(fd, "/v1/verify", VERIFY);
	expect(fd, 200, "result", "accept");
	close(fd);
}

static void *
stopper(void *arg)
{
	web_stop(arg);
	return (NULL);
}

/* A stop with one taken, one waiting, one idle and one half sent. */
static void
test_stop(void **state)
{
	struct web *w = *state;
	struct core_fake_counts n;
	int taken = web_connect(w), waiting = web_connect(w);
	int idle = web_connect(w), half = web_connect(w);
	long start;
	pthread_t t;

	core_fake_set_mode(w->engine, CORE_FAKE_TAKE);
	web_send_text(half, "POST /v1/verify HTTP/1.1\r\nHost:");
	web_post(taken, "/v1/verify", VERIFY);
	await(w, 0, 1);
	web_post(waiting, "/v1/verify", VERIFY);
	await(w, 1, 1);
	start = web_now_ms();
	assert_int_equal(pthread_create(&t, NULL, stopper, w), 0);
	expect(taken, 503, "code", "unavailable");
	expect(waiting, 503, "code", "unavailable");
	pthread_join(t, NULL);
	assert_true(web_now_ms() - start < 1500);
	assert_true(web_is_closed(taken, 0));
	assert_true(web_is_closed(waiting, 0));
	assert_true(web_is_closed(idle, 0));
	assert_true(web_is_closed(half, 0));
	close(taken);
	close(waiting);
	close(idle);
	close(half);
	/* what was taken ends after the server is gone */
	core_fake_set_mode(w->engine, CORE_FAKE_RUN);
	await(w, 0, 0);
	core_fake_get(w->engine, &n);
	assert_int_equal(n.runs, 1);
	assert_int_equal(n.withdrawn, 1);
}

struct asker {
	const struct web *web;
	int number;
	atomic_int *good, *wrong;
};

/* Each answer must carry what this very request asked for. */
static void *
ask_many(void *arg)
{
	static const char *const paths[] = { "/v1/account/show",
		"/v1/account/unlock", "/v1/account/remove" };
	const struct asker *k = arg;
	struct web_answer *a = malloc(sizeof(*a));
	char login[32], json[64];
	int fd = web_connect(k->web), i, again = 0;

	for (i = 0; i < 30 && a != NULL && again < 100; i++) {
		snprintf(login, sizeof(login), "n%d-%d", k->number, i);
		snprintf(json, sizeof(json), "{\"login\":\"%s\"}", login);
		web_post(fd, paths[i % 3], json);
		if (web_get(fd, a) && a->status == 200) {
			atomic_fetch_add(k->good, 1);
			if (strcmp(json_of_text(a->json, "login"), login) != 0)
				atomic_fetch_add(k->wrong, 1);
		} else {
			/* a slow machine met the deadline: ask again */
			close(fd);
			fd = web_connect(k->web);
			again++;
			i--;
		}
		web_answer_clear(a);
	}
	free(a);
	close(fd);
	return (NULL);
}

static void
test_V19_only_its_own_answer(void **state)
{
	struct asker askers[64];
	pthread_t threads[64];
	atomic_int good = 0, wrong = 0;
	int i;

	for (i = 0; i < 64; i++) {
		askers[i].web = *state;
		askers[i].number = i;
		askers[i].good = &good;
		askers[i].wrong = &wrong;
		assert_int_equal(
		    pthread_create(&threads[i], NULL, ask_many, &askers[i]), 0);
	}
	for (i = 0; i < 64; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(wrong, 0);
	assert_int_equal(good, 64 * 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
#define P(t) cmocka_unit_test_setup_teardown(t, set_up_patient, tear_down)
		T(test_withdrawn),
		T(test_given_up),
		T(test_race_of_done_and_deadline),
		T(test_refused_by_the_queue),
		T(test_slow_drips),
		T(test_kept_alive),
		P(test_peer_gone),
		T(test_stop),
		P(test_V19_only_its_own_answer),
	};

	json_init();
	log_open("test_request", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
