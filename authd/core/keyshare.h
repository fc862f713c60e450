/*
 * keyshare.h: has a new RSA key a prime of one that has a certificate? Then both
 * are known to whoever has seen the two certificates: devices that came with
 * the same random numbers.
 * Room: core.  Process: front.  Threads: any, with a core of its own; noting
 * on the writer's.
 * Unit test: tests/unit/test_cert_issue.c
 *
 * Looked at are the KEYSHARE_KEYS_MAX keys of this installation that got their
 * certificate last, of whatever office, revoked or not: some 20 ms of a reader.
 * The writer then looks at what came since, which is next to nothing. A key
 * that comes again is no other key.
 */
#ifndef AUTHD_CORE_KEYSHARE_H
#define AUTHD_CORE_KEYSHARE_H

#include "authd/core/engine.h"
#include "certs/x509_public.h"

#define KEYSHARE_KEYS_MAX 4096

struct keyshare {
	int64_t since_ms; /* what was issued before is looked at already */
	bool is_found;
	uint8_t with[CERT_SERIAL_LEN]; /* found: the certificate of the other */
};

/**
 * keyshare_look(c, key, k):
 * Look at the keys that ${k}, zeroed at first, does not know yet. Nothing is
 * looked for when ${key} is not an RSA key.
 */
int keyshare_look(
    struct core *c, const struct x509_public *key, struct keyshare *k) CHECKED;

/** keyshare_note(c, key, cert): that one's key has a certificate now. */
int keyshare_note(struct core *c, const struct x509_public *key,
    const struct cert *cert) CHECKED;

#endif /* AUTHD_CORE_KEYSHARE_H */
