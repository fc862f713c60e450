/*
 * hashpool.h: threads that do the slow hashing of passwords, so that it never
 * holds up anything else. They run at SCHED_IDLE: the hook, pages and commits
 * come first whatever the number of logins. Another pool of the same kind waits
 * for signatures, which take no time worth mentioning: at ordinary priority.
 * Room: core.  Process: front.  Threads: submit and withdraw from any.
 * Unit test: tests/unit/test_hashpool.c
 *
 * Fairness. A job names its office and its source. Offices take turns, and
 * within an office its sources; within a source the order is that of
 * submission. One that begins to wait joins at the end of the round, so
 * nobody waits longer than one turn of each other one. The room to wait is
 * shared too: a source, and an office, may have at most as many jobs waiting
 * as places are still free. So none fills the queue alone, and a newcomer
 * finds a place however much one of them sends.
 *
 * An idle thread may be held up for long on a busy machine. So it never
 * holds a lock: one more thread of ordinary priority hands the jobs out and
 * calls their done. And a job that has not ended in HASHPOOL_HURRY_MS goes on at
 * ordinary priority, else nobody would log in while the machine has other work
 * for all its cores; so does every one when the pool ends. RLIMIT_NICE must
 * allow that, at 20 or more. Where it does not (an ordinary user, a container),
 * the threads are never idle but nicer by HASHPOOL_NICE.
 */
#ifndef AUTHD_CORE_HASHPOOL_H
#define AUTHD_CORE_HASHPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

#define HASHPOOL_THREADS_MAX 4
#define HASHPOOL_WAITING_MAX 256 /* jobs that may wait */
#define HASHPOOL_HURRY_MS    500 /* several times what a hash takes */
#define HASHPOOL_NICE        10 /* a tenth of a processor that another wants */

struct hashpool_job {
	/* On a worker, without any lock: of the first of those that are run
	 * together, for all of them; next leads from one to the next. */
	void (*run)(struct hashpool_job *job);
	/* Called exactly once unless withdrawn, on the pool's own thread: 0
	 * after run, ERR_BUSY when the pool ended before it. The job is not
	 * touched afterwards. Must not block, may submit again. */
	void (*done)(struct hashpool_job *job, int r);
	void *arg;
	/* borrowed until done; "" is a key like any other */
	const char *source, *office;
	/* the pool's own; zero before the first submit */
	struct hashpool_job *next, *prev;
	uint64_t office_turn, source_turn; /* the lowest is next */
	bool is_waiting;
};

struct hashpool;

/**
 * hashpool_threads():
 * Return how many workers this machine gets: one less than its cores, at
 * least 1, at most HASHPOOL_THREADS_MAX. Only the cores this process may use
 * are counted.
 */
int hashpool_threads(void);

/**
 * hashpool_new(threads, waiting_max, together, is_idle, out):
 * Start that many workers (1 to HASHPOOL_THREADS_MAX) with room for
 * ${waiting_max} jobs (1 to HASHPOOL_WAITING_MAX) besides those being run. A
 * free worker takes up to ${together} of those waiting, in their turn.
 * ${is_idle}: at SCHED_IDLE, or nicer by HASHPOOL_NICE where the kernel refuses to
 * leave that again; which is logged.
 * Return: 0, ERR_INVALID, ERR_NOMEM, ERR_SYS.
 * Owns: the caller, who ends it with hashpool_free().
 */
int hashpool_new(int threads, int waiting_max, int together, bool is_idle,
    struct hashpool **out) CHECKED;

/**
 * hashpool_submit(p, job):
 * Queue ${job}, borrowed until its done. ERR_BUSY: no place for its source,
 * its office or at all, or the pool is ending; done is then not called.
 */
int hashpool_submit(struct hashpool *p, struct hashpool_job *job) CHECKED;

/**
 * hashpool_withdraw(p, job):
 * Take a job back that is still waiting: true, and done will not be called.
 * False when a worker has taken it. ${job} must still be there: its owner
 * holds a lock that its done takes as well.
 */
bool hashpool_withdraw(struct hashpool *p, struct hashpool_job *job);

/**
 * hashpool_waiting(p):
 * Return how many jobs wait now, for Retry-After and status.
 */
int hashpool_waiting(struct hashpool *p);

/**
 * hashpool_free(p):
 * Refuse new jobs, end those waiting with ERR_BUSY, let those being run end,
 * stop the threads, free. NULL-safe. Not from done.
 */
void hashpool_free(struct hashpool *p);

#endif /* AUTHD_CORE_HASHPOOL_H */
