/*
 * ocsp.h: questions about the state of single certificates, answered: states by
 * our table, signatures by the keeper. Each answer with a nonce is signed for
 * itself, up to OCSP_SIGNED_MAX a second; beyond that, and without one, the
 * answer is one that was prepared.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_ocsp.c
 * Source: RFC 6960, RFC 5019, RFC 8954.
 */
#ifndef AUTHD_CORE_OCSP_H
#define AUTHD_CORE_OCSP_H

#include "authd/core/engine.h"

#define OCSP_REQUEST_MAX 4096
#define OCSP_ANSWER_MAX  8192
#define OCSP_SIGNED_MAX  200 /* a second */
#define OCSP_LIFE_MS     (12 * 3600 * 1000LL)

struct ocsp;

struct ocsp_answer {
	size_t len;
	uint8_t der[OCSP_ANSWER_MAX];
	bool is_good; /* a signed answer, not an error of the protocol */
	bool is_prepared;
	int64_t this_ms, next_ms; /* of a signed one */
};

/** ocsp_new(out): nothing prepared yet. ERR_NOMEM. */
int ocsp_new(struct ocsp **out) CHECKED;
/** ocsp_free(o): NULL-safe. */
void ocsp_free(struct ocsp *o);

/**
 * ocsp_run(c, act, der, len, out):
 * Answer the request of ${len} bytes. A prepared answer is not older than the
 * last revocation. What cannot be read or is another CA's gets an error of the
 * protocol, and so does what is too much ("try later").
 * Return: 0; ERR_WRONG_STATE (no CA), ERR_STORE, ERR_KEEPER, ERR_NOMEM.
 */
int ocsp_run(struct core *c, const struct act *act, const uint8_t *der,
    size_t len, struct ocsp_answer *out) CHECKED;

#endif /* AUTHD_CORE_OCSP_H */
