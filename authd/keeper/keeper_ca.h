/*
 * keeper_ca.h: the issuing CA. Profile, life and rate are decided here, by the
 * keeper's own clock; of what the front sends only names, days and the key of a
 * request that proves itself come into a certificate.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_cert.c
 */
#ifndef AUTHD_KEEPER_KEEPER_CA_H
#define AUTHD_KEEPER_KEEPER_CA_H

#include "authd/keeper/keeper_cert.h"
#include "authd/keeper/keeper_key_source.h"
#include "authd/keeper/keeper_state.h"

#define KEEPER_CA_BACK_MS (5 * 60 * 1000) /* not_before is so long ago */

struct keeper_ca;

struct keeper_ca_conf {
	const char *chain; /* text of ca.pem */
	size_t chain_len;
	struct keeper_key_source source;
	const char *url;            /* pki_url, or "" */
	uint32_t issue_rate;        /* certificates an hour */
	struct keeper_state *state; /* borrowed */
	uint8_t *ocsp_scalar; /* borrowed: room of X509_SCALAR_LEN bytes */
};

/**
 * keeper_ca_new(conf, out):
 * Return: 0; ERR_CORRUPT (chain, or a key of another CA), ERR_WRONG_STATE (out
 *         of its dates by our clock), ERR_INVALID (address), ERR_NOMEM,
 *         ERR_KEEPER; logged.
 * Owns: the caller, until keeper_ca_free().
 */
int keeper_ca_new(const struct keeper_ca_conf *conf, struct keeper_ca **out)
    CHECKED;
/** keeper_ca_free(ca): NULL-safe. */
void keeper_ca_free(struct keeper_ca *ca);

/**
 * keeper_ca_warm_up(ca):
 * Everything once, so that OpenSSL loads now what it will ever need: requests
 * and keys of every kind, the delegate for OCSP with its certificate and an
 * answer, a list that is thrown away.
 */
int keeper_ca_warm_up(struct keeper_ca *ca) CHECKED;

/** keeper_ca_end(ca): the last words to keeper.state, which is then saved. */
void keeper_ca_end(struct keeper_ca *ca);

/**
 * keeper_ca_issue(ca, ask, out):
 * Return: 0, ERR_INVALID (request, names), ERR_BUSY (the rate),
 *         ERR_WRONG_STATE (the CA is out of its dates), ERR_IO, ERR_NOMEM,
 *         ERR_SYS, ERR_KEEPER.
 * The CA's key stays loaded until keeper_ca_rest(), which every message that
 * came here ends with.
 */
int keeper_ca_issue(struct keeper_ca *ca, const struct keeper_cert_ask *ask,
    struct keeper_cert *out) CHECKED;

/** keeper_ca_rest(ca): between two messages the CA's key is in its own memory
 * alone. */
void keeper_ca_rest(struct keeper_ca *ca);

/** keeper_ca_info(ca, out): Return: 0 or ERR_NOMEM. */
int keeper_ca_info(
    const struct keeper_ca *ca, struct keeper_ca_info *out) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_CA_H */
