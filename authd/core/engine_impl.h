/*
 * engine_impl.h: what the files of the engine share. Private to them.
 * Room: core.  Process: front.
 */
#ifndef AUTHD_CORE_ENGINE_IMPL_H
#define AUTHD_CORE_ENGINE_IMPL_H

#include <pthread.h>

#include "authd/core/cert_life.h"
#include "authd/core/engine.h"
#include "authd/core/steady.h"
#include "authd/store/job_queue.h"

#define ENGINE_READERS_MAX 16

/* Where a piece of work is. */
enum {
	WORK_RUN = 0, /* with the writer, as in what follows */
	WORK_AHEAD,   /* read for, before the writer has it */
	WORK_HASH,
	WORK_SETTLE,
	WORK_GIVE_BACK
};

/* The thread that prepares work which reads ahead, with a view of its own. */
struct engine_ahead {
	struct core core; /* the thread's own */
	pthread_t thread;
	bool is_made, has_thread;
	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t changed;
	struct job_queue waiting;
	bool is_viewing; /* the view is there; only the thread changes this */
	bool is_held;    /* no view may be there */
	bool is_stopping;
};

struct engine {
	struct core writing; /* used on the writer thread only */
	/* So are these: store_ops.is_touched, at its commit; in this
	 * transaction the generation rose. */
	bool is_touched, has_raised;
	_Atomic uint64_t generation; /* as writing has it: for who reads ahead */
	struct engine_ahead ahead;
	struct writer *writer;
	struct steady steady;
	int64_t steady_saved_ms;
	void (*fatal)(void *arg);
	void *fatal_arg;
	bool has_gap;

	pthread_mutex_t lock;       /* over what follows */
	pthread_cond_t changed;     /* stopping, or the tick has ended */
	pthread_cond_t reader_free; /* a reader came back */
	struct core *idle[2][ENGINE_READERS_MAX]; /* readers nobody uses: for
						   * all, and apart */
	int idle_n[2];
	int apart_n; /* of the readers, the last */
	struct core readers[ENGINE_READERS_MAX];
	int readers_n;
	struct core recalling;  /* never changed: no lock */
	struct audit_head head; /* copy for status */
	struct hashpool *pool;  /* NULL once it ends: the writer goes on */
	struct hashpool *brief; /* so does this one; for what is brief */
	bool is_stopping;

	pthread_t timer;
	bool has_timer;
	struct work tick;
	bool is_ticking;   /* tick is queued */
	bool is_ending;    /* the last one */
	int tick_r;        /* what became of it */
	bool is_behind;    /* it could not write all uses of sessions */
	bool is_unsettled; /* the writer's: it could not settle all phones */
	bool is_settling;  /* the same, for the timer */
	struct cert_life cert_life;

	struct work publish;      /* run by the timer itself */
	int64_t publish_again_ms; /* steady: it failed */
	bool is_hurried;          /* do not wait for the next second */
};

/** engine_work_hooks(e, out): what the writer calls around a transaction. */
void engine_work_hooks(struct engine *e, struct writer_hooks *out);

/** engine_work_submit(e, w): queue ${w}, whatever the state of the log. */
int engine_work_submit(struct engine *e, struct work *w) CHECKED;

/** engine_work_submit_hash(e, w): as engine_submit_hash(), the same. */
int engine_work_submit_hash(struct engine *e, struct work *w) CHECKED;

/** engine_work_withdraw(e, w): as engine_withdraw(). */
bool engine_work_withdraw(struct engine *e, struct work *w);

/** engine_ahead_start(e, store): with a reader that stays the caller's. The
 * writer must be there. Return: 0, ERR_NOMEM. */
int engine_ahead_start(struct engine *e, struct store *store) CHECKED;

/** engine_ahead_stop(e): hand on what waits, end the thread. */
void engine_ahead_stop(struct engine *e);

/** engine_ahead_submit(e, w): prepare, then on to the writer. ERR_BUSY. */
int engine_ahead_submit(struct engine *e, struct work *w) CHECKED;

/** engine_ahead_hold(e, is_held): wait until no view is there, and let none
 * begin; or let them begin again. */
void engine_ahead_hold(struct engine *e, bool is_held);

/** engine_ahead_withdraw(e, w): true when it still waited to be read for. */
bool engine_ahead_withdraw(struct engine *e, struct work *w);

#endif /* AUTHD_CORE_ENGINE_IMPL_H */
