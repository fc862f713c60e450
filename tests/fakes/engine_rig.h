/*
 * engine_rig.h: an engine over the real SQLite store and writer in a directory
 * of its own, with the fake keeper and clock: what a test of the engine needs
 * around it. What fails here ends the test.
 * Threads: submit and wait from any, the rest from the test's own.
 * Link with it: all of authd/core, store and writer, core_world.c's list.
 */
#ifndef TESTS_FAKES_ENGINE_RIG_H
#define TESTS_FAKES_ENGINE_RIG_H

#include <semaphore.h>

#include "authd/core/engine.h"
#include "tests/fakes/core_world.h"

#define ENGINE_RIG_READERS 2

struct engine_rig {
	char dir[64], path[96]; /* of the database */
	struct policy policy;
	struct keeper *keeper;  /* lives over close and open */
	struct engine *engine;  /* NULL while closed */
	uint8_t seed[SEED_LEN]; /* of the last engine_rig_person() */
	/* may be set while closed: */
	int apart_n; /* of the readers */
	int reserve_fd; /* -1: none */
	int fatal_exit; /* what the process ends with on fatal */
	int (*commit)(struct engine_rig *g, struct store *s); /* NULL: real */
	struct store_ops ops;
	const struct store_ops *real_ops;
};

/* One request that can be waited for. */
struct engine_rig_work {
	struct work work;
	sem_t done;
	int r;
};

struct engine_rig_verify {
	struct engine_rig_work base;
	struct verify verify;
};

/** engine_rig_make(g), engine_rig_start(g): a new directory and keeper, closed;
 * and opened. */
void engine_rig_make(struct engine_rig *g);
void engine_rig_start(struct engine_rig *g);
/** engine_rig_stop(g): close and remove all of it. */
void engine_rig_stop(struct engine_rig *g);

/** engine_rig_open(g), engine_rig_close(g): start and end the engine. */
void engine_rig_open(struct engine_rig *g);
void engine_rig_close(struct engine_rig *g);
/** engine_rig_try(g): as open; return what engine_new() returned. */
int engine_rig_try(struct engine_rig *g);

/** engine_rig_nothing(w): a change that changes nothing. */
void engine_rig_nothing(struct engine_rig_work *w);
/** engine_rig_submit(g, w): return what engine_submit() returned. */
int engine_rig_submit(struct engine_rig *g, struct engine_rig_work *w);
/** engine_rig_wait(w): return what done got; ends the test after 20 s. */
int engine_rig_wait(struct engine_rig_work *w);

/** engine_rig_person(g, login): an account with a confirmed phone in office
 * tokyo; then 90 seconds pass. */
void engine_rig_person(struct engine_rig *g, const char *login);

/** engine_rig_ask(g, v, login, shift): prepare a verification with the code
 * that g->seed shows ${shift} steps from now. */
void engine_rig_ask(struct engine_rig *g, struct engine_rig_verify *v,
    const char *login, int shift);
/** engine_rig_verify(g, login, shift): do one, which must not break. */
enum verdict engine_rig_verify(
    struct engine_rig *g, const char *login, int shift);

/** engine_rig_seq(g): the last record written. */
int64_t engine_rig_seq(struct engine_rig *g);
/** engine_rig_log_is_whole(g): by audit_verify, over a reader. */
bool engine_rig_log_is_whole(struct engine_rig *g);
/** engine_rig_meta(g, key, out): a small fact, while closed. */
void engine_rig_meta(struct engine_rig *g, const char *key, char out[64]);
/** engine_rig_edit(g, sql): change the database by hand, while closed. */
void engine_rig_edit(struct engine_rig *g, const char *sql);

#endif /* TESTS_FAKES_ENGINE_RIG_H */
