/*
 * x509_profile.h: what every certificate of a kind says, whoever asks for it.
 * Room: certs.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_x509_issue.c
 *
 *   terminal, host  not a CA; digitalSignature, critical; clientAuth and no
 *                   other purpose; key ids; addresses of the CRL, of OCSP and
 *                   of the CA's certificate
 *   OCSP            not a CA; digitalSignature, critical; OCSPSigning; key ids;
 *                   no revocation check of its own: it lives for days
 * Source: RFC 5280 section 4.2, RFC 6960 section 4.2.2.2.
 */
#ifndef CERTS_X509_PROFILE_H
#define CERTS_X509_PROFILE_H

#include "certs/x509_subject.h"
#include "certs/x509_trust.h"
#include "certs/x509_url.h"

struct x509_profile;

/**
 * x509_profile_new(trust, url, out):
 * Prepare what is the same in all certificates of the issuing CA in ${trust},
 * which is borrowed as long as ${out} lives. ${url} is an address as x509_url.h
 * has it, or empty: then they name http://pki.<installation>.invalid.
 * Return: 0, ERR_INVALID for another address, ERR_NOMEM.
 * Owns: the caller, until x509_profile_free().
 */
int x509_profile_new(const struct x509_trust *trust, const char *url,
    struct x509_profile **out) CHECKED;
/** x509_profile_free(p): NULL-safe. */
void x509_profile_free(struct x509_profile *p);

/** x509_profile_trust(p): borrow what it was made of. */
const struct x509_trust *x509_profile_trust(const struct x509_profile *p);

/** x509_profile_url(p): borrow the address, without a `/' at its end. */
const char *x509_profile_url(const struct x509_profile *p);

/**
 * x509_profile_put(p, kind, key, o):
 * Write every extension of ${kind} but the names: the fixed ones, the id of
 * the public ${key} and that of the CA's.
 * Return: 0, ERR_INVALID for a kind there is not, ERR_NOMEM.
 */
int x509_profile_put(const struct x509_profile *p, enum x509_subject_kind kind,
    const struct x509_public *key, struct x509_der_out *o) CHECKED;

/** x509_profile_put_issuer(p, o): write the name of the CA. */
void x509_profile_put_issuer(
    const struct x509_profile *p, struct x509_der_out *o);

/** x509_profile_aki(p): borrow the extension that names the CA's key. */
X509_EXTENSION *x509_profile_aki(const struct x509_profile *p);

#endif /* CERTS_X509_PROFILE_H */
