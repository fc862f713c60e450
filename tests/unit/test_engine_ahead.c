/*
 * Goal of this test: a verification is read for before the writer has it, on a
 * thread of its own, and what was read is believed only when nothing but last
 * steps changed since, whenever the change came; what waits there can be taken
 * back, fails with the keeper, and is not lost at the end; no view is kept
 * while the writer moves its log.
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
#include <pthread.h>
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
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/engine_rig.h"
#include "tests/fakes/keeper_fake.h"

static struct engine_rig g;

/* Work that stops in prepare or run until it is let go. */
struct gate {
	struct engine_rig_work base;
	int (*change)(struct core *c, struct work *w); /* before it stops */
	sem_t in, out;
};

/* A verification that tells when it has been read for. */
struct asked {
	struct engine_rig_verify v;
	int (*prepare)(struct core *c, struct work *w);
	sem_t prepared;
	uint64_t seen; /* of prepare */
	pthread_t prepare_by, run_by;
	bool had_no_journal;
};

static void
wait_for(sem_t *s)
{
	while (sem_wait(s) != 0)
		;
}

static int
stop_here(struct core *c, struct work *w)
{
	struct gate *gate = w->arg;
	int r = gate->change == NULL ? 0 : gate->change(c, w);

	sem_post(&gate->in);
	wait_for(&gate->out);
	return (r);
}

static int
nothing(struct core *c, struct work *w)
{
	(void)c;
	(void)w;
	return (0);
}

static void
make_gate(struct gate *gate)
{
	memset(gate, 0, sizeof(*gate));
	engine_rig_nothing(&gate->base);
	gate->base.work.run = stop_here;
	gate->base.work.keeps_people = true;
	sem_init(&gate->in, 0, 0);
	sem_init(&gate->out, 0, 0);
}

static void
enter(struct gate *gate)
{
	assert_int_equal(engine_rig_submit(&g, &gate->base), 0);
	wait_for(&gate->in);
}

static void
leave(struct gate *gate)
{
	sem_post(&gate->out);
	assert_int_equal(engine_rig_wait(&gate->base), 0);
}

static int
ask_prepare(struct core *c, struct work *w)
{
	struct asked *a = w->arg;
	int r = a->prepare(c, w);

	a->seen = a->v.verify.seen;
	a->prepare_by = pthread_self();
	a->had_no_journal = c->journal == NULL;
	sem_post(&a->prepared);
	return (r);
}

static int
ask_run(struct core *c, struct work *w)
{
	struct asked *a = w->arg;

	a->run_by = pthread_self();
	return (verify_run(c, &w->act, &a->v.verify));
}

/* Submit it, and wait until it has been read for. */
static void
ask(struct asked *a, int shift)
{
	memset(a, 0, sizeof(*a));
	engine_rig_ask(&g, &a->v, "yamada", shift);
	a->prepare = a->v.base.work.prepare;
	a->v.base.work.prepare = ask_prepare;
	a->v.base.work.run = ask_run;
	sem_init(&a->prepared, 0, 0);
	assert_int_equal(engine_rig_submit(&g, &a->v.base), 0);
	wait_for(&a->prepared);
}

static enum verdict
answer(struct asked *a)
{
	assert_int_equal(engine_rig_wait(&a->v.base), 0);
	sem_destroy(&a->prepared);
	return (a->v.verify.verdict);
}

static int
disable(struct core *c, struct work *w)
{
	struct account_view view;

	return (account_enable(c, &w->act, "yamada", false, &view));
}

static int
setup(void **state)
{
	(void)state;
	engine_rig_start(&g);
	engine_rig_person(&g, "yamada");
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	engine_rig_stop(&g);
	return (0);
}

/* While the writer is at work; and what did not change is not read again. */
static void
test_read_for_on_its_own_thread(void **state)
{
	struct asked a, b;
	struct gate gate;

	(void)state;
	make_gate(&gate);
	enter(&gate);
	ask(&a, 0);
	leave(&gate);
	assert_int_equal(answer(&a), VERDICT_ACCEPT);
	assert_true(a.had_no_journal);
	assert_false(pthread_equal(a.prepare_by, a.run_by));
	assert_false(pthread_equal(a.prepare_by, pthread_self()));
	assert_true(a.seen != 0);
	assert_true(a.v.verify.seen == a.seen);
	/* a step was taken, and nothing else: the same number holds */
	ask(&b, 1);
	assert_int_equal(answer(&b), VERDICT_ACCEPT);
	assert_true(b.seen == a.seen);
}

/* F1: what was read before another took the same step helps nobody. */
static void
test_F1_one_code_twice_read_for_together(void **state)
{
	struct asked a, b;
	struct gate gate;

	(void)state;
	make_gate(&gate);
	enter(&gate);
	ask(&a, 0);
	ask(&b, 0);
	leave(&gate);
	assert_int_equal(answer(&a), VERDICT_ACCEPT);
	assert_int_equal(answer(&b), VERDICT_REFUSE);
	assert_true(b.v.verify.is_used_code);
}

/* 6.6: read for while the change was being made, before it was told. */
static void
test_6_6_changed_while_it_was_read(void **state)
{
	struct asked a;
	struct gate gate;

	(void)state;
	make_gate(&gate);
	gate.change = disable;
	gate.base.work.keeps_people = false;
	enter(&gate);
	ask(&a, 0);
	leave(&gate);
	assert_int_equal(answer(&a), VERDICT_REFUSE);
	assert_true(a.v.verify.seen > a.seen);
}

static sem_t at_commit, may_commit;
static atomic_bool is_disabling;

static int
disable_slowly(struct core *c, struct work *w)
{
	atomic_store(&is_disabling, true);
	return (disable(c, w));
}

static int
slow_commit(struct engine_rig *rig, struct store *s)
{
	if (atomic_exchange(&is_disabling, false)) {
		sem_post(&at_commit);
		wait_for(&may_commit);
	}
	return (rig->real_ops->commit(s));
}

/* The same after the change was made, before it was committed: the number is
 * the new one already, what was read is not. */
static void
test_6_6_changed_but_not_committed(void **state)
{
	struct engine_rig_work change;
	struct asked a;

	(void)state;
	engine_rig_close(&g);
	sem_init(&at_commit, 0, 0);
	sem_init(&may_commit, 0, 0);
	g.commit = slow_commit;
	engine_rig_open(&g);
	assert_int_equal(engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
	engine_rig_nothing(&change);
	change.work.run = disable_slowly;
	assert_int_equal(engine_rig_submit(&g, &change), 0);
	wait_for(&at_commit);
	ask(&a, 1);
	sem_post(&may_commit);
	assert_int_equal(engine_rig_wait(&change), 0);
	assert_int_equal(answer(&a), VERDICT_REFUSE);
	assert_true(a.v.verify.seen > a.seen);
	engine_rig_close(&g);
	g.commit = NULL;
	engine_rig_open(&g);
}

/* And after it: the view is not the one from before it. */
static void
test_6_6_a_new_view_after_a_change(void **state)
{
	struct engine_rig_work change;
	struct asked a, b;

	(void)state;
	ask(&a, 0); /* its view is kept for a moment */
	assert_int_equal(answer(&a), VERDICT_ACCEPT);
	engine_rig_nothing(&change);
	change.work.run = disable;
	assert_int_equal(engine_rig_submit(&g, &change), 0);
	assert_int_equal(engine_rig_wait(&change), 0);
	ask(&b, 1);
	assert_int_equal(answer(&b), VERDICT_REFUSE);
	assert_true(b.v.verify.seen == b.seen);
	assert_true(b.v.verify.account.disabled_ms != 0);
}

static void
test_taken_back_while_it_waits(void **state)
{
	struct asked a;
	struct gate gate;
	int value;

	(void)state;
	make_gate(&gate);
	gate.base.work.prepare = stop_here;
	gate.base.work.run = nothing;
	gate.base.work.reads_ahead = true;
	enter(&gate);
	memset(&a, 0, sizeof(a));
	engine_rig_ask(&g, &a.v, "yamada", 0);
	assert_int_equal(engine_rig_submit(&g, &a.v.base), 0);
	assert_true(engine_withdraw(g.engine, &a.v.base.work));
	assert_false(engine_withdraw(g.engine, &a.v.base.work));
	assert_false(engine_withdraw(g.engine, &gate.base.work)); /* taken */
	leave(&gate);
	assert_int_equal(sem_getvalue(&a.v.base.done, &value), 0);
	assert_int_equal(value, 0);
	/* It used nothing up. */
	assert_int_equal(engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
}

/* Once read for, it waits for the writer and can be taken back there. */
static void
test_taken_back_from_the_writer(void **state)
{
	struct asked a;
	struct gate gate;

	(void)state;
	make_gate(&gate);
	enter(&gate);
	ask(&a, 0);
	while (!engine_withdraw(g.engine, &a.v.base.work))
		;
	leave(&gate);
	assert_int_equal(engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
}

/* R57: no verdict of the keeper, no verdict. */
static void
test_R57_without_the_keeper(void **state)
{
	struct engine_rig_verify v;
	int64_t seq = engine_rig_seq(&g);

	(void)state;
	keeper_fake_knobs(g.keeper)->fail_check = ERR_KEEPER;
	engine_rig_ask(&g, &v, "yamada", 0);
	assert_int_equal(engine_rig_submit(&g, &v.base), 0);
	assert_int_equal(engine_rig_wait(&v.base), ERR_KEEPER);
	assert_int_equal(v.verify.verdict, VERDICT_REFUSE);
	assert_true(engine_rig_seq(&g) == seq);
	keeper_fake_knobs(g.keeper)->fail_check = 0;
	assert_int_equal(engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
}

/* V11: what was read for when the engine ends is answered, each once. */
static void
test_V11_none_is_lost_at_the_end(void **state)
{
	static struct engine_rig_verify v[300]; /* more than one batch */
	int i, value, accepted = 0;

	(void)state;
	for (i = 0; i < 300; i++) {
		engine_rig_ask(&g, &v[i], "yamada", 0);
		assert_int_equal(engine_rig_submit(&g, &v[i].base), 0);
	}
	engine_rig_close(&g);
	for (i = 0; i < 300; i++) {
		assert_int_equal(sem_getvalue(&v[i].base.done, &value), 0);
		assert_int_equal(value, 1);
		assert_int_equal(v[i].base.r, 0);
		accepted += v[i].verify.verdict == VERDICT_ACCEPT;
	}
	assert_int_equal(accepted, 1);
	engine_rig_open(&g);
}

/* F6: a view that stays would keep the log from being used again. */
static void
test_F6_no_view_while_the_log_is_moved(void **state)
{
	struct engine_rig_verify v;
	struct timespec moment = { 0, 100000000 };
	struct asked a;

	(void)state;
	ask(&a, 0);
	assert_int_equal(answer(&a), VERDICT_ACCEPT);
	engine_ahead_hold(g.engine, true);
	assert_false(g.engine->ahead.is_viewing);
	engine_rig_ask(&g, &v, "yamada", 1);
	assert_int_equal(engine_rig_submit(&g, &v.base), 0);
	nanosleep(&moment, NULL);
	assert_false(g.engine->ahead.is_viewing);
	assert_true(engine_ahead_withdraw(g.engine, &v.base.work));
	engine_ahead_hold(g.engine, false);
	assert_int_equal(engine_rig_verify(&g, "yamada", 1), VERDICT_ACCEPT);
	/* nor when nobody asks any more */
	nanosleep(&moment, NULL);
	pthread_mutex_lock(&g.engine->ahead.lock);
	assert_false(g.engine->ahead.is_viewing);
	pthread_mutex_unlock(&g.engine->ahead.lock);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read_for_on_its_own_thread),
		TEST(test_F1_one_code_twice_read_for_together),
		TEST(test_6_6_changed_while_it_was_read),
		TEST(test_6_6_changed_but_not_committed),
		TEST(test_6_6_a_new_view_after_a_change),
		TEST(test_taken_back_while_it_waits),
		TEST(test_taken_back_from_the_writer),
		TEST(test_R57_without_the_keeper),
		TEST(test_V11_none_is_lost_at_the_end),
		TEST(test_F6_no_view_while_the_log_is_moved),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
