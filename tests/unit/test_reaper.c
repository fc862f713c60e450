/*
 * Goal of this test: a connection ends at its deadline and not before, a
 * waiting request is told once instead, and a removed descriptor is never
 * touched.
 * Links: authd/web/reaper.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/web/reaper.h"
#include "tests/fakes/clock_fake.h"

#define T 1000

struct peer {
	struct reaper_entry entry;
	int fds[2]; /* ours, the peer's */
	atomic_int told;
};

static void
peer_open(struct reaper *r, struct peer *p)
{
	memset(p, 0, sizeof(*p));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, p->fds), 0);
	reaper_add(r, &p->entry, p->fds[0]);
}

static void
peer_close(struct reaper *r, struct peer *p)
{
	reaper_remove(r, &p->entry);
	close(p->fds[0]);
	close(p->fds[1]);
}

/* What the peer sees: true when its connection was shut down. */
static bool
is_shut(const struct peer *p)
{
	char c;

	return (recv(p->fds[1], &c, 1, MSG_DONTWAIT) == 0);
}

static void
tell(void *arg)
{
	struct peer *p = arg;

	atomic_fetch_add(&p->told, 1);
}

static void
test_deadlines(void **state)
{
	struct reaper *r;
	struct peer a, b;
	int64_t now = clock_boot_ms();

	(void)state;
	assert_int_equal(reaper_new(T, &r), 0);
	assert_int_equal(reaper_scan(r, now), -1);
	peer_open(r, &a);
	clock_fake_pass(100);
	peer_open(r, &b);
	assert_int_equal(reaper_scan(r, now + T - 1), 1);
	assert_false(is_shut(&a));
	assert_int_equal(reaper_scan(r, now + T), 100);
	assert_true(is_shut(&a));
	assert_false(is_shut(&b));
	reaper_arm(r, &b.entry); /* answered at now + 100: no change */
	assert_int_equal(reaper_scan(r, now + T), 100);
	clock_fake_pass(50);
	reaper_arm(r, &b.entry);
	assert_int_equal(reaper_scan(r, now + T + 149), 1);
	assert_false(is_shut(&b));
	assert_int_equal(reaper_scan(r, now + T + 150), -1);
	assert_true(is_shut(&b));
	peer_close(r, &a);
	peer_close(r, &b);
	reaper_free(r);
}

/* What was just set is not set again; who has waited since has all of the time at
 * once, and is not told any more. */
static void
test_grain(void **state)
{
	struct reaper *r;
	struct peer a;
	int64_t now = clock_boot_ms();

	(void)state;
	assert_int_equal(reaper_new(T, &r), 0);
	peer_open(r, &a);
	clock_fake_pass(REAPER_GRAIN_MS - 1);
	reaper_arm(r, &a.entry);
	assert_int_equal(reaper_scan(r, now), T);
	clock_fake_pass(1);
	reaper_rest(r, &a.entry);
	assert_int_equal(reaper_scan(r, now), T + REAPER_GRAIN_MS);
	clock_fake_pass(1);
	reaper_wait(r, &a.entry, tell, &a);
	reaper_wait_end(r, &a.entry);
	reaper_rest(r, &a.entry);
	assert_int_equal(reaper_scan(r, now), T + REAPER_GRAIN_MS + 1);
	reaper_wait(r, &a.entry, tell, &a);
	reaper_rest(r, &a.entry);
	assert_int_equal(reaper_scan(r, now + 2 * T), -1);
	assert_int_equal(a.told, 0);
	assert_true(is_shut(&a));
	peer_close(r, &a);
	reaper_free(r);
}

static void
test_removed_is_not_touched(void **state)
{
	struct reaper *r;
	struct peer a, b, c;
	int64_t now = clock_boot_ms();

	(void)state;
	assert_int_equal(reaper_new(T, &r), 0);
	peer_open(r, &a);
	peer_open(r, &b);
	peer_open(r, &c);
	reaper_remove(r, &b.entry); /* from the middle */
	reaper_remove(r, &b.entry); /* twice is harmless */
	assert_int_equal(reaper_scan(r, now + T), -1);
	assert_true(is_shut(&a));
	assert_false(is_shut(&b));
	assert_true(is_shut(&c));
	peer_close(r, &a);
	peer_close(r, &b);
	peer_close(r, &c);
	reaper_free(r);
}

static void
test_waiting_is_told_once(void **state)
{
	struct reaper *r;
	struct peer a;
	int64_t now = clock_boot_ms();

	(void)state;
	assert_int_equal(reaper_new(T, &r), 0);
	peer_open(r, &a);
	reaper_wait(r, &a.entry, tell, &a);
	assert_int_equal(reaper_scan(r, now + T - 1), 1);
	assert_int_equal(a.told, 0);
	assert_int_equal(reaper_scan(r, now + T), T);
	assert_int_equal(a.told, 1);
	assert_false(is_shut(&a)); /* it is still to be answered */
	/* a peer that does not take the answer ends as well */
	assert_int_equal(reaper_scan(r, now + 2 * T), -1);
	assert_int_equal(a.told, 1);
	assert_true(is_shut(&a));
	peer_close(r, &a);
	/* a request that was answered in time is not told */
	peer_open(r, &a);
	reaper_wait(r, &a.entry, tell, &a);
	reaper_wait_end(r, &a.entry);
	assert_int_equal(reaper_scan(r, now + 9 * T), -1);
	assert_int_equal(a.told, 0);
	assert_true(is_shut(&a));
	peer_close(r, &a);
	/* nor one whose answer is out: it has the full time again */
	peer_open(r, &a);
	reaper_wait(r, &a.entry, tell, &a);
	clock_fake_pass(50);
	reaper_rest(r, &a.entry);
	assert_int_equal(reaper_scan(r, clock_boot_ms() + T - 1), 1);
	assert_int_equal(reaper_scan(r, now + 9 * T), -1);
	assert_int_equal(a.told, 0);
	assert_true(is_shut(&a));
	/* nor is one forgotten whose deadline passed before it waited */
	reaper_wait(r, &a.entry, tell, &a);
	assert_int_equal(reaper_scan(r, now + 9 * T), T);
	assert_int_equal(a.told, 1);
	peer_close(r, &a);
	reaper_free(r);
}

static void
test_expire_waiting(void **state)
{
	struct reaper *r;
	struct peer a, b, c;

	(void)state;
	assert_int_equal(reaper_new(T, &r), 0);
	peer_open(r, &a);
	peer_open(r, &b);
	peer_open(r, &c);
	reaper_wait(r, &a.entry, tell, &a);
	reaper_wait(r, &c.entry, tell, &c);
	reaper_expire_waiting(r);
	reaper_expire_waiting(r);
	assert_int_equal(a.told, 1);
	assert_int_equal(b.told, 0);
	assert_int_equal(c.told, 1);
	assert_false(is_shut(&b));
	peer_close(r, &a);
	peer_close(r, &b);
	peer_close(r, &c);
	reaper_free(r);
}

/* The thread: woken by a first connection, and by one that is late. */
static void
test_thread(void **state)
{
	struct reaper *r;
	struct peer a, b;
	struct pollfd p;
	int i;

	(void)state;
	assert_int_equal(reaper_new(20, &r), 0);
	assert_int_equal(reaper_start(r), 0);
	peer_open(r, &a);
	clock_fake_pass(20);
	p.fd = a.fds[1];
	p.events = POLLIN;
	assert_int_equal(poll(&p, 1, 3000), 1);
	assert_true(is_shut(&a));
	peer_open(r, &b);
	reaper_wait(r, &a.entry, tell, &a);
	for (i = 0; i < 3000 && a.told == 0; i++)
		poll(NULL, 0, 1);
	assert_int_equal(a.told, 1);
	assert_false(is_shut(&b));
	peer_close(r, &a);
	peer_close(r, &b);
	reaper_free(r);
	reaper_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_grain),
		cmocka_unit_test(test_removed_is_not_touched),
		cmocka_unit_test(test_waiting_is_told_once),
		cmocka_unit_test(test_expire_waiting),
		cmocka_unit_test(test_thread),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
