/*
 * Goal of this test: work in three parts takes each on its own thread: run on
 * the writer's, and only when that is durable, hash on a worker without the
 * store, then settle on the writer's again; done comes once after whichever
 * part was the last; work can be taken back while it waits, at every part; and
 * the end of the engine loses none.
 * Links: authd/core/known.c authd/core/guard.c authd/core/means.c
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
 * Links: authd/store/store_sqlite_counter.c authd/store/store_sqlite_audit.c
 * Links: authd/store/store_sqlite_password.c authd/store/accepted.c
 * Links: authd/store/store_sqlite_recovery.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c authd/store/ask.c
 * Links: authd/store/store_sqlite_open.c authd/store/ask_sql.c
 * Links: authd/store/migrate.c authd/store/schema.c
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
 * Links: tests/fakes/store_mem_password.c tests/fakes/store_mem_terminal.c
 * Links: tests/fakes/store_mem_cert.c
 */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/store/store_sqlite.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/engine_rig.h"

#define MANY 100 /* more than may wait */

/* One piece of work, what it does and what was seen of it. */
struct staged {
	struct engine_rig_work base;
	char key[16];
	int run_r, hash_r, settle_r;
	bool no_hash;
	sem_t *run_gate, *hash_gate; /* wait there; NULL: go on */
	sem_t at_run, at_hash;       /* posted when it came there */
	atomic_int prepares, runs, hashes, settles, backs, dones;
	pthread_t run_by, hash_by, settle_by;
	bool was_durable, had_no_store, is_clean;
	int64_t run_ms, settle_ms;
};

static struct engine_rig g;

static void
wait_for(sem_t *s)
{
	while (sem_wait(s) != 0)
		;
}

static int
put(struct core *c, const struct staged *s, const char *part)
{
	char key[40];

	snprintf(key, sizeof(key), "%s.%s", s->key, part);
	return (c->store->ops->meta_put(c->store, key, "1"));
}

/* What a connection of its own finds: only what is committed. */
static bool
is_stored(const struct staged *s, const char *part)
{
	char key[40], out[64];
	struct store *st;
	int r;

	snprintf(key, sizeof(key), "%s.%s", s->key, part);
	if (store_sqlite_open(g.path, STORE_READ, &st) != 0)
		return (false);
	r = st->ops->meta_get(st, key, out, sizeof(out));
	st->ops->close(st);
	return (r == 0);
}

static int
prepare(struct core *c, struct work *w)
{
	struct staged *s = w->arg;

	(void)c;
	s->prepares++;
	return (0);
}

static int
run(struct core *c, struct work *w)
{
	struct staged *s = w->arg;

	s->runs++;
	s->run_by = pthread_self();
	s->run_ms = w->act.now.wall_ms;
	w->wants_hash = !s->no_hash;
	w->hash_key = s->key;
	if (put(c, s, "run") != 0)
		return (ERR_STORE);
	sem_post(&s->at_run);
	if (s->run_gate != NULL)
		wait_for(s->run_gate);
	return (s->run_r);
}

static int
hash(struct core *c, struct work *w)
{
	struct staged *s = w->arg;

	s->hashes++;
	s->hash_by = pthread_self();
	s->was_durable = is_stored(s, "run");
	s->had_no_store = c->store == NULL && c->journal == NULL &&
	    c->checks == NULL && c->logins == NULL;
	s->is_clean = c->keeper == g.keeper && c->policy == &g.policy;
	sem_post(&s->at_hash);
	if (s->hash_gate != NULL)
		wait_for(s->hash_gate);
	return (s->hash_r);
}

static int
settle(struct core *c, struct work *w)
{
	struct staged *s = w->arg;

	s->settles++;
	s->settle_by = pthread_self();
	s->settle_ms = w->act.now.wall_ms;
	if (put(c, s, "settle") != 0)
		return (ERR_STORE);
	return (s->settle_r);
}

static int
give_back(struct core *c, struct work *w)
{
	struct staged *s = w->arg;

	s->backs++;
	return (put(c, s, "back"));
}

static void
done(struct work *w, int r)
{
	struct staged *s = w->arg;

	s->dones++;
	s->base.r = r;
	sem_post(&s->base.done);
}

static void
make(struct staged *s, const char *key)
{
	memset(s, 0, sizeof(*s));
	engine_rig_nothing(&s->base);
	s->base.work.prepare = prepare;
	s->base.work.run = run;
	s->base.work.hash = hash;
	s->base.work.settle = settle;
	s->base.work.done = done;
	s->base.work.arg = s;
	snprintf(s->key, sizeof(s->key), "%s", key);
	sem_init(&s->at_run, 0, 0);
	sem_init(&s->at_hash, 0, 0);
}

static void
make_nth(struct staged *s, int n)
{
	char key[16];

	snprintf(key, sizeof(key), "k%d", n);
	make(s, key);
	/* each from a place of its own, so that only the whole is full */
	snprintf(s->base.work.act.source, sizeof(s->base.work.act.source),
	    "192.0.2.%d", n);
}

static void
submit(struct staged *s)
{
	assert_int_equal(engine_rig_submit(&g, &s->base), 0);
}

/* Keep all workers busy until ${gate} is posted once for each of them. */
static int
hold_workers(struct staged *s, sem_t *gate)
{
	int i, n = hashpool_threads();

	sem_init(gate, 0, 0);
	for (i = 0; i < n; i++) {
		make_nth(&s[i], 200 + i);
		s[i].hash_gate = gate;
		submit(&s[i]);
		wait_for(&s[i].at_hash);
	}
	return (n);
}

static void
release_workers(struct staged *s, sem_t *gate, int n)
{
	int i;

	for (i = 0; i < n; i++)
		sem_post(gate);
	for (i = 0; i < n; i++)
		assert_int_equal(engine_rig_wait(&s[i].base), 0);
	sem_destroy(gate);
}

/* Keep the writer inside one job's run until ${gate} is posted. */
static void
hold_writer(struct staged *s, sem_t *gate)
{
	sem_init(gate, 0, 0);
	make(s, "writer");
	s->no_hash = true;
	s->run_gate = gate;
	submit(s);
	wait_for(&s->at_run);
}

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
	if (g.engine == NULL)
		engine_rig_open(&g);
	engine_rig_stop(&g);
	return (0);
}

static void
test_V11_each_part_on_its_thread_after_the_commit(void **state)
{
	struct staged s;

	(void)state;
	make(&s, "a");
	submit(&s);
	assert_int_equal(engine_rig_wait(&s.base), 0);
	assert_int_equal(s.prepares, 1); /* of run only */
	assert_int_equal(s.runs, 1);
	assert_int_equal(s.hashes, 1);
	assert_int_equal(s.settles, 1);
	assert_int_equal(s.dones, 1);
	assert_true(s.was_durable);
	assert_true(s.had_no_store);
	assert_true(s.is_clean);
	assert_true(is_stored(&s, "settle"));
	assert_true(pthread_equal(s.run_by, s.settle_by));
	assert_false(pthread_equal(s.run_by, s.hash_by));
	assert_false(pthread_equal(s.run_by, pthread_self()));
	assert_false(pthread_equal(s.hash_by, pthread_self()));
}

/* Settling judges by the time of then, not by that of the first part. */
static void
test_V9_settle_has_its_own_time(void **state)
{
	struct staged s;
	sem_t gate;

	(void)state;
	sem_init(&gate, 0, 0);
	make(&s, "a");
	s.hash_gate = &gate;
	submit(&s);
	wait_for(&s.at_hash);
	clock_fake_pass(5000);
	sem_post(&gate);
	assert_int_equal(engine_rig_wait(&s.base), 0);
	assert_true(s.settle_ms == s.run_ms + 5000);
	sem_destroy(&gate);
}

static void
test_no_hash_unless_wanted(void **state)
{
	struct staged s;

	(void)state;
	make(&s, "a");
	s.no_hash = true;
	submit(&s);
	assert_int_equal(engine_rig_wait(&s.base), 0);
	assert_int_equal(s.hashes + s.settles, 0);
	assert_int_equal(s.dones, 1);
	/* the same work again: what it wanted before is forgotten */
	make(&s, "b");
	s.base.work.wants_hash = true;
	s.no_hash = true;
	submit(&s);
	assert_int_equal(engine_rig_wait(&s.base), 0);
	assert_int_equal(s.hashes + s.settles, 0);
}

static void
test_V11_nothing_is_hashed_that_is_not_durable(void **state)
{
	static const int fails[] = { ERR_INVALID, ERR_KEEPER, ERR_FULL };
	struct staged s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fails) / sizeof(fails[0]); i++) {
		make(&s, "a");
		s.run_r = fails[i];
		submit(&s);
		assert_int_equal(engine_rig_wait(&s.base), fails[i]);
		assert_int_equal(s.hashes + s.settles, 0);
		assert_int_equal(s.dones, 1);
		assert_false(is_stored(&s, "run"));
	}
}

static void
test_V11_hash_fails_and_the_first_part_stays(void **state)
{
	struct staged s;

	(void)state;
	make(&s, "a");
	s.hash_r = ERR_KEEPER;
	submit(&s);
	assert_int_equal(engine_rig_wait(&s.base), ERR_KEEPER);
	assert_int_equal(s.settles, 0);
	assert_int_equal(s.dones, 1);
	assert_true(is_stored(&s, "run"));
}

static void
test_V11_settle_fails_and_the_first_part_stays(void **state)
{
	struct staged s;

	(void)state;
	make(&s, "a");
	s.settle_r = ERR_WRONG_STATE;
	submit(&s);
	assert_int_equal(engine_rig_wait(&s.base), ERR_WRONG_STATE);
	assert_int_equal(s.settles, 1);
	assert_int_equal(s.dones, 1);
	assert_true(is_stored(&s, "run"));
	assert_false(is_stored(&s, "settle"));
}

static void
test_withdraw_before_run(void **state)
{
	struct staged s, w;
	sem_t gate;

	(void)state;
	hold_writer(&w, &gate);
	make(&s, "a");
	submit(&s);
	assert_true(engine_withdraw(g.engine, &s.base.work));
	assert_false(engine_withdraw(g.engine, &s.base.work));
	sem_post(&gate);
	assert_int_equal(engine_rig_wait(&w.base), 0);
	assert_int_equal(engine_rig_verify(&g, "nobody", 0), VERDICT_REFUSE);
	assert_int_equal(s.runs + s.dones, 0);
	sem_destroy(&gate);
}

static void
test_withdraw_while_waiting_for_a_worker(void **state)
{
	struct staged held[HASHPOOL_THREADS_MAX], s;
	sem_t gate;
	int i, n;

	(void)state;
	n = hold_workers(held, &gate);
	make(&s, "a");
	submit(&s);
	wait_for(&s.at_run);
	/* it joins the pool after the commit */
	for (i = 0; i < 2000; i++) {
		if (engine_withdraw(g.engine, &s.base.work))
			break;
		usleep(1000);
	}
	assert_true(i < 2000);
	release_workers(held, &gate, n);
	assert_int_equal(s.hashes + s.settles + s.dones, 0);
	assert_true(is_stored(&s, "run")); /* a try stays counted */
}

static void
test_withdraw_while_hashing_is_too_late(void **state)
{
	struct staged s;
	sem_t gate;

	(void)state;
	sem_init(&gate, 0, 0);
	make(&s, "a");
	s.hash_gate = &gate;
	submit(&s);
	wait_for(&s.at_hash);
	assert_false(engine_withdraw(g.engine, &s.base.work));
	sem_post(&gate);
	assert_int_equal(engine_rig_wait(&s.base), 0);
	assert_int_equal(s.dones, 1);
	assert_int_equal(s.settles, 1);
	sem_destroy(&gate);
}

static void
test_withdraw_before_settle(void **state)
{
	struct staged s, w;
	sem_t gate, hold;
	int i;

	(void)state;
	sem_init(&gate, 0, 0);
	make(&s, "a");
	s.hash_gate = &gate;
	submit(&s);
	wait_for(&s.at_hash);
	hold_writer(&w, &hold);
	sem_post(&gate);
	for (i = 0; i < 2000; i++) {
		if (engine_withdraw(g.engine, &s.base.work))
			break;
		usleep(1000);
	}
	assert_true(i < 2000);
	sem_post(&hold);
	assert_int_equal(engine_rig_wait(&w.base), 0);
	assert_int_equal(engine_rig_verify(&g, "nobody", 0), VERDICT_REFUSE);
	assert_int_equal(s.settles + s.dones, 0);
	assert_true(is_stored(&s, "run"));
	sem_destroy(&gate);
	sem_destroy(&hold);
}

/* No room for it: said at once, when what it took of the person is given back. */
static void
test_V21_F11_pool_full_is_busy(void **state)
{
	static struct staged s[MANY];
	struct staged held[HASHPOOL_THREADS_MAX];
	int i, n, busy = 0, fine = 0, r;
	sem_t gate;

	(void)state;
	n = hold_workers(held, &gate);
	for (i = 0; i < MANY; i++) {
		make_nth(&s[i], i);
		s[i].base.work.give_back = i % 2 == 0 ? give_back : NULL;
		submit(&s[i]);
		wait_for(&s[i].at_run);
	}
	assert_int_equal(engine_rig_verify(&g, "nobody", 0), VERDICT_REFUSE);
	for (i = 0; i < MANY; i++)
		busy += s[i].dones;
	assert_int_equal(busy, MANY - 64);
	release_workers(held, &gate, n);
	for (i = busy = 0; i < MANY; i++) {
		r = engine_rig_wait(&s[i].base);
		assert_true(r == 0 || r == ERR_BUSY);
		busy += r == ERR_BUSY;
		fine += r == 0;
		assert_int_equal(s[i].dones, 1);
		assert_int_equal(s[i].hashes, r == 0);
		assert_int_equal(s[i].settles, r == 0);
		assert_int_equal(s[i].backs, r != 0 && i % 2 == 0);
		assert_int_equal(is_stored(&s[i], "back"), s[i].backs);
		assert_true(is_stored(&s[i], "run"));
	}
	assert_int_equal(fine, 64);
	assert_int_equal(busy, MANY - 64);
}

static void
test_F11_the_deadline_before_a_worker_takes_no_try(void **state)
{
	struct staged held[HASHPOOL_THREADS_MAX], s;
	sem_t gate;
	int i, n;

	(void)state;
	n = hold_workers(held, &gate);
	make(&s, "a");
	s.base.work.give_back = give_back;
	submit(&s);
	wait_for(&s.at_run);
	/* it joins the pool after the commit */
	for (i = 0; i < 2000 && s.backs == 0; i++) {
		assert_false(engine_withdraw(g.engine, &s.base.work) &&
		    s.dones == 0 && is_stored(&s, "run"));
		usleep(1000);
	}
	assert_int_equal(engine_rig_wait(&s.base), ERR_TIMEOUT);
	assert_int_equal(s.backs, 1);
	assert_int_equal(s.dones, 1);
	assert_true(is_stored(&s, "back"));
	release_workers(held, &gate, n);
	assert_int_equal(s.hashes + s.settles, 0);
}

/* Nor does a hash that broke; what was hashed is settled, not taken back. */
static void
test_F11_hash_fails_and_the_try_is_given_back(void **state)
{
	struct staged s, w;
	sem_t gate, hold;

	(void)state;
	make(&s, "a");
	s.base.work.give_back = give_back;
	s.hash_r = ERR_KEEPER;
	submit(&s);
	assert_int_equal(engine_rig_wait(&s.base), ERR_KEEPER);
	assert_int_equal(s.backs, 1);
	assert_int_equal(s.settles, 0);
	sem_init(&gate, 0, 0);
	make(&s, "b");
	s.base.work.give_back = give_back;
	s.hash_gate = &gate;
	submit(&s);
	wait_for(&s.at_hash);
	hold_writer(&w, &hold);
	sem_post(&gate);
	usleep(50000); /* it waits for the writer by now */
	assert_false(engine_withdraw(g.engine, &s.base.work));
	sem_post(&hold);
	assert_int_equal(engine_rig_wait(&s.base), 0);
	assert_int_equal(engine_rig_wait(&w.base), 0);
	assert_int_equal(s.backs, 0);
	assert_int_equal(s.settles, 1);
	sem_destroy(&gate);
	sem_destroy(&hold);
}

/* A settle that is undone would leave what run took: whoever knows what was
 * hashed says how much of it was right to take. */
static void
test_F11_settle_is_undone_and_the_try_is_looked_at(void **state)
{
	struct staged s;

	(void)state;
	make(&s, "a");
	s.base.work.give_back = give_back;
	s.settle_r = ERR_WRONG_STATE;
	submit(&s);
	assert_int_equal(engine_rig_wait(&s.base), ERR_WRONG_STATE);
	assert_int_equal(s.settles, 1);
	assert_int_equal(s.backs, 1);
	assert_int_equal(s.dones, 1);
	assert_false(is_stored(&s, "settle"));
	assert_true(is_stored(&s, "back"));
}

/* One login asked for by many does not fill the room of the others. */
static void
test_one_source_leaves_room(void **state)
{
	static struct staged s[MANY];
	struct staged held[HASHPOOL_THREADS_MAX], other;
	int i, n, busy = 0;
	sem_t gate;

	(void)state;
	n = hold_workers(held, &gate);
	for (i = 0; i < MANY; i++) {
		make_nth(&s[i], 1);
		submit(&s[i]);
		wait_for(&s[i].at_run);
	}
	make_nth(&other, 2);
	submit(&other);
	assert_int_equal(engine_rig_verify(&g, "nobody", 0), VERDICT_REFUSE);
	release_workers(held, &gate, n);
	for (i = 0; i < MANY; i++)
		busy += engine_rig_wait(&s[i].base) == ERR_BUSY;
	assert_int_equal(busy, MANY - 32);
	assert_int_equal(engine_rig_wait(&other.base), 0);
}

static void *
post_later(void *arg)
{
	usleep(50000);
	sem_post(arg);
	return (NULL);
}

/* Those waiting for a worker, and those whose run is still to come. */
static void
test_free_answers_everybody_once(void **state)
{
	static struct staged s[MANY];
	struct staged held[HASHPOOL_THREADS_MAX], w;
	sem_t gate, hold;
	pthread_t later;
	int i, n, r;

	(void)state;
	n = hold_workers(held, &gate);
	for (i = 0; i < MANY / 4; i++) {
		make_nth(&s[i], i);
		submit(&s[i]);
		wait_for(&s[i].at_run);
	}
	hold_writer(&w, &hold);
	for (; i < MANY; i++) {
		make_nth(&s[i], i);
		submit(&s[i]);
	}
	for (i = 0; i < n; i++)
		sem_post(&gate);
	/* the writer is let go on only while the engine ends */
	assert_int_equal(pthread_create(&later, NULL, post_later, &hold), 0);
	engine_rig_close(&g);
	pthread_join(later, NULL);
	assert_int_equal(engine_rig_wait(&w.base), 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(held[i].dones, 1);
		assert_int_equal(engine_rig_wait(&held[i].base), 0);
	}
	for (i = 0; i < MANY; i++) {
		assert_int_equal(s[i].dones, 1);
		r = engine_rig_wait(&s[i].base);
		assert_true(r == 0 || r == ERR_BUSY);
		assert_int_equal(s[i].runs, 1);
		assert_int_equal(s[i].settles, r == 0);
		assert_true(is_stored(&s[i], "run"));
	}
	sem_destroy(&gate);
	sem_destroy(&hold);
	engine_rig_open(&g);
	assert_true(engine_rig_log_is_whole(&g));
}

/* Many at once, half of them taken back at whatever part they are in. */
static void
test_withdraw_at_random(void **state)
{
	static struct staged s[MANY];
	bool taken[MANY];
	int i, round, r;

	(void)state;
	srand(7);
	for (round = 0; round < 5; round++) {
		for (i = 0; i < MANY; i++) {
			make_nth(&s[i], i);
			submit(&s[i]);
			if (rand() % 4 == 0)
				usleep((useconds_t)(rand() % 300));
		}
		for (i = 0; i < MANY; i++)
			taken[i] = rand() % 2 == 0 && s[i].dones == 0 &&
			    engine_withdraw(g.engine, &s[i].base.work);
		for (i = 0; i < MANY; i++) {
			if (taken[i])
				continue;
			r = engine_rig_wait(&s[i].base);
			assert_true(r == 0 || r == ERR_BUSY);
			assert_int_equal(s[i].settles, r == 0);
		}
		assert_int_equal(
		    engine_rig_verify(&g, "nobody", 0), VERDICT_REFUSE);
		for (i = 0; i < MANY; i++)
			assert_int_equal(s[i].dones, !taken[i]);
	}
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_V11_each_part_on_its_thread_after_the_commit),
		T(test_V9_settle_has_its_own_time),
		T(test_no_hash_unless_wanted),
		T(test_V11_nothing_is_hashed_that_is_not_durable),
		T(test_V11_hash_fails_and_the_first_part_stays),
		T(test_V11_settle_fails_and_the_first_part_stays),
		T(test_withdraw_before_run),
		T(test_withdraw_while_waiting_for_a_worker),
		T(test_withdraw_while_hashing_is_too_late),
		T(test_withdraw_before_settle),
		T(test_V21_F11_pool_full_is_busy),
		T(test_F11_the_deadline_before_a_worker_takes_no_try),
		T(test_F11_hash_fails_and_the_try_is_given_back),
		T(test_F11_settle_is_undone_and_the_try_is_looked_at),
		T(test_one_source_leaves_room),
		T(test_free_answers_everybody_once),
		T(test_withdraw_at_random),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
