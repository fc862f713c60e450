/*
 * recovery.h: ten single-use codes on paper for the day the phone is lost.
 * Room: core.  Process: front.  Threads: the writer's.
 * Unit test: tests/unit/test_recovery.c
 */
#ifndef AUTHD_CORE_RECOVERY_H
#define AUTHD_CORE_RECOVERY_H

#include "authd/core/account.h"

#define RECOVERY_LEN      16 /* characters of 5 bits: 80 random bits */
#define RECOVERY_TEXT_MAX 19 /* shown in four groups with hyphens */

/* What is shown once. Wipe after use. */
struct recovery_codes {
	int n;
	char text[RECOVERY_MAX][RECOVERY_TEXT_MAX + 1];
};

/**
 * recovery_fold(in, out):
 * Bring a typed recovery code into its one form: NFKC, lower case, hyphens and
 * blanks dropped, o as 0, i and l as 1; RECOVERY_LEN characters of Crockford's
 * base32 must be left.
 * Return: 0, or ERR_INVALID with ${out} empty: it is no recovery code.
 */
int recovery_fold(const char *in, char out[RECOVERY_LEN + 1]) CHECKED;

/**
 * recovery_create(c, act, a, office, out):
 * Make RECOVERY_MAX new codes for the account; older ones are void, and so is
 * a login under way that one of them opened. Only the
 * keeper's keyed hash of each is stored.
 * Source: NIST SP 800-63B-4 section 3.1.2 (look-up secrets), rule 6.9.
 */
int recovery_create(struct core *c, struct act *act, const struct account *a,
    const char *office, struct recovery_codes *out) CHECKED;

/**
 * recovery_first(c, act, login, out):
 * After a phone was confirmed: codes for an account that has none yet and
 * whose only phone this is; else out->n is 0.
 */
int recovery_first(struct core *c, struct act *act, const char *login,
    struct recovery_codes *out) CHECKED;

/** recovery_renew(c, act, login, out): new codes by an administrator. */
int recovery_renew(struct core *c, struct act *act, const char *login,
    struct recovery_codes *out) CHECKED;

/** recovery_kept(c, act, a, office): the person says that the codes are kept;
 * noted. */
int recovery_kept(struct core *c, const struct act *act,
    const struct account *a, const char *office) CHECKED;

/** recovery_left(c, act, login, left): recovery_count() by login. */
int recovery_left(
    struct core *c, struct act *act, const char *login, int *left) CHECKED;

/**
 * recovery_reset(c, act, login, reason, out):
 * Both factors are lost: every phone is revoked, recovery codes are void, a
 * password that is left must be changed at the next login, locks are cleared,
 * sessions and logins under way are over.
 * The account then has no second factor until a phone is enrolled again.
 * ${reason} is asked and goes into the audit log. ERR_INVALID (bad_reason).
 */
int recovery_reset(struct core *c, struct act *act, const char *login,
    const char *reason, struct account_view *out) CHECKED;

/** recovery_use(c, act, a, code, took): use a folded code up, once. */
int recovery_use(struct core *c, const struct act *act, const struct account *a,
    const char *code, bool *took) CHECKED;

/** recovery_decoy(c, act, code): the work of recovery_use() where nothing is
 * to be used up. */
int recovery_decoy(
    struct core *c, const struct act *act, const char *code) CHECKED;

/** recovery_count(c, a, left): how many are unused. */
int recovery_count(struct core *c, const struct account *a, int *left) CHECKED;

#endif /* AUTHD_CORE_RECOVERY_H */
