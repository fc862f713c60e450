/*
 * Goal of this test: a session's last use counts at once, is written after 30
 * seconds, is never lost between the two, and never goes back.
 * Links: authd/core/session_seen.c authd/core/session_keep.c
 * Links: authd/store/rows.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: tests/fakes/store_mem_password.c tests/fakes/store_sample.c
 * Links: authd/store/store_sqlite.c authd/store/store_sqlite_open.c
 * Links: authd/store/store_sqlite_office.c authd/store/store_sqlite_account.c
 * Links: authd/store/store_sqlite_phone.c authd/store/store_sqlite_counter.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/store_sqlite_audit.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/store/migrate.c authd/store/schema.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include "tests/fakes/store_sample.h"

#include "authd/core/session_keep.h"
#include "authd/core/session_seen.h"

#define MANY 5000

static struct session
session(unsigned n)
{
	struct session row = { .office = office_1,
		.account = anna,
		.token = { 1 },
		.factors = SESSION_FACTORS,
		.login_steady = 1,
		.created_steady = 1,
		.seen_steady = 1,
		.until_steady = 1000000 + n };

	memcpy(row.id.b + 4, &n, sizeof(n));
	/* like a UUIDv7: the last bytes are random */
	n = n * 2654435761u;
	memcpy(row.id.b + 12, &n, sizeof(n));
	row.id.b[0] = 1;
	memcpy(row.token + 4, row.id.b, ID_LEN);
	return (row);
}

static struct moment
at(int64_t ms)
{
	struct moment now = { .wall_ms = 1700000000000 + ms, .steady_ms = ms };

	return (now);
}

static void
test_many(void **state)
{
	const struct session_seen_row *rows;
	struct moment now = at(1000);
	struct session_seen *s;
	struct session row;
	size_t n, written = 0, rounds = 0;
	unsigned i;

	(void)state;
	assert_int_equal(session_seen_new(&s), 0);
	for (i = 0; i < MANY; i++) {
		row = session(i);
		assert_int_equal(session_seen_find(s, &row.id), 0);
		now = at(1000 + i);
		session_seen_note(s, &row, &now);
		assert_int_equal(session_seen_find(s, &row.id), 1000 + i);
	}
	/* an earlier moment takes nothing back */
	row = session(77);
	now = at(5);
	session_seen_note(s, &row, &now);
	assert_int_equal(session_seen_find(s, &row.id), 1077);
	now = at(1000 + SESSION_SEEN_MS - 1);
	rows = session_seen_take(s, &now, false, &n);
	assert_int_equal(n, 0);
	session_seen_stored(s, true);
	now = at(1000 + MANY + SESSION_SEEN_MS);
	for (;;) {
		rows = session_seen_take(s, &now, false, &n);
		if (n == 0)
			break;
		assert_true(n <= SESSION_SEEN_BATCH);
		for (i = 0; i < n; i++)
			assert_int_equal(rows[i].seen_steady,
			    session_seen_find(s, &rows[i].id));
		/* every third writing fails: nothing of it is forgotten */
		if (++rounds % 3 == 0) {
			session_seen_stored(s, false);
			continue;
		}
		written += n;
		assert_int_equal(
		    session_seen_is_behind(s), n == SESSION_SEEN_BATCH);
		session_seen_stored(s, true);
	}
	assert_int_equal(written, MANY);
	/* still there for whoever began to read before that; then no more */
	for (i = 0; i < MANY; i++) {
		row = session(i);
		assert_in_range(session_seen_find(s, &row.id), 1000, 1000 + MANY);
	}
	now.steady_ms += SESSION_SEEN_KEPT_MS;
	rows = session_seen_take(s, &now, false, &n);
	assert_int_equal(n, 0);
	for (i = 0; i < MANY; i++) {
		row = session(i);
		assert_int_equal(session_seen_find(s, &row.id), 0);
	}
	session_seen_free(s);
}

/* Of more than there is room for, those that are there stay; and there is room
 * again when they are written. */
static void
test_full(void **state)
{
	struct moment now = at(1000);
	struct session_seen *s;
	struct session row;
	size_t n, noted = 0;
	unsigned i;

	(void)state;
	assert_int_equal(session_seen_new(&s), 0);
	for (i = 0; i < SESSION_SEEN_PLACES; i++) {
		row = session(i);
		session_seen_note(s, &row, &now);
		noted += session_seen_find(s, &row.id) == 1000;
	}
	assert_in_range(
	    noted, SESSION_SEEN_PLACES / 2, SESSION_SEEN_PLACES / 4 * 3);
	row = session(0);
	assert_int_equal(session_seen_find(s, &row.id), 1000);
	for (n = 1; n > 0;) {
		(void)session_seen_take(s, &now, true, &n);
		noted -= n;
		session_seen_stored(s, true);
	}
	assert_int_equal(noted, 0);
	now.steady_ms += SESSION_SEEN_KEPT_MS;
	(void)session_seen_take(s, &now, true, &n);
	row = session(SESSION_SEEN_PLACES - 1);
	session_seen_note(s, &row, &now);
	assert_int_equal(session_seen_find(s, &row.id), now.steady_ms);
	session_seen_free(s);
}

/* Used again while it is being written: it stays, and is written again. */
static void
test_used_meanwhile(void **state)
{
	const struct session_seen_row *rows;
	struct session row = session(1);
	struct moment now = at(1000);
	struct session_seen *s;
	size_t n;

	(void)state;
	assert_int_equal(session_seen_new(&s), 0);
	session_seen_note(s, &row, &now);
	now = at(40000);
	rows = session_seen_take(s, &now, false, &n);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].seen_steady, 1000);
	session_seen_note(s, &row, &now);
	session_seen_stored(s, true);
	assert_int_equal(session_seen_find(s, &row.id), 40000);
	rows = session_seen_take(s, &now, false, &n);
	assert_int_equal(n, 0);
	rows = session_seen_take(s, &now, true, &n);
	assert_int_equal(n, 1);
	session_seen_stored(s, true);
	/* once more, before it is forgotten: to be written again */
	now = at(42000);
	session_seen_note(s, &row, &now);
	now = at(42000 + SESSION_SEEN_KEPT_MS);
	rows = session_seen_take(s, &now, false, &n);
	assert_int_equal(n, 0);
	assert_int_equal(session_seen_find(s, &row.id), 42000);
	now = at(42000 + SESSION_SEEN_MS);
	rows = session_seen_take(s, &now, false, &n);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].seen_steady, 42000);
	assert_int_equal(rows[0].seen_ms, 1700000042000);
	session_seen_free(s);
}

/* The tick writes what is due and removes what has expired. */
static void
test_keep(void **state)
{
	struct store *st = store_sample_of(state);
	struct core c = { .store = st };
	struct session a = session(1), b = session(2), got;
	struct moment now = at(1000);

	assert_int_equal(session_seen_new(&c.sessions), 0);
	b.until_steady = 50000;
	store_sample_begin(st);
	store_sample_fill(st);
	assert_int_equal(st->ops->session_add(st, &a), 0);
	assert_int_equal(st->ops->session_add(st, &b), 0);
	store_sample_commit(st);
	session_seen_note(c.sessions, &a, &now);
	now = at(20000);
	store_sample_begin(st);
	assert_int_equal(session_keep_tick(&c, &now, false), 0);
	store_sample_commit(st);
	assert_false(session_keep_ended(&c, 0));
	assert_int_equal(st->ops->session_by_id(st, &a.id, &got), 0);
	assert_int_equal(got.seen_steady, 1);
	/* a transaction that fails: it stays in memory */
	now = at(50000);
	store_sample_begin(st);
	assert_int_equal(session_keep_tick(&c, &now, false), 0);
	assert_int_equal(st->ops->rollback(st), 0);
	assert_false(session_keep_ended(&c, ERR_FULL));
	assert_int_equal(session_seen_find(c.sessions, &a.id), 1000);
	store_sample_begin(st);
	assert_int_equal(session_keep_tick(&c, &now, false), 0);
	store_sample_commit(st);
	assert_false(session_keep_ended(&c, 0));
	assert_int_equal(session_seen_find(c.sessions, &a.id), 1000);
	assert_int_equal(st->ops->session_by_id(st, &a.id, &got), 0);
	assert_int_equal(got.seen_steady, 1000);
	assert_true(got.seen_ms == 1700000001000);
	assert_int_equal(
	    st->ops->session_by_id(st, &b.id, &got), ERR_NOTFOUND);
	session_seen_free(c.sessions);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_used_meanwhile),
		cmocka_unit_test_setup_teardown(
		    test_keep, store_sample_mem, store_sample_end),
		cmocka_unit_test_setup_teardown(
		    test_keep, store_sample_sqlite, store_sample_end),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
