/*
 * Goal of this test: a phone takes a step once and its last step only rises,
 * whatever of it stands in its row, in the table of accepted codes or in memory
 * alone; also after rewinds, failed commits, restarts, what others wrote into
 * the file, and for rows that were read long ago. (V1, V2)
 *
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
 * Links: authd/store/rows.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 * Links: tests/fakes/store_sample.c
 */
#include <inttypes.h>

#include "authd/store/store_sqlite_impl.h"
#include "tests/fakes/store_sample.h"

#define PHONES 40
#ifdef __SANITIZE_ADDRESS__ /* five times slower */
#define EVENTS 20000
#else
#define EVENTS 60000
#endif
#define OLD_MAX 64

/* What is known of each phone, and what a rewind or rollback returns to. */
struct model {
	struct {
		int64_t last, used_ms;
		int64_t burned[8];
		int burned_n;
		bool is_active;
	} of[PHONES];
};

static struct store_sample *f;
static struct store *reader;
static struct model now, at_mark, committed;
static struct phone old[OLD_MAX]; /* rows that were read at some time */
static uint64_t seed;
static int64_t clock_ms;
static int accepted, refused, stale, folded; /* seen in all */

static unsigned
draw(unsigned n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return ((unsigned)(seed >> 33) % n);
}

static struct id
device(int i)
{
	/* as ids are made: what begins alike differs at the end */
	struct id id = { { 0x01, 0x93, 0xaa } };

	id.b[14] = (uint8_t)(i >> 8);
	id.b[15] = (uint8_t)i;
	return (id);
}

static int
number_of(const struct phone *p)
{
	return (p->device.b[14] << 8 | p->device.b[15]);
}

static struct store_ops const *
ops(void)
{
	return (f->s->ops);
}

/* From another connection, as another program would. */
static void
change_file(const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA wal_autocheckpoint = 0", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(
	    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL),
	    SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

static int
count(const char *sql)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int n;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return (n);
}

static struct phone
read_phone(struct store *s, int i)
{
	const struct id id = device(i);
	struct phone p;

	assert_int_equal(s->ops->phone_get(s, &office_1, &anna, &id, &p), 0);
	return (p);
}

static void
open_reader(void)
{
	assert_int_equal(store_sqlite_open(f->path, STORE_READ, &reader), 0);
	store_sqlite_share(reader, f->s);
}

static int
set_up(void **state)
{
	const struct keeper_sealed sealed = { .len = 3, .at = "abc" };
	struct phone p;
	int i;

	assert_int_equal(store_sample_sqlite(state), 0);
	f = *state;
	store_sample_begin(f->s);
	store_sample_fill(f->s);
	memset(&now, 0, sizeof(now));
	for (i = 0; i < PHONES; i++) {
		const struct id id = device(i);

		p = store_sample_phone(&anna, &id, 1 + i);
		p.last_step = 0;
		assert_int_equal(ops()->phone_add(f->s, &p), 0);
		assert_int_equal(
		    ops()->phone_confirm(f->s, &p, &sealed, 10, 1), 0);
		now.of[i].last = 10;
		now.of[i].used_ms = 1;
		now.of[i].is_active = true;
	}
	store_sample_commit(f->s);
	committed = now;
	clock_ms = 1000;
	open_reader();
	return (0);
}

static int
tear_down(void **state)
{
	reader->ops->close(reader);
	return (store_sample_end(state));
}

static void
reopen(void)
{
	reader->ops->close(reader);
	f->s->ops->close(f->s);
	assert_int_equal(store_sqlite_open(f->path, STORE_WRITE, &f->s), 0);
	open_reader();
}

static bool
take(const struct phone *p, int64_t step)
{
	bool took = true;

	assert_int_equal(
	    ops()->phone_accept(f->s, p, step, clock_ms, &took), 0);
	return (took);
}

/* Bring all into their rows, as a quiet night does. */
static void
settle(void)
{
	bool is_left = true;
	int i;

	for (i = 0; i < 10000 && is_left; i++) {
		store_sample_begin(f->s);
		/* the first may find that it was no quiet moment */
		assert_int_equal(ops()->phone_settle(f->s, 7, &is_left), 0);
		if (i == 0)
			is_left = true;
		store_sample_commit(f->s);
	}
	assert_false(is_left);
	assert_int_equal(count("SELECT count(*) FROM accepted"), 0);
}

static void
test_V1_a_row_read_long_ago(void **state)
{
	const struct phone before = read_phone(reader, 1);
	struct phone p;

	(void)state;
	store_sample_begin(f->s);
	assert_true(take(&before, 20));
	assert_false(take(&before, 20)); /* of this transaction */
	assert_false(take(&before, 19));
	store_sample_commit(f->s);
	store_sample_begin(f->s);
	assert_false(take(&before, 20)); /* in memory and its table */
	assert_true(take(&before, 21));
	store_sample_commit(f->s);
	/* shown, though its row does not say so */
	assert_int_equal(
	    count("SELECT count(*) FROM phone WHERE last_step > 10"), 0);
	p = read_phone(reader, 1);
	assert_int_equal(p.last_step, 21);
	assert_int_equal(p.last_used_ms, clock_ms);
	settle();
	assert_int_equal(
	    count("SELECT last_step FROM phone WHERE last_step > 10"), 21);
	store_sample_begin(f->s);
	assert_false(take(&before, 21)); /* in its row alone */
	assert_false(take(&before, 20));
	assert_true(take(&before, 22));
	store_sample_commit(f->s);
}

static void
test_V1_view_that_is_old(void **state)
{
	struct phone p;

	(void)state;
	assert_int_equal(reader->ops->view(reader), 0);
	p = read_phone(reader, 2);
	assert_false(reader->ops->is_view_old(reader));
	store_sample_begin(f->s);
	assert_true(take(&p, 20));
	store_sample_commit(f->s);
	assert_false(reader->ops->is_view_old(reader));
	settle();
	assert_true(reader->ops->is_view_old(reader));
	/* the view shows the row as it was: it must not be believed */
	p = read_phone(reader, 2);
	assert_int_equal(p.last_step, 10);
	store_sample_begin(f->s);
	assert_false(take(&p, 20));
	store_sample_commit(f->s);
	reader->ops->view_end(reader);
	assert_int_equal(read_phone(reader, 2).last_step, 20);
}

/* What an old row says besides its last step may have changed as well. */
static void
test_V1_changed_meanwhile(void **state)
{
	const struct phone p = read_phone(reader, 8), q = read_phone(reader, 9);
	bool took;

	(void)state;
	store_sample_begin(f->s);
	assert_int_equal(ops()->phone_revoke(f->s, &p, 5), 0);
	assert_false(take(&p, 20));
	store_sample_commit(f->s);
	store_sample_begin(f->s);
	assert_false(take(&p, 20));
	assert_int_equal(
	    ops()->phone_resync(f->s, &q, 3, 20, clock_ms, &took), 0);
	assert_true(took);
	assert_false(take(&q, 19));
	store_sample_commit(f->s);
	store_sample_begin(f->s);
	assert_false(take(&q, 20));
	assert_true(take(&q, 21));
	/* and the other way round: it was accepted, and is in no row */
	assert_int_equal(
	    ops()->phone_resync(f->s, &q, 4, 21, clock_ms, &took), 0);
	assert_false(took);
	store_sample_commit(f->s);
	assert_int_equal(read_phone(reader, 9).offset, 3);
}

static void
test_V1_undone(void **state)
{
	struct phone p = read_phone(reader, 3), q = read_phone(reader, 4);

	(void)state;
	store_sample_begin(f->s);
	assert_true(take(&p, 20));
	assert_int_equal(ops()->mark(f->s), 0);
	assert_true(take(&q, 20));
	assert_int_equal(ops()->rewind(f->s), 0);
	assert_false(take(&p, 20));
	assert_true(take(&q, 19)); /* 20 was never accepted */
	store_sample_commit(f->s);
	assert_int_equal(read_phone(reader, 4).last_step, 19);
	store_sample_begin(f->s);
	assert_true(take(&q, 20));
	assert_int_equal(ops()->rollback(f->s), 0);
	store_sample_begin(f->s);
	/* all brought into the rows, and undone */
	assert_int_equal(ops()->mark(f->s), 0);
	assert_int_equal(
	    ops()->phone_ahead(f->s, 1000, store_sample_on_phone, NULL), 0);
	assert_int_equal(ops()->rewind(f->s), 0);
	assert_false(take(&q, 19));
	assert_true(take(&q, 20));
	store_sample_commit(f->s);
	settle();
	assert_int_equal(read_phone(reader, 4).last_step, 20);
}

static void
test_V1_changed_by_another(void **state)
{
	struct phone p = read_phone(reader, 5), q = read_phone(reader, 6),
		     o = read_phone(reader, 7);

	(void)state;
	store_sample_begin(f->s);
	assert_true(take(&o, 20));
	store_sample_commit(f->s);
	/* a daemon that was ended accepts a last code; somebody mends a row */
	change_file("INSERT INTO accepted (seq, office, account, device, step,"
		    " at_ms) SELECT 99, office, account, device, 30, 5"
		    " FROM phone WHERE substr(device, 16) = x'05';"
		    "UPDATE phone SET last_step = 40"
		    " WHERE substr(device, 16) = x'06'");
	store_sample_begin(f->s);
	assert_false(take(&p, 30));
	assert_false(take(&q, 40));
	assert_false(take(&o, 20));
	assert_true(take(&p, 31));
	assert_true(take(&q, 41));
	store_sample_commit(f->s);
	settle();
	assert_int_equal(read_phone(reader, 5).last_step, 31);
	assert_int_equal(read_phone(reader, 6).last_step, 41);
	assert_int_equal(read_phone(reader, 7).last_step, 20);
}

/* Under load that never ends the table stays bounded, and nothing is lost. */
static void
test_bounded_without_a_quiet_moment(void **state)
{
	struct phone p[PHONES];
	int64_t step;
	int i, most = 0, n = 0;
	bool is_left;

	(void)state;
	for (i = 0; i < PHONES; i++)
		p[i] = read_phone(reader, i);
	for (step = 11; n < 80000; step++) {
		store_sample_begin(f->s);
		for (i = 0; i < PHONES; i++, n++)
			assert_true(take(&p[i], step));
		store_sample_commit(f->s);
		store_sample_begin(f->s);
		/* more codes than at a quiet moment */
		if (step % 4 == 0)
			assert_int_equal(
			    ops()->phone_settle(f->s, 250, &is_left), 0);
		store_sample_commit(f->s);
		if (n % 10000 == 0 &&
		    (i = count("SELECT count(*) FROM accepted")) > most)
			most = i;
	}
	assert_in_range(most, 20000, 70000);
	assert_in_range(count("SELECT count(*) FROM accepted"), 0, 40000);
	reopen();
	for (i = 0; i < PHONES; i++)
		assert_int_equal(read_phone(reader, i).last_step, step - 1);
	settle();
	assert_int_equal(
	    count("SELECT min(last_step) FROM phone WHERE state = 2"),
	    step - 1);
}

/* --- anything, in any order --- */

static bool
is_burned(int i, int64_t step)
{
	int k;

	for (k = 0; k < now.of[i].burned_n; k++)
		if (now.of[i].burned[k] == step)
			return (true);
	return (false);
}

static void
one_code(void)
{
	const struct phone *p = &old[draw(OLD_MAX)];
	struct phone fresh;
	int i = number_of(p);
	int64_t step = now.of[i].last + (int64_t)draw(9) - 3;
	bool right, took, is_resync = draw(20) == 0;

	if (draw(3) == 0) {
		fresh = read_phone(draw(2) == 0 ? f->s : reader, i);
		if (draw(2) == 0)
			fresh.seen = 0;
		p = &fresh;
	}
	if (step < 1)
		step = 1;
	right =
	    now.of[i].is_active && step > now.of[i].last && !is_burned(i, step);
	clock_ms++;
	if (is_resync)
		assert_int_equal(ops()->phone_resync(
				     f->s, p, p->offset, step, clock_ms, &took),
		    0);
	else
		took = take(p, step);
	assert_int_equal(took, right);
	accepted += took;
	refused += !took;
	stale += p->last_step != now.of[i].last;
	if (took) {
		now.of[i].last = step;
		now.of[i].used_ms = clock_ms;
	}
}

/* As at a clock.confirm, for one phone. */
static void
rewind_one(void)
{
	int i = (int)draw(PHONES), k;
	struct phone p = read_phone(f->s, i);
	const int64_t to = now.of[i].last - 2;

	if (!now.of[i].is_active || to < 1 || now.of[i].burned_n > 4)
		return;
	for (k = 0; k < 2; k++) {
		assert_int_equal(
		    ops()->phone_burn(f->s, &p, now.of[i].last - k), 0);
		now.of[i].burned[now.of[i].burned_n++] = now.of[i].last - k;
	}
	assert_int_equal(ops()->phone_rewind(f->s, &p, to), 0);
	now.of[i].last = to;
}

static void
clear_burned(void)
{
	int i, k, n;

	assert_int_equal(ops()->phone_burned_clear(f->s), 0);
	for (i = 0; i < PHONES; i++) {
		for (k = n = 0; k < now.of[i].burned_n; k++)
			if (now.of[i].is_active &&
			    now.of[i].burned[k] > now.of[i].last)
				now.of[i].burned[n++] = now.of[i].burned[k];
		now.of[i].burned_n = n;
	}
}

static void
one_job(void)
{
	const unsigned kind = draw(40);
	struct phone p;
	bool is_left;
	int i;

	if (kind < 30)
		one_code();
	else if (kind < 33) {
		assert_int_equal(
		    ops()->phone_settle(f->s, 1 + (int)draw(20), &is_left), 0);
		folded += is_left;
	} else if (kind < 34)
		rewind_one();
	else if (kind < 35)
		clear_burned();
	else if (kind < 36 && draw(100) == 0) {
		i = (int)draw(PHONES / 4); /* most stay */
		p = read_phone(f->s, i);
		if (now.of[i].is_active)
			assert_int_equal(
			    ops()->phone_revoke(f->s, &p, clock_ms), 0);
		now.of[i].is_active = false;
	} else
		old[draw(OLD_MAX)] =
		    read_phone(draw(2) == 0 ? f->s : reader, (int)draw(PHONES));
}

static void
check_all(void)
{
	struct phone p;
	int i;

	for (i = 0; i < PHONES; i++) {
		p = read_phone(reader, i);
		assert_int_equal(p.last_step, committed.of[i].last);
		assert_int_equal(p.last_used_ms, committed.of[i].used_ms);
	}
}

static void
one_transaction(void)
{
	unsigned jobs = 1 + draw(12);
	bool is_kept;

	store_sample_begin(f->s);
	now = committed;
	while (jobs-- > 0) {
		is_kept = draw(6) != 0;
		at_mark = now;
		assert_int_equal(ops()->mark(f->s), 0);
		one_job();
		assert_int_equal(
		    is_kept ? ops()->release(f->s) : ops()->rewind(f->s), 0);
		if (!is_kept)
			now = at_mark;
	}
	if (draw(8) == 0) {
		assert_int_equal(ops()->rollback(f->s), 0);
		return;
	}
	store_sample_commit(f->s);
	committed = now;
}

static void
test_V1_model(void **state)
{
	bool is_viewing = false;
	int i;

	(void)state;
	seed = 20261127;
	for (i = 0; i < OLD_MAX; i++)
		old[i] = read_phone(reader, (int)draw(PHONES));
	for (i = 0; i < EVENTS / 6; i++) {
		one_transaction();
		if (draw(10) == 0) {
			/* a view may last over many transactions */
			if (is_viewing)
				reader->ops->view_end(reader);
			else
				assert_int_equal(reader->ops->view(reader), 0);
			is_viewing = !is_viewing;
		}
		if (!is_viewing && draw(20) == 0)
			check_all();
		if (draw(200) == 0) {
			if (is_viewing)
				reader->ops->view_end(reader);
			is_viewing = false;
			reopen();
			check_all();
		}
		if (draw(300) == 0)
			change_file("UPDATE meta SET value = value");
	}
	if (is_viewing)
		reader->ops->view_end(reader);
	check_all();
	/* it was what it says */
	print_message("%d accepted, %d refused, %d of rows that were old, %d"
		      " times a part was folded\n",
	    accepted, refused, stale, folded);
	assert_true(accepted > 1000 && refused > 1000);
	assert_true(stale > 1000 && folded > 100);
}

#define RUN(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(test_V1_a_row_read_long_ago),
		RUN(test_V1_view_that_is_old),
		RUN(test_V1_changed_meanwhile),
		RUN(test_V1_undone),
		RUN(test_V1_changed_by_another),
		RUN(test_bounded_without_a_quiet_moment),
		RUN(test_V1_model),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
