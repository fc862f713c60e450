/*
 * x509_scalar.h: a P-256 private key as its 32 bytes, the form in which the
 * CA's own key is kept.
 * Room: certs.  Process: keeper, one-shot modes.  Threads: any.
 * Unit test: tests/unit/test_x509_issue.c
 */
#ifndef CERTS_X509_SCALAR_H
#define CERTS_X509_SCALAR_H

#include <openssl/evp.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "certs/x509_public.h"

#define X509_SCALAR_LEN 32

/** x509_scalar_of(pkey, out): the private key of ${pkey}. */
int x509_scalar_of(EVP_PKEY *pkey, uint8_t out[X509_SCALAR_LEN]) CHECKED;

/**
 * x509_scalar_load(scalar, pub, out):
 * Make OpenSSL's key of ${scalar} and its public half; that they belong
 * together is not looked at here.
 * Return: 0, ERR_INVALID (no key of P-256), ERR_NOMEM.
 */
int x509_scalar_load(const uint8_t scalar[X509_SCALAR_LEN],
    const struct x509_public *pub, EVP_PKEY **out) CHECKED;

/**
 * x509_scalar_fits(scalar, pub, fits):
 * Is ${pub} the public half of ${scalar}? For the start: it is slow.
 */
int x509_scalar_fits(const uint8_t scalar[X509_SCALAR_LEN],
    const struct x509_public *pub, bool *fits) CHECKED;

#endif /* CERTS_X509_SCALAR_H */
