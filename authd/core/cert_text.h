/*
 * cert_text.h: certificates as people and programs pass them on.
 * Room: core.  Process: front.  Threads: any.
 * Proved by tests/unit/test_cert.c
 */
#ifndef AUTHD_CORE_CERT_TEXT_H
#define AUTHD_CORE_CERT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"

struct x509_trust;

/* One certificate in PEM, with room to spare. */
#define CERT_TEXT_PEM_MAX 6144

/**
 * cert_text_get(pem, len, der, n):
 * The one certificate in ${len} bytes of text; ${n} is 0 when there is none,
 * or it is not whole.
 */
void cert_text_get(
    const char *pem, size_t len, uint8_t der[CERT_DER_MAX], size_t *n);

/** cert_text_put(der, n, out): ERR_NOMEM, ERR_LIMIT. */
int cert_text_put(
    const uint8_t *der, size_t n, char out[CERT_TEXT_PEM_MAX]) CHECKED;

/** cert_text_crl(der, n, out): PEM of a revocation list, to be freed. */
int cert_text_crl(const uint8_t *der, size_t n, char **out) CHECKED;

struct cert_text_ca {
	char chain[2 * CERT_TEXT_PEM_MAX]; /* issuing CA, then root */
	uint8_t issuing[CERT_DER_MAX];     /* DER of the first */
	size_t issuing_len;
	int64_t not_before_ms, not_after_ms; /* of both together */
};

/** cert_text_chain(t, out): our CA. ERR_NOMEM, ERR_LIMIT. */
int cert_text_chain(
    const struct x509_trust *t, struct cert_text_ca *out) CHECKED;

#endif /* AUTHD_CORE_CERT_TEXT_H */
