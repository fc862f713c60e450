/*
 * x509_world.h: a root, an issuing CA with its profile, and certificates as we
 * make them and as nobody should, for tests of certs/.
 */
#ifndef TESTS_FAKES_X509_WORLD_H
#define TESTS_FAKES_X509_WORLD_H

#include "certs/x509_issue.h"
#include "certs/x509_root.h"

#define X509_WORLD_PLACE "testplace"

struct x509_world {
	struct x509_root root; /* with both keys */
	struct x509_trust *trust;
	struct x509_profile *profile;
};

/** x509_world_open(w, place, now_ms): a fresh one; fails the test if not. */
void x509_world_open(
    struct x509_world *w, const char *place, int64_t now_ms);
void x509_world_close(struct x509_world *w);

/** x509_world_terminal(s): a terminal of office demo. */
void x509_world_terminal(struct x509_subject *s);

/**
 * x509_world_issue(w, s, key, from_ms, to_ms, out):
 * A certificate for ${s}; ${key} NULL: a key of its own.
 */
void x509_world_issue(const struct x509_world *w, const struct x509_subject *s,
    EVP_PKEY *key, int64_t from_ms, int64_t to_ms,
    struct x509_issue_cert *out);

/** x509_world_read(cert): the certificate; the caller frees. */
X509 *x509_world_read(const struct x509_issue_cert *cert);

/** x509_world_sign(x, key, out): sign it (again) with ${key}, as DER. */
void x509_world_sign(X509 *x, EVP_PKEY *key, struct x509_issue_cert *out);

/** x509_world_ext(x, nid, critical, value): put or replace, as openssl.cnf. */
void x509_world_ext(X509 *x, int nid, const char *value);

/** x509_world_drop(x, nid): remove an extension. */
void x509_world_drop(X509 *x, int nid);

#endif /* TESTS_FAKES_X509_WORLD_H */
