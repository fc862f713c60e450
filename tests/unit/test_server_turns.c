/*
 * Goal of this test: the threads of a listener that is brisk take short turns on
 * a processor, those of any other the usual ones, and so does whoever started
 * them. Before Linux 6.12 there is only one length, and nothing to see.
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
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "tests/fakes/web_peer.h"

/* How long a thread's turns are, in ns, as sched_getattr(2) says. */
static uint64_t
turn_of(pid_t tid)
{
	uint64_t attr[6];

	memset(attr, 0, sizeof(attr));
	assert_int_equal(
	    syscall(SYS_sched_getattr, tid, attr, sizeof(attr), 0), 0);
	return (attr[3]);
}

/* Of the threads of this process, how many take such turns. */
static int
threads_of(uint64_t ns)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *entry;
	int n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			n += turn_of((pid_t)strtol(entry->d_name, NULL, 10)) ==
			    ns;
	closedir(dir);
	return (n);
}

static void
test_turns(void **state)
{
	const uint64_t usual = turn_of(0);
	struct web_answer a;
	struct web w;
	int fd, others;

	(void)state;
	if (usual == 0)
		skip();
	web_open(&w);
	web_start(&w);
	others = threads_of(usual);
	assert_int_equal(threads_of(100000), 0);
	web_stop(&w);
	unlink(w.path);
	w.conf.listeners[0].is_brisk = true;
	web_start(&w);
	assert_int_equal(threads_of(100000), w.conf.listeners[0].threads);
	assert_int_equal(
	    threads_of(usual), others - w.conf.listeners[0].threads);
	assert_int_equal(turn_of(0), usual);
	fd = web_connect(&w);
	web_send_text(fd, "GET /v1/none HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_true(web_get(fd, &a));
	assert_int_equal(a.status, 404);
	web_answer_clear(&a);
	close(fd);
	web_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_turns) };

	json_init();
	log_open("test_server_turns", LOG_LEVEL_ERROR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
