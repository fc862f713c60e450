/*
 * keeper_client_cert.h: ask the keeper for certificates and what is told of
 * them, from the front.
 * Room: keeper.  Process: front.  Threads: any; calls take turns.
 * Contract test: tests/unit/test_keeper_cert.c over the real keeper's loop.
 * Unit tests of core link tests/fakes/keeper_fake_cert.c instead.
 *
 * As in keeper_client.h: each call is under the deadline given at creation and
 * may return ERR_KEEPER, ERR_TIMEOUT, ERR_PROTO besides what it says itself.
 */
#ifndef AUTHD_KEEPER_KEEPER_CLIENT_CERT_H
#define AUTHD_KEEPER_KEEPER_CLIENT_CERT_H

#include "authd/base/err.h"
#include "authd/keeper/keeper_cert.h"

struct keeper; /* authd/keeper/keeper_client.h */

/* One certificate of several. */
struct keeper_cert_order {
	const struct keeper_cert_ask *ask; /* borrowed */
	struct keeper_cert *out;           /* the same */
	int r; /* as keeper_client_cert_issue() returns */
};

/**
 * keeper_client_cert_orders(k, orders, n):
 * As keeper_client_cert_issue(), 1 to KEEPER_CERT_ASKS_MAX in one message: each
 * has its own r, and one that is refused keeps none of the others from theirs.
 */
void keeper_client_cert_orders(
    struct keeper *k, struct keeper_cert_order *orders, int n);

/**
 * keeper_client_cert_issue(k, ask, out):
 * Have a certificate made for the key in ask->csr, as the keeper's own profile
 * says. It is signed and counted when this returns 0; whether it is ever alive
 * is the store's to say.
 * Return: 0; ERR_INVALID (request, names or life not taken: x509_request_check()
 *         tells why before), ERR_BUSY (keeper_issue_rate is reached),
 *         ERR_WRONG_STATE (the CA is out of its dates).
 */
int keeper_client_cert_issue(struct keeper *k,
    const struct keeper_cert_ask *ask, struct keeper_cert *out) CHECKED;

/** keeper_client_cert_ca(k, out): the CA, and the last number of a CRL. */
int keeper_client_cert_ca(struct keeper *k, struct keeper_ca_info *out) CHECKED;

/**
 * keeper_client_cert_crl(k, ask, out):
 * Have a revocation list signed; long ones go and come in parts, and other
 * calls wait meanwhile. Its number is durable before this returns 0.
 * Return: 0 with ${out}, whose der the caller frees; ERR_INVALID (an entry, the
 *         order, number or life; nothing was signed), ERR_WRONG_STATE, ERR_NOMEM.
 */
int keeper_client_cert_crl(struct keeper *k, const struct keeper_crl_ask *ask,
    struct keeper_crl *out) CHECKED;

/**
 * keeper_client_cert_ocsp(k, ask, out):
 * Have an OCSP answer signed by the CA's delegate, whose certificate is in it.
 * It never lasts longer than that certificate.
 * Return: 0; ERR_INVALID (hash, reason or life), ERR_WRONG_STATE.
 */
int keeper_client_cert_ocsp(struct keeper *k,
    const struct keeper_ocsp_ask *ask, struct keeper_ocsp *out) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_CLIENT_CERT_H */
