/*
 * cert_header.h: the client's certificate as the proxy in front passes it on:
 * in exactly one header field, and only with the key that no client knows.
 * Room: web.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_cert_header.c
 *
 * Forms of the field's value:
 *   PEM in one line       the line ends are blanks (Apache, HAProxy)
 *   PEM, %-escaped        nginx's $ssl_client_escaped_cert
 *   :BASE64:              RFC 9440 section 2.1, a Byte Sequence of RFC 8941
 */
#ifndef AUTHD_WEB_CERT_HEADER_H
#define AUTHD_WEB_CERT_HEADER_H

#include "authd/base/limits.h"
#include "authd/web/exchange.h"

#define CERT_HEADER_VALUE_MAX 16384
#define CERT_HEADER_KEY       "Sekisho-Proxy-Key"

/**
 * cert_header_take(in, der, n):
 * The certificate in the one field that in->conf names, believed only beside
 * exactly one Sekisho-Proxy-Key with the configured key. Without either, with
 * more than one of either, or in none of the forms: ${n} is 0.
 * Return: NULL, or why ${n} is 0, as a word for the log: not_configured,
 *         no_proxy_key, wrong_proxy_key, no_certificate, many_certificates,
 *         unreadable.
 */
const char *cert_header_take(
    const struct exchange_in *in, uint8_t der[CERT_DER_MAX], size_t *n);

/**
 * cert_header_get(value, len, der, n):
 * Read one value of any of the forms; nothing but blanks around it.
 * Return: 0, or ERR_INVALID with ${n} 0. Whether it is a certificate that
 * anybody believes is core/terminal's to say.
 */
int cert_header_get(const char *value, size_t len, uint8_t der[CERT_DER_MAX],
    size_t *n) CHECKED;

#endif /* AUTHD_WEB_CERT_HEADER_H */
