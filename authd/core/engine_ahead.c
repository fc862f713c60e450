#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "authd/base/log.h"
#include "authd/core/checks.h"
#include "authd/core/engine_impl.h"

#define VIEW_KEPT_MS 20
/* What is read for at once: the writer begins before all that wait were. */
#define AHEAD_JOBS_MAX 16

/* Called with the lock held, which is given up meanwhile. */
static void
end_view(struct engine_ahead *a)
{
	if (!a->is_viewing)
		return;
	pthread_mutex_unlock(&a->lock);
	a->core.store->ops->view_end(a->core.store);
	pthread_mutex_lock(&a->lock);
	a->is_viewing = false;
	pthread_cond_broadcast(&a->changed);
}

/* The same. Nothing to do: the view is kept for a moment only, since it keeps
 * the writer from using its log from the start again. */
static void
wait_for_work(struct engine_ahead *a)
{
	struct timespec ts;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += VIEW_KEPT_MS * 1000000L;
	if (ts.tv_nsec >= 1000000000L) {
		ts.tv_nsec -= 1000000000L;
		ts.tv_sec++;
	}
	if (!a->is_viewing)
		(void)pthread_cond_wait(&a->changed, &a->lock);
	else
		r = pthread_cond_timedwait(&a->changed, &a->lock, &ts);
	if (r != 0)
		end_view(a);
}

/* Wait for work; how much was taken, 0 at the end. */
static int
take(struct engine_ahead *a, struct work **list)
{
	int n;

	pthread_mutex_lock(&a->lock);
	while (a->is_held || (a->waiting.n == 0 && !a->is_stopping)) {
		if (a->is_held)
			end_view(a);
		if (a->is_held || (a->waiting.n == 0 && !a->is_stopping))
			wait_for_work(a);
	}
	if (a->waiting.n == 0)
		end_view(a);
	for (n = 0; n < AHEAD_JOBS_MAX && a->waiting.n > 0; n++) {
		list[n] = a->waiting.first->arg;
		job_queue_remove(&a->waiting, &list[n]->job);
	}
	pthread_mutex_unlock(&a->lock);
	return (n);
}

/*
 * Have a view of what the generation says. An older one is as good as long as
 * nothing but last steps was changed since, and what it has read before it need
 * not read again.
 */
static int
renew_view(struct engine *e)
{
	struct engine_ahead *a = &e->ahead;
	struct store *s = a->core.store;
	int r;

	if (a->is_viewing &&
	    a->core.generation == atomic_load(&e->generation) &&
	    !s->ops->is_view_old(s))
		return (0);
	if (a->is_viewing)
		s->ops->view_end(s);
	/* first: see raise_generation() */
	a->core.generation = atomic_load(&e->generation);
	r = s->ops->view(s);
	pthread_mutex_lock(&a->lock);
	a->is_viewing = r == 0;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	return (r);
}

/* Read for all in one view, and have their codes judged in one message. */
static void
prepare_all(struct engine *e, struct work *const *list, int *results, int n)
{
	struct core *c = &e->ahead.core;
	bool is_broken = false;
	int i, r;

	checks_begin(c->checks);
	r = renew_view(e);
	for (i = 0; i < n; i++) {
		steady_now(&e->steady, &list[i]->act.now);
		results[i] = r != 0 ? r : list[i]->prepare(c, list[i]);
		is_broken = is_broken || results[i] != 0;
	}
	if (is_broken) { /* perhaps the view is: nobody else shall have it */
		pthread_mutex_lock(&e->ahead.lock);
		end_view(&e->ahead);
		pthread_mutex_unlock(&e->ahead.lock);
	}
	if ((r = checks_run(c->checks, c->keeper)) == 0)
		return;
	for (i = 0; i < n; i++)
		results[i] = results[i] != 0 ? results[i] : r;
}

/* On to the writer, at once, so that they share its next transaction. */
static void
hand_on(struct engine *e, struct work *const *list, const int *results, int n)
{
	struct writer_job *jobs[AHEAD_JOBS_MAX];
	struct work *w;
	int i, ready = 0, taken;

	pthread_mutex_lock(&e->ahead.lock);
	for (i = 0; i < n; i++) {
		if (results[i] != 0)
			continue;
		list[i]->is_prepared = true;
		list[i]->stage = WORK_RUN;
		jobs[ready++] = &list[i]->job;
	}
	pthread_mutex_unlock(&e->ahead.lock);
	taken = writer_submit_all(e->writer, jobs, ready);
	/* Of those that were taken nothing is touched: they may be over. */
	for (i = taken; i < ready; i++) {
		w = jobs[i]->arg;
		w->done(w, ERR_BUSY);
	}
}

static void *
thread_main(void *arg)
{
	struct engine *e = arg;
	struct work *list[AHEAD_JOBS_MAX];
	int results[AHEAD_JOBS_MAX];
	int i, n;

	/* from within: by its number it is a file the sandbox does not open */
	(void)pthread_setname_np(pthread_self(), "reads-ahead");
	while ((n = take(&e->ahead, list)) > 0) {
		prepare_all(e, list, results, n);
		for (i = 0; i < n; i++)
			if (results[i] != 0)
				list[i]->done(list[i], results[i]);
		hand_on(e, list, results, n);
	}
	return (NULL);
}

/* Signals are for the main thread. */
static int
start_thread(struct engine *e)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	if ((rc = pthread_sigmask(SIG_SETMASK, &all, &old)) == 0) {
		rc = pthread_create(&e->ahead.thread, NULL, thread_main, e);
		(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	if (rc != 0)
		return (log_fr(ERR_NOMEM, "start the thread that reads ahead"));
	e->ahead.has_thread = true;
	return (0);
}

static int
init_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;
	int rc;

	if ((rc = pthread_condattr_init(&attr)) != 0)
		return (rc);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	rc = pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
	return (rc);
}

int
engine_ahead_start(struct engine *e, struct store *store)
{
	struct engine_ahead *a = &e->ahead;

	a->core = e->writing;
	a->core.store = store;
	a->core.journal = NULL;
	a->core.checks = NULL;
	a->core.logins = NULL;
	a->core.handovers = NULL;
	if (pthread_mutex_init(&a->lock, NULL) != 0)
		return (ERR_NOMEM);
	if (init_cond(&a->changed) != 0) {
		pthread_mutex_destroy(&a->lock);
		return (ERR_NOMEM);
	}
	a->is_made = true;
	if (checks_new(&a->core.checks) != 0)
		return (ERR_NOMEM);
	return (start_thread(e));
}

void
engine_ahead_stop(struct engine *e)
{
	struct engine_ahead *a = &e->ahead;

	if (!a->is_made)
		return;
	pthread_mutex_lock(&a->lock);
	a->is_stopping = true;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	if (a->has_thread)
		pthread_join(a->thread, NULL);
	checks_free(a->core.checks);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	a->is_made = false;
}

void
engine_ahead_hold(struct engine *e, bool is_held)
{
	struct engine_ahead *a = &e->ahead;

	pthread_mutex_lock(&a->lock);
	a->is_held = is_held;
	pthread_cond_broadcast(&a->changed);
	while (is_held && a->is_viewing)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

int
engine_ahead_submit(struct engine *e, struct work *w)
{
	struct engine_ahead *a = &e->ahead;
	int r = 0;

	w->stage = WORK_AHEAD;
	pthread_mutex_lock(&a->lock);
	if (a->is_stopping || a->waiting.n >= WRITER_LOGIN_MAX)
		r = ERR_BUSY;
	else {
		job_queue_put(&a->waiting, &w->job);
		pthread_cond_broadcast(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return (r);
}

bool
engine_ahead_withdraw(struct engine *e, struct work *w)
{
	struct engine_ahead *a = &e->ahead;
	bool was_waiting;

	pthread_mutex_lock(&a->lock);
	/* beyond that stage it may wait with the writer, under its lock */
	was_waiting = w->stage == WORK_AHEAD && w->job.is_waiting;
	if (was_waiting)
		job_queue_remove(&a->waiting, &w->job);
	pthread_mutex_unlock(&a->lock);
	return (was_waiting);
}
