#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/core/hashpool.h"

enum worker_state { WORKER_FREE = 0, WORKER_RUNS, WORKER_READY };

struct worker {
	struct hashpool *pool;
	pthread_t thread;
	sem_t go;                 /* a job was given, or NULL to end */
	struct hashpool_job *job; /* its list; the usher's while FREE or READY */
	_Atomic(int) state;
	bool is_first, is_hurriable;
	int64_t begun_ms; /* the usher's: its job was given */
	bool is_hurried;  /* the same: at ordinary priority */
};

struct hashpool {
	struct worker workers[HASHPOOL_THREADS_MAX];
	int threads, waiting_max, together;
	bool is_idle;
	bool may_hurry; /* after the start the usher's: not refused so far */
	pthread_t usher;
	sem_t wake; /* something for the usher to look at */

	pthread_mutex_t lock; /* of what follows; no worker takes it */
	struct hashpool_job *first, *last; /* in order of submission */
	int waiting;
	int running;    /* workers whose end the usher has not seen yet */
	uint64_t turns; /* the last turn given */
	bool is_ending;
};

static void
wait_for(sem_t *s)
{
	while (sem_wait(s) != 0 && errno == EINTR)
		;
}

/* The same, or until some time has passed. */
static void
wait_for_ms(sem_t *s, int ms)
{
	struct timespec until;

	if (clock_gettime(CLOCK_MONOTONIC, &until) != 0)
		return;
	until.tv_nsec += ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	while (sem_clockwait(s, CLOCK_MONOTONIC, &until) != 0 &&
	    errno == EINTR)
		;
}

/* Tried by a thread that ends at once: where it is not allowed, who is idle
 * stays so. */
static void *
try_idle(void *arg)
{
	static const struct sched_param none = { 0 };
	struct hashpool *p = arg;

	p->may_hurry = sched_setscheduler(0, SCHED_IDLE, &none) == 0 &&
	    sched_setscheduler(0, SCHED_OTHER, &none) == 0;
	return (NULL);
}

/* Others first. A thread that could not hurry takes a small share of the
 * processor instead: an idle one may get none for minutes. */
static void
give_way(const struct worker *w)
{
	static const struct sched_param none = { 0 };
	int r;

	if (w->is_hurriable)
		r = sched_setscheduler(0, SCHED_IDLE, &none);
	else /* of this thread alone, from where this process is */
		r = setpriority(PRIO_PROCESS, 0,
		    getpriority(PRIO_PROCESS, 0) + HASHPOOL_NICE);
	if (r != 0 && w->is_first)
		log_warn("hashing gives way to nobody: %s", strerror(errno));
}

/* Never takes a lock: it may be held up anywhere for a long time. */
static void *
work(void *arg)
{
	struct worker *w = arg;

	if (w->pool->is_idle)
		give_way(w);
	for (;;) {
		wait_for(&w->go);
		if (w->job == NULL)
			return (NULL);
		w->job->run(w->job);
		atomic_store(&w->state, WORKER_READY);
		(void)sem_post(&w->pool->wake);
	}
}

static void
unlink_job(struct hashpool *p, struct hashpool_job *job)
{
	if (job->prev != NULL)
		job->prev->next = job->next;
	else
		p->first = job->next;
	if (job->next != NULL)
		job->next->prev = job->prev;
	else
		p->last = job->prev;
	job->next = job->prev = NULL;
	job->is_waiting = false;
	p->waiting--;
}

static bool
is_before(const struct hashpool_job *a, const struct hashpool_job *b)
{
	if (a->office_turn != b->office_turn)
		return (a->office_turn < b->office_turn);
	return (a->source_turn < b->source_turn);
}

/*
 * Take the job whose turn it is; its office and its source there go to the
 * end of their rounds. NULL when none waits. The queue is short enough to
 * look at every job.
 */
static struct hashpool_job *
take_job(struct hashpool *p)
{
	struct hashpool_job *job = p->first, *at;

	for (at = p->first; at != NULL; at = at->next)
		if (is_before(at, job))
			job = at;
	if (job == NULL)
		return (NULL);
	unlink_job(p, job);
	p->turns++;
	for (at = p->first; at != NULL; at = at->next) {
		if (strcmp(at->office, job->office) != 0)
			continue;
		at->office_turn = p->turns;
		if (strcmp(at->source, job->source) == 0)
			at->source_turn = p->turns;
	}
	return (job);
}

/* As many as are run together, linked; NULL when none waits. */
static struct hashpool_job *
take_jobs(struct hashpool *p)
{
	struct hashpool_job *first = take_job(p), *last = first;
	int n;

	for (n = 1; last != NULL && n < p->together; n++)
		if ((last->next = take_job(p)) != NULL)
			last = last->next;
		else
			break;
	return (first);
}

/* One that has run for long goes on at ordinary priority, one that has ended
 * is idle again. */
static void
hurry(struct worker *w, bool is_running)
{
	static const struct sched_param none = { 0 };
	int e;

	if (!w->pool->may_hurry || is_running == w->is_hurried ||
	    (is_running && !w->pool->is_ending &&
		clock_boot_ms() - w->begun_ms < HASHPOOL_HURRY_MS))
		return;
	e = pthread_setschedparam(
	    w->thread, is_running ? SCHED_OTHER : SCHED_IDLE, &none);
	if (e == 0) {
		w->is_hurried = is_running;
		return;
	}
	w->pool->may_hurry = false;
	log_warn("hashing stays at SCHED_IDLE however long it takes: %s",
	    strerror(e));
}

/*
 * What workers have finished goes on ${ready}; free workers get jobs. Return
 * how many are running.
 */
static int
serve(struct hashpool *p, struct hashpool_job **ready)
{
	struct hashpool_job *last;
	int i, running = 0;

	for (i = 0; i < p->threads; i++) {
		struct worker *w = &p->workers[i];

		if (atomic_load(&w->state) == WORKER_READY) {
			for (last = w->job; last->next != NULL;)
				last = last->next;
			last->next = *ready;
			*ready = w->job;
			w->job = NULL;
			atomic_store(&w->state, WORKER_FREE);
			hurry(w, false);
		}
		if (atomic_load(&w->state) == WORKER_FREE &&
		    (w->job = take_jobs(p)) != NULL) {
			atomic_store(&w->state, WORKER_RUNS);
			w->begun_ms = clock_boot_ms();
			(void)sem_post(&w->go);
		}
		if (w->job != NULL)
			hurry(w, true);
		running += w->job != NULL;
	}
	p->running = running;
	return (running);
}

static void
call_done(struct hashpool_job *list, int r)
{
	while (list != NULL) {
		struct hashpool_job *job = list;

		list = job->next;
		job->next = NULL;
		job->done(job, r);
	}
}

static void *
usher(void *arg)
{
	struct hashpool *p = arg;
	struct hashpool_job *ready, *late, *job;
	bool is_over = false;
	int running = 0;

	while (!is_over) {
		if (running > 0 && p->may_hurry)
			wait_for_ms(&p->wake, HASHPOOL_HURRY_MS / 5);
		else
			wait_for(&p->wake);
		ready = late = NULL;
		(void)pthread_mutex_lock(&p->lock);
		while (p->is_ending && (job = p->last) != NULL) {
			unlink_job(p, job);
			job->next = late;
			late = job;
		}
		running = serve(p, &ready);
		is_over = p->is_ending && running == 0;
		(void)pthread_mutex_unlock(&p->lock);
		call_done(ready, 0);
		call_done(late, ERR_BUSY);
	}
	return (NULL);
}

int
hashpool_threads(void)
{
	cpu_set_t set;
	int n;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return (1);
	n = CPU_COUNT(&set) - 1;
	return (n < 1                      ? 1
		: n > HASHPOOL_THREADS_MAX ? HASHPOOL_THREADS_MAX
					   : n);
}

/* End the workers that were started, and free. */
static void
end_workers(struct hashpool *p, int started)
{
	int i;

	for (i = 0; i < started; i++) {
		p->workers[i].job = NULL;
		(void)sem_post(&p->workers[i].go);
		(void)pthread_join(p->workers[i].thread, NULL);
		(void)sem_destroy(&p->workers[i].go);
	}
	(void)sem_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

/* Start all threads. Return how many workers run; ${r} is 0 or why not all. */
static int
start(struct hashpool *p, int *r)
{
	sigset_t all, before;
	pthread_t trial;
	int i, e = 0;

	/* signals are for the thread that waits for them */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (p->is_idle && pthread_create(&trial, NULL, try_idle, p) == 0)
		(void)pthread_join(trial, NULL);
	if (p->is_idle && !p->may_hurry)
		log_info("hashing is nicer by %d: no way back from SCHED_IDLE",
		    HASHPOOL_NICE);
	for (i = 0; i < p->threads; i++) {
		struct worker *w = &p->workers[i];

		w->pool = p;
		w->is_first = i == 0;
		w->is_hurriable = p->may_hurry;
		(void)sem_init(&w->go, 0, 0);
		if ((e = pthread_create(&w->thread, NULL, work, w)) != 0) {
			(void)sem_destroy(&w->go);
			break;
		}
	}
	if (e == 0)
		e = pthread_create(&p->usher, NULL, usher, p);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	*r = 0;
	if (e != 0) {
		errno = e;
		*r = log_fr(ERR_SYS, "start the hash workers");
	}
	return (i);
}

int
hashpool_new(int threads, int waiting_max, int together, bool is_idle,
    struct hashpool **out)
{
	struct hashpool *p;
	int r, started;

	if (threads < 1 || threads > HASHPOOL_THREADS_MAX || waiting_max < 1 ||
	    waiting_max > HASHPOOL_WAITING_MAX || together < 1)
		return (ERR_INVALID);
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (log_fr(ERR_NOMEM, "start the hash workers"));
	p->threads = threads;
	p->waiting_max = waiting_max;
	p->together = together;
	p->is_idle = is_idle;
	(void)sem_init(&p->wake, 0, 0);
	(void)pthread_mutex_init(&p->lock, NULL);
	started = start(p, &r);
	if (r != 0) {
		end_workers(p, started);
		return (r);
	}
	*out = p;
	return (0);
}

/* A place in the rounds of its keys, or ERR_BUSY. */
static int
find_place(struct hashpool *p, struct hashpool_job *job)
{
	int left = p->waiting_max - p->waiting, of_source = 0, of_office = 0;
	struct hashpool_job *at;
	uint64_t turn = ++p->turns;

	job->office_turn = job->source_turn = turn;
	for (at = p->first; at != NULL; at = at->next) {
		bool is_office = strcmp(at->office, job->office) == 0;
		bool is_source = strcmp(at->source, job->source) == 0;

		of_office += is_office;
		of_source += is_source;
		if (is_office)
			job->office_turn = at->office_turn;
		if (is_office && is_source)
			job->source_turn = at->source_turn;
	}
	return (of_source < left && of_office < left ? 0 : ERR_BUSY);
}

int
hashpool_submit(struct hashpool *p, struct hashpool_job *job)
{
	bool is_free;
	int r;

	(void)pthread_mutex_lock(&p->lock);
	r = p->is_ending ? ERR_BUSY : find_place(p, job);
	if (r == 0) {
		job->next = NULL;
		job->prev = p->last;
		if (p->last != NULL)
			p->last->next = job;
		else
			p->first = job;
		p->last = job;
		job->is_waiting = true;
		p->waiting++;
	}
	/* A worker that ends wakes the usher, who takes what waits by then. */
	is_free = p->running < p->threads;
	(void)pthread_mutex_unlock(&p->lock);
	if (r == 0 && is_free)
		(void)sem_post(&p->wake);
	return (r);
}

bool
hashpool_withdraw(struct hashpool *p, struct hashpool_job *job)
{
	bool was_waiting;

	(void)pthread_mutex_lock(&p->lock);
	was_waiting = job->is_waiting;
	if (was_waiting)
		unlink_job(p, job);
	(void)pthread_mutex_unlock(&p->lock);
	return (was_waiting);
}

int
hashpool_waiting(struct hashpool *p)
{
	int n;

	(void)pthread_mutex_lock(&p->lock);
	n = p->waiting;
	(void)pthread_mutex_unlock(&p->lock);
	return (n);
}

void
hashpool_free(struct hashpool *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->is_ending = true;
	(void)pthread_mutex_unlock(&p->lock);
	(void)sem_post(&p->wake);
	(void)pthread_join(p->usher, NULL);
	end_workers(p, p->threads);
}
