/*
 * x509_crl.h: make a revocation list and sign it.
 * Room: certs.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_crl.c
 */
#ifndef CERTS_X509_CRL_H
#define CERTS_X509_CRL_H

#include "certs/x509_issue.h"

#define X509_CRL_MAX 131072 /* certificates on one list */

/* One that is revoked. reason: RFC 5280 section 5.3.1, 0 is not written. */
struct x509_crl_entry {
	uint8_t serial[X509_ISSUE_SERIAL_LEN];
	uint8_t reason;
	int64_t revoked_ms;
};

struct x509_crl_ask {
	const struct x509_crl_entry *entries; /* by serial, ascending */
	size_t n;                             /* 0..X509_CRL_MAX */
	int64_t number;                       /* above zero */
	int64_t this_ms, next_ms;
};

/**
 * x509_crl_is_reason(reason):
 * Is it one that we give: 0, keyCompromise (1), affiliationChanged (3),
 * superseded (4), cessationOfOperation (5)? Never a hold (6), which ends.
 */
bool x509_crl_is_reason(uint8_t reason);

/** x509_crl_is_time(ms): can it be written, at the latest the end of 9999? */
bool x509_crl_is_time(int64_t ms);

/**
 * x509_crl_is_good(e, before):
 * Has it a serial of ours, a reason of ours, a time that can be, and does it
 * follow ${before} (NULL: it is the first)?
 */
bool x509_crl_is_good(
    const struct x509_crl_entry *e, const struct x509_crl_entry *before);

/**
 * x509_crl_run(p, ca, ask, der, len):
 * Make the list with AKI and CRL number and sign it with the CA's key ${ca}.
 * Without entries the field for them is left out.
 * Return: 0 with ${len} bytes at ${der}, which the caller frees; ERR_INVALID
 *         (an entry, dates), ERR_NOMEM.
 * Source: RFC 5280 section 5.
 */
int x509_crl_run(const struct x509_profile *p, EVP_PKEY *ca,
    const struct x509_crl_ask *ask, uint8_t **der, size_t *len) CHECKED;

#endif /* CERTS_X509_CRL_H */
