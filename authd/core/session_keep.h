/*
 * session_keep.h: what has to be done for sessions from time to time.
 * Room: core.  Process: front.  Threads: the writer's.
 * Unit test: tests/unit/test_session_seen.c
 */
#ifndef AUTHD_CORE_SESSION_KEEP_H
#define AUTHD_CORE_SESSION_KEEP_H

#include "authd/core/engine.h"

/**
 * session_keep_tick(c, now, all):
 * Once a second: write when sessions were used last, as far as it is due (with
 * ${all} whether it is or not), and remove what has expired. Both at most 500
 * at a time.
 */
int session_keep_tick(
    struct core *c, const struct moment *now, bool all) CHECKED;

/** session_keep_ended(c, r): after its transaction; 0: it is committed. True:
 * there is more to be written, a second is too long to wait for it. */
bool session_keep_ended(struct core *c, int r) CHECKED;

#endif /* AUTHD_CORE_SESSION_KEEP_H */
