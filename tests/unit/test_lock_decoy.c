/*
 * Goal of this test: a failure that is counted for nobody reaches the disk like
 * one that counts: the same bytes in SQLite's log, each time (F12, R34).
 * Links: authd/core/lock.c
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
#include <sys/stat.h>

#include "authd/core/lock.h"
#include "tests/fakes/store_sample.h"

#define ROUNDS 20

static const struct policy policy = {
	.general = { .failures_max = 100, .lock_ms = 3600000 },
};

static off_t
log_size(const struct store_sample *s)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", s->path);
	assert_int_equal(stat(path, &st), 0);
	return (st.st_size);
}

static void
test_F12_decoy_is_written(void **state)
{
	const struct moment now = { .wall_ms = 1700000000000,
		.steady_ms = 1000 };
	struct account a = store_sample_account(&office_1, &anna, "anna", "");
	struct store_sample *sample = *state;
	struct store *s = sample->s;
	struct core c = { .store = s, .policy = &policy };
	off_t before, counted, decoy;
	struct lock lock;
	int i;

	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(lock_decoy(&c), 0);
	assert_int_equal(
	    lock_load(&c, &a, COUNTER_PASSWORD, "", &now, &lock), 0);
	assert_int_equal(lock_fail(&c, &a, &lock, &now), 0);
	store_sample_commit(s);
	for (i = 0; i < ROUNDS; i++) {
		before = log_size(sample);
		store_sample_begin(s);
		assert_int_equal(lock_load(&c, &a, COUNTER_PASSWORD, "", &now,
				     &lock),
		    0);
		assert_int_equal(lock_fail(&c, &a, &lock, &now), 0);
		store_sample_commit(s);
		counted = log_size(sample) - before;
		assert_true(counted > 0);
		before = log_size(sample);
		store_sample_begin(s);
		assert_int_equal(lock_decoy(&c), 0);
		store_sample_commit(s);
		decoy = log_size(sample) - before;
		assert_int_equal(decoy, counted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_F12_decoy_is_written,
		    store_sample_sqlite, store_sample_end),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
