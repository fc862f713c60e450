/*
 * x509_trust.h: what is believed of certificates: our issuing CA and the root
 * above it, nothing else.
 * Room: certs.  Process: all.  Threads: any, once it is made.
 * Unit test: tests/unit/test_x509_issue.c
 */
#ifndef CERTS_X509_TRUST_H
#define CERTS_X509_TRUST_H

#include <openssl/x509.h>

#include "certs/x509_public.h"
#include "certs/x509_subject.h"

#define X509_TRUST_CERT_MAX 4096  /* bytes of DER of one certificate */
#define X509_TRUST_FILE_MAX 16384 /* the chain's file */

struct x509_trust {
	X509 *issuing, *root;
	X509_STORE *store; /* trusts the issuing CA only */
	struct x509_public key; /* of the issuing CA */
	char place[X509_SUBJECT_PLACE_MAX + 1]; /* the installation */
	/* both are good from the one to the other, in milliseconds: */
	int64_t not_before_ms, not_after_ms;
};

/**
 * x509_trust_new(issuing, n, root, m, out):
 * Take the two from DER. Each must be what init makes: the root signed by
 * itself, the issuing CA by the root; CAs that may sign certificates and CRLs;
 * the issuing CA with path length 0 and a critical name constraint to
 * <installation>.invalid; keys of P-256. Their dates are x509_trust_at()'s.
 * Return: 0, ERR_CORRUPT (not such a pair; logged), ERR_NOMEM.
 * Owns: the caller, until x509_trust_free().
 */
int x509_trust_new(const uint8_t *issuing, size_t n, const uint8_t *root,
    size_t m, struct x509_trust **out) CHECKED;

/**
 * x509_trust_read(pem, n, out):
 * The same from the text of ca.pem: issuing CA, then root, nothing more.
 */
int x509_trust_read(
    const char *pem, size_t n, struct x509_trust **out) CHECKED;

/** x509_trust_free(t): NULL-safe. */
void x509_trust_free(struct x509_trust *t);

/**
 * x509_trust_at(t, now_ms):
 * Return: 0, or ERR_WRONG_STATE when either is not yet or no longer valid: the
 *         second named as the last is the first that is too late.
 */
int x509_trust_at(const struct x509_trust *t, int64_t now_ms) CHECKED;

/** x509_trust_time(at, ms): a certificate's time. Return: 0 or ERR_INVALID. */
int x509_trust_time(const ASN1_TIME *at, int64_t *ms) CHECKED;

#endif /* CERTS_X509_TRUST_H */
