/*
 * lock.h: count failures and lock: one counter for each account, kind and
 * direction (bucket), so that failures from one direction never lock another.
 * Room: core.  Process: front.  Threads: the writer's for changes.
 * Unit test: tests/unit/test_lock.c
 */
#ifndef AUTHD_CORE_LOCK_H
#define AUTHD_CORE_LOCK_H

#include "authd/core/engine.h"

enum lock_kind { LOCK_NONE = 0, LOCK_TIMED, LOCK_ADMINISTRATOR };

struct lock {
	enum lock_kind kind;  /* of this bucket, or of the account */
	int64_t until_steady; /* with LOCK_TIMED */
	struct counter own;   /* this bucket's row */
};

/**
 * lock_load(c, a, kind, bucket, now, out):
 * Read the counter of ${bucket} and whether it is locked at ${now}. A timed
 * lock that has ended gives new tries. Code failures without a success,
 * summed over all buckets, lock at IN_ROW_MAX until an administrator unlocks.
 * Source: RFC 4226 section 7.3; NIST SP 800-63B section 5.2.2.
 */
int lock_load(struct core *c, const struct account *a, enum counter_kind kind,
    const char *bucket, const struct moment *now, struct lock *out) CHECKED;

/** lock_fail(c, a, lock, now): count one failure, durable with this
 * transaction, and lock at the class's limit. */
int lock_fail(struct core *c, const struct account *a, struct lock *lock,
    const struct moment *now) CHECKED;

/** lock_succeed(c, lock): clear this counter, and no other. */
int lock_succeed(struct core *c, struct lock *lock) CHECKED;

/** lock_forget(c, a, kind): clear every counter of this kind. */
int lock_forget(struct core *c, const struct account *a,
    enum counter_kind kind) CHECKED;

/** lock_renew(c, lock): new tries, and a timed lock is over; failures in a row
 * stay counted. */
int lock_renew(struct core *c, struct lock *lock) CHECKED;

/** lock_give_back(c, a, kind, bucket, now): one failure that lock_fail()
 * counted was none, for nothing was evaluated; a lock that it made goes too. */
int lock_give_back(struct core *c, const struct account *a,
    enum counter_kind kind, const char *bucket,
    const struct moment *now) CHECKED;

/** lock_decoy(c): write one row that counts nothing: the work of lock_fail()
 * where there is nothing to count. */
int lock_decoy(struct core *c) CHECKED;

/** lock_summary(c, a, now, kind, until_ms): over all kinds and buckets; the
 * latest end as wall time. */
int lock_summary(struct core *c, const struct account *a,
    const struct moment *now, enum lock_kind *kind, int64_t *until_ms) CHECKED;

#endif /* AUTHD_CORE_LOCK_H */
