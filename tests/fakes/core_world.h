/*
 * core_world.h: a struct core that stands on the memory store, the fake keeper
 * and the fake clock, and the steps a transaction takes in the engine, so that
 * a test of a rule is short. What fails here ends the test.
 * Threads: one world at a time, one thread.
 * Link with it: every authd/core file but engine.c and engine_start.c, base
 * (clock_fake.c for clock.c), audit, rows.c, store_mem*.c, keeper_fake.c.
 */
#ifndef TESTS_FAKES_CORE_WORLD_H
#define TESTS_FAKES_CORE_WORLD_H

#include "authd/core/account.h"
#include "authd/core/checks.h"
#include "authd/core/enrol.h"
#include "authd/core/journal.h"
#include "authd/core/office.h"
#include "authd/core/phone.h"
#include "authd/core/source_rule.h"
#include "authd/core/steady.h"
#include "tests/fakes/keeper_fake.h"
#include "tests/fakes/store_mem.h"

#define WORLD_STEP_MS (STEP_SECONDS * 1000LL)
#define WORLD_HOUR_MS (3600 * 1000LL)

struct core_world {
	struct core core;
	struct policy policy; /* the defaults of DESIGN 6; may be changed */
	struct steady steady;
	struct act act; /* root on this machine */
	/* counted since core_world_begin(): */
	int counter_puts;
	/* the world's own */
	struct store_ops ops;
	const struct store_ops *real;
	int listing;
};

/* One person with one confirmed phone. */
struct person {
	char login[LOGIN_MAX + 1];
	struct account account;
	struct phone phone; /* as it was confirmed */
	uint8_t seed[SEED_LEN];
};

/** core_world_start(w): an empty installation, 2026-11-22T00:00:00Z, up 1 hour. */
void core_world_start(struct core_world *w);
void core_world_stop(struct core_world *w);

/**
 * core_world_begin(w), core_world_commit(w), core_world_rollback(w):
 * What the writer's hooks do around the jobs of one transaction. core_world_commit()
 * returns what sealing or committing returned, and rolled back if not 0.
 */
void core_world_begin(struct core_world *w);
int core_world_commit(struct core_world *w);
void core_world_rollback(struct core_world *w);

/** core_world_ended(w, r): one job's end: keep its work if ${r} is 0, else undo it,
 * then commit. Return: ${r}, or what committing returned. */
int core_world_ended(struct core_world *w, int r);

/**
 * core_world_person(w, office, login, class, out):
 * Add the office unless it is there, an account and a confirmed phone. Then 90
 * seconds pass, so that the confirming code is out of every window.
 */
void core_world_person(struct core_world *w, const char *office,
    const char *login, const char *class, struct person *out);

/** core_world_phone(w, login, out): give an account one more confirmed phone. */
void core_world_phone(
    struct core_world *w, const char *login, struct person *out);

/** core_world_step(): the TOTP step of now. */
int64_t core_world_step(void);

/** core_world_code(seed, step, out): what an authenticator shows, by liboath. */
void core_world_code(
    const uint8_t seed[SEED_LEN], int64_t step, char out[CODE_DIGITS + 1]);

/** core_world_wrong(seed, out): digits that are right at no step within 25 of now. */
void core_world_wrong(const uint8_t seed[SEED_LEN], char out[CODE_DIGITS + 1]);

/** core_world_seed(base32, out): what an authenticator reads from the QR code. */
void core_world_seed(const char *base32, uint8_t out[SEED_LEN]);

/** core_world_ask(v, login, code, consumer): fill a verification from what was
 * typed, folded as the edge does it. */
void core_world_ask(struct verify *v, const char *login, const char *code,
    const char *consumer);

/**
 * core_world_batch(w, v, n):
 * Run ${n} verifications in one transaction, in order, as the writer does.
 * Return: 0 or why the transaction failed.
 */
int core_world_batch(struct core_world *w, struct verify *v, size_t n);

/**
 * core_world_verify(w, login, code, consumer):
 * One verification in its own transaction, which must not break.
 */
struct verify core_world_verify(struct core_world *w, const char *login,
    const char *code, const char *consumer);

/** core_world_last(w, out): the newest audit record; seq 0 when there is none. */
void core_world_last(struct core_world *w, struct audit_record *out);

/** core_world_seq(w): how many audit records there are. */
int64_t core_world_seq(struct core_world *w);

/** core_world_log_is_whole(w): the log and its seals, by audit_verify. */
bool core_world_log_is_whole(struct core_world *w);

#endif /* TESTS_FAKES_CORE_WORLD_H */
