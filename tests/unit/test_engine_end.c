/*
 * Goal of this test: a part that breaks fails what depends on it and no more;
 * the timer tells the keeper and keeps time without touching what is reserved;
 * the end is clean whenever it comes.
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c
 * Links: authd/core/session_keep.c authd/core/session_seen.c
 * Links: authd/core/handover.c authd/core/token.c
 * Links: authd/core/hashpool.c authd/core/logins.c
 * Links: authd/core/engine.c authd/core/engine_work.c authd/core/engine_ahead.c authd/core/engine_start.c
 * Links: authd/core/authz_kept.c
 * Links: tests/fakes/crl_fake.c
 * Links: authd/core/seen.c tests/fakes/cert_life_fake.c
 * Links: tests/fakes/ticket_fake.c
 * Links: authd/core/urlcheck.c
 * Links: authd/core/auditlog.c authd/store/writer.c authd/store/job_queue.c
 * Links: authd/store/store_sqlite.c authd/store/store_sqlite_office.c
 * Links: authd/store/store_sqlite_account.c authd/store/store_sqlite_phone.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_counter.c authd/store/store_sqlite_audit.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/store_sqlite_open.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/store/migrate.c authd/store/schema.c
 * Links: tests/fakes/engine_rig.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/steady.c authd/core/verify.c authd/store/rows.c
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_verify.c authd/base/err.c authd/base/log.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/fold.c authd/base/id.c authd/base/timetext.c
 * Links: tests/fakes/core_world.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_fake.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/core/seen.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/engine_rig.h"

static struct engine_rig g;

static int
setup(void **state)
{
	(void)state;
	engine_rig_start(&g);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	engine_rig_stop(&g);
	return (0);
}

static void
nap_ms(long ms)
{
	const struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static void
test_R57_without_keeper(void **state)
{
	struct keeper_fake_knobs *k = keeper_fake_knobs(g.keeper);
	struct engine_rig_verify v;
	struct engine_status status;
	int64_t seq;
	int part;

	(void)state;
	engine_rig_person(&g, "yamada");
	seq = engine_rig_seq(&g);
	for (part = 0; part < 3; part++) {
		k->fail_check = part == 0 ? ERR_KEEPER : 0;
		k->fail_seal = part == 1 ? ERR_TIMEOUT : 0;
		k->fail_all = part == 2 ? ERR_KEEPER : 0;
		engine_rig_ask(&g, &v, "yamada", 0);
		assert_int_equal(engine_rig_submit(&g, &v.base), 0);
		assert_int_not_equal(engine_rig_wait(&v.base), 0);
		assert_true(engine_rig_seq(&g) == seq);
	}
	assert_int_equal(engine_status(g.engine, &status), ERR_KEEPER);
	assert_false(status.is_ready);
	k->fail_all = 0;
	assert_int_equal(engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
}

/* Once a second the keeper hears what is durable, and time is stored. */
static void
test_tick(void **state)
{
	struct keeper_hello hello;
	char text[64];
	int i;

	(void)state;
	engine_rig_person(&g, "yamada");
	for (i = 0; i < 300; i++) {
		assert_int_equal(keeper_client_hello(g.keeper, &hello), 0);
		if (hello.confirmed.seq == 4)
			break;
		nap_ms(10);
	}
	assert_true(hello.confirmed.seq == 4);
	engine_rig_close(&g);
	engine_rig_meta(&g, "steady_boot_id", text);
	assert_string_equal(text, "00000000-0000-4000-8000-000000000001");
	engine_rig_open(&g);
	assert_int_equal(engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
}

static int full_commits, released;

static int
full_commit(struct engine_rig *rig, struct store *s)
{
	struct stat st;

	full_commits++;
	released +=
	    fstat(rig->reserve_fd, &st) != 0 || st.st_size != WRITER_RESERVE;
	(void)rig->real_ops->rollback(s);
	return (ERR_FULL);
}

/* The reserve is kept for revoke and lock; the timer must not use it up. */
static void
test_tick_leaves_the_reserve(void **state)
{
	char path[80];
	FILE *f;

	(void)state;
	engine_rig_close(&g);
	snprintf(path, sizeof(path), "%s/reserve", g.dir);
	assert_non_null(f = fopen(path, "w+"));
	g.reserve_fd = fileno(f);
	g.commit = full_commit;
	engine_rig_open(&g);
	nap_ms(1300);
	engine_rig_close(&g);
	assert_true(full_commits > 0); /* it tried to store the time */
	assert_int_equal(released, 0);
	g.reserve_fd = -1;
	g.commit = NULL;
	fclose(f);
	unlink(path);
}

static int
note_uses(struct core *c, struct work *w)
{
	struct seen_use use;
	int i;

	for (i = 0; i < 1000; i++) {
		memset(&use, 0, sizeof(use));
		memcpy(use.serial, &i, sizeof(i));
		use.act = w->act;
		seen_note(c->seen, &use);
	}
	return (0);
}

static atomic_int commits_to_fail;

static int
failing_commit(struct engine_rig *rig, struct store *s)
{
	if (commits_to_fail == 0)
		return (rig->real_ops->commit(s));
	commits_to_fail--;
	(void)rig->real_ops->rollback(s);
	return (ERR_FULL);
}

/* Uses of certificates outlast a tick that fails, and all are written at the
 * end, however many. */
static void
test_F6_uses_are_written(void **state)
{
	struct engine_rig_work w;
	char text[64];

	(void)state;
	engine_rig_close(&g);
	g.commit = failing_commit;
	engine_rig_open(&g);
	engine_rig_nothing(&w);
	w.work.run = note_uses;
	assert_int_equal(engine_rig_submit(&g, &w), 0);
	assert_int_equal(engine_rig_wait(&w), 0);
	commits_to_fail = 1;
	nap_ms(1300);
	assert_int_equal(commits_to_fail, 0);
	engine_rig_close(&g);
	engine_rig_meta(&g, "uses", text);
	assert_string_equal(text, "1000");
	g.commit = NULL;
	engine_rig_open(&g);
}

static int
io_commit(struct engine_rig *rig, struct store *s)
{
	(void)rig->real_ops->commit(s);
	return (ERR_IO);
}

/* 2b.1: an unknown outcome ends the process before anybody is told. */
static void
test_2b_1_unknown_outcome_is_fatal(void **state)
{
	struct engine_rig_work w;
	int status;
	pid_t pid;

	(void)state;
	engine_rig_close(&g);
	fflush(NULL);
	if ((pid = fork()) == 0) {
		g.commit = io_commit;
		g.fatal_exit = 42;
		engine_rig_open(&g);
		engine_rig_nothing(&w);
		if (engine_rig_submit(&g, &w) != 0)
			_exit(1);
		(void)engine_rig_wait(&w);
		_exit(2); /* told */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

/* Queued work is done before the end; a second start goes on. */
static void
test_free_runs_what_is_queued(void **state)
{
	static struct engine_rig_verify v[200];
	struct engine_rig_work late;
	int64_t seq;
	int i;

	(void)state;
	engine_free(NULL);
	engine_rig_person(&g, "yamada");
	seq = engine_rig_seq(&g);
	for (i = 0; i < 200; i++) {
		engine_rig_ask(&g, &v[i], "yamada", 3);
		assert_int_equal(engine_rig_submit(&g, &v[i].base), 0);
	}
	engine_rig_close(&g);
	for (i = 0; i < 200; i++)
		assert_int_equal(engine_rig_wait(&v[i].base), 0);
	engine_rig_open(&g);
	assert_true(engine_rig_seq(&g) == seq + 200);
	assert_true(engine_rig_log_is_whole(&g));
	for (i = 0; i < 3; i++) { /* opened and closed with nothing to do */
		engine_rig_close(&g);
		engine_rig_open(&g);
	}
	engine_rig_nothing(&late);
	assert_int_equal(engine_rig_submit(&g, &late), 0);
	assert_int_equal(engine_rig_wait(&late), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R57_without_keeper),
		TEST(test_tick),
		TEST(test_tick_leaves_the_reserve),
		TEST(test_F6_uses_are_written),
		TEST(test_2b_1_unknown_outcome_is_fatal),
		TEST(test_free_runs_what_is_queued),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
