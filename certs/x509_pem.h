/*
 * x509_pem.h: between DER and the text form.
 * Room: certs.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_x509_request.c
 */
#ifndef CERTS_X509_PEM_H
#define CERTS_X509_PEM_H

#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

#define X509_PEM_CERT    "CERTIFICATE"
#define X509_PEM_REQUEST "CERTIFICATE REQUEST"
#define X509_PEM_CRL     "X509 CRL"

/** x509_pem_size(n): bytes of text that ${n} bytes of DER need, with a NUL. */
size_t x509_pem_size(size_t n);

/**
 * x509_pem_put(label, der, n, out, size):
 * Write the text and a NUL. Return: 0, ERR_LIMIT when ${size} is less than
 * x509_pem_size(n), ERR_NOMEM.
 */
int x509_pem_put(const char *label, const uint8_t *der, size_t n, char *out,
    size_t size) CHECKED;

/**
 * x509_pem_get(label, text, len, der, size, n):
 * Find the one element with ${label} in ${len} bytes of text; text around it
 * is passed over. A request may also call itself NEW CERTIFICATE REQUEST.
 * Return: 0 with ${n} bytes at ${der}; ERR_INVALID when there is none, another
 *         one, more than one, it is encrypted, or longer than ${size}.
 */
int x509_pem_get(const char *label, const char *text, size_t len, uint8_t *der,
    size_t size, size_t *n) CHECKED;

#endif /* CERTS_X509_PEM_H */
