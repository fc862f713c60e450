/*
 * password_own.h: a person who is logged in changes the own password: the
 * present one again, then all rules for the new one; or shows the present one
 * again before something that matters.
 * Room: core.  Process: front.
 * Threads: password_own_hash() on a hash worker, the others on the writer's.
 * Unit test: tests/unit/test_password_own.c
 *
 * Guesses of the present password count and lock as at a login, but in a bucket
 * of their own: strangers who guess there keep nobody who is logged in from
 * stopping what is lost, and who finds an open page locks nobody out.
 */
#ifndef AUTHD_CORE_PASSWORD_OWN_H
#define AUTHD_CORE_PASSWORD_OWN_H

#include "authd/core/lock.h"
#include "authd/core/password.h"

/* Zero refuses. */
enum password_own_result {
	PASSWORD_OWN_REFUSED = 0, /* not the present one, or locked */
	PASSWORD_OWN_UNMET,       /* rules in reasons */
	PASSWORD_OWN_DONE
};

/* Holds secrets: wipe after use. */
struct password_own {
	/* in; texts cut one byte past PASSWORD_TEXT_MAX */
	bool is_check; /* done when the present one is right; nothing changes */
	char login[LOGIN_MAX + 1];
	char present[PASSWORD_TEXT_MAX + 2];
	char fresh[PASSWORD_TEXT_MAX + 2];
	const struct breach *breach; /* borrowed of the engine */
	/* out */
	enum password_own_result result;
	uint32_t reasons;
	/* between */
	struct password_known known;
	bool has_slot, is_hashed;
	enum passhash_verdict verdict;
	char hash[PASSHASH_MAX + 1];
};

/** password_own_start(c, act, q): take a failure slot, durable before anything
 * is hashed; with none left nothing is evaluated. ERR_NOTFOUND. */
int password_own_start(
    struct core *c, struct act *act, struct password_own *q) CHECKED;

/** password_own_hash(p, k, q): the slow part, without the store. */
int password_own_hash(
    const struct policy *p, struct keeper *k, struct password_own *q) CHECKED;

/** password_own_give_back(c, act, q): instead of password_own_settle(), or after
 * it was undone: the slot was none when nothing was hashed, or the right one. */
int password_own_give_back(
    struct core *c, struct act *act, struct password_own *q) CHECKED;

/**
 * password_own_settle(c, act, q):
 * Leave the slot, or give it back and store what was judged good. Then every
 * session of the account is over: its password is another.
 */
int password_own_settle(
    struct core *c, struct act *act, struct password_own *q) CHECKED;

#endif /* AUTHD_CORE_PASSWORD_OWN_H */
