/*
 * x509_request.h: certificate requests (PKCS#10). Of a request one thing is
 * taken over, its public key, and only with proof that its sender has the
 * private one.
 * Room: certs.  Process: front and keeper.  Threads: any.
 * Unit test: tests/unit/test_x509_request.c
 */
#ifndef CERTS_X509_REQUEST_H
#define CERTS_X509_REQUEST_H

#include "certs/x509_public.h"

#define X509_REQUEST_MAX 8192 /* bytes of DER */

/* Why a request is not taken. Zero is no reason to take it. */
enum x509_request_fault {
	X509_REQUEST_UNREAD = 0, /* not a request, or not in DER */
	X509_REQUEST_NONE,       /* taken */
	X509_REQUEST_KEY_KIND,   /* not P-256, P-384, RSA 2048 to 4096 */
	X509_REQUEST_KEY_WEAK,   /* a key that others can find out */
	X509_REQUEST_KEY_SHARED, /* x509_shared: never told by a check */
	X509_REQUEST_ALGORITHM,  /* not signed with SHA-256, -384 or -512 */
	X509_REQUEST_SIGNATURE   /* signed by another key */
};

/**
 * x509_request_check(der, n, forms, key, fault):
 * Read the request of ${n} bytes at ${der}, check that it is signed with the
 * key it brings, and give that key. Its subject and its attributes are passed
 * over. ${forms} as x509_public_load() has them, or NULL.
 * Return: 0, ERR_INVALID with ${fault} and ${key} cleared, ERR_NOMEM. Not
 *         logged: whoever asked is to be told.
 * Source: RFC 2986 sections 3 and 4.
 */
int x509_request_check(const uint8_t *der, size_t n,
    struct x509_public_forms *forms, struct x509_public *key,
    enum x509_request_fault *fault) CHECKED;

/**
 * x509_request_key(der, n, key):
 * The key that a request brings, without any proof or check of it.
 * Return: 0, or ERR_INVALID with ${key} cleared.
 */
int x509_request_key(
    const uint8_t *der, size_t n, struct x509_public *key) CHECKED;

/** x509_request_fault_text(fault): a short English text; never NULL. */
const char *x509_request_fault_text(enum x509_request_fault fault);

/**
 * x509_request_make(pkey, der, n):
 * A request for our own key ${pkey}, with an empty subject, in the
 * X509_REQUEST_MAX bytes at ${der}.
 * Return: 0 or ERR_NOMEM.
 */
int x509_request_make(
    EVP_PKEY *pkey, uint8_t der[X509_REQUEST_MAX], size_t *n) CHECKED;

/**
 * x509_request_warm_up():
 * Use every kind of key and every algorithm once, so that OpenSSL has loaded
 * what it needs before a process shuts itself in.
 * Return: 0 or ERR_NOMEM.
 */
int x509_request_warm_up(void) CHECKED;

#endif /* CERTS_X509_REQUEST_H */
