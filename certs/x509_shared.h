/*
 * x509_shared.h: RSA keys that share a prime with another one: two devices
 * whose random numbers were alike. Whoever has both public keys has both
 * private ones by one greatest common divisor.
 * Room: certs.  Process: front.  Threads: any, one x509_shared one thread.
 * Unit test: tests/unit/test_x509_shared.c
 */
#ifndef CERTS_X509_SHARED_H
#define CERTS_X509_SHARED_H

#include "certs/x509_public.h"

#define X509_SHARED_MODULUS_MAX 513 /* bytes, with a zero before them */

/* One key, and the product of others' moduli modulo its own. */
struct x509_shared;

/** x509_shared_modulus(key, out, n): the ${n} bytes of an RSA key's modulus.
 * Return: 0 or ERR_INVALID: it has none. */
int x509_shared_modulus(const struct x509_public *key,
    uint8_t out[X509_SHARED_MODULUS_MAX], size_t *n) CHECKED;

/**
 * x509_shared_new(key, out):
 * Return: 0, ERR_INVALID (not an RSA key with an odd modulus), ERR_NOMEM.
 * Owns: the caller, until x509_shared_free().
 */
int x509_shared_new(
    const struct x509_public *key, struct x509_shared **out) CHECKED;

/** x509_shared_free(s): NULL-safe. */
void x509_shared_free(struct x509_shared *s);

/** x509_shared_add(s, modulus, n): one more of the others; the very same
 * modulus is the same key and passed over. Return: 0 or ERR_NOMEM. */
int x509_shared_add(
    struct x509_shared *s, const uint8_t *modulus, size_t n) CHECKED;

/** x509_shared_any(s, shares): does it share a factor with any of them?
 * Return: 0, or ERR_NOMEM with ${shares} true. */
int x509_shared_any(struct x509_shared *s, bool *shares) CHECKED;

/** x509_shared_with(s, modulus, n, shares): the same with this one alone. */
int x509_shared_with(struct x509_shared *s, const uint8_t *modulus, size_t n,
    bool *shares) CHECKED;

#endif /* CERTS_X509_SHARED_H */
