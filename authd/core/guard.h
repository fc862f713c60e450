/*
 * guard.h: no change leaves people without an administrator who can log in, and
 * nobody locks himself out.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit test: tests/unit/test_guard.c
 *
 * What counts is how near the best administrator is to logging in now: able to,
 * only locked, or with a second factor and no password yet. A phone, a recovery
 * code, and a terminal where an application takes one (means.h) are such. A change may not
 * make that worse, unless it was nothing: a fresh installation, or one that is
 * administrated from the machine alone, has nobody to keep and is refused
 * nothing. An account is weighed within its office, since no other office's
 * administrator may help there; an office that is disabled, within the
 * installation.
 *
 * The guard binds root as well, and no switch overrides it: root's socket is
 * root's way in, not the office's. What has to be done nevertheless is done in
 * another order: let another administrator be able to log in first; replace a
 * lost phone by creating recovery codes, then revoking it.
 *
 * Somebody who changes his own account in the console is weighed as well: it
 * may not become further from logging in than it was.
 */
#ifndef AUTHD_CORE_GUARD_H
#define AUTHD_CORE_GUARD_H

#include "authd/core/engine.h"

/* How near an administrator is to logging in; the larger the nearer. */
enum guard_way {
	GUARD_NO_WAY = 0,
	GUARD_NO_PASSWORD, /* has a second factor, no password */
	GUARD_LOCKED,      /* has both; until it ends or is lifted */
	GUARD_ABLE
};

struct guard {
	bool is_on;       /* there is something to keep */
	bool is_all;      /* the whole installation, not one office */
	struct id office; /* unless is_all */
	enum guard_way before;
	bool is_own; /* the account of the person who asks */
	enum guard_way own_before;
};

/**
 * guard_open(c, act, a, g):
 * Look before a change of the account ${a}, or (NULL) of a whole office. Costs
 * nothing for an account that is no administrator.
 */
int guard_open(struct core *c, const struct act *act, const struct account *a,
    struct guard *g) CHECKED;

/**
 * guard_open_office(c, act, office, g):
 * Look before a change of what people of ${office} log in with that is no
 * account's alone: a terminal.
 */
int guard_open_office(struct core *c, const struct act *act,
    const struct id *office, struct guard *g) CHECKED;

/**
 * guard_close(c, act, g):
 * Look again after it, in the same transaction: ERR_WRONG_STATE
 * (last_administrator, own_account) when it became worse; the caller's change is
 * then undone with its savepoint.
 * Source: DESIGN 6.9.
 */
int guard_close(
    struct core *c, struct act *act, const struct guard *g) CHECKED;

#endif /* AUTHD_CORE_GUARD_H */
