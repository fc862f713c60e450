#include <openssl/ocsp.h>
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

/* One to three, sometimes as many as may be, or one more. */
static void
make_issue(struct evil *e, struct buf *b, struct evil_sent *s)
{
	struct keeper_cert_ask ask;
	uint8_t i, n = (uint8_t)(1 + evil_make_random(e, 3));

	if (evil_make_random(e, 20) == 0)
		n = (uint8_t)(KEEPER_CERT_ASKS_MAX + evil_make_random(e, 2));
	s->must_fail = n > KEEPER_CERT_ASKS_MAX;
	buf_put_u8(b, n);
	for (i = 0; i < n; i++) {
		s->must_refuse[i] = make_ask(e, &ask);
		keeper_cert_msg_put_ask(b, &ask);
	}
}

/* Some entries in order, sometimes one that may not be. */
static void
make_part(struct evil *e, struct buf *b, struct evil_sent *s)
{
	struct evil_cert *c = &e->cert;
	struct keeper_cert_msg_part part = { .part = c->part };
	struct keeper_crl_entry entry = { .serial = { 0x40 } };
	uint32_t i;

	if (evil_make_random(e, 2) == 0)
		part.part = c->part = 0;
	part.count = (uint32_t)evil_make_random(e, 20);
	keeper_cert_msg_put_part(b, &part);
	for (i = 0; i < part.count; i++) {
		entry.serial[0] = (uint8_t)(0x40 + part.part % 0x3f);
		entry.serial[1] = (uint8_t)i;
		evil_make_fill(e, entry.serial + 2, 14);
		entry.revoked_ms = (int64_t)evil_make_random(e, 1ULL << 40);
		if (evil_make_random(e, 200) == 0) {
			entry.reason = 6; /* a hold */
			s->must_fail = true;
		}
		keeper_cert_msg_put_entry(b, &entry);
		entry.reason = 0;
	}
	c->entries = part.part == 0 ? part.count : c->entries + part.count;
	c->part = (uint16_t)(part.part + 1);
}

static void
make_sign(struct evil *e, struct buf *b)
{
	struct keeper_crl_ask ask = { .life_ms = 3600000 };

	ask.n = e->cert.entries;
	ask.number = e->cert.number + 1;
	switch (evil_make_random(e, 8)) {
	case 0:
		ask.number = e->cert.number;
		break;
	case 1:
		ask.number = INT64_MAX;
		break;
	case 2:
		ask.number = clock_wall_ms() - 1000 +
		    (int64_t)evil_make_random(e, 2000);
		break;
	case 3:
		ask.n++;
		break;
	default:
		break;
	}
	keeper_cert_msg_put_sign(b, &ask);
}

static void
make_ocsp(struct evil *e, struct buf *b)
{
	struct keeper_ocsp_ask ask = { .n = 1, .life_ms = 3600000 };

	ask.n = 1 + evil_make_random(e, 2);
	ask.states[0].hash = (uint8_t)(1 + evil_make_random(e, 5));
	ask.states[1].hash = 1;
	ask.states[0].serial_len = 1 + evil_make_random(e, 20);
	ask.states[1].serial_len = 16;
	evil_make_fill(e, ask.states[0].serial, 20);
	ask.states[0].status =
	    (enum keeper_ocsp_status)evil_make_random(e, 3);
	if (ask.states[0].status == KEEPER_OCSP_REVOKED)
		ask.states[0].revoked_ms = 1;
	ask.nonce_len = evil_make_random(e, 33);
	evil_make_fill(e, ask.nonce, 32);
	keeper_cert_msg_put_ocsp_ask(b, &ask);
}

void
evil_cert_make(
    struct evil *e, struct buf *b, struct evil_sent *s, uint16_t type)
{
	switch (type) {
	case KEEPER_MSG_CERT_ISSUE:
		make_issue(e, b, s);
		break;
	case KEEPER_MSG_CRL_PART:
		make_part(e, b, s);
		break;
	case KEEPER_MSG_CRL_SIGN:
		make_sign(e, b);
		break;
	case KEEPER_MSG_CRL_READ:
		buf_put_u32(b, (uint32_t)evil_make_random(e, 600));
		break;
	case KEEPER_MSG_OCSP:
		make_ocsp(e, b);
		break;
	default:
		break;
	}
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

	if (x509_request_check(ask->csr, ask->csr_len, NULL, &key, &fault) != 0)
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
judge_one(struct evil *e, const struct evil_sent *s, int i,
    const struct keeper_cert_ask *asked, struct buf_reader *tell)
{
	struct keeper_cert cert;
	int error;

	keeper_cert_msg_get_issued(tell, &error, &cert);
	if (tell->is_broken)
		return ("a certificate that cannot be read");
	if (error == ERR_BUSY) {
		e->cert.busy++;
		return (e->cert.issued < KEEPER_CHILD_RATE
			? "refused before the rate was reached"
			: NULL);
	}
	if (error != 0)
		return (error == ERR_INVALID ? NULL : "another error");
	if (s->must_refuse[i])
		return ("a certificate for what is not taken");
	return (judge_cert(e, s, asked, &cert));
}

static const char *
judge_issue(struct evil *e, const struct evil_sent *s, struct buf_reader *ask,
    struct buf_reader *tell, int error)
{
	struct buf_reader ahead = *ask;
	struct keeper_cert_ask asked;
	const char *bad = NULL;
	int i, n = buf_get_u8(&ahead);

	if (n < 1 || n > KEEPER_CERT_ASKS_MAX)
		ahead.is_broken = true;
	for (i = 0; i < n; i++)
		keeper_cert_msg_get_ask(&ahead, &asked);
	if (buf_end(&ahead) != 0)
		return (error == ERR_PROTO ? NULL : "done though malformed");
	if (error != 0)
		return ("another error");
	if (buf_get_u8(ask) != buf_get_u8(tell))
		return ("more or fewer certificates than were asked for");
	for (i = 0; bad == NULL && i < n; i++) {
		keeper_cert_msg_get_ask(ask, &asked);
		bad = judge_one(e, s, i, &asked, tell);
	}
	return (bad);
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

/* R68: no number twice, none that falls, none far ahead. */
static const char *
judge_sign(
    struct evil *e, struct buf_reader *ask, struct buf_reader *tell, int error)
{
	struct evil_cert *c = &e->cert;
	struct keeper_crl_ask asked;
	int64_t now_ms = clock_wall_ms(), this_ms, next_ms;

	keeper_cert_msg_get_sign(ask, &asked);
	if (buf_end(ask) != 0)
		return (error == ERR_PROTO ? NULL : "done though malformed");
	if (error != 0)
		return (error == ERR_INVALID || error == ERR_WRONG_STATE
			? NULL
			: "another error");
	(void)buf_get_u32(tell);
	this_ms = buf_get_i64(tell);
	next_ms = buf_get_i64(tell);
	if (asked.number <= c->number)
		return ("a list with a number that does not rise");
	if (asked.number > now_ms && asked.number > c->number + 1)
		return ("a list with a number far ahead");
	if (this_ms > now_ms || next_ms - this_ms > KEEPER_CERT_CRL_LIFE_MAX)
		return ("a list for another time");
	c->number = asked.number;
	return (NULL);
}

/* Each answer is the CA's delegate's, about what was asked. */
static const char *
judge_ocsp(
    struct evil *e, struct buf_reader *ask, struct buf_reader *tell, int error)
{
	X509_STORE *store = X509_STORE_new();
	struct keeper_ocsp_ask asked;
	OCSP_BASICRESP *basic = NULL;
	OCSP_RESPONSE *answer = NULL;
	struct keeper_ocsp told;
	const uint8_t *p = told.der;
	const char *why = NULL;

	keeper_cert_msg_get_ocsp_ask(ask, &asked);
	if (buf_end(ask) != 0) {
		why = error == ERR_PROTO ? NULL : "done though malformed";
		goto out;
	}
	if (error != 0) {
		why = error == ERR_INVALID ? NULL : "another error";
		goto out;
	}
	keeper_cert_msg_get_ocsp(tell, &told);
	X509_STORE_add_cert(store, e->cert.trust->root);
	X509_STORE_add_cert(store, e->cert.trust->issuing);
	answer = d2i_OCSP_RESPONSE(NULL, &p, (long)told.len);
	if (answer != NULL)
		basic = OCSP_response_get1_basic(answer);
	if (basic == NULL || OCSP_basic_verify(basic, NULL, store, 0) != 1 ||
	    OCSP_resp_count(basic) != (int)asked.n)
		why = "an answer of nobody";
	e->cert.answers++;
out:
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(answer);
	X509_STORE_free(store);
	return (why);
}

/* Without more to be known: an error, or what PROTOCOL says is there. */
static const char *
judge_other(uint16_t type, struct buf_reader *tell, int error)
{
	const uint8_t *p;
	size_t n;

	if (error != 0 || type == KEEPER_MSG_CRL_PART)
		return (NULL);
	buf_get_bytes(tell, &p, &n, 120 * 1024);
	return (p != NULL && n > 0 ? NULL : "nothing of a list");
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
	case KEEPER_MSG_CRL_SIGN:
		return (judge_sign(e, ask, tell, error));
	case KEEPER_MSG_OCSP:
		return (judge_ocsp(e, ask, tell, error));
	case KEEPER_MSG_CRL_PART:
	case KEEPER_MSG_CRL_READ:
		return (judge_other(type, tell, error));
	default:
		return (error != 0 ? NULL : "an answer to no request");
	}
}
