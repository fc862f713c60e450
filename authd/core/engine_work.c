#include <string.h>

#include "authd/core/authz_kept.h"
#include "authd/core/checks.h"
#include "authd/core/crl.h"
#include "authd/core/engine_impl.h"
#include "authd/core/journal.h"
#include "authd/core/source.h"

/*
 * What was read so far holds no more. Who reads ahead takes the number first
 * and only then begins to read: so it is raised when a change is made, for
 * those who read in the transaction, and once more when it is committed, for
 * whoever took the number in between and still read what was before it.
 */
static void
raise_generation(struct engine *e)
{
	atomic_store(&e->generation, ++e->writing.generation);
}

static int
hook_begin(void *arg)
{
	struct engine *e = arg;

	e->has_raised = false;
	e->writing.has_revoked = false;
	journal_begin(e->writing.journal);
	checks_begin(e->writing.checks);
	source_begin(e->writing.sources);
	return (0);
}

static int
hook_between(void *arg)
{
	struct engine *e = arg;

	return (checks_run(e->writing.checks, e->writing.keeper));
}

static void
hook_mark(void *arg)
{
	struct engine *e = arg;

	journal_mark(e->writing.journal);
	checks_mark(e->writing.checks);
	source_mark(e->writing.sources);
}

static void
hook_rewind(void *arg)
{
	struct engine *e = arg;

	journal_rewind(e->writing.journal);
	checks_rewind(e->writing.checks);
	source_rewind(e->writing.sources);
}

static int
hook_before_commit(void *arg)
{
	struct engine *e = arg;
	struct store *s = e->writing.store;

	e->is_touched = s->ops->is_touched(s);
	return (journal_seal(e->writing.journal, e->writing.keeper, s));
}

static void
hook_ended(void *arg, int r)
{
	struct engine *e = arg;

	journal_ended(e->writing.journal, r);
	checks_ended(e->writing.checks, r);
	source_ended(e->writing.sources, r);
	if (r != 0 || e->has_raised)
		raise_generation(e);
	/* Before anybody is answered: what is kept counts no more, and the list
	 * is made anew from now on. */
	if (r == 0 && e->is_touched)
		authz_kept_raise(e->writing.kept);
	if (r == 0 && e->writing.has_revoked && e->writing.crl != NULL)
		crl_changed(e->writing.crl);
	pthread_mutex_lock(&e->lock);
	if (r == 0 && e->writing.has_revoked) {
		e->is_hurried = true;
		pthread_cond_broadcast(&e->changed);
	}
	journal_head(e->writing.journal, &e->head);
	pthread_mutex_unlock(&e->lock);
}

static void
hook_alone(void *arg, bool is_alone)
{
	engine_ahead_hold(arg, is_alone);
}

static void
hook_fatal(void *arg)
{
	struct engine *e = arg;

	e->fatal(e->fatal_arg);
}

static int
job_prepare(struct writer_job *job)
{
	struct work *w = job->arg;
	struct engine *e = w->engine;

	steady_now(&e->steady, &w->act.now);
	if (w->prepare == NULL || w->is_prepared || w->stage != WORK_RUN)
		return (0);
	return (w->prepare(&e->writing, w));
}

static int
job_run(struct writer_job *job)
{
	struct work *w = job->arg;
	struct engine *e = w->engine;
	struct core *c = &e->writing;
	int r;

	if (w->stage == WORK_RUN)
		r = w->run(c, w);
	else
		r = w->stage == WORK_SETTLE ? w->settle(c, w)
					     : w->give_back(c, w);
	/* What keeps them may revoke certificates as well: the timer's does. */
	if (!w->keeps_people || c->store->ops->is_touched(c->store)) {
		e->has_raised = true;
		raise_generation(e);
	}
	return (r);
}

/* What there is on a hash worker: nothing of the store. */
static struct core
without_store(const struct engine *e)
{
	const struct core c = { .keeper = e->writing.keeper,
		.policy = e->writing.policy,
		.breach = e->writing.breach,
		.trust = e->writing.trust };

	return (c);
}

static void
hash_run(struct hashpool_job *job)
{
	struct work *w = job->arg;
	struct core c = without_store(w->engine);

	w->hash_result = w->hash(&c, w);
}

/* Those that are brief, as many as wait and one message to the keeper holds. */
static void
brief_run(struct hashpool_job *job)
{
	struct work *list[ENGINE_BRIEF_MAX], *first = job->arg;
	struct core c = without_store(first->engine);
	int n = 0;

	for (; job != NULL; job = job->next)
		list[n++] = job->arg;
	first->hash_together(&c, list, n);
}

/*
 * Have the writer take back what run took, done being told ${why}. False when
 * nothing is to be taken back, or that cannot even wait: it stays taken then.
 * Urgent, since what it may lift is a lock.
 */
static bool
give_back(struct work *w, int why)
{
	if (w->give_back == NULL)
		return (false);
	w->stage = WORK_GIVE_BACK;
	w->hash_result = why;
	w->job.lane = WRITER_URGENT;
	return (writer_submit(w->engine->writer, &w->job) == 0);
}

/* Hashed: the rest is the writer's again. A verdict is not lost for want of a
 * place among those that only begin. */
static int
submit_settle(struct work *w)
{
	int r;

	w->stage = WORK_SETTLE;
	w->job.is_small = w->is_brief;
	r = writer_submit(w->engine->writer, &w->job);
	if (r != ERR_BUSY || w->job.lane == WRITER_URGENT)
		return (r);
	w->job.lane = WRITER_URGENT;
	return (writer_submit(w->engine->writer, &w->job));
}

static void
end_hash(struct work *w, int r)
{
	if (r == 0) {
		if ((r = submit_settle(w)) != 0)
			w->done(w, r);
	} else if (!give_back(w, r))
		w->done(w, r);
}

static void
hash_done(struct hashpool_job *job, int r)
{
	struct work *w = job->arg;

	end_hash(w, r != 0 ? r : w->hash_result);
}

/* Called with the lock held. */
static struct hashpool *
pool_of(const struct engine *e, const struct work *w)
{
	return (w->is_brief ? e->brief : e->pool);
}

static int
start_hash(struct engine *e, struct work *w)
{
	struct hashpool *pool;
	int r;

	memset(&w->hash_job, 0, sizeof(w->hash_job));
	w->hash_job.run = w->is_brief ? brief_run : hash_run;
	w->hash_job.done = hash_done;
	w->hash_job.arg = w;
	/* Sources take turns, and within one of them the logins it names,
	 * whether there are such accounts or not. */
	w->hash_job.office =
	    w->act.source[0] != '\0' ? w->act.source : w->act.actor;
	w->hash_job.source = w->hash_key == NULL ? "" : w->hash_key;
	w->stage = WORK_HASH;
	pthread_mutex_lock(&e->lock);
	pool = pool_of(e, w);
	r = pool == NULL ? ERR_BUSY : hashpool_submit(pool, &w->hash_job);
	pthread_mutex_unlock(&e->lock);
	return (r);
}

static void
job_done(struct writer_job *job, int r)
{
	struct work *w = job->arg;

	if (r == 0 && w->stage == WORK_RUN && w->wants_hash &&
	    ((r = start_hash(w->engine, w)) == 0 || give_back(w, r)))
		return;
	if (r != 0 && w->stage == WORK_SETTLE && give_back(w, r))
		return;
	if (w->stage == WORK_GIVE_BACK)
		r = w->hash_result;
	w->done(w, r);
}

void
engine_work_hooks(struct engine *e, struct writer_hooks *out)
{
	const struct writer_hooks hooks = {
		.arg = e,
		.begin = hook_begin,
		.between = hook_between,
		.mark = hook_mark,
		.rewind = hook_rewind,
		.before_commit = hook_before_commit,
		.ended = hook_ended,
		.alone = hook_alone,
		.fatal = hook_fatal,
	};

	*out = hooks;
}

static void
init_job(struct engine *e, struct work *w)
{
	memset(&w->job, 0, sizeof(w->job));
	w->is_prepared = false;
	w->engine = e;
	w->job.prepare = job_prepare;
	w->job.run = job_run;
	w->job.done = job_done;
	w->job.arg = w;
	w->job.lane = w->lane;
}

int
engine_work_submit(struct engine *e, struct work *w)
{
	init_job(e, w);
	w->stage = WORK_RUN;
	w->wants_hash = false;
	w->is_brief = false;
	w->hash_key = NULL;
	if (w->reads_ahead && w->prepare != NULL)
		return (engine_ahead_submit(e, w));
	return (writer_submit(e->writer, &w->job));
}

int
engine_work_submit_hash(struct engine *e, struct work *w)
{
	init_job(e, w);
	return (start_hash(e, w));
}

bool
engine_work_withdraw(struct engine *e, struct work *w)
{
	struct hashpool *pool;
	bool found;

	if (w->stage == WORK_AHEAD)
		return (engine_ahead_withdraw(e, w));
	if (w->stage != WORK_HASH)
		return ((w->stage == WORK_RUN || w->give_back == NULL) &&
		    writer_withdraw(e->writer, &w->job));
	pthread_mutex_lock(&e->lock);
	pool = pool_of(e, w);
	found = pool != NULL && hashpool_withdraw(pool, &w->hash_job);
	pthread_mutex_unlock(&e->lock);
	return (found && !give_back(w, ERR_TIMEOUT));
}
