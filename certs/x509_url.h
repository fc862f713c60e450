/*
 * x509_url.h: the address below which CRL, OCSP and the CA's certificate are
 * found, as it stands in certificates.
 * Room: certs.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_x509_issue.c
 */
#ifndef CERTS_X509_URL_H
#define CERTS_X509_URL_H

#include <stdbool.h>

#define X509_URL_MAX 200

/* Below that address; all three are served on pki.sock. */
#define X509_URL_CRL     "/sekisho.crl"
#define X509_URL_OCSP    "/ocsp"
#define X509_URL_CA_CERT "/ca.cer"

/**
 * x509_url_is_good(url):
 * http://HOST[:PORT][/PATH] of at most X509_URL_MAX characters, nothing quoted
 * in it. Not https: who looks up a certificate's state cannot first have looked
 * up another's. Source: RFC 5280 sections 4.2.1.13, 4.2.2.1 and 8.
 */
bool x509_url_is_good(const char *url);

#endif /* CERTS_X509_URL_H */
