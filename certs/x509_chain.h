/*
 * x509_chain.h: is this a certificate of ours, in date, for its purpose? That
 * it is alive (in our table, not revoked) is core/terminal's to say: only both
 * together admit anybody.
 * Room: certs.  Process: front and keeper.  Threads: any.
 * Unit test: tests/unit/test_x509_chain.c
 */
#ifndef CERTS_X509_CHAIN_H
#define CERTS_X509_CHAIN_H

#include "certs/x509_subject.h"
#include "certs/x509_trust.h"

#define X509_CHAIN_SERIAL_LEN      16
#define X509_CHAIN_FINGERPRINT_LEN 32

/* Zero refuses. For the log; whoever asked is told only yes or no. */
enum x509_chain_verdict {
	X509_CHAIN_UNREAD = 0, /* not a certificate in DER, or too long */
	X509_CHAIN_GOOD,
	X509_CHAIN_FOREIGN, /* not signed by our issuing CA */
	X509_CHAIN_DATES,   /* not yet or no longer valid, or the CA is not */
	X509_CHAIN_PURPOSE, /* not a client's */
	X509_CHAIN_FORM     /* signed by us, and yet not as we make them */
};

/* What is in a certificate of ours. */
struct x509_chain_leaf {
	struct x509_subject subject;
	uint8_t serial[X509_CHAIN_SERIAL_LEN];
	uint8_t fingerprint[X509_CHAIN_FINGERPRINT_LEN]; /* SHA-256 */
	int64_t not_before_ms, not_after_ms;
};

/** x509_chain_text(v): a short English text for the log; never NULL. */
const char *x509_chain_text(enum x509_chain_verdict v);

/**
 * x509_chain_check(t, der, n, at_ms, leaf, v):
 * Judge the certificate of exactly ${n} bytes at ${der} at the time ${at_ms}:
 * its path, to the issuing CA of ${t} and no other; purpose; dates, the CA's
 * too; names; form. ${leaf} is filled when ${v} is X509_CHAIN_GOOD or
 * X509_CHAIN_DATES, else cleared.
 * Return: 0, or ERR_NOMEM with ${v} X509_CHAIN_UNREAD.
 * Source: RFC 5280 section 6.1.
 */
int x509_chain_check(const struct x509_trust *t, const uint8_t *der, size_t n,
    int64_t at_ms, struct x509_chain_leaf *leaf,
    enum x509_chain_verdict *v) CHECKED;

/**
 * x509_chain_fingerprint(der, n, out): SHA-256 of a certificate's bytes.
 * Return: 0 or ERR_NOMEM.
 */
int x509_chain_fingerprint(const uint8_t *der, size_t n,
    uint8_t out[X509_CHAIN_FINGERPRINT_LEN]) CHECKED;

#endif /* CERTS_X509_CHAIN_H */
