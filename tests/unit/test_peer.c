/*
 * Goal of this test: what a peer may do follows from its user and groups as
 * the kernel tells them, connections are counted per user, and a peer without
 * a right is refused everywhere. The parts that need other users are skipped
 * unless root.
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
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "authd/web/peer.h"
#include "authd/web/route.h"
#include "tests/fakes/web_peer.h"

#define STRANGER 65533
#define STARTER  65532
#define GROUP    65531
#define VERIFY   "{\"login\":\"taro\",\"code\":\"123456\",\"service\":\"sshd\"}"
#define LOGIN    "{\"login\":\"taro\",\"password\":\"x\",\"service\":\"sshd\"}"

static void
test_crowd(void **state)
{
	struct peer_crowd *c;
	int i;

	(void)state;
	assert_int_equal(peer_crowd_new(6, 2, &c), 0);
	assert_true(peer_crowd_enter(c, 1));
	assert_true(peer_crowd_enter(c, 1));
	assert_false(peer_crowd_enter(c, 1));
	assert_true(peer_crowd_enter(c, 2));
	for (i = 0; i < 3; i++)
		assert_true(peer_crowd_enter(c, 0));
	assert_false(peer_crowd_enter(c, 0)); /* six in all */
	assert_false(peer_crowd_enter(c, 3));
	peer_crowd_leave(c, 1);
	assert_true(peer_crowd_enter(c, 3));
	peer_crowd_leave(c, 3);
	assert_true(peer_crowd_enter(c, 1));
	assert_false(peer_crowd_enter(c, 1));
	peer_crowd_free(c);
	peer_crowd_free(NULL);
}

static void
test_own_user(void **state)
{
	const struct peer_rule rule = {
		.starter = getuid(),
		.group = PEER_NO_GROUP,
	};
	struct peer p;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(peer_get(fds[0], &rule, &p), 0);
	assert_int_equal(p.uid, getuid());
	assert_int_equal(p.right, RIGHT_ADMIN);
	close(fds[0]);
	close(fds[1]);
	/* what is no socket is nobody */
	p.right = RIGHT_ADMIN;
	assert_int_equal(
	    peer_get(fds[0], &rule, &p), ERR_SYS);
	assert_int_equal(p.right, RIGHT_NONE);
}

/* Ask one route on ${fd}: its status. */
static int
ask(int fd, const struct route *r)
{
	struct web_answer a;
	int status;

	if (strcmp(r->method, "GET") == 0)
		web_send_text(fd, "GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n");
	else
		web_post(fd, r->path,
		    strcmp(r->path, "/v1/verify") == 0      ? VERIFY
			: strcmp(r->path, "/v1/login") == 0 ? LOGIN
			: strcmp(r->path, "/v1/cert/check") == 0
			? "{\"certificate\":\"none\"}"
			: "{}");
	assert_true(web_get(fd, &a));
	status = a.status;
	if (status == 403)
		assert_string_equal(
		    json_of_text(a.json, "code"), "not_permitted");
	web_answer_clear(&a);
	close(fd);
	return (status);
}

static void
test_R49_rights_of_every_route(void **state)
{
	struct web w;
	const struct route *routes;
	const struct route nowhere = { .method = "POST",
		.path = "/v1/nowhere" };
	size_t i, n;
	bool is_verify;

	(void)state;
	if (getuid() != 0)
		skip();
	routes = route_table(&n);
	web_open(&w);
	w.conf.listeners[0].rule.starter = STARTER;
	w.conf.listeners[0].rule.group = GROUP;
	web_start(&w);
	for (i = 0; i < n; i++) {
		is_verify = routes[i].right == RIGHT_VERIFY;
		/* a stranger; his primary group is not it, nor another */
		assert_int_equal(
		    ask(web_connect_as(&w, STRANGER, STRANGER, (gid_t)-1),
			&routes[i]),
		    403);
		assert_int_equal(
		    ask(web_connect_as(&w, STRANGER, STRANGER, GROUP - 1),
			&routes[i]),
		    403);
		/* by primary and by supplementary group */
		assert_int_equal(
		    ask(web_connect_as(&w, STRANGER, GROUP, (gid_t)-1),
			&routes[i]),
		    is_verify ? 200 : 403);
		assert_int_equal(
		    ask(web_connect_as(&w, STRANGER, STRANGER, GROUP),
			&routes[i]),
		    is_verify ? 200 : 403);
		/* the starter may all, whatever his groups: {} is a 400 for
		 * what needs a member, so never 403 */
		assert_int_not_equal(
		    ask(web_connect_as(&w, STARTER, STRANGER, (gid_t)-1),
			&routes[i]),
		    403);
		assert_int_not_equal(ask(web_connect(&w), &routes[i]), 403);
	}
	/* a stranger does not learn which paths there are */
	assert_int_equal(
	    ask(web_connect_as(&w, STRANGER, STRANGER, (gid_t)-1), &nowhere),
	    403);
	web_close(&w);
}

static void
test_actor(void **state)
{
	struct web w;
	struct act act;

	(void)state;
	if (getuid() != 0)
		skip();
	web_open(&w);
	w.conf.listeners[0].rule.starter = STARTER;
	web_start(&w);
	close(web_connect_as(&w, STARTER, STARTER, (gid_t)-1));
	assert_int_equal(ask(web_connect_as(&w, STARTER, STARTER, (gid_t)-1),
			     &(const struct route){
				 .method = "POST", .path = "/v1/verify" }),
	    200);
	core_fake_last(w.engine, &act);
	assert_string_equal(act.actor, "unix:65532");
	assert_string_equal(act.source, "");
	assert_int_equal(act.right, RIGHT_ADMIN);
	assert_int_equal(strlen(act.request_id), REQUEST_ID_LEN);
	web_close(&w);
}

static void
expect_turned_away(int fd)
{
	struct web_answer a;

	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 503);
	assert_string_equal(json_of_text(a.json, "code"), "busy");
	web_answer_clear(&a);
	assert_true(web_is_closed(fd, 3000));
	close(fd);
}

static void
expect_answered(int fd)
{
	struct web_answer a;

	web_post(fd, "/v1/verify", VERIFY);
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 200);
	web_answer_clear(&a);
}

static void
test_cap_in_all(void **state)
{
	struct web w;
	int fds[4], i;

	(void)state;
	web_open(&w);
	w.conf.listeners[0].connections_max = 4;
	web_start(&w);
	for (i = 0; i < 4; i++) {
		fds[i] = web_connect(&w);
		expect_answered(fds[i]);
	}
	expect_turned_away(web_connect(&w));
	close(fds[0]);
	for (i = 0; i < 1000; i++) { /* until the server has seen it */
		struct web_answer a;
		int fd = web_connect(&w), status;

		web_post(fd, "/v1/verify", VERIFY);
		assert_true(web_get(fd, &a));
		status = a.status;
		web_answer_clear(&a);
		close(fd);
		if (status == 200)
			break;
	}
	assert_true(i < 1000);
	for (i = 1; i < 4; i++)
		close(fds[i]);
	web_close(&w);
}

static void
test_cap_of_a_peer(void **state)
{
	struct web w;
	int fds[3], root[5], i;

	(void)state;
	if (getuid() != 0)
		skip();
	web_open(&w);
	w.conf.listeners[0].rule.starter = STARTER;
	w.conf.listeners[0].connections_peer_max = 3;
	web_start(&w);
	for (i = 0; i < 3; i++) {
		fds[i] = web_connect_as(&w, STARTER, STARTER, (gid_t)-1);
		expect_answered(fds[i]);
	}
	expect_turned_away(web_connect_as(&w, STARTER, STARTER, (gid_t)-1));
	for (i = 0; i < 5; i++) { /* root has no cap of its own */
		root[i] = web_connect(&w);
		expect_answered(root[i]);
	}
	for (i = 0; i < 5; i++)
		close(root[i]);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	web_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_own_user),
		cmocka_unit_test(test_R49_rights_of_every_route),
		cmocka_unit_test(test_actor),
		cmocka_unit_test(test_cap_in_all),
		cmocka_unit_test(test_cap_of_a_peer),
	};

	json_init();
	log_open("test_peer", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
