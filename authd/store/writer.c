#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/limits.h"
#include "authd/base/log.h"
#include "authd/store/job_queue.h"
#include "authd/store/writer.h"

#define REFILL_MS 1000 /* between two tries to fill the reserve */

struct writer {
	struct store *store;
	struct writer_hooks hooks;
	pthread_t thread;
	pthread_mutex_t lock; /* over all up to the next blank line */
	pthread_cond_t changed;
	struct job_queue lanes[WRITER_LANES];
	bool is_stopping, is_dead;

	/* the thread's own */
	int reserve_fd;
	bool is_reserved;     /* the reserve is full size */
	bool is_short;        /* it was given up: urgent jobs only */
	int64_t refill_after; /* boot time of the next try */
};

/* The jobs of one transaction, in the order they run. */
struct batch {
	struct writer_job *jobs[BATCH_JOBS_MAX];
	int n, bulk; /* in parts of WRITER_SMALL_MAX */
	bool has_urgent;
	int64_t until; /* boot time; 0: takes no more */
};

static const int lane_max[WRITER_LANES] = { WRITER_URGENT_MAX, WRITER_LOGIN_MAX,
	WRITER_QUEUE_MAX };

/* Called with the lock held. */
static bool
is_empty(const struct writer *w)
{
	int i;

	for (i = 0; i < WRITER_LANES; i++)
		if (w->lanes[i].n > 0)
			return (false);
	return (true);
}

static void
take_first(struct writer *w, struct batch *b, enum writer_lane lane)
{
	struct writer_job *job = w->lanes[lane].first;

	job_queue_remove(&w->lanes[lane], job);
	job->result = 0;
	b->jobs[b->n++] = job;
}

static void
take_from(struct writer *w, struct batch *b, enum writer_lane lane, int max)
{
	for (; max > 0 && b->n < BATCH_JOBS_MAX && w->lanes[lane].n > 0; max--) {
		take_first(w, b, lane);
		b->has_urgent = b->has_urgent || lane == WRITER_URGENT;
	}
}

static void
take_bulk(struct writer *w, struct batch *b)
{
	const struct job_queue *l = &w->lanes[WRITER_BULK];
	int part;

	while (b->n < BATCH_JOBS_MAX && l->n > 0) {
		part = l->first->is_small ? 1
					  : WRITER_SMALL_MAX / WRITER_BULK_MAX;
		if (b->bulk + part > WRITER_SMALL_MAX)
			break;
		b->bulk += part;
		take_first(w, b, WRITER_BULK);
	}
}

/* Add waiting jobs to the batch; true when there were any. */
static bool
take(struct writer *w, struct batch *b)
{
	int before = b->n, kept;

	pthread_mutex_lock(&w->lock);
	/* One place is kept so that logins do not starve the rest. */
	kept = b->bulk == 0 && w->lanes[WRITER_BULK].n > 0 && !w->is_short;
	take_from(w, b, WRITER_URGENT, BATCH_JOBS_MAX - kept - b->n);
	if (!w->is_short) {
		take_from(w, b, WRITER_LOGIN, BATCH_JOBS_MAX - kept - b->n);
		take_bulk(w, b);
	}
	pthread_mutex_unlock(&w->lock);
	return (b->n > before);
}

/* Write zeros where the file system has no fallocate. */
static int
fill_by_hand(int fd)
{
	static const char zeros[65536];
	off_t at;
	ssize_t n;

	for (at = 0; at < WRITER_RESERVE; at += n) {
		n = pwrite(fd, zeros, sizeof(zeros), at);
		if (n <= 0)
			return (-1);
	}
	return (fdatasync(fd));
}

/* Make the reserve whole. A part of it helps nobody and is given back. */
static void
reserve_fill(struct writer *w)
{
	int rc;

	w->refill_after = clock_boot_ms() + REFILL_MS;
	rc = fallocate(w->reserve_fd, 0, 0, WRITER_RESERVE);
	if (rc != 0 && errno == EOPNOTSUPP)
		rc = fill_by_hand(w->reserve_fd);
	w->is_reserved = rc == 0;
	if (rc == 0 && w->is_short)
		log_info("writer: the reserve is full again");
	if (rc == 0)
		w->is_short = false;
	else if (ftruncate(w->reserve_fd, 0) != 0)
		(void)log_fr(ERR_SYS, "writer: shorten the reserve");
}

/* Give the disk back what was kept; false when nothing was. */
static bool
reserve_release(struct writer *w)
{
	if (!w->is_reserved)
		return (false);
	w->is_reserved = false;
	w->is_short = true;
	log_error("writer: disk full, the reserve is given up");
	if (ftruncate(w->reserve_fd, 0) != 0) {
		(void)log_fr(ERR_SYS, "writer: shorten the reserve");
		return (false);
	}
	/* Some file systems free the blocks only then. */
	(void)fsync(w->reserve_fd);
	return (true);
}

static bool
fails_all(int r)
{
	return (r == ERR_KEEPER || r == ERR_STORE || r == ERR_FULL ||
	    r == ERR_NOMEM || r == ERR_IO);
}

/* Prepare every job, and those that come meanwhile. */
static void
prepare_all(struct writer *w, struct batch *b)
{
	struct writer_job *job;
	int i = 0;

	do {
		for (; i < b->n; i++) {
			job = b->jobs[i];
			job->result =
			    job->prepare != NULL ? job->prepare(job) : 0;
		}
	} while (b->until != 0 && b->n < BATCH_JOBS_MAX &&
	    clock_boot_ms() < b->until && take(w, b));
}

/* One job in its savepoint; not 0 when the transaction must fail. */
static int
run_one(struct writer *w, struct writer_job *job)
{
	const struct store_ops *ops = w->store->ops;
	int r;

	if (w->hooks.mark != NULL)
		w->hooks.mark(w->hooks.arg);
	if ((r = ops->mark(w->store)) != 0)
		return (r);
	job->result = job->run(job);
	if (job->result == 0)
		return (ops->release(w->store));
	if (fails_all(job->result))
		return (job->result);
	if ((r = ops->rewind(w->store)) != 0)
		return (r);
	if (w->hooks.rewind != NULL)
		w->hooks.rewind(w->hooks.arg);
	return (0);
}

static int
run_all(struct writer *w, struct batch *b)
{
	int i, r;

	for (i = 0; i < b->n; i++)
		if (b->jobs[i]->result == 0 &&
		    (r = run_one(w, b->jobs[i])) != 0)
			return (r);
	return (0);
}

/* Everything between begin and commit. */
static int
work(struct writer *w, struct batch *b)
{
	const struct writer_hooks *h = &w->hooks;
	int r;

	if (h->begin != NULL && (r = h->begin(h->arg)) != 0)
		return (r);
	prepare_all(w, b);
	if (h->between != NULL && (r = h->between(h->arg)) != 0)
		return (r);
	if ((r = run_all(w, b)) != 0)
		return (r);
	return (h->before_commit != NULL ? h->before_commit(h->arg) : 0);
}

/* 0 committed, ERR_FATAL unknown, else nothing of it is there. */
static int
transact(struct writer *w, struct batch *b)
{
	const struct store_ops *ops = w->store->ops;
	int r;

	if ((r = ops->begin(w->store)) != 0)
		return (r);
	if ((r = work(w, b)) == 0 && (r = ops->commit(w->store)) == ERR_IO)
		return (ERR_FATAL);
	/* After a commit that failed there is as a rule nothing left to undo. */
	if (r != 0)
		(void)ops->rollback(w->store);
	if (w->hooks.ended != NULL)
		w->hooks.ended(w->hooks.arg, r);
	return (r);
}

/* Leave in the batch its urgent jobs; tell the others ERR_FULL. */
static void
keep_urgent(struct batch *b)
{
	struct writer_job *job;
	int i, n = 0;

	for (i = 0; i < b->n; i++) {
		job = b->jobs[i];
		if (job->lane == WRITER_URGENT)
			b->jobs[n++] = job;
		else
			job->done(job, ERR_FULL);
	}
	b->n = n;
	b->until = 0;
}

static void
finish(struct batch *b, int r)
{
	struct writer_job *job;
	int i;

	for (i = 0; i < b->n; i++) {
		job = b->jobs[i];
		job->done(job, r != 0 ? r : job->result);
	}
}

/* The disk is full: whoever waits for anything but urgent work is told so. */
static void
refuse_waiting(struct writer *w)
{
	struct writer_job *job;
	int i;

	for (i = WRITER_LOGIN; i < WRITER_LANES; i++) {
		for (;;) {
			pthread_mutex_lock(&w->lock);
			if ((job = w->lanes[i].first) != NULL)
				job_queue_remove(&w->lanes[i], job);
			pthread_mutex_unlock(&w->lock);
			if (job == NULL)
				break;
			job->done(job, ERR_FULL);
		}
	}
}

static void
die(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->is_dead = true;
	pthread_mutex_unlock(&w->lock);
	if (w->hooks.fatal != NULL)
		w->hooks.fatal(w->hooks.arg);
}

/* What fails here has been logged and is tried again. */
static void
settle(struct writer *w)
{
	const struct store_ops *ops = w->store->ops;

	if (!ops->is_due(w->store))
		return;
	if (w->hooks.alone != NULL)
		w->hooks.alone(w->hooks.arg, true);
	(void)ops->checkpoint(w->store);
	if (w->hooks.alone != NULL)
		w->hooks.alone(w->hooks.arg, false);
}

static void
run_batch(struct writer *w)
{
	struct batch b = { .n = 0 };
	int r;

	if (w->reserve_fd >= 0 && !w->is_reserved &&
	    clock_boot_ms() >= w->refill_after)
		reserve_fill(w);
	if (w->is_short)
		refuse_waiting(w);
	b.until = clock_boot_ms() + BATCH_MS_MAX;
	if (!take(w, &b))
		return;
	r = transact(w, &b);
	/* A checkpoint lets the log on the disk be used again from its start. */
	if (r == ERR_FULL)
		settle(w);
	if (r == ERR_FULL && b.has_urgent && reserve_release(w)) {
		keep_urgent(&b);
		r = transact(w, &b);
		reserve_fill(w);
	}
	if (r == ERR_FATAL) {
		die(w);
		return;
	}
	finish(&b, r);
	settle(w);
}

static void *
thread_main(void *arg)
{
	struct writer *w = arg;

	/* from within: by its number it is a file the sandbox does not open */
	(void)pthread_setname_np(pthread_self(), "writer");
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!w->is_stopping && !w->is_dead && is_empty(w))
			pthread_cond_wait(&w->changed, &w->lock);
		if (w->is_dead || is_empty(w))
			break;
		pthread_mutex_unlock(&w->lock);
		run_batch(w);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return (NULL);
}

/* Signals are for the main thread. */
static int
start_thread(struct writer *w)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	if ((rc = pthread_sigmask(SIG_SETMASK, &all, &old)) == 0) {
		rc = pthread_create(&w->thread, NULL, thread_main, w);
		(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	if (rc == 0)
		return (0);
	errno = rc;
	return (log_fr(ERR_SYS, "writer: thread"));
}

int
writer_new(struct store *store, const struct writer_hooks *hooks,
    int reserve_fd, struct writer **out)
{
	struct writer *w;
	int r;

	*out = NULL;
	if ((w = calloc(1, sizeof(*w))) == NULL)
		return (log_fr(ERR_NOMEM, "writer"));
	w->store = store;
	if (hooks != NULL)
		w->hooks = *hooks;
	w->reserve_fd = reserve_fd;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->changed, NULL);
	if (reserve_fd >= 0) {
		reserve_fill(w);
		if (!w->is_reserved)
			log_warn("writer: no room for the reserve");
	}
	if ((r = start_thread(w)) != 0) {
		pthread_cond_destroy(&w->changed);
		pthread_mutex_destroy(&w->lock);
		free(w);
		return (r);
	}
	*out = w;
	return (0);
}

/* Called with the lock held. */
static bool
queue(struct writer *w, struct writer_job *job)
{
	if (w->is_stopping || w->is_dead ||
	    w->lanes[job->lane].n >= lane_max[job->lane])
		return (false);
	job_queue_put(&w->lanes[job->lane], job);
	pthread_cond_signal(&w->changed);
	return (true);
}

int
writer_submit(struct writer *w, struct writer_job *job)
{
	bool is_queued;

	if ((unsigned)job->lane >= WRITER_LANES)
		return (ERR_INVALID);
	pthread_mutex_lock(&w->lock);
	is_queued = queue(w, job);
	pthread_mutex_unlock(&w->lock);
	return (is_queued ? 0 : ERR_BUSY);
}

int
writer_submit_all(struct writer *w, struct writer_job *const *jobs, int n)
{
	int i = 0;

	pthread_mutex_lock(&w->lock);
	while (i < n && (unsigned)jobs[i]->lane < WRITER_LANES &&
	    queue(w, jobs[i]))
		i++;
	pthread_mutex_unlock(&w->lock);
	return (i);
}

bool
writer_withdraw(struct writer *w, struct writer_job *job)
{
	bool was_waiting;

	pthread_mutex_lock(&w->lock);
	was_waiting = job->is_waiting;
	if (was_waiting)
		job_queue_remove(&w->lanes[job->lane], job);
	pthread_mutex_unlock(&w->lock);
	return (was_waiting);
}

void
writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
