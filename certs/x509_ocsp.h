/*
 * x509_ocsp.h: questions about the state of certificates (OCSP), read; and the
 * answers that need no signature.
 * Room: certs.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_keeper_crl.c
 */
#ifndef CERTS_X509_OCSP_H
#define CERTS_X509_OCSP_H

#include "certs/x509_trust.h"

#define X509_OCSP_REQUEST_MAX 4096 /* bytes of a request */
#define X509_OCSP_ONES_MAX    8    /* certificates in one request */
#define X509_OCSP_NONCE_MAX   32   /* RFC 8954 section 2.1 */
#define X509_OCSP_SERIAL_MAX  20   /* RFC 5280 section 4.1.2.2 */

/* Zero is none. How a request names the issuer. */
enum x509_ocsp_hash {
	X509_OCSP_HASH_NONE = 0,
	X509_OCSP_SHA1,
	X509_OCSP_SHA256,
	X509_OCSP_SHA384,
	X509_OCSP_SHA512
};

struct x509_ocsp_one {
	enum x509_ocsp_hash hash;
	size_t serial_len; /* 1..X509_OCSP_SERIAL_MAX */
	uint8_t serial[X509_OCSP_SERIAL_MAX];
};

struct x509_ocsp_request {
	size_t n; /* 1..X509_OCSP_ONES_MAX */
	struct x509_ocsp_one ones[X509_OCSP_ONES_MAX];
	size_t nonce_len; /* 0: none */
	uint8_t nonce[X509_OCSP_NONCE_MAX];
};

/* RFC 6960 section 4.2.1; what is answered without a signature. */
enum x509_ocsp_error {
	X509_OCSP_MALFORMED = 1,
	X509_OCSP_INTERNAL = 2,
	X509_OCSP_TRY_LATER = 3,
	X509_OCSP_UNAUTHORIZED = 6
};

/**
 * x509_ocsp_read(t, der, n, out, error):
 * Read a request of exactly ${n} bytes about certificates of the CA of ${t}.
 * A signature on it is not looked at.
 * Return: 0; ERR_INVALID with what to answer in ${error}: MALFORMED, or
 *         UNAUTHORIZED when it asks about another CA's; ERR_NOMEM, INTERNAL.
 * Source: RFC 6960 section 4.1, RFC 8954.
 */
int x509_ocsp_read(const struct x509_trust *t, const uint8_t *der, size_t n,
    struct x509_ocsp_request *out, enum x509_ocsp_error *error) CHECKED;

/** x509_ocsp_put_error(error, out): the five bytes of such an answer. */
void x509_ocsp_put_error(enum x509_ocsp_error error, uint8_t out[5]);

#endif /* CERTS_X509_OCSP_H */
