/*
 * Goal of this test: work runs on the right thread over the real store and
 * writer; nothing is answered before it is durable; what is asked for together
 * is answered each by its own.
 * Broken parts and the end: test_engine_end.c; the start: test_engine_start.c.
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
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/auditlog.h"
#include "authd/core/authz_kept.h"
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
test_change_then_read(void **state)
{
	struct engine_status status;

	(void)state;
	engine_rig_person(&g, "yamada");
	assert_int_equal(engine_status(g.engine, &status), 0);
	assert_true(status.is_ready);
	assert_false(status.has_gap);
	assert_true(status.head.seq == 4); /* office, account, phone twice */
	assert_int_equal(engine_rig_verify(&g, "yamada", 1), VERDICT_ACCEPT);
	assert_int_equal(engine_rig_verify(&g, "yamada", 1), VERDICT_REFUSE);
	assert_int_equal(engine_status(g.engine, &status), 0);
	assert_true(status.head.seq == 6);
	assert_true(engine_rig_log_is_whole(&g));
}

#define THREADS 32

struct racer {
	pthread_t thread;
	sem_t *go;
	struct engine_rig_verify work;
};

static void *
race(void *arg)
{
	struct racer *r = arg;

	while (sem_wait(r->go) != 0)
		;
	assert_int_equal(engine_rig_submit(&g, &r->work.base), 0);
	return (NULL);
}

/* F1 in small: many at once with one code; and again after each step. */
static void
test_V1_one_of_many_at_once(void **state)
{
	static struct racer racers[THREADS];
	int round, i, accepted, used;
	sem_t go;

	(void)state;
	engine_rig_person(&g, "yamada");
	assert_int_equal(sem_init(&go, 0, 0), 0);
	for (round = 0; round < 10; round++) {
		clock_fake_pass(WORLD_STEP_MS);
		for (i = 0; i < THREADS; i++) {
			racers[i].go = &go;
			engine_rig_ask(&g, &racers[i].work, "yamada", 0);
			assert_int_equal(pthread_create(&racers[i].thread, NULL,
					     race, &racers[i]),
			    0);
		}
		for (i = 0; i < THREADS; i++)
			sem_post(&go);
		for (i = accepted = used = 0; i < THREADS; i++) {
			pthread_join(racers[i].thread, NULL);
			assert_int_equal(
			    engine_rig_wait(&racers[i].work.base), 0);
			accepted +=
			    racers[i].work.verify.verdict == VERDICT_ACCEPT;
			used += racers[i].work.verify.is_used_code;
		}
		assert_int_equal(accepted, 1);
		assert_int_equal(used, THREADS - 1);
	}
	sem_destroy(&go);
	assert_true(engine_rig_log_is_whole(&g));
}

struct seen {
	char account[LOGIN_MAX + 1];
	int n;
};

static int
see(void *arg, const struct audit_row *row)
{
	struct seen *s = arg;

	s->n++;
	snprintf(s->account, sizeof(s->account), "%s", row->record.account);
	return (0);
}

static int
find_run(struct core *c, struct work *w)
{
	const struct auditlog_query q = { .request_id = w->act.request_id };

	return (auditlog_list(c, &w->act, &q, see, w->arg));
}

/* One of many users at once: each finds its own record, and only that. */
static void *
user(void *arg)
{
	struct engine_rig_verify v;
	struct work read = { .run = find_run };
	struct seen s;
	char login[LOGIN_MAX + 1];
	int i;

	for (i = 0; i < 25; i++) {
		snprintf(login, sizeof(login), "u%d-%d", *(int *)arg, i);
		engine_rig_ask(&g, &v, login, 0);
		snprintf(v.base.work.act.request_id, REQUEST_ID_LEN + 1,
		    "%026d", *(int *)arg * 1000 + i);
		assert_int_equal(engine_rig_submit(&g, &v.base), 0);
		assert_int_equal(engine_rig_wait(&v.base), 0);
		assert_int_equal(v.verify.verdict, VERDICT_REFUSE);
		memset(&s, 0, sizeof(s));
		read.act = v.base.work.act;
		read.arg = &s;
		assert_int_equal(engine_read(g.engine, &read), 0);
		assert_int_equal(s.n, 1);
		assert_string_equal(s.account, login);
	}
	return (NULL);
}

static void
test_V19_answers_are_ones_own(void **state)
{
	pthread_t threads[12];
	int ids[12], i;

	(void)state;
	for (i = 0; i < 12; i++) {
		ids[i] = i;
		assert_int_equal(
		    pthread_create(&threads[i], NULL, user, &ids[i]), 0);
	}
	for (i = 0; i < 12; i++)
		pthread_join(threads[i], NULL);
	assert_true(engine_rig_log_is_whole(&g));
}

/* A read that stays until told. */
struct slow {
	struct work work;
	sem_t in, out;
	pthread_t thread;
	int r;
};

static int
slow_run(struct core *c, struct work *w)
{
	struct slow *s = w->arg;

	assert_null(c->journal); /* a reader can note and check nothing */
	assert_null(c->checks);
	sem_post(&s->in);
	while (sem_wait(&s->out) != 0)
		;
	return (0);
}

static void *
slow_thread(void *arg)
{
	struct slow *s = arg;

	s->r = engine_read(g.engine, &s->work);
	return (NULL);
}

static void
slow_start(struct slow *s)
{
	memset(s, 0, sizeof(*s));
	s->work.run = slow_run;
	s->work.arg = s;
	sem_init(&s->in, 0, 0);
	sem_init(&s->out, 0, 0);
	assert_int_equal(pthread_create(&s->thread, NULL, slow_thread, s), 0);
	while (sem_wait(&s->in) != 0)
		;
}

static int
nothing_run(struct core *c, struct work *w)
{
	(void)c;
	(void)w;
	return (0);
}

/* Two readers: two at once; the third waits a second, no longer. */
static void
test_reads_in_parallel(void **state)
{
	struct work third = { .run = nothing_run };
	struct slow a, b;

	(void)state;
	slow_start(&a);
	slow_start(&b);
	assert_int_equal(engine_read(g.engine, &third), ERR_BUSY);
	engine_rig_person(&g, "yamada"); /* changes do not wait for reads */
	sem_post(&a.out);
	assert_int_equal(engine_read(g.engine, &third), 0);
	sem_post(&b.out);
	pthread_join(a.thread, NULL);
	pthread_join(b.thread, NULL);
	assert_int_equal(a.r + b.r, 0);
}

/* One of the two is kept apart: nobody else's reading holds it up. */
static void
test_reads_apart(void **state)
{
	struct work apart = { .run = nothing_run, .is_apart = true };
	struct work other = { .run = nothing_run };
	struct slow a;

	(void)state;
	engine_rig_close(&g);
	g.apart_n = 1;
	engine_rig_open(&g);
	slow_start(&a);
	assert_int_equal(engine_read(g.engine, &apart), 0);
	assert_int_equal(engine_read(g.engine, &other), ERR_BUSY);
	assert_int_equal(engine_read(g.engine, &apart), 0);
	sem_post(&a.out);
	assert_int_equal(engine_read(g.engine, &other), 0);
	pthread_join(a.thread, NULL);
	assert_int_equal(a.r, 0);
}

static int
read_changes_run(struct core *c, struct work *w)
{
	struct counter row = { .kind = COUNTER_CODE };

	(void)w;
	return (c->store->ops->counter_put(c->store, &row));
}

static void
test_reader_changes_nothing(void **state)
{
	struct work w = { .run = read_changes_run };

	(void)state;
	assert_int_equal(engine_read(g.engine, &w), ERR_WRONG_STATE);
}

static bool
no_recall(struct core *c, struct work *w)
{
	assert_null(c->store);
	*(uint64_t *)w->arg = authz_kept_generation(c->kept);
	return (false);
}

static bool
yes_recall(struct core *c, struct work *w)
{
	(void)c;
	(void)w;
	return (true);
}

static int
as_of_run(struct core *c, struct work *w)
{
	assert_int_equal(c->as_of, *(uint64_t *)w->arg);
	return (ERR_LIMIT);
}

/* Answered from memory without a reader; otherwise asked as of the generation
 * before. */
static uint64_t
generation(void)
{
	uint64_t now = 0;
	struct work no = { .recall = no_recall, .run = as_of_run, .arg = &now };
	struct work yes = { .recall = yes_recall, .run = as_of_run };

	assert_int_equal(engine_read(g.engine, &no), ERR_LIMIT);
	assert_int_equal(engine_read(g.engine, &yes), 0);
	return (now);
}

struct ended {
	struct engine_rig_work base;
	uint64_t before;
	bool is_raised;
};

static void
ended_done(struct work *w, int r)
{
	struct ended *e = w->arg;

	(void)r;
	e->is_raised = generation() > e->before;
	sem_post(&e->base.done);
}

static int
close_office_run(struct core *c, struct work *w)
{
	struct office o;
	int r;

	(void)w;
	if ((r = c->store->ops->office_by_code(c->store, "tokyo", &o)) != 0)
		return (r);
	o.disabled_ms = 1;
	return (c->store->ops->office_set(c->store, &o));
}

/* R42: what is kept of a session counts no more when a change is answered; a
 * verification leaves it. */
static void
test_F8_raised_before_the_answer(void **state)
{
	struct ended e;
	int tries = 5;

	(void)state;
	engine_rig_person(&g, "yamada");
	/* the tick may store the time meanwhile, but not every time */
	do {
		clock_fake_pass(WORLD_STEP_MS);
		e.before = generation();
		assert_int_equal(
		    engine_rig_verify(&g, "yamada", 0), VERDICT_ACCEPT);
		assert_true(tries-- > 0);
	} while (generation() != e.before);
	engine_rig_nothing(&e.base);
	e.base.work.run = close_office_run;
	e.base.work.done = ended_done;
	e.base.work.arg = &e;
	e.is_raised = false;
	assert_int_equal(engine_rig_submit(&g, &e.base), 0);
	while (sem_wait(&e.base.done) != 0)
		;
	assert_true(e.is_raised);
}

/* A change that stays on the writer until told. */
struct gate {
	struct engine_rig_work base;
	sem_t in, out;
};

static int
gate_run(struct core *c, struct work *w)
{
	struct gate *gate = w->arg;

	assert_non_null(c->journal);
	sem_post(&gate->in);
	while (sem_wait(&gate->out) != 0)
		;
	return (0);
}

static void
test_withdraw(void **state)
{
	struct engine_rig_work waiting, last;
	struct gate gate;
	int value;

	(void)state;
	engine_rig_nothing(&gate.base);
	gate.base.work.run = gate_run;
	sem_init(&gate.in, 0, 0);
	sem_init(&gate.out, 0, 0);
	assert_int_equal(engine_rig_submit(&g, &gate.base), 0);
	while (sem_wait(&gate.in) != 0)
		;
	engine_rig_nothing(&waiting);
	assert_int_equal(engine_rig_submit(&g, &waiting), 0);
	engine_rig_nothing(&last);
	assert_int_equal(engine_rig_submit(&g, &last), 0);
	assert_true(engine_withdraw(g.engine, &waiting.work));
	assert_false(engine_withdraw(g.engine, &waiting.work));
	assert_false(engine_withdraw(g.engine, &gate.base.work)); /* runs */
	sem_post(&gate.out);
	assert_int_equal(engine_rig_wait(&gate.base), 0);
	assert_int_equal(engine_rig_wait(&last), 0);
	assert_false(engine_withdraw(g.engine, &last.work));
	/* It never came to its end. */
	assert_int_equal(sem_getvalue(&waiting.done, &value), 0);
	assert_int_equal(value, 0);
}

static int
disable_run(struct core *c, struct work *w)
{
	struct account_view view;

	return (account_enable(c, &w->act, "yamada", false, &view));
}

/* Rule 6.6 within one transaction: what was read before an earlier job of it
 * changed people is not believed. */
static void
test_an_earlier_job_is_seen(void **state)
{
	struct engine_rig_verify first, last;
	struct engine_rig_work disable;
	struct gate gate;

	(void)state;
	engine_rig_person(&g, "yamada");
	engine_rig_nothing(&gate.base);
	gate.base.work.run = gate_run;
	sem_init(&gate.in, 0, 0);
	sem_init(&gate.out, 0, 0);
	assert_int_equal(engine_rig_submit(&g, &gate.base), 0);
	while (sem_wait(&gate.in) != 0)
		;
	/* All three are of the next transaction, in this order. */
	engine_rig_ask(&g, &first, "yamada", 0);
	first.base.work.lane = WRITER_URGENT;
	first.base.work.reads_ahead = false;
	assert_int_equal(engine_rig_submit(&g, &first.base), 0);
	engine_rig_nothing(&disable);
	disable.work.run = disable_run;
	disable.work.lane = WRITER_URGENT;
	assert_int_equal(engine_rig_submit(&g, &disable), 0);
	engine_rig_ask(&g, &last, "yamada", 1);
	last.base.work.reads_ahead = false;
	assert_int_equal(engine_rig_submit(&g, &last.base), 0);
	sem_post(&gate.out);
	assert_int_equal(engine_rig_wait(&gate.base), 0);
	assert_int_equal(engine_rig_wait(&first.base), 0);
	assert_int_equal(engine_rig_wait(&disable), 0);
	assert_int_equal(engine_rig_wait(&last.base), 0);
	assert_true(first.verify.seen != 0);
	assert_true(last.verify.seen > first.verify.seen);
	assert_int_equal(first.verify.verdict, VERDICT_ACCEPT);
	assert_int_equal(last.verify.verdict, VERDICT_REFUSE);
}

static int
refused_run(struct core *c, struct work *w)
{
	struct office_input in = { .code = "half", .name = "H" };
	struct office office;

	assert_int_equal(office_add(c, &w->act, &in, &office), 0);
	return (act_refuse(&w->act, ERR_INVALID, "no", "No."));
}

static void
test_an_error_undoes_its_work(void **state)
{
	struct engine_rig_work w, after;

	(void)state;
	engine_rig_nothing(&w);
	w.work.run = refused_run;
	assert_int_equal(engine_rig_submit(&g, &w), 0);
	assert_int_equal(engine_rig_wait(&w), ERR_INVALID);
	assert_string_equal(w.work.act.problem.code, "no");
	engine_rig_nothing(&after);
	assert_int_equal(engine_rig_submit(&g, &after), 0);
	assert_int_equal(engine_rig_wait(&after), 0);
	assert_true(engine_rig_seq(&g) == 0);
	engine_rig_person(&g, "yamada");
	assert_true(engine_rig_log_is_whole(&g));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_change_then_read),
		TEST(test_V1_one_of_many_at_once),
		TEST(test_V19_answers_are_ones_own),
		TEST(test_reads_in_parallel),
		TEST(test_reads_apart),
		TEST(test_reader_changes_nothing),
		TEST(test_F8_raised_before_the_answer),
		TEST(test_withdraw),
		TEST(test_an_earlier_job_is_seen),
		TEST(test_an_error_undoes_its_work),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
