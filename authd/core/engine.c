#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "authd/base/log.h"
#include "authd/core/authz_kept.h"
#include "authd/core/cert_life.h"
#include "authd/core/checks.h"
#include "authd/core/crl.h"
#include "authd/core/engine_impl.h"
#include "authd/core/engine_start.h"
#include "authd/core/handover.h"
#include "authd/core/journal.h"
#include "authd/core/known.h"
#include "authd/core/logins.h"
#include "authd/core/ocsp.h"
#include "authd/core/seen.h"
#include "authd/core/session_keep.h"
#include "authd/core/ticket.h"
#include "authd/core/session_seen.h"
#include "authd/core/source_rule.h"
#include "certs/x509_trust.h"

#define HASHES_WAITING   64 /* a full queue is told at once: 503 */
#define READER_WAIT_MS   1000
#define TICK_MS          1000
#define TICK_BEHIND_MS   200 /* more to write than fits a transaction */
#define TICK_SETTLE_MS   100 /* nobody waits, and phones are to be settled */
#define LAST_TICKS_MAX   24  /* at the end; a stop may take 2 seconds */
#define PUBLISH_AGAIN_MS 60000
#define STEADY_SAVE_MS   60000 /* how often the steady time is stored */
#define SETTLE_PHONES    250 /* at once: some 5 ms where nothing is in memory */

int
engine_submit(struct engine *e, struct work *w)
{
	/* With a gap in the log nothing may be added to it. */
	if (e->has_gap)
		return (ERR_WRONG_STATE);
	return (engine_work_submit(e, w));
}

int
engine_submit_hash(struct engine *e, struct work *w)
{
	if (e->has_gap)
		return (ERR_WRONG_STATE);
	return (engine_work_submit_hash(e, w));
}

bool
engine_withdraw(struct engine *e, struct work *w)
{
	return (engine_work_withdraw(e, w));
}

/* Once a second: let the keeper know what is durable; record how many
 * refusals were held back and how certificates were used; keep steady time. */
static int
tick_run(struct core *c, struct work *w)
{
	struct engine *e = w->engine;
	int r;

	/* The next seal confirms it too: others' work need not fail of it. */
	if ((r = journal_confirm(c->journal, c->keeper)) != 0)
		(void)log_fr(r, "confirm the audit head");
	if ((r = source_rule_tick(c, &w->act, e->is_ending)) != 0 ||
	    (r = cert_life_uses(c, &w->act)) != 0 ||
	    (r = cert_life_tick(c, &w->act, &e->cert_life)) != 0 ||
	    (r = session_keep_tick(c, &w->act.now, e->is_ending)) != 0 ||
	    (r = ticket_tick(c, &w->act)) != 0 ||
	    (r = c->store->ops->phone_settle(
		 c->store, SETTLE_PHONES, &e->is_unsettled)) != 0)
		return (r);
	if (w->act.now.steady_ms - e->steady_saved_ms < STEADY_SAVE_MS)
		return (0);
	if ((r = steady_save(&e->steady, c->store)) == 0 &&
	    (r = c->store->ops->phone_burned_clear(c->store)) == 0)
		e->steady_saved_ms = w->act.now.steady_ms;
	return (r);
}

static void
tick_done(struct work *w, int r)
{
	struct engine *e = w->engine;
	bool is_behind;

	if (r != 0)
		log_fr(r, "timer");
	is_behind = session_keep_ended(&e->writing, r);
	cert_life_uses_ended(&e->writing, r);
	e->tick_r = r;
	pthread_mutex_lock(&e->lock);
	e->is_behind = is_behind;
	e->is_settling = r == 0 && e->is_unsettled;
	e->is_ticking = false;
	pthread_cond_broadcast(&e->changed);
	pthread_mutex_unlock(&e->lock);
}

static void
deadline_in(struct timespec *ts, int ms)
{
	clock_gettime(CLOCK_MONOTONIC, ts);
	ts->tv_nsec += ms % 1000 * 1000000L;
	ts->tv_sec += ms / 1000 + ts->tv_nsec / 1000000000L;
	ts->tv_nsec %= 1000000000L;
}

/* Submit the tick; called with the lock held. */
static void
tick_submit(struct engine *e)
{
	if (e->is_ticking || e->is_stopping || e->has_gap)
		return;
	e->is_ticking = true;
	pthread_mutex_unlock(&e->lock);
	if (engine_work_submit(e, &e->tick) != 0) {
		pthread_mutex_lock(&e->lock);
		e->is_ticking = false;
		return;
	}
	pthread_mutex_lock(&e->lock);
}

static int
publish_run(struct core *c, struct work *w)
{
	struct crl_list *list;
	int r;

	if ((r = crl_get(c, &w->act.now, &list)) == 0)
		crl_put(list);
	return (r);
}

/* The list of what is revoked, as soon as one more is. What fails is logged
 * there, and tried again a minute later. */
static void
publish(struct engine *e)
{
	struct moment now;

	steady_now(&e->steady, &now);
	if (e->writing.crl == NULL || now.steady_ms < e->publish_again_ms ||
	    !crl_is_due(e->writing.crl, &now))
		return;
	e->publish.run = publish_run;
	if (engine_read(e, &e->publish) != 0)
		e->publish_again_ms = now.steady_ms + PUBLISH_AGAIN_MS;
}

static int
next_tick_ms(const struct engine *e)
{
	if (e->is_settling)
		return (TICK_SETTLE_MS);
	return (e->is_behind ? TICK_BEHIND_MS : TICK_MS);
}

static void *
timer_thread(void *arg)
{
	struct engine *e = arg;
	struct timespec ts;
	int r;

	pthread_mutex_lock(&e->lock);
	while (!e->is_stopping) {
		deadline_in(&ts, next_tick_ms(e));
		do
			r = pthread_cond_timedwait(&e->changed, &e->lock, &ts);
		while (r == 0 && !e->is_stopping && !e->is_hurried);
		e->is_hurried = false;
		tick_submit(e);
		if (e->is_stopping)
			break;
		pthread_mutex_unlock(&e->lock);
		publish(e);
		pthread_mutex_lock(&e->lock);
	}
	pthread_mutex_unlock(&e->lock);
	return (NULL);
}

/* Join what does not need a thread yet. */
static int
assemble(struct engine *e, const struct engine_parts *p)
{
	struct audit_head head;
	int i, k, r;

	e->writing.store = p->writer;
	e->writing.keeper = p->keeper;
	e->writing.policy = p->policy;
	e->writing.breach = p->breach;
	e->writing.trust = p->trust;
	if (p->trust != NULL &&
	    ((r = crl_new(p->publish_dir, &e->writing.crl)) != 0 ||
		(r = ocsp_new(&e->writing.ocsp)) != 0))
		return (r);
	e->fatal = p->fatal;
	e->fatal_arg = p->fatal_arg;
	if ((r = steady_load(&e->steady, p->writer, p->boot_id)) != 0 ||
	    (r = engine_start_follow(
		 p->writer, p->keeper, p->node, &e->has_gap, &head)) != 0 ||
	    (r = journal_new(p->node, &head, &e->writing.journal)) != 0 ||
	    (r = checks_new(&e->writing.checks)) != 0 ||
	    (r = logins_new(&e->writing.logins)) != 0 ||
	    (r = source_new(&e->writing.sources)) != 0 ||
	    (r = seen_new(&e->writing.seen)) != 0 ||
	    (r = session_seen_new(&e->writing.sessions)) != 0 ||
	    (r = handover_new(&e->writing.handovers)) != 0 ||
	    (r = authz_kept_new(&e->writing.kept)) != 0 ||
	    (r = hashpool_new(
		 hashpool_threads(), HASHES_WAITING, 1, true, &e->pool)) != 0 ||
	    (r = hashpool_new(1, HASHPOOL_WAITING_MAX, ENGINE_BRIEF_MAX, false,
		 &e->brief)) != 0)
		return (r);
	e->writing.generation = 1; /* 0: nothing was read */
	atomic_init(&e->generation, 1);
	e->head = head;
	e->steady_saved_ms = INT64_MIN / 2; /* the first tick stores it */
	for (i = 0; i < p->readers_n; i++) {
		e->readers[i] = e->writing;
		e->readers[i].store = p->readers[i];
		e->readers[i].journal = NULL;
		e->readers[i].checks = NULL;
		e->readers[i].logins = NULL;
		e->readers[i].sources = NULL;
		e->readers[i].handovers = NULL;
		e->readers_n++;
		if ((r = known_new(&e->readers[i].known)) != 0)
			return (r);
		k = i >= p->readers_n - p->apart_n;
		e->idle[k][e->idle_n[k]++] = &e->readers[i];
	}
	e->apart_n = p->apart_n;
	e->recalling.policy = p->policy;
	e->recalling.sessions = e->writing.sessions;
	e->recalling.kept = e->writing.kept;
	return (0);
}

static int
init_lock(struct engine *e)
{
	pthread_condattr_t attr;
	int r;

	if (pthread_condattr_init(&attr) != 0)
		return (ERR_NOMEM);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	r = pthread_cond_init(&e->changed, &attr);
	if (r == 0)
		r = pthread_cond_init(&e->reader_free, &attr);
	pthread_condattr_destroy(&attr);
	if (r == 0)
		r = pthread_mutex_init(&e->lock, NULL);
	return (r == 0 ? 0 : ERR_NOMEM);
}

int
engine_new(const struct engine_parts *p, struct engine **out)
{
	struct writer_hooks hooks;
	struct engine *e;
	int i, r;

	if (p->apart_n < 0 || p->readers_n <= p->apart_n ||
	    p->readers_n > ENGINE_READERS_MAX || p->ahead == NULL)
		return (ERR_INVALID);
	if ((e = calloc(1, sizeof(*e))) == NULL)
		return (ERR_NOMEM);
	engine_work_hooks(e, &hooks);
	e->tick.run = tick_run;
	e->tick.done = tick_done;
	memcpy(e->tick.act.actor, "system", sizeof("system"));
	e->tick.keeps_people = true;
	e->tick.lane = WRITER_BULK; /* urgent work may use up the reserve */
	if ((r = init_lock(e)) != 0) {
		free(e);
		return (r);
	}
	if ((r = assemble(e, p)) != 0 ||
	    (r = writer_new(p->writer, &hooks, p->reserve_fd, &e->writer)) !=
		0 ||
	    (r = engine_ahead_start(e, p->ahead)) != 0)
		goto fail;
	if (!e->has_gap && (r = engine_start_note_gap(e, p->keeper)) != 0)
		goto fail;
	if (pthread_create(&e->timer, NULL, timer_thread, e) != 0) {
		r = ERR_NOMEM;
		goto fail;
	}
	e->has_timer = true;
	*out = e;
	return (0);
fail:
	/* The parts stay the caller's when nothing came of them. */
	engine_ahead_stop(e);
	hashpool_free(e->pool);
	hashpool_free(e->brief);
	writer_free(e->writer);
	journal_free(e->writing.journal);
	checks_free(e->writing.checks);
	logins_free(e->writing.logins);
	source_free(e->writing.sources);
	seen_free(e->writing.seen);
	crl_free(e->writing.crl);
	ocsp_free(e->writing.ocsp);
	session_seen_free(e->writing.sessions);
	handover_free(e->writing.handovers);
	authz_kept_free(e->writing.kept);
	for (i = 0; i < e->readers_n; i++)
		known_free(e->readers[i].known);
	free(e);
	return (r);
}

/* End timer and hashing; what the writer still runs is told ERR_BUSY then. */
static void
stop_others(struct engine *e)
{
	struct hashpool *pool, *brief;

	pthread_mutex_lock(&e->lock);
	e->is_stopping = true;
	pool = e->pool;
	brief = e->brief;
	e->pool = e->brief = NULL;
	pthread_cond_broadcast(&e->changed);
	while (e->is_ticking)
		pthread_cond_wait(&e->changed, &e->lock);
	pthread_mutex_unlock(&e->lock);
	if (e->has_timer)
		pthread_join(e->timer, NULL);
	hashpool_free(pool);
	hashpool_free(brief);
}

void
engine_free(struct engine *e)
{
	int i;

	if (e == NULL)
		return;
	engine_ahead_stop(e);
	stop_others(e);
	if (!e->has_gap) {
		/* One last tick: the keeper learns the last durable head. More
		 * when certificates, sessions or phones were used more often
		 * than one writes. */
		e->steady_saved_ms = INT64_MIN / 2;
		pthread_mutex_lock(&e->lock);
		e->is_stopping = false;
		e->is_ending = true;
		i = 0;
		do {
			e->tick_r = ERR_BUSY;
			tick_submit(e);
			while (e->is_ticking)
				pthread_cond_wait(&e->changed, &e->lock);
		} while (++i < LAST_TICKS_MAX && e->tick_r == 0 &&
		    (e->is_behind || e->is_settling ||
			!seen_is_empty(e->writing.seen)));
		pthread_mutex_unlock(&e->lock);
	}
	writer_free(e->writer);
	if (!e->has_gap &&
	    journal_confirm(e->writing.journal, e->writing.keeper) != 0)
		log_warn("the last audit head is not confirmed");
	for (i = 0; i < e->readers_n; i++) {
		e->readers[i].store->ops->close(e->readers[i].store);
		known_free(e->readers[i].known);
	}
	e->ahead.core.store->ops->close(e->ahead.core.store);
	e->writing.store->ops->close(e->writing.store);
	journal_free(e->writing.journal);
	checks_free(e->writing.checks);
	logins_free(e->writing.logins);
	source_free(e->writing.sources);
	seen_free(e->writing.seen);
	crl_free(e->writing.crl);
	ocsp_free(e->writing.ocsp);
	session_seen_free(e->writing.sessions);
	handover_free(e->writing.handovers);
	authz_kept_free(e->writing.kept);
	pthread_cond_destroy(&e->changed);
	pthread_cond_destroy(&e->reader_free);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

int
engine_read(struct engine *e, struct work *w)
{
	struct core *c = NULL;
	struct timespec ts;
	int k = w->is_apart && e->apart_n > 0, r = 0;

	steady_now(&e->steady, &w->act.now);
	if (w->recall != NULL && w->recall(&e->recalling, w))
		return (0);
	deadline_in(&ts, READER_WAIT_MS);
	pthread_mutex_lock(&e->lock);
	while (e->idle_n[k] == 0 && r == 0)
		r = pthread_cond_timedwait(&e->reader_free, &e->lock, &ts);
	if (e->idle_n[k] > 0)
		c = e->idle[k][--e->idle_n[k]];
	pthread_mutex_unlock(&e->lock);
	if (c == NULL)
		return (ERR_BUSY);
	steady_now(&e->steady, &w->act.now);
	c->as_of = authz_kept_generation(c->kept);
	if ((r = c->store->ops->view(c->store)) == 0) {
		r = w->run(c, w);
		c->store->ops->view_end(c->store);
	}
	pthread_mutex_lock(&e->lock);
	e->idle[k][e->idle_n[k]++] = c;
	pthread_cond_broadcast(&e->reader_free);
	pthread_mutex_unlock(&e->lock);
	return (r);
}

static int
count_ends(struct core *c, struct work *w)
{
	return (cert_life_count(c, &w->act, w->arg));
}

int
engine_status(struct engine *e, struct engine_status *out)
{
	struct cert_life_counts counts;
	struct work ends;
	int r;

	memset(&ends, 0, sizeof(ends));
	ends.run = count_ends;
	ends.arg = &counts;
	memset(out, 0, sizeof(*out));
	steady_now(&e->steady, &out->now);
	out->has_gap = e->has_gap;
	if (e->writing.trust != NULL)
		out->ca_not_after_ms = e->writing.trust->not_after_ms;
	pthread_mutex_lock(&e->lock);
	out->head = e->head;
	pthread_mutex_unlock(&e->lock);
	if ((r = keeper_client_hello(e->writing.keeper, &out->keeper)) != 0)
		return (r);
	out->is_clock_ok =
	    out->keeper.wall_ms >= out->keeper.high_water_ms - KEEPER_BACK_MS;
	out->is_ready = !e->has_gap && out->is_clock_ok;
	if (e->writing.trust == NULL)
		return (0);
	if ((r = engine_read(e, &ends)) == 0)
		memcpy(out->ends, counts.within, sizeof(out->ends));
	return (r);
}
