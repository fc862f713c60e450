/*
 * x509_key.h: new keys: P-256.
 * Room: certs.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_x509_pkcs12.c
 */
#ifndef CERTS_X509_KEY_H
#define CERTS_X509_KEY_H

#include <openssl/evp.h>

#include "authd/base/err.h"

/**
 * x509_key_new(out):
 * Make a P-256 key. Return: 0 or ERR_NOMEM.
 * Owns: the caller, who frees with EVP_PKEY_free(), which wipes it.
 */
int x509_key_new(EVP_PKEY **out) CHECKED;

#endif /* CERTS_X509_KEY_H */
