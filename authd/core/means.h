/*
 * means.h: can an account log in with what it has: the one place that decides
 * it, for who looks ahead (way.h) and for who keeps an administrator (guard.h).
 * Room: core.  Process: front.  Threads: any, with a core of its own.
 * Unit test: tests/unit/test_guard.c, test_impact.c
 */
#ifndef AUTHD_CORE_MEANS_H
#define AUTHD_CORE_MEANS_H

#include "authd/core/engine.h"

/**
 * means_take_terminals(c, but, out):
 * Does an application ask for password and terminal, the host ${but} (NULL:
 * none) aside? Only there a terminal opens a login instead of a code. Whether
 * a proxy may pass certificates on is not asked here.
 */
int means_take_terminals(struct core *c, const char *but, bool *out) CHECKED;

/**
 * means_suffice(m, by_terminal, office, wall_ms):
 * Could the account of ${m}, which is of ${office}, log in with these? Locks
 * are not asked: they end by themselves. ${by_terminal}: it has a terminal with
 * a live certificate, and that opens a login.
 * Source: DESIGN 6.8.
 */
bool means_suffice(const struct means *m, bool by_terminal,
    const struct office *office, int64_t wall_ms) CHECKED;

#endif /* AUTHD_CORE_MEANS_H */
