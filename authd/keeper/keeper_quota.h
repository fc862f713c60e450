/*
 * keeper_quota.h: how many certificates an hour, whoever asks.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_quota.c
 *
 * Never more than the limit within any 60 minutes; what is used is free again
 * after 60 to 65. The counters are in keeper.state and taken from there ahead,
 * a twentieth of the limit at a time: after a kill that much may be lost, never
 * gained. Time is steady within a run; over a restart it is the wall clock,
 * which never leads back.
 */
#ifndef AUTHD_KEEPER_KEEPER_QUOTA_H
#define AUTHD_KEEPER_KEEPER_QUOTA_H

#include "authd/keeper/keeper_state.h"

#define KEEPER_QUOTA_BUCKET_MS KEEPER_STATE_BUCKET_MS
#define KEEPER_QUOTA_MAX       100000000

struct keeper_quota {
	struct keeper_state *state; /* borrowed */
	uint32_t limit;             /* an hour; 0: none at all */
	int64_t offset_ms;          /* from boot time to the buckets' time */
	uint32_t spare;             /* counted in the newest bucket, unused */
};

/** keeper_quota_init(q, state, limit, wall_ms, boot_ms): go on from a state. */
void keeper_quota_init(struct keeper_quota *q, struct keeper_state *state,
    uint32_t limit, int64_t wall_ms, int64_t boot_ms);

/**
 * keeper_quota_take(q, boot_ms):
 * Count one. Return: 0, ERR_BUSY when the hour's are used up, ERR_IO when
 * keeper.state cannot be written: then none may be issued.
 */
int keeper_quota_take(struct keeper_quota *q, int64_t boot_ms) CHECKED;

/** keeper_quota_end(q): give back what was counted ahead; then save. */
void keeper_quota_end(struct keeper_quota *q);

#endif /* AUTHD_KEEPER_KEEPER_QUOTA_H */
