/*
 * engine_start.h: what happens to the audit log before the first request.
 * Room: core.  Process: front.
 * Unit test: tests/unit/test_engine_start.c
 */
#ifndef AUTHD_CORE_ENGINE_START_H
#define AUTHD_CORE_ENGINE_START_H

#include "authd/core/engine.h"

/**
 * engine_start_follow(st, k, node, has_gap, head):
 * Lead the keeper from its confirmed head over the stored records after it.
 * ${has_gap} becomes true when the log does not contain that head or does not
 * continue it under the keeper's own seals; ${head} is the log's last record.
 * Return: 0, ERR_STORE, ERR_KEEPER, ERR_NOMEM.
 */
int engine_start_follow(struct store *st, struct keeper *k, int32_t node,
    bool *has_gap, struct audit_head *head) CHECKED;

/**
 * engine_start_note_gap(e, k):
 * When the administrator accepted a gap offline, write that into the log before
 * anything else, unless an earlier start did, and wait for it.
 */
int engine_start_note_gap(struct engine *e, struct keeper *k) CHECKED;

#endif /* AUTHD_CORE_ENGINE_START_H */
