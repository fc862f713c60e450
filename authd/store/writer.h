/*
 * writer.h: the one thread that writes. It takes the waiting jobs, runs them
 * in order inside one transaction, each in its own savepoint, commits once and
 * only then tells each job's owner. So no two jobs race, no answer is ahead
 * of the disk, and a hundred jobs share one sync.
 * Room: store.  Process: front.  Threads: submit and withdraw from any.
 * Unit test: tests/unit/test_writer.c (over tests/fakes/store_mem.c)
 *
 * A transaction takes at most BATCH_JOBS_MAX jobs or what came within
 * BATCH_MS_MAX, the urgent lane first. Each phase runs over all of them:
 *   hooks.begin, every job's prepare, hooks.between (one keeper message),
 *   then per job: hooks.mark, run, and on failure hooks.rewind;
 *   hooks.before_commit (seal the audit log), commit, hooks.ended, every done.
 */
#ifndef AUTHD_STORE_WRITER_H
#define AUTHD_STORE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/store/store.h"

enum writer_lane {
	WRITER_URGENT = 0, /* revoke, lock, unlock, disable */
	WRITER_LOGIN = 1,  /* verifications */
	WRITER_BULK = 2	   /* everything else an administrator does */
};
#define WRITER_LANES 3

struct writer_job {
	/* Optional; a failure is this job's result and skips its run. */
	int (*prepare)(struct writer_job *job);
	/* 0 keeps the job's work, an error undoes it alone; ERR_KEEPER,
	 * ERR_STORE, ERR_FULL, ERR_NOMEM and ERR_IO fail the transaction. */
	int (*run)(struct writer_job *job);
	/* Called exactly once unless withdrawn: 0 after the commit, run's
	 * error, or why the transaction failed. Must not block. */
	void (*done)(struct writer_job *job, int r);
	void *arg;
	enum writer_lane lane;
	/* the writer's own */
	struct writer_job *next;
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
	void (*ended)(void *arg, int r); /* 0 committed, else rolled back */
	/* The commit's outcome is unknown: the process must end now. No done
	 * is called for its jobs. */
	void (*fatal)(void *arg);
};

struct writer;

/**
 * writer_new(store, hooks, reserve_fd, out):
 * Start the thread over ${store}, which is borrowed and from now on used by
 * that thread only. ${reserve_fd} is a file that is kept WRITER_RESERVE bytes
 * large and given up when an urgent job meets a full disk, so that revoke and
 * lock still commit; -1 for none.
 */
int writer_new(struct store *store, const struct writer_hooks *hooks,
    int reserve_fd, struct writer **out) CHECKED;
#define WRITER_RESERVE (16 * 1024 * 1024)

/**
 * writer_submit(w, job):
 * Queue ${job}, borrowed until its done. ERR_BUSY: its lane is full or the
 * writer is stopping; done is then not called.
 */
int writer_submit(struct writer *w, struct writer_job *job) CHECKED;

/**
 * writer_withdraw(w, job):
 * Take a job back that is still waiting: true, and done will not be called.
 * False when the writer has taken it.
 */
bool writer_withdraw(struct writer *w, struct writer_job *job);

/**
 * writer_free(w):
 * Run what is queued, checkpoint, end the thread, free. NULL-safe.
 */
void writer_free(struct writer *w);

#endif /* AUTHD_STORE_WRITER_H */
