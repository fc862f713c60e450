/*
 * source_slot.h: what is known of one source: its failures in a moving window,
 * and the logins they were for.
 * Room: core.  Process: front.  Threads: under the lock of its table.
 * Unit test: tests/unit/test_source.c
 */
#ifndef AUTHD_CORE_SOURCE_SLOT_H
#define AUTHD_CORE_SOURCE_SLOT_H

#include "authd/core/source.h"

#define SOURCE_PIECES 60 /* of the window: 10 s each */

struct source_slot {
	uint64_t key; /* keyed hash of the two names; 0: free */
	char consumer[SOURCE_CONSUMER_MAX + 1];
	char address[AUDIT_SOURCE_MAX + 1];
	int64_t seen_ms;
	int64_t until_ms;     /* refused */
	int64_t until_own_ms; /* and for the office whose address it is */
	/* failures of the last SOURCE_PIECES pieces, ${piece} the newest */
	int64_t piece;
	uint16_t failures[SOURCE_PIECES];
	/* the logins failed for last: enough to say that there are many */
	uint64_t login[SOURCE_LOGINS_MIN];
	int64_t login_ms[SOURCE_LOGINS_MIN]; /* 0: none */
	/* records of the minute that began at ${minute_ms} */
	int64_t minute_ms;
	int32_t noted;
	int64_t held;
	char actor[AUDIT_ACTOR_MAX + 1];
	char request_id[REQUEST_ID_LEN + 1];
};

/** source_slot_failures(slot, now_ms): how many, in the window. */
int source_slot_failures(const struct source_slot *slot, int64_t now_ms);

/** source_slot_logins(slot, now_ms): for how many logins, at least; at most
 * SOURCE_LOGINS_MIN. */
int source_slot_logins(const struct source_slot *slot, int64_t now_ms);

/** source_slot_is_idle(slot, now_ms): nothing would be lost with it. */
bool source_slot_is_idle(const struct source_slot *slot, int64_t now_ms);

/** source_slot_fail(slot, now_ms): one more in this piece of the window. */
void source_slot_fail(struct source_slot *slot, int64_t now_ms);

/** source_slot_name(slot, login, now_ms): it was for this login, by its hash. */
void source_slot_name(
    struct source_slot *slot, uint64_t login, int64_t now_ms);

#endif /* AUTHD_CORE_SOURCE_SLOT_H */
