/*
 * x509_extend.h: single extensions, made without OpenSSL's little language.
 * Room: certs.  Process: keeper, one-shot modes.  Threads: any.
 * Unit test: tests/unit/test_x509_issue.c
 * Source: RFC 5280 section 4.2.
 */
#ifndef CERTS_X509_EXTEND_H
#define CERTS_X509_EXTEND_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "certs/x509_public.h"

/* Each gives an extension that the caller frees, or NULL without memory. */

/** x509_extend_basic(is_ca, pathlen): critical; pathlen -1: none. */
X509_EXTENSION *x509_extend_basic(bool is_ca, int pathlen);

/** x509_extend_usage(bits): critical; ${bits} of 0x80 digitalSignature,
 * 0x04 keyCertSign, 0x02 cRLSign. */
X509_EXTENSION *x509_extend_usage(uint8_t bits);

/** x509_extend_purposes(nid, other): one or, unless 0, two purposes. */
X509_EXTENSION *x509_extend_purposes(int nid, int other);

/**
 * x509_extend_key_id(key, is_issuer):
 * x509_public_id(): as this certificate's own, or as its issuer's.
 */
X509_EXTENSION *x509_extend_key_id(
    const struct x509_public *key, bool is_issuer);

/** x509_extend_crl_at(uri): where the CRL is. */
X509_EXTENSION *x509_extend_crl_at(const char *uri);

/** x509_extend_access(ocsp, ca): where OCSP and the CA's certificate are. */
X509_EXTENSION *x509_extend_access(const char *ocsp, const char *ca);

/** x509_extend_no_check(): the holder's own revocation is not asked for. */
X509_EXTENSION *x509_extend_no_check(void);

/** x509_extend_names(dns): critical; names below ${dns} only, no address. */
X509_EXTENSION *x509_extend_names(const char *dns);

#endif /* CERTS_X509_EXTEND_H */
