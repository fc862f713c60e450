/*
 * x509_root.h: make a root CA and the issuing CA below it.
 * Room: certs.  Process: one-shot modes.  Threads: one.
 * Unit test: tests/unit/test_x509_issue.c
 */
#ifndef CERTS_X509_ROOT_H
#define CERTS_X509_ROOT_H

#include <openssl/evp.h>

#include "certs/x509_trust.h"

#define X509_ROOT_YEARS    20
#define X509_ROOT_ISSUING  10 /* years of the issuing CA */

/* A pair fresh from x509_root_make(); x509_root_clear() frees. */
struct x509_root {
	EVP_PKEY *root_key, *issuing_key;
	X509 *root, *issuing;
};

/** x509_root_place(out): a random name for an installation, 50 bits. */
int x509_root_place(char out[X509_SUBJECT_PLACE_MAX + 1]) CHECKED;

/**
 * x509_root_make(place, now_ms, out):
 * Make both keys (P-256) and certificates for the installation ${place},
 * valid from an hour before ${now_ms}, when clocks differ.
 * Return: 0, ERR_INVALID, ERR_NOMEM, ERR_SYS.
 */
int x509_root_make(
    const char *place, int64_t now_ms, struct x509_root *out) CHECKED;

/**
 * x509_root_put_key(key, out, size):
 * The private ${key} as text (PKCS#8, not encrypted) and a NUL, for the people
 * who keep the root. The caller wipes. Return: 0 or ERR_NOMEM.
 */
int x509_root_put_key(EVP_PKEY *key, char *out, size_t size) CHECKED;

/**
 * x509_root_put_crl(r, out, size):
 * The root's own revocation list as PEM and a NUL: it has revoked nothing, and
 * says so until the issuing CA ends, since the root signs nothing in between.
 * Programs that ask a list of every CA above a certificate (nginx's ssl_crl)
 * refuse everybody without it.
 * Return: 0, ERR_LIMIT when ${size} is too small, ERR_NOMEM.
 * Source: RFC 5280 sections 5.1 and 5.2; OpenSSL's X509_V_FLAG_CRL_CHECK_ALL.
 */
int x509_root_put_crl(
    const struct x509_root *r, char *out, size_t size) CHECKED;

/** x509_root_clear(r): free all of it; the keys are wiped. */
void x509_root_clear(struct x509_root *r);

#endif /* CERTS_X509_ROOT_H */
