/*
 * crl.h: the revocation list as it is published: made anew as soon as one more
 * certificate is revoked, and once a day; in memory for pki.sock, and as a file.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_crl.c
 */
#ifndef AUTHD_CORE_CRL_H
#define AUTHD_CORE_CRL_H

#include "authd/core/engine.h"

#define CRL_LIFE_MS  (7 * 24 * 3600 * 1000LL) /* until its next update */
#define CRL_AGAIN_MS (24 * 3600 * 1000LL)     /* made anew after */
#define CRL_FILE     "sekisho.crl"            /* in data/, DER */

struct crl;

/* One list; borrowed until crl_put(). */
struct crl_list {
	_Atomic int holders;
	uint8_t *der;
	size_t len;
	int64_t number, this_ms, next_ms;
};

/**
 * crl_new(dir, out): ${dir} is where the file is written; -1 nowhere. Borrowed.
 * ERR_NOMEM.
 */
int crl_new(int dir, struct crl **out) CHECKED;
/** crl_free(l): NULL-safe. */
void crl_free(struct crl *l);

/** crl_changed(l): what was revoked is on the disk: the list is out of date. */
void crl_changed(struct crl *l);

/** crl_generation(l): grows with each crl_changed(). */
uint64_t crl_generation(struct crl *l);

/** crl_is_due(l, now): it, or its file, must be made anew. */
bool crl_is_due(struct crl *l, const struct moment *now);

/**
 * crl_get(c, now, out):
 * The list as of now, made anew first when it is due: what was revoked before
 * the call is on it. Its number is above every one before, also after a backup
 * was restored, as long as the clock is right.
 * Return: 0; ERR_WRONG_STATE (no CA, or out of its dates), ERR_STORE,
 *         ERR_KEEPER, ERR_NOMEM, ERR_LIMIT (more than KEEPER_CERT_CRL_MAX).
 */
int crl_get(
    struct core *c, const struct moment *now, struct crl_list **out) CHECKED;
/** crl_put(list): NULL-safe. */
void crl_put(struct crl_list *list);

/** crl_reason(reason): as RFC 5280 section 5.3.1 numbers it. */
uint8_t crl_reason(enum cert_reason reason);

#endif /* AUTHD_CORE_CRL_H */
