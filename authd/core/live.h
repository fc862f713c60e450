/*
 * live.h: is a certificate alive: ours by its chain, this very one in our
 * table, not revoked, its holder in place. What core/terminal and core/host
 * share; nobody else asks it.
 * Room: core.  Process: front.  Threads: any, with a core of its own.
 * Proved by tests/unit/test_terminal.c and test_host.c
 */
#ifndef AUTHD_CORE_LIVE_H
#define AUTHD_CORE_LIVE_H

#include "authd/core/engine.h"

/**
 * live_look(c, act, der, len, kind, row, why):
 * Find the certificate of ${len} bytes at ${der} and judge it at
 * act->now.wall_ms. ${why} is NULL when it is alive and of that ${kind}, else
 * a word for the log; ${row} is what was found (kind CERT_NONE: nothing, its
 * fingerprint aside).
 * Return: 0, ERR_STORE, ERR_NOMEM and such with ${why} set.
 */
int live_look(struct core *c, const struct act *act, const uint8_t *der,
    size_t len, enum cert_kind kind, struct cert *row,
    const char **why) CHECKED;

/**
 * live_state(row, wall_ms): of the table alone: NULL, or revoked, expired,
 * not_yet_valid.
 */
const char *live_state(const struct cert *row, int64_t wall_ms);

/**
 * live_seen(c, act, row, login, why):
 * Have a use (${why} NULL) or a refusal of ${row} noted soon, ${login} being
 * asked for ("" nobody): in memory here; cert_life.h writes it. A use that was
 * written down within a minute is not noted again.
 */
void live_seen(struct core *c, const struct act *act, const struct cert *row,
    const char *login, const char *why);

#endif /* AUTHD_CORE_LIVE_H */
