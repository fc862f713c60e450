#include <stdlib.h>
#include <string.h>

#include "authd/base/clock.h"
#include "authd/keeper/keeper_cert_msg.h"
#include "authd/keeper/keeper_client_cert.h"
#include "certs/x509_chain.h"
#include "certs/x509_key.h"
#include "certs/x509_request.h"
#include "tests/torture/evil_cert.h"
#include "tests/torture/evil_make.h"

#define HOUR_MS 3600000LL

int
evil_cert_begin(struct evil *e, struct keeper *k)
{
	struct evil_cert *c = &e->cert;
	struct keeper_ca_info info;
	EVP_PKEY *key;
	int i, r;

	if (keeper_client_cert_ca(k, &info) != 0 ||
	    x509_trust_new(info.issuing, info.issuing_len, info.root,
		info.root_len, &c->trust) != 0)
		return (-1);
	for (i = 0; i < EVIL_REQUESTS; i++) {
		if (x509_key_new(&key) != 0)
			return (-1);
		r = x509_request_make(key, c->requests[i].at, &c->requests[i].n);
		EVP_PKEY_free(key);
		if (r != 0)
			return (-1);
	}
	return (0);
}

void
evil_cert_end(struct evil *e)
{
	x509_trust_free(e->cert.trust);
	e->cert.trust = NULL;
}

/* A request for somebody; true when it may not be taken. */
static bool
make_ask(struct evil *e, struct keeper_cert_ask *ask)
{
	const struct evil_request *q =
	    &e->cert.requests[evil_make_random(e, EVIL_REQUESTS)];

	memset(ask, 0, sizeof(*ask));
	ask->profile = KEEPER_PROFILE_TERMINAL;
	memcpy(ask->office, "demo", 5);
	evil_make_fill(e, ask->terminal.b, ID_LEN);
	ask->life_days =
	    1 + (int32_t)evil_make_random(e, KEEPER_CERT_LIFE_MAX);
	ask->csr_len = q->n;
	memcpy(ask->csr, q->at, q->n);
	switch (evil_make_random(e, 8)) {
	case 0: /* a bit of the request: nothing signs that */
		ask->csr[evil_make_random(e, ask->csr_len)] ^=
		    (uint8_t)(1 << evil_make_random(e, 8));
		return (true);
	case 1:
		ask->csr_len = 1 + evil_make_random(e, ask->csr_len - 1);
		return (true);
	case 2: /* names that are not to be */
		evil_make_fill(e, ask->office, 6);
		ask->office[0] = '\xff';
		ask->office[6] = '\0';
		return (true);
	case 3: /* both a host and a terminal */
		memcpy(ask->host, "www.example.jp", 15);
		return (true);
	case 4:
		ask->profile = KEEPER_PROFILE_HOST;
		ask->office[0] = '\0';
		memset(&ask->terminal, 0, ID_LEN);
		memcpy(ask->host, "a.b\0", 4);
		return (false);
	case 5:
		ask->profile = KEEPER_PROFILE_HOST;
		ask->office[0] = '\0';
		memset(&ask->terminal, 0, ID_LEN);
		memcpy(ask->host, "..", 3);
		return (true);
	default:
		return (false);
	}
}

void
evil_cert_make(
    struct evil *e, struct buf *b, struct evil_sent *s, uint16_t type)
{
	struct keeper_cert_ask ask;

	if (type != KEEPER_MSG_CERT_ISSUE)
		return;
	s->must_fail = make_ask(e, &ask);
	keeper_cert_msg_put_ask(b, &ask);
}

/* Never more than the rate within any hour, over all lives. */
static const char *
note_issued(struct evil *e, const struct evil_sent *s)
{
	struct evil_cert *c = &e->cert;
	int64_t *at = &c->issued_ms[c->issued % KEEPER_CHILD_RATE];

	if (c->issued >= KEEPER_CHILD_RATE &&
	    clock_boot_ms() - *at < HOUR_MS)
		return ("more certificates than the rate within an hour");
	*at = s->boot_ms;
	c->issued++;
	return (NULL);
}

/* The same names, dates and key as asked for, and our form. */
static const char *
judge_cert(struct evil *e, const struct evil_sent *s,
    const struct keeper_cert_ask *ask, const struct keeper_cert *cert)
{
	enum x509_request_fault fault;
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;
	struct x509_public key, got;
	const uint8_t *p = cert->der;
	X509 *x;
	int r;

	if (x509_request_check(ask->csr, ask->csr_len, &key, &fault) != 0)
		return ("a certificate for a request that is none");
	if (x509_chain_check(e->cert.trust, cert->der, cert->len,
		clock_wall_ms(), &leaf, &v) != 0 ||
	    v != X509_CHAIN_GOOD)
		return ("a certificate outside the profile");
	if (leaf.subject.kind !=
		(ask->profile == KEEPER_PROFILE_HOST ? X509_SUBJECT_HOST
						     : X509_SUBJECT_TERMINAL) ||
	    strcmp(leaf.subject.office, ask->office) != 0 ||
	    strcmp(leaf.subject.host, ask->host) != 0 ||
	    !id_equal(&leaf.subject.terminal, &ask->terminal))
		return ("a certificate for somebody else");
	if (memcmp(leaf.serial, cert->serial, sizeof(leaf.serial)) != 0 ||
	    memcmp(leaf.fingerprint, cert->fingerprint,
		sizeof(leaf.fingerprint)) != 0 ||
	    leaf.not_after_ms - s->wall_ms >
		(ask->life_days + 1) * 86400000LL ||
	    leaf.not_before_ms > clock_wall_ms())
		return ("a certificate that is not what was told of it");
	x = d2i_X509(NULL, &p, (long)cert->len);
	r = x509_public_of(X509_get0_pubkey(x), &got);
	X509_free(x);
	if (r != 0 || got.kind != key.kind || got.len != key.len ||
	    memcmp(got.bits, key.bits, key.len) != 0)
		return ("a certificate for another key");
	return (note_issued(e, s));
}

static const char *
judge_issue(struct evil *e, const struct evil_sent *s, struct buf_reader *ask,
    struct buf_reader *tell, int error)
{
	struct keeper_cert_ask asked;
	struct keeper_cert cert;

	keeper_cert_msg_get_ask(ask, &asked);
	if (buf_end(ask) != 0)
		return (error == ERR_PROTO ? NULL : "done though malformed");
	if (error != 0) {
		if (error == ERR_BUSY) {
			e->cert.busy++;
			return (e->cert.issued < KEEPER_CHILD_RATE
				? "refused before the rate was reached"
				: NULL);
		}
		return (error == ERR_INVALID ? NULL : "another error");
	}
	keeper_cert_msg_get_cert(tell, &cert);
	if (tell->is_broken)
		return ("a certificate that cannot be read");
	return (judge_cert(e, s, &asked, &cert));
}

static const char *
judge_info(
    struct evil *e, struct buf_reader *ask, struct buf_reader *tell, int error)
{
	struct keeper_ca_info info;

	if (buf_end(ask) != 0)
		return (error == ERR_PROTO ? NULL : "done though malformed");
	if (error != 0)
		return ("the CA was not told");
	keeper_cert_msg_get_ca(tell, &info);
	if (tell->is_broken || info.issue_rate != KEEPER_CHILD_RATE ||
	    strcmp(info.place, e->cert.trust->place) != 0)
		return ("another CA");
	return (NULL);
}

const char *
evil_cert_judge(struct evil *e, const struct evil_sent *s, uint16_t type,
    struct buf_reader *ask, struct buf_reader *tell, int error)
{
	switch (type) {
	case KEEPER_MSG_CA_INFO:
		return (judge_info(e, ask, tell, error));
	case KEEPER_MSG_CERT_ISSUE:
		return (judge_issue(e, s, ask, tell, error));
	default:
		return (error != 0 ? NULL : "an answer to no request");
	}
}
