/*
 * checks.h: codes gathered so that the keeper judges them in one message; and
 * the memory of wrong codes, so that a program that repeats one within its step
 * is counted once.
 * Room: core.  Process: front.  Threads: each has its own; of all but
 * checks_add() and checks_run() the writer's only.
 * Unit test: tests/unit/test_checks.c
 */
#ifndef AUTHD_CORE_CHECKS_H
#define AUTHD_CORE_CHECKS_H

#include "authd/keeper/keeper_client.h"

struct checks;

/** checks_new(out): with a random key for the memory of wrong codes. */
int checks_new(struct checks **out) CHECKED;
void checks_free(struct checks *c);

/**
 * checks_add(c, check):
 * Hand one code over: ${check} is borrowed until checks_run() or
 * checks_begin(), and matches nothing until then. ERR_NOMEM.
 */
int checks_add(struct checks *c, struct keeper_check *check) CHECKED;

/**
 * checks_run(c, k):
 * Have all that were handed over judged, and forget them; their codes are
 * wiped. On an error none matched.
 */
int checks_run(struct checks *c, struct keeper *k) CHECKED;

/**
 * checks_is_repeat(c, account, bucket, code, step):
 * True when this wrong code was counted for that account and bucket in this
 * very step already; otherwise it is remembered, for good only when the
 * transaction commits. Only a keyed hash is kept.
 */
bool checks_is_repeat(struct checks *c, const struct id *account,
    const char *bucket, const char *code, int64_t step);

/** checks_decoy(c, code, step): the same work for a refusal of another kind;
 * nothing is remembered. */
void checks_decoy(struct checks *c, const char *code, int64_t step);

/* The writer's hooks. */
void checks_begin(struct checks *c);
void checks_mark(struct checks *c);
void checks_rewind(struct checks *c);
void checks_ended(struct checks *c, int r);

#endif /* AUTHD_CORE_CHECKS_H */
