/*
 * Goal of this test: sources by the numbers of DESIGN 6.3 and 6.11: what is
 * one source, 50 failures for 10 logins in 10 minutes, tenfold for an office's
 * own addresses, what makes room for what, what is undone with its
 * transaction, and how refusals are held back and counted.
 * Links: authd/core/source.c authd/core/source_address.c authd/base/err.c authd/base/log.c
 * Links: authd/core/source_slot.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/id.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/source.h"
#include "authd/core/source_address.h"

#define SSHD "local:sshd"
#define WEB  "local:web"
#define A    "198.51.100.7"
#define B    "198.51.100.8"

static struct sources *s;
static struct moment now;
static struct source_held held;

static int
setup(void **state)
{
	(void)state;
	/* steady time is on the edge of a piece, wall time anywhere */
	now.steady_ms = 7200000;
	now.wall_ms = 1795305600000;
	return (source_new(&s));
}

static int
teardown(void **state)
{
	(void)state;
	source_free(s);
	return (0);
}

static void
assert_name(const char *address, const char *want)
{
	char out[AUDIT_SOURCE_MAX + 1];

	assert_int_equal(source_address_name(address, out), 0);
	assert_string_equal(out, want);
	/* A name stands for itself. */
	assert_int_equal(source_address_name(want, out), 0);
	assert_string_equal(out, want);
}

static void
test_names(void **state)
{
	char out[AUDIT_SOURCE_MAX + 1], text[AUDIT_SOURCE_MAX + 2];

	(void)state;
	assert_name("192.0.2.1", "192.0.2.1");
	assert_name("::ffff:192.0.2.1", "192.0.2.1");
	assert_name("::FFFF:c000:201", "192.0.2.1");
	assert_name("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
	assert_name("2001:DB8:1:2::", "2001:db8:1:2::/64");
	assert_name("2001:db8:1:3::1", "2001:db8:1:3::/64");
	assert_name("::1", "::/64");
	assert_name("fe80::1%eth0", "fe80::/64");
	assert_name("192.0.2.1%x", "192.0.2.1");
	assert_name("192.0.2", "192.0.2");
	assert_name("192.0.2.01.1", "192.0.2.01.1");
	assert_name("2001:db8::/63", "2001:db8::/63");
	assert_name("192.0.2.0/64", "192.0.2.0/64");
	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(source_address_name(text, out), ERR_INVALID);
	text[AUDIT_SOURCE_MAX] = '\0';
	assert_int_equal(source_address_name(text, out), 0);
}

static void
test_networks(void **state)
{
	const char *both = "192.0.2.0/25 2001:db8::/33 203.0.113.9";

	(void)state;
	assert_true(source_address_in("192.0.2.0", both));
	assert_true(source_address_in("192.0.2.127", both));
	assert_false(source_address_in("192.0.2.128", both));
	assert_true(source_address_in("::ffff:192.0.2.127", both));
	assert_true(source_address_in("2001:db8:7fff::1", both));
	assert_false(source_address_in("2001:db8:8000::1", both));
	assert_true(source_address_in("203.0.113.9", both));
	assert_false(source_address_in("203.0.113.8", both));
	assert_false(source_address_in("192.0.2", both));
	assert_false(source_address_in("", both));
	assert_false(source_address_in("192.0.2.1", ""));
	assert_true(source_address_in("192.0.2.1", "0.0.0.0/0"));
	assert_false(source_address_in("2001:db8::1", "0.0.0.0/0"));
	assert_true(source_address_in("2001:db8::1", "::/0"));
	assert_false(source_address_in("192.0.2.1", "::/0"));
	assert_true(source_address_in("192.0.2.1", "::ffff:192.0.2.0/120"));
}

static bool
is_blocked(const char *consumer, const char *address, const char *networks)
{
	bool out = false;

	assert_int_equal(
	    source_blocked(s, consumer, address, &now, networks, &out), 0);
	return (out);
}

static void
fail_for(const char *consumer, const char *address, int login)
{
	char text[16];

	snprintf(text, sizeof(text), "u%d", login);
	assert_int_equal(
	    source_failed(s, consumer, address, text, &now, &held), 0);
	source_ended(s, 0);
}

/* ${n} failures for ${logins} logins. */
static void
fail_many(const char *consumer, const char *address, int n, int logins)
{
	int i;

	for (i = 0; i < n; i++)
		fail_for(consumer, address, i % logins);
}

static void
test_the_fiftieth_failure_blocks(void **state)
{
	(void)state;
	assert_false(is_blocked(SSHD, A, ""));
	fail_many(SSHD, A, 49, 10);
	assert_false(is_blocked(SSHD, A, ""));
	fail_for(SSHD, A, 3);
	assert_true(is_blocked(SSHD, A, ""));
	/* only this consumer's, only this address */
	assert_false(is_blocked(WEB, A, ""));
	assert_false(is_blocked(SSHD, B, ""));
	assert_false(is_blocked(SSHD, "", ""));
	/* for ten minutes of steady time, whatever the wall clock does */
	now.wall_ms += 86400000;
	now.steady_ms += SOURCE_BLOCK_MS - 1;
	assert_true(is_blocked(SSHD, A, ""));
	now.wall_ms -= 10 * 86400000LL;
	assert_true(is_blocked(SSHD, A, ""));
	now.steady_ms += 1;
	assert_false(is_blocked(SSHD, A, ""));
	/* and then it is as new */
	fail_many(SSHD, A, 49, 10);
	assert_false(is_blocked(SSHD, A, ""));
	fail_for(SSHD, A, 3);
	assert_true(is_blocked(SSHD, A, ""));
}

static void
test_ten_logins_are_needed(void **state)
{
	int i;

	(void)state;
	fail_many(SSHD, A, 400, 9);
	assert_false(is_blocked(SSHD, A, ""));
	/* the tenth one is enough then */
	fail_for(SSHD, A, 9);
	assert_true(is_blocked(SSHD, A, ""));
	/* ten logins of which one was too long ago */
	fail_for(SSHD, B, 100);
	now.steady_ms += SOURCE_WINDOW_MS;
	fail_many(SSHD, B, 60, 9);
	assert_false(is_blocked(SSHD, B, ""));
	/* more than ten are no fewer */
	for (i = 0; i < 49; i++)
		fail_for(WEB, B, i);
	assert_false(is_blocked(WEB, B, ""));
	fail_for(WEB, B, 49);
	assert_true(is_blocked(WEB, B, ""));
}

static void
test_the_window_moves(void **state)
{
	int i;

	(void)state;
	/* 49 now, one just before they are forgotten: 50 */
	fail_many(SSHD, A, 49, 10);
	now.steady_ms += SOURCE_WINDOW_MS - 1;
	fail_for(SSHD, A, 1);
	assert_true(is_blocked(SSHD, A, ""));
	now.steady_ms += SOURCE_WINDOW_MS;
	/* one millisecond later they are: 1, and 49 more are needed */
	fail_many(SSHD, B, 49, 10);
	now.steady_ms += SOURCE_WINDOW_MS + 1;
	fail_many(SSHD, B, 49, 10);
	assert_false(is_blocked(SSHD, B, ""));
	fail_for(SSHD, B, 1);
	assert_true(is_blocked(SSHD, B, ""));
	/* slowly for hours, 49 in any ten minutes: never */
	for (i = 0; i < 1000; i++) {
		fail_for(WEB, A, i % 20);
		assert_false(is_blocked(WEB, A, ""));
		now.steady_ms += SOURCE_WINDOW_MS / 49 + 1;
	}
	/* and one a little faster than that: sooner or later */
	for (i = 0; i < 100; i++) {
		fail_for(WEB, B, i % 20);
		now.steady_ms += SOURCE_WINDOW_MS / 52;
	}
	assert_true(is_blocked(WEB, B, ""));
}

static void
test_one_network_is_one_source(void **state)
{
	char address[64];
	int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		snprintf(address, sizeof(address), "2001:db8:0:7:%x::%x", i, i);
		fail_for(SSHD, address, i % 10);
	}
	assert_true(is_blocked(SSHD, "2001:db8:0:7::dead", ""));
	assert_false(is_blocked(SSHD, "2001:db8:0:8::dead", ""));
	fail_many(SSHD, "::ffff:198.51.100.7", 25, 10);
	fail_many(SSHD, A, 25, 10);
	assert_true(is_blocked(SSHD, A, ""));
	/* what is no address is a source by its text */
	fail_many(SSHD, "198.51.100", 50, 10);
	assert_true(is_blocked(SSHD, "198.51.100", ""));
	assert_false(is_blocked(SSHD, "198.51.1", ""));
	/* the machine itself is none */
	fail_many(SSHD, "", 600, 10);
	assert_false(is_blocked(SSHD, "", ""));
}

static void
test_an_office_has_ten_times_that(void **state)
{
	(void)state;
	fail_many(SSHD, A, 499, 10);
	assert_true(is_blocked(SSHD, A, ""));
	assert_true(is_blocked(SSHD, A, "192.0.2.0/24"));
	assert_false(is_blocked(SSHD, A, "192.0.2.0/24 198.51.100.0/24"));
	fail_for(SSHD, A, 1);
	assert_true(is_blocked(SSHD, A, "192.0.2.0/24 198.51.100.0/24"));
	now.steady_ms += SOURCE_BLOCK_MS;
	assert_false(is_blocked(SSHD, A, "198.51.100.0/24"));
	assert_false(is_blocked(SSHD, A, ""));
}

static void
test_unlock(void **state)
{
	struct source_view *list;
	size_t n;

	(void)state;
	assert_int_equal(source_clear(s, SSHD, A, &now), ERR_NOTFOUND);
	fail_many(SSHD, A, 500, 10);
	fail_many(WEB, A, 12, 3);
	fail_many(SSHD, "2001:db8::1", 60, 10);
	fail_many(SSHD, B, 13, 3);
	assert_int_equal(source_list(s, &now, &list, &n), 0);
	assert_int_equal(n, 4);
	assert_string_equal(list[0].consumer, SSHD);
	assert_string_equal(list[0].address, A);
	assert_int_equal(list[0].failures, 500);
	assert_int_equal(list[0].logins, 10);
	assert_int_equal(list[0].until_steady, now.steady_ms + SOURCE_BLOCK_MS);
	assert_string_equal(list[1].address, "2001:db8::/64");
	assert_int_equal(list[1].failures, 60);
	assert_string_equal(list[2].address, B);
	assert_string_equal(list[3].consumer, WEB);
	assert_int_equal(list[3].failures, 12);
	assert_int_equal(list[3].logins, 3);
	assert_int_equal(list[3].until_steady, 0);
	free(list);
	assert_int_equal(source_clear(s, SSHD, A, &now), 0);
	assert_int_equal(source_clear(s, SSHD, A, &now), ERR_NOTFOUND);
	assert_int_equal(source_clear(s, SSHD, "2001:db8::/64", &now), 0);
	source_ended(s, 0);
	assert_false(is_blocked(SSHD, A, ""));
	assert_false(is_blocked(SSHD, A, "198.51.100.7"));
	assert_false(is_blocked(SSHD, "2001:db8::1", ""));
	fail_many(SSHD, A, 49, 10);
	assert_false(is_blocked(SSHD, A, ""));
	assert_int_equal(source_list(s, &now, &list, &n), 0);
	assert_int_equal(n, 3);
	free(list);
	now.steady_ms += SOURCE_WINDOW_MS;
	assert_int_equal(source_list(s, &now, &list, &n), 0);
	assert_int_equal(n, 0);
	free(list);
}

static void
test_whoever_floods_makes_room(void **state)
{
	struct source_view *list;
	size_t i, n, others = 0;
	char address[64];

	(void)state;
	fail_many(SSHD, A, 50, 10);
	for (i = 0; i < 3 * SOURCE_MAX; i++) {
		snprintf(address, sizeof(address), "10.%zu.%zu.%zu", i >> 16,
		    i >> 8 & 255, i & 255);
		fail_for(WEB, address, 1);
	}
	assert_true(is_blocked(SSHD, A, ""));
	assert_int_equal(source_list(s, &now, &list, &n), 0);
	assert_true(n <= SOURCE_MAX);
	assert_true(n > SOURCE_MAX / 2);
	for (i = 0; i < n; i++)
		others += strcmp(list[i].consumer, WEB) != 0;
	assert_int_equal(others, 1);
	free(list);
	/* a stranger to a full table finds room too */
	fail_many("local:late", B, 50, 10);
	assert_true(is_blocked("local:late", B, ""));
	assert_true(is_blocked(SSHD, A, ""));
}

static void
test_the_oldest_makes_room(void **state)
{
	struct source_view *list;
	size_t i, n;
	char address[64];

	(void)state;
	fail_many(WEB, A, 50, 10);
	fail_many(WEB, B, 50, 10);
	for (i = 0; i < 3 * SOURCE_MAX; i++) {
		snprintf(address, sizeof(address), "10.%zu.%zu.%zu", i >> 16,
		    i >> 8 & 255, i & 255);
		fail_for(WEB, address, 1);
		now.steady_ms += 10;
		/* one of the two goes on */
		if (i % 500 == 0)
			fail_for(WEB, A, (int)(i / 500 % 10));
	}
	assert_int_equal(source_list(s, &now, &list, &n), 0);
	for (i = 0; i < n; i++)
		assert_string_not_equal(list[i].address, B);
	free(list);
	assert_false(is_blocked(WEB, B, ""));
	assert_true(is_blocked(WEB, A, ""));
}

static void
test_what_a_transaction_undoes(void **state)
{
	struct source_view *list;
	size_t n;
	int i;

	(void)state;
	fail_many(SSHD, A, 49, 10);
	source_begin(s);
	source_mark(s);
	/* the 50th: seen within the transaction at once */
	assert_int_equal(source_failed(s, SSHD, A, "u1", &now, &held), 0);
	assert_true(is_blocked(SSHD, A, ""));
	/* a later job of it fails: only its own work is undone */
	source_mark(s);
	assert_int_equal(source_clear(s, SSHD, A, &now), 0);
	assert_int_equal(source_failed(s, WEB, B, "u1", &now, &held), 0);
	assert_false(is_blocked(SSHD, A, ""));
	source_rewind(s);
	assert_true(is_blocked(SSHD, A, ""));
	/* then its commit fails: all is */
	source_ended(s, ERR_STORE);
	assert_false(is_blocked(SSHD, A, ""));
	assert_int_equal(source_list(s, &now, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].failures, 49);
	free(list);
	/* more than can be undone is not done */
	source_begin(s);
	for (i = 0; i < 4 * BATCH_JOBS_MAX; i++)
		assert_int_equal(
		    source_failed(s, WEB, B, "u1", &now, &held), 0);
	assert_int_equal(source_failed(s, WEB, B, "u1", &now, &held), ERR_BUSY);
	assert_int_equal(source_failed(s, WEB, A, "u1", &now, &held), ERR_BUSY);
	source_ended(s, ERR_STORE);
	assert_int_equal(source_list(s, &now, &list, &n), 0);
	assert_int_equal(n, 1);
	free(list);
}

static void
test_what_is_too_long(void **state)
{
	char text[200];
	bool out = false;

	(void)state;
	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(
	    source_blocked(s, SSHD, text, &now, "", &out), ERR_INVALID);
	assert_true(out); /* an error is no leave */
	out = false;
	assert_int_equal(
	    source_blocked(s, text, A, &now, "", &out), ERR_INVALID);
	assert_true(out);
	assert_int_equal(
	    source_failed(s, SSHD, text, "u1", &now, &held), ERR_INVALID);
	assert_int_equal(source_clear(s, text, A, &now), ERR_INVALID);
}

/* One refusal; true when its record is to be written. */
static bool
note(const char *consumer, const char *address, const char *id)
{
	struct act act;
	bool is_held = true;

	memset(&act, 0, sizeof(act));
	act.now = now;
	snprintf(act.actor, sizeof(act.actor), "unix:7");
	snprintf(act.source, sizeof(act.source), "%s", address);
	snprintf(act.request_id, sizeof(act.request_id), "%s", id);
	assert_int_equal(source_hold(s, consumer, &act, &is_held, &held), 0);
	source_ended(s, 0);
	return (!is_held);
}

static void
test_twenty_records_a_minute(void **state)
{
	char id[REQUEST_ID_LEN + 1];
	size_t at = 0;
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		assert_true(note(SSHD, A, "first"));
	for (i = 0; i < 35; i++) {
		snprintf(id, sizeof(id), "held%d", i);
		assert_false(note(SSHD, A, id));
		assert_int_equal(held.count, 0);
	}
	assert_true(note(SSHD, B, "b"));
	assert_true(note(WEB, A, "w"));
	for (i = 0; i < 100; i++)
		assert_true(note(SSHD, "", "here"));
	now.steady_ms += SOURCE_NOTES_MS - 1;
	assert_false(note(SSHD, A, "last"));
	assert_int_equal(source_due(s, &now, false, &at, &held), ERR_NOTFOUND);
	/* the minute is over: first what was held back, then this one */
	now.steady_ms++;
	assert_true(note(SSHD, A, "new"));
	assert_int_equal(held.count, 36);
	assert_string_equal(held.consumer, SSHD);
	assert_string_equal(held.address, A);
	assert_string_equal(held.actor, "unix:7");
	assert_string_equal(held.request_id, "last");
	for (i = 0; i < 19; i++)
		assert_true(note(SSHD, A, "more"));
	assert_false(note(SSHD, A, "held"));
	/* a quiet minute later there is nothing to say */
	at = 0;
	now.steady_ms += SOURCE_NOTES_MS;
	assert_int_equal(source_due(s, &now, false, &at, &held), 0);
	assert_int_equal(held.count, 1);
	assert_int_equal(source_due(s, &now, false, &at, &held), ERR_NOTFOUND);
	source_ended(s, 0);
	at = 0;
	assert_int_equal(source_due(s, &now, true, &at, &held), ERR_NOTFOUND);
}

static void
test_the_timer_records_what_is_due(void **state)
{
	size_t at = 0;
	int i;

	(void)state;
	for (i = 0; i < 25; i++) {
		note(SSHD, A, "a");
		note(WEB, B, "b");
	}
	assert_int_equal(source_due(s, &now, false, &at, &held), ERR_NOTFOUND);
	/* at the end of the process no minute is waited for */
	at = 0;
	source_begin(s);
	assert_int_equal(source_due(s, &now, true, &at, &held), 0);
	assert_int_equal(held.count, 5);
	assert_int_equal(source_due(s, &now, true, &at, &held), 0);
	assert_int_equal(source_due(s, &now, true, &at, &held), ERR_NOTFOUND);
	/* not written after all: it is still to be */
	source_ended(s, ERR_STORE);
	at = 0;
	now.steady_ms += SOURCE_NOTES_MS;
	assert_int_equal(source_due(s, &now, false, &at, &held), 0);
	assert_int_equal(source_due(s, &now, false, &at, &held), 0);
	source_ended(s, 0);
	at = 0;
	assert_int_equal(source_due(s, &now, true, &at, &held), ERR_NOTFOUND);
}

/* What was held back is not lost with its entry. */
static void
test_what_makes_room_is_recorded(void **state)
{
	int64_t counted = 0, i, lost = 0;
	char address[64];
	size_t at = 0;

	(void)state;
	for (i = 0; i < 23; i++)
		note(WEB, A, "a");
	for (i = 0; i < 3 * SOURCE_MAX; i++) {
		snprintf(address, sizeof(address), "10.1.%d.%d", (int)(i >> 8),
		    (int)(i & 255));
		fail_for(WEB, address, 1);
		now.steady_ms++;
		if (held.count != 0) {
			assert_string_equal(held.address, A);
			lost += held.count;
		}
	}
	while (source_due(s, &now, true, &at, &held) == 0)
		counted += held.count;
	assert_int_equal(lost + counted, 3);
	assert_int_equal(lost, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		T(test_names),
		T(test_networks),
		T(test_the_fiftieth_failure_blocks),
		T(test_ten_logins_are_needed),
		T(test_the_window_moves),
		T(test_one_network_is_one_source),
		T(test_an_office_has_ten_times_that),
		T(test_unlock),
		T(test_whoever_floods_makes_room),
		T(test_the_oldest_makes_room),
		T(test_what_a_transaction_undoes),
		T(test_what_is_too_long),
		T(test_twenty_records_a_minute),
		T(test_the_timer_records_what_is_due),
		T(test_what_makes_room_is_recorded),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
