/*
 * x509_ocsp_sign.h: make an OCSP answer and sign it, as the CA's delegate.
 * Room: certs.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_crl.c
 */
#ifndef CERTS_X509_OCSP_SIGN_H
#define CERTS_X509_OCSP_SIGN_H

#include "certs/x509_ocsp.h"
#include "certs/x509_profile.h"

#define X509_OCSP_SIGN_MAX 8192 /* bytes of an answer */

/* Zero says nothing good. RFC 6960 section 2.2. */
enum x509_ocsp_status {
	X509_OCSP_UNKNOWN = 0, /* never issued by us */
	X509_OCSP_GOOD,
	X509_OCSP_REVOKED
};

struct x509_ocsp_state {
	struct x509_ocsp_one one;
	enum x509_ocsp_status status;
	uint8_t reason;     /* as x509_crl.h has it; 0 is not written */
	int64_t revoked_ms; /* when revoked, else 0 */
};

struct x509_ocsp_sign_ask {
	size_t n;
	const struct x509_ocsp_state *states;
	size_t nonce_len; /* 0: none */
	const uint8_t *nonce;
	int64_t this_ms, next_ms;
};

/**
 * x509_ocsp_sign_run(t, signer, key, ask, der, len):
 * Make the answer about certificates of the CA of ${t}, signed with ${key}, the
 * key of the certificate ${signer}, which is in it; the responder is named by
 * its key. At most X509_OCSP_SIGN_MAX bytes at ${der}.
 * Return: 0, ERR_INVALID (a state, dates), ERR_NOMEM.
 * Source: RFC 6960 section 4.2.
 */
int x509_ocsp_sign_run(const struct x509_trust *t, X509 *signer, EVP_PKEY *key,
    const struct x509_ocsp_sign_ask *ask, uint8_t der[X509_OCSP_SIGN_MAX],
    size_t *len) CHECKED;

#endif /* CERTS_X509_OCSP_SIGN_H */
