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

#define ENGINE_READERS_MAX 16
#define ENGINE_SIGNED_MAX  WRITER_BULK_MAX /* handed on together */

struct engine {
	struct core writing; /* used on the writer thread only */
	bool is_touched;     /* so is this: store_ops.is_touched, at its commit */
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
	struct core recalling; /* never changed: no lock */
	struct audit_head head; /* copy for status */
	struct hashpool *pool;  /* NULL once it ends: the writer goes on */
	struct hashpool *brief; /* so does this one; for what is brief */
	bool is_stopping;

	pthread_t timer;
	bool has_timer;
	struct work tick;
	bool is_ticking; /* tick is queued */
	bool is_ending;  /* the last one */
	int tick_r;      /* what became of it */
	bool is_behind;  /* it could not write all uses of sessions */
	struct cert_life cert_life;

	/* of the brief pool's own thread: signed, and on to the writer with the
	 * next, so that they share a commit */
	struct work *signed_list[ENGINE_SIGNED_MAX];
	int signed_n;
	struct work publish; /* run by the timer itself */
	int64_t publish_again_ms; /* steady: it failed */
	bool is_hurried;     /* do not wait for the next second */
};

/** engine_work_hooks(e, out): what the writer calls around a transaction. */
void engine_work_hooks(struct engine *e, struct writer_hooks *out);

/** engine_work_submit(e, w): queue ${w}, whatever the state of the log. */
int engine_work_submit(struct engine *e, struct work *w) CHECKED;

/** engine_work_withdraw(e, w): as engine_withdraw(). */
bool engine_work_withdraw(struct engine *e, struct work *w);

#endif /* AUTHD_CORE_ENGINE_IMPL_H */
