/*
 * session_order.h: an order to end all sessions, of an office or of everybody:
 * one row with a steady time, compared when a session is looked at.
 * Room: core.  Process: front.
 * Proved by tests/unit/test_session.c
 */
#ifndef AUTHD_CORE_SESSION_ORDER_H
#define AUTHD_CORE_SESSION_ORDER_H

#include "authd/core/engine.h"

/** session_order_end(c, act, office): on the writer. ${office} is its code,
 * NULL for everybody. Records nothing. */
int session_order_end(
    struct core *c, const struct act *act, const char *office) CHECKED;

/** session_order_swept(c, row, office, swept): was ${row} of this office made
 * before such an order, or in its very millisecond? True on failure too. */
int session_order_swept(struct core *c, const struct session *row,
    const char *office, bool *swept) CHECKED;

#endif /* AUTHD_CORE_SESSION_ORDER_H */
