/*
 * password.h: an account's password: judged under the policy, hashed over the
 * pepper, stored with its history.
 * Room: core.  Process: front.  Threads: said of each call; the slow ones run
 * on a hash worker and touch no store.
 * Unit test: tests/unit/test_password.c
 */
#ifndef AUTHD_CORE_PASSWORD_H
#define AUTHD_CORE_PASSWORD_H

#include "authd/core/breach.h"
#include "authd/core/engine.h"
#include "authd/core/passhash.h"
#include "authd/core/password_policy.h"

#define PASSWORD_PAST_MAX 64 /* earlier passwords compared */

/* What the store knows of one account's password. Wipe after use. */
struct password_known {
	struct account account;
	char office[OFFICE_CODE_MAX + 1];
	struct password row; /* hash "" when none is set */
	char past[PASSWORD_PAST_MAX][PASSHASH_MAX + 1];
	int past_n;
};

/* What a good login finds out about a stored password. Wipe after use. */
struct password_renewal {
	char hash[PASSHASH_MAX + 1]; /* "": the stored one stays */
	bool is_looked_up, is_breached;
};

/** password_load(c, act, login, out): any thread with a core. ERR_NOTFOUND
 * (no_such_account) with the problem in ${act}. */
int password_load(struct core *c, struct act *act, const char *login,
    struct password_known *out) CHECKED;

/**
 * password_judge(p, k, known, text, reasons):
 * Which rules ${text} does not meet for that account (NULL: for a general
 * account nobody knows), its history included.
 * Return: 0 with a set of enum password_reason; ERR_INVALID (no UTF-8 or a
 * control character), ERR_NOMEM, ERR_KEEPER, ERR_TIMEOUT, ERR_SYS.
 */
int password_judge(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text,
    uint32_t *reasons) CHECKED;

/**
 * password_judge_breach(b, text, reasons):
 * The one rule password_judge() leaves out: add PASSWORD_BREACHED when
 * ${text} is in the breach file ${b} (NULL: none is configured).
 * Return: 0; ERR_CORRUPT, ERR_IO, ERR_NOMEM. On failure ${reasons} is 0.
 */
int password_judge_breach(
    const struct breach *b, const char *text, uint32_t *reasons) CHECKED;

/**
 * password_hash(p, k, known, text, out):
 * Hash a password that was judged. The hashes of one account's history share a
 * salt, so that one run compares with all.
 */
int password_hash(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text,
    char out[PASSHASH_MAX + 1]) CHECKED;

/**
 * password_verify(p, k, known, text, verdict):
 * Is it the right one? NULL, or an account without a password, does the same
 * work and is wrong. A text that is none is wrong too.
 * Source: OWASP, timing of unknown users; NIST SP 800-63B-4 section 3.1.1.2.
 */
int password_verify(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text,
    enum passhash_verdict *verdict) CHECKED;

/**
 * password_store(c, act, known, hash, is_temporary, action):
 * Store a new hash, on the writer: ERR_WRONG_STATE (changed_meanwhile) when the
 * account or its password is no longer what was loaded. ${is_temporary}: chosen
 * by another person, so it opens one login in which it must be changed. Clears
 * its password counters, wherever the tries came from: they were tries of
 * another one. ${action} names the audit record.
 */
int password_store(struct core *c, struct act *act,
    const struct password_known *known, const char *hash, bool is_temporary,
    const char *action) CHECKED;

/**
 * password_import(c, act, login, hash):
 * Store a hash that another program made, on the writer. The person chose the
 * password, so it is not temporary. Ours replaces it at the first good login.
 * Return: 0; ERR_INVALID (bad_hash: passhash_is_foreign() says no, or too
 * long); ERR_NOTFOUND.
 */
int password_import(struct core *c, struct act *act, const char *login,
    const char *hash) CHECKED;

/**
 * password_renew(p, k, b, known, text, now):
 * After ${text} was found right, on a hash worker: a hash of ours in
 * now->hash when the stored one was imported or made at another cost, and
 * whether it is in the breach file ${b} (NULL: none is configured), which is
 * looked up when the file is newer than the last look. ${now} is cleared first.
 * Return: 0, or what password_hash() and breach.h return.
 */
int password_renew(const struct policy *p, struct keeper *k,
    const struct breach *b, const struct password_known *known,
    const char *text, struct password_renewal *now) CHECKED;

/**
 * password_renewed(c, act, known, now):
 * Store what ${now} says, on the writer. The password stays the same one, of
 * the same time; a breached one must be changed in this login.
 */
int password_renewed(struct core *c, struct act *act,
    const struct password_known *known,
    const struct password_renewal *now) CHECKED;

/**
 * password_order(c, act, login, office):
 * Order that a password must be changed at the next login: of one account, of
 * an office, or (both NULL) of everybody. One row with a time, compared at use.
 */
int password_order(struct core *c, struct act *act, const char *login,
    const char *office) CHECKED;

/**
 * password_must_change(c, known, must):
 * True when the password is temporary or older than an order.
 */
int password_must_change(
    struct core *c, const struct password_known *known, bool *must) CHECKED;

#endif /* AUTHD_CORE_PASSWORD_H */
