/*
 * x509_pkcs12.h: a key, its certificate and the issuing CA's in one file that
 * devices import (PKCS#12).
 * Room: certs.  Process: front.  Threads: any; slow on purpose: 100,000 rounds.
 * Unit test: tests/unit/test_x509_pkcs12.c
 *
 * Two forms: AES-256-CBC and SHA-256 (PBES2), which today's systems read; and
 * triple DES and SHA-1, which old ones want (Windows Server 2016, Android 13
 * and before, older macOS). Neither needs OpenSSL's legacy provider. The root
 * is not in it: an import must not ask anybody to trust one more root.
 */
#ifndef CERTS_X509_PKCS12_H
#define CERTS_X509_PKCS12_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "certs/x509_trust.h"

#define X509_PKCS12_MAX        16384
#define X509_PKCS12_ROUNDS     100000
#define X509_PKCS12_PASSPHRASE 20 /* characters of x509_pkcs12_passphrase() */

struct x509_pkcs12_ask {
	EVP_PKEY *key;
	const uint8_t *cert; /* DER, for that key */
	size_t cert_len;
	const struct x509_trust *trust;
	const char *passphrase; /* ASCII */
	const char *label;      /* UTF-8, shown by devices */
	bool is_compatible;
};

/**
 * x509_pkcs12_make(ask, out, n):
 * Write the file into the X509_PKCS12_MAX bytes at ${out}. The caller wipes.
 * Return: 0; ERR_INVALID when the certificate is not the key's; ERR_NOMEM.
 * Source: RFC 7292; RFC 9579 is what comes after it and is not used yet.
 */
int x509_pkcs12_make(const struct x509_pkcs12_ask *ask,
    uint8_t out[X509_PKCS12_MAX], size_t *n) CHECKED;

/**
 * x509_pkcs12_passphrase(out):
 * 20 letters and digits that are not taken for one another (no 0 O 1 l I), and
 * that every input method types alike: 116 bits. The caller wipes.
 * Return: 0 or ERR_SYS.
 */
int x509_pkcs12_passphrase(char out[X509_PKCS12_PASSPHRASE + 1]) CHECKED;

#endif /* CERTS_X509_PKCS12_H */
