/*
 * x509_issue.h: make a certificate and sign it.
 * Room: certs.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_x509_issue.c
 */
#ifndef CERTS_X509_ISSUE_H
#define CERTS_X509_ISSUE_H

#include "certs/x509_profile.h"

#define X509_ISSUE_SERIAL_LEN 16
#define X509_ISSUE_OWN_BITS   80

/*
 * Where serial numbers come from: zero to begin with. Those of a run share
 * their first bits, which are random as well, so that a store which keeps
 * certificates by serial has one place to write for all of a run. The other
 * X509_ISSUE_OWN_BITS are of each alone: nobody tells one before it is issued
 * (64 would do).
 */
struct x509_issue_serials {
	uint8_t head[X509_ISSUE_SERIAL_LEN - X509_ISSUE_OWN_BITS / 8];
	int left; /* of the run */
};
#define X509_ISSUE_RUN 256

/* All of it is decided by us; of a request only the key comes. */
struct x509_issue_ask {
	const struct x509_subject *subject;
	const struct x509_public *key;
	int64_t not_before_ms, not_after_ms; /* cut to whole seconds */
	struct x509_issue_serials *serials;  /* NULL: a run of its own */
};

struct x509_issue_cert {
	uint8_t der[X509_TRUST_CERT_MAX];
	size_t len;
	uint8_t serial[X509_ISSUE_SERIAL_LEN];
	int64_t not_before_ms, not_after_ms;
};

/**
 * x509_issue_serial(s, out):
 * A new serial number: 127 random bits, the first byte not zero, so that it
 * has one length in every form of writing it.
 * Return: 0 or ERR_SYS.
 * Source: RFC 5280 section 4.1.2.2.
 */
int x509_issue_serial(struct x509_issue_serials *s,
    uint8_t out[X509_ISSUE_SERIAL_LEN]) CHECKED;

/**
 * x509_issue_run(p, ca, ask, out):
 * Make a certificate under the profile of ask->subject->kind and sign it with
 * the issuing CA's key ${ca}: ECDSA with SHA-256. It never ends after the CA.
 * Return: 0, ERR_INVALID (subject, dates), ERR_NOMEM, ERR_SYS.
 */
int x509_issue_run(const struct x509_profile *p, EVP_PKEY *ca,
    const struct x509_issue_ask *ask, struct x509_issue_cert *out) CHECKED;

#endif /* CERTS_X509_ISSUE_H */
