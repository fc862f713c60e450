/*
 * x509_public.h: the public keys that may get a certificate, as the bytes that
 * go into it: nothing else of a request does.
 * Room: certs.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_x509_request.c
 */
#ifndef CERTS_X509_PUBLIC_H
#define CERTS_X509_PUBLIC_H

#include <openssl/x509.h>

#include "certs/x509_der.h"

#define X509_PUBLIC_MAX      544 /* RSA 4096: n, e and their headers */
#define X509_PUBLIC_ID       20
#define X509_PUBLIC_RSA_LEAST 2048
#define X509_PUBLIC_RSA_MOST  4096

/* Zero is none. */
enum x509_public_kind {
	X509_PUBLIC_NONE = 0,
	X509_PUBLIC_P256,
	X509_PUBLIC_P384,
	X509_PUBLIC_RSA
};

/* What an algorithm's identifier says, and the bits of the key itself. */
struct x509_public {
	enum x509_public_kind kind;
	size_t len;
	uint8_t bits[X509_PUBLIC_MAX];
};

/**
 * x509_public_get(r, out):
 * Read a SubjectPublicKeyInfo: P-256 or P-384 with the point in full, or RSA.
 * That the key is a good one is x509_public_load()'s to say.
 * Return: 0, or ERR_INVALID with ${out} cleared.
 * Source: RFC 5480 section 2, RFC 3279 section 2.3.1.
 */
int x509_public_get(struct buf_reader *r, struct x509_public *out) CHECKED;

/* The curves, made once: that takes longer than to read a point on one. For
 * one thread. */
struct x509_public_forms;

/**
 * x509_public_forms_new(out):
 * Return: 0 or ERR_NOMEM.
 * Owns: the caller, until x509_public_forms_free().
 */
int x509_public_forms_new(struct x509_public_forms **out) CHECKED;

/** x509_public_forms_free(f): NULL-safe. */
void x509_public_forms_free(struct x509_public_forms *f);

/**
 * x509_public_load(key, forms, out):
 * Make OpenSSL's key of it: the point is on its curve; an RSA modulus is odd
 * and of X509_PUBLIC_RSA_LEAST to _MOST bits, its exponent odd and of 17 to 32
 * bits. Weakness of another kind is x509_weak_rsa()'s to say. ${forms} NULL:
 * the curve is made as well; else a point's key is the form itself and another
 * one's after the next load with ${forms}.
 * Return: 0, ERR_INVALID (such a key gets no certificate), ERR_NOMEM.
 * Owns: the caller, who frees with EVP_PKEY_free().
 */
int x509_public_load(const struct x509_public *key,
    struct x509_public_forms *forms, EVP_PKEY **out) CHECKED;

/**
 * x509_public_of(pkey, out): the bytes of a key we made ourselves.
 * Return: 0 or ERR_INVALID for a kind there is not.
 */
int x509_public_of(EVP_PKEY *pkey, struct x509_public *out) CHECKED;

/**
 * x509_public_put(key, o):
 * Write its SubjectPublicKeyInfo, the bits as they are.
 * Return: 0 or ERR_INVALID for a kind there is not.
 */
int x509_public_put(
    const struct x509_public *key, struct x509_der_out *o) CHECKED;

/**
 * x509_public_id(key, out):
 * Its name in certificates: SHA-256 of its bits, cut to 160.
 * Return: 0 or ERR_NOMEM.
 * Source: RFC 7093 section 2, method 1.
 */
int x509_public_id(
    const struct x509_public *key, uint8_t out[X509_PUBLIC_ID]) CHECKED;

#endif /* CERTS_X509_PUBLIC_H */
