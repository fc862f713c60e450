/*
 * cert_issue.h: hand out certificates: for a new or known terminal, for a host,
 * for a key of ours or somebody's request, and anew before the end.
 * Room: core.  Process: front.
 * Threads: cert_issue_make() on a hash worker, everything else on the
 * writer's.
 * Unit test: tests/unit/test_cert_issue.c
 *
 * The row is on the disk before the certificate leaves: one that nobody wrote
 * down is in no table, and admits nobody.
 */
#ifndef AUTHD_CORE_CERT_ISSUE_H
#define AUTHD_CORE_CERT_ISSUE_H

#include "authd/core/keyshare.h"
#include "authd/core/terminals.h"
#include "authd/keeper/keeper_client_cert.h"
#include "certs/x509_pkcs12.h"
#include "certs/x509_request.h"

#define CERT_ISSUE_RENEW_DAYS 30 /* before its end one may be renewed */

/* For whom. Holds secrets: wipe after use. */
struct cert_issue {
	/* in: borrowed. Either login and label, or host, or serial or der. */
	const char *login, *label; /* as typed */
	const char *owner;         /* company, private; NULL: company */
	const char *host;          /* as typed */
	const char *rights;        /* of a host: words; NULL: as they are */
	const char *serial;        /* renew the one of this serial */
	const uint8_t *der;        /* or this one itself */
	size_t der_len;
	bool is_renewal;
	const char *csr; /* PEM; NULL: the key is made here */
	bool is_compatible;
	bool wants_both; /* of our own key, the file in both forms */
	/* out */
	struct keeper_cert cert;
	struct cert_view view;
	char passphrase[X509_PKCS12_PASSPHRASE + 1]; /* of our own key's */
	size_t pkcs12_len;                           /* 0: there is none */
	uint8_t pkcs12[X509_PKCS12_MAX];
	size_t compatible_len; /* with wants_both, under the same passphrase */
	uint8_t compatible[X509_PKCS12_MAX];
	/* between */
	struct keeper_cert_ask ask;
	struct terminal terminal;
	struct account account; /* to be admitted; login "": nobody */
	unsigned host_rights;
	bool is_new, has_rights;
	char replaces[CERT_SERIAL_TEXT + 1];
	enum x509_request_fault fault;
	struct x509_public key; /* of the request, when it can be read */
	struct keyshare shared;
	int failed; /* what the making returned; 0: it is made */
};

/**
 * cert_issue_start(c, act, q):
 * Who gets it, and may they? A label of the office that no terminal has makes a
 * new one; a terminal without a live certificate gets one anew. ERR_NOTFOUND
 * (no_such_account, no_such_certificate), ERR_INVALID (bad_label, bad_owner,
 * bad_host, bad_rights, bad_csr), ERR_EXISTS (label_taken: it has a live one),
 * ERR_WRONG_STATE (account_disabled, office_disabled, not_live, too_early,
 * no_ca).
 */
int cert_issue_start(
    struct core *c, struct act *act, struct cert_issue *q) CHECKED;

/** cert_issue_make(c, q): the slow part, without the store: the key or the
 * request, the keeper's signature, the file. What was not taken is told by
 * cert_issue_settle(). */
int cert_issue_make(struct core *c, struct cert_issue *q) CHECKED;

/**
 * cert_issue_sign(c, list, results, n):
 * The same for up to KEEPER_CERT_ASKS_MAX that bring a request, with one
 * question to the keeper; what cert_issue_make() returns of each.
 */
void cert_issue_sign(
    struct core *c, struct cert_issue **list, int *results, int n);

/**
 * cert_issue_settle(c, act, q):
 * Write it down. Besides what cert_issue_start() says, which is looked at
 * again: ERR_INVALID (bad_csr, with why), ERR_BUSY (issue_rate). A key that
 * shares a prime with another one's certificate is refused in the log as well,
 * with the serial of that: 0, and act->refused is ERR_INVALID (shared_key).
 */
int cert_issue_settle(
    struct core *c, struct act *act, struct cert_issue *q) CHECKED;

#endif /* AUTHD_CORE_CERT_ISSUE_H */
