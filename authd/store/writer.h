/*
 * writer.h: the one thread that writes. It takes the waiting jobs, runs them
 * in order inside one transaction, each in its own savepoint, commits once and
 * only then tells each job's owner. So no two jobs race, no answer is ahead
 * of the disk, and a hundred jobs share one sync.
 * Room: store.  Process: front.  Threads: submit and withdraw from any.
 * Unit test: tests/unit/test_writer.c (over tests/fakes/store_mem.c)
 *
 * A transaction takes at most BATCH_JOBS_MAX jobs: those waiting, and those
 * that come while the others are prepared, for at most BATCH_MS_MAX. It never
 * waits for more. The urgent lane comes first, then logins; a waiting bulk job
 * always gets one place, at most WRITER_BULK_MAX, or WRITER_SMALL_MAX of those
 * that are small. Within a lane the order is that of submission. Each phase runs over all of them:
 *   begin, hooks.begin, every job's prepare, hooks.between (one keeper
 *   message), then per job: hooks.mark and mark, run, and on failure rewind
 *   and hooks.rewind; hooks.before_commit (seal the audit log), commit,
 *   hooks.ended, every done, checkpoint when one is due.
 *
 * An error of a hook, whatever it is, and ERR_KEEPER, ERR_STORE, ERR_FULL,
 * ERR_NOMEM and ERR_IO of a run fail the transaction: it is rolled back, and
 * done of every job in it gets that error, also of one refused by itself.
 * Only ERR_IO of the commit itself leaves the outcome unknown: hooks.fatal.
 *
 * Disk full. An urgent job in a transaction that fails with ERR_FULL makes the
 * writer give up its reserve and run the urgent jobs of it once more, alone,
 * from prepare on; the others get ERR_FULL. Then the reserve is filled again,
 * at once or, while there is no room, tried again at most once a second when
 * jobs come; until it is full only urgent jobs are run, and the others get
 * ERR_FULL. So revoke and lock still commit, and nothing else eats the rest.
 */
#ifndef AUTHD_STORE_WRITER_H
#define AUTHD_STORE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/store/store.h"

enum writer_lane {
	WRITER_URGENT = 0, /* revoke, lock, unlock, disable */
	WRITER_LOGIN = 1,  /* verifications */
	WRITER_BULK = 2    /* everything else an administrator does */
};
#define WRITER_LANES 3

/* Jobs that may wait in each lane, and bulk jobs of one transaction. */
#define WRITER_URGENT_MAX 1024
#define WRITER_LOGIN_MAX  4096
#define WRITER_QUEUE_MAX  1024
#define WRITER_BULK_MAX   8
#define WRITER_SMALL_MAX  32

struct writer_job {
	/* Optional; a failure, whatever it is, is this job's result and skips
	 * its run. With run it may be called again from the start after the
	 * first transaction was rolled back for a full disk. */
	int (*prepare)(struct writer_job *job);
	/* 0 keeps the job's work, an error undoes it alone; ERR_KEEPER,
	 * ERR_STORE, ERR_FULL, ERR_NOMEM and ERR_IO fail the transaction. */
	int (*run)(struct writer_job *job);
	/* Called exactly once unless withdrawn, on the writer thread, without
	 * its lock: 0 after the commit, prepare's or run's error, or why the
	 * transaction failed. The job is not touched afterwards. Must not
	 * block. */
	void (*done)(struct writer_job *job, int r);
	void *arg;
	enum writer_lane lane;
	bool is_small; /* of a few rows: takes no longer than a login */
	/* the writer's own; zero before the first submit */
	struct writer_job *next, *prev;
	int result;
	bool is_waiting;
};

/* Set once at creation; any may be NULL. All run on the writer thread. */
struct writer_hooks {
	void *arg;
	int (*begin)(void *arg);
	int (*between)(void *arg);
	void (*mark)(void *arg);
	void (*rewind)(void *arg);
	int (*before_commit)(void *arg);
	/* Once for every hooks.begin, also one that failed: 0 committed, else
	 * rolled back. Not after an unknown outcome. */
	void (*ended)(void *arg, int r);
	/* Around a checkpoint that is due: views that would hold it up end, and
	 * none begins until it is over. */
	void (*alone)(void *arg, bool is_alone);
	/* The commit's outcome is unknown: the process must end now. No done
	 * is called any more, for its jobs or those waiting, nothing is
	 * written, and writer_submit answers ERR_BUSY. */
	void (*fatal)(void *arg);
};

struct writer;

/**
 * writer_new(store, hooks, reserve_fd, out):
 * Start the thread over ${store}, which is borrowed and from now on used by
 * that thread only. ${reserve_fd} is a file that is kept WRITER_RESERVE bytes
 * large and given up as said above; borrowed, -1 for none. One that cannot
 * be filled now is logged and tried again later.
 * Return: 0, ERR_NOMEM, ERR_SYS.
 * Owns: the caller, who ends it with writer_free().
 */
int writer_new(struct store *store, const struct writer_hooks *hooks,
    int reserve_fd, struct writer **out) CHECKED;
#define WRITER_RESERVE (16 * 1024 * 1024)

/**
 * writer_submit(w, job):
 * Queue ${job}, borrowed until its done. ERR_BUSY: its lane is full or the
 * writer is stopping; done is then not called. May be called from done, not
 * from prepare or run of a job that waits for it.
 */
int writer_submit(struct writer *w, struct writer_job *job) CHECKED;

/**
 * writer_submit_all(w, jobs, n):
 * Queue ${n} jobs of one lane in their order, so that no transaction begins
 * with the first alone. Return: how many of the first were queued; the rest is
 * as with ERR_BUSY.
 */
int writer_submit_all(
    struct writer *w, struct writer_job *const *jobs, int n) CHECKED;

/**
 * writer_withdraw(w, job):
 * Take a job back that is still waiting: true, and done will not be called.
 * False when the writer has taken it. ${job} must still be there: its owner
 * holds a lock that its done takes as well.
 */
bool writer_withdraw(struct writer *w, struct writer_job *job);

/**
 * writer_free(w):
 * Refuse new jobs, run what is queued, end the thread, free. NULL-safe. The
 * store's close then moves all work into the main file.
 */
void writer_free(struct writer *w);

#endif /* AUTHD_STORE_WRITER_H */
