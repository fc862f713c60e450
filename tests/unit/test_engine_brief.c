/*
 * Goal of this test: work whose middle part only waits for a signature does not
 * wait behind passwords, is not turned away though one peer brings much of it,
 * and shares its commits.
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c
 * Links: authd/core/session_keep.c authd/core/session_seen.c
 * Links: authd/core/handover.c authd/core/token.c
 * Links: authd/core/hashpool.c authd/core/logins.c authd/core/authz_kept.c
 * Links: authd/core/engine.c authd/core/engine_work.c authd/core/engine_ahead.c authd/core/engine_start.c
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
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "authd/core/engine_impl.h"
#include "tests/fakes/engine_rig.h"

#define MANY 64

struct brief {
	struct engine_rig_work base;
	bool is_slow; /* a password */
	int hash_r;
};

static struct engine_rig g;
static struct brief all[MANY];
static sem_t go; /* hashing begins */
static atomic_int commits;

static int
run(struct core *c, struct work *w)
{
	const struct brief *b = w->arg;

	(void)c;
	w->wants_hash = true;
	w->is_brief = !b->is_slow;
	w->hash_key = "";
	return (0);
}

static int
hash(struct core *c, struct work *w)
{
	const struct timespec longer = { .tv_nsec = 4000000 };
	const struct brief *b = w->arg;

	(void)c;
	while (sem_wait(&go) != 0)
		;
	/* than a commit takes */
	(void)nanosleep(&longer, NULL);
	return (b->hash_r);
}

static void
together(struct core *c, struct work **list, int n)
{
	int i;

	assert_in_range(n, 1, ENGINE_BRIEF_MAX);
	for (i = 0; i < n; i++)
		list[i]->hash_result = hash(c, list[i]);
}

static int
settle(struct core *c, struct work *w)
{
	(void)w;
	return (c->store->ops->meta_put(c->store, "settled", "1"));
}

static int
count_commit(struct engine_rig *rig, struct store *s)
{
	commits++;
	return (rig->real_ops->commit(s));
}

static int
setup(void **state)
{
	(void)state;
	memset(all, 0, sizeof(all));
	assert_int_equal(sem_init(&go, 0, 0), 0);
	engine_rig_make(&g);
	g.commit = count_commit;
	engine_rig_open(&g);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	engine_rig_stop(&g);
	g.commit = NULL;
	sem_destroy(&go);
	return (0);
}

static void
submit(struct brief *b)
{
	engine_rig_nothing(&b->base);
	b->base.work.run = run;
	b->base.work.hash = hash;
	b->base.work.hash_together = together;
	b->base.work.settle = settle;
	b->base.work.arg = b;
	assert_int_equal(engine_rig_submit(&g, &b->base), 0);
}

/* done's argument is the work's own */
static int
end_of(struct brief *b)
{
	return (engine_rig_wait(&b->base));
}

static void
let(int n)
{
	while (n-- > 0)
		sem_post(&go);
}

/* As many as the bench has connections, all of one peer. */
static void
test_many_of_one_peer(void **state)
{
	struct engine_rig_work last;
	int i, before;

	(void)state;
	for (i = 0; i < MANY; i++) {
		all[i].hash_r = i % 8 == 5 ? ERR_INVALID : 0;
		submit(&all[i]);
	}
	engine_rig_nothing(&last);
	assert_int_equal(engine_rig_submit(&g, &last), 0);
	assert_int_equal(engine_rig_wait(&last), 0);
	/* all have run; the first waits in hash */
	before = commits;
	let(MANY);
	for (i = 0; i < MANY; i++)
		assert_int_equal(end_of(&all[i]), all[i].hash_r);
	/* with the tick's, of which there is one a second */
	assert_in_range(commits - before, 1, MANY / ENGINE_BRIEF_MAX + 8);
}

/* Begun with a reader, on this thread: it goes on with hash at once, and has
 * one transaction. */
static void
test_begun_with_a_reader(void **state)
{
	struct work *w = &all[0].base.work;
	int before;

	(void)state;
	engine_rig_nothing(&all[0].base);
	w->run = run;
	w->hash_together = together;
	w->settle = settle;
	w->arg = &all[0];
	assert_int_equal(engine_read(g.engine, w), 0);
	assert_true(w->wants_hash && w->is_brief);
	before = commits;
	assert_int_equal(engine_submit_hash(g.engine, w), 0);
	let(1);
	assert_int_equal(end_of(&all[0]), 0);
	assert_in_range(commits - before, 1, 2);
	/* and in hash it can be told from a failure as any other */
	all[0].hash_r = ERR_INVALID;
	assert_int_equal(engine_read(g.engine, w), 0);
	assert_int_equal(engine_submit_hash(g.engine, w), 0);
	let(1);
	assert_int_equal(end_of(&all[0]), ERR_INVALID);
}

/* Not behind passwords, and they not behind these. */
static void
test_two_ways(void **state)
{
	(void)state;
	all[0].is_slow = true;
	submit(&all[0]);
	submit(&all[1]);
	let(1);
	let(1);
	assert_int_equal(end_of(&all[1]), 0);
	assert_int_equal(end_of(&all[0]), 0);
}

/* The end of the engine loses none: each is told. */
static void
test_end(void **state)
{
	int i, r, told = 0;

	(void)state;
	for (i = 0; i < 8; i++)
		submit(&all[i]);
	let(8);
	engine_rig_close(&g);
	for (i = 0; i < 8; i++) {
		r = end_of(&all[i]);
		told += r == 0 || r == ERR_BUSY;
	}
	assert_int_equal(told, 8);
	engine_rig_open(&g);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_many_of_one_peer),
		T(test_begun_with_a_reader), T(test_two_ways), T(test_end) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
