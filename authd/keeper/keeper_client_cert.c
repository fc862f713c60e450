#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_cert_msg.h"
#include "authd/keeper/keeper_client_cert.h"
#include "authd/keeper/keeper_client_impl.h"

static int
send_orders(struct keeper *k, struct keeper_cert_order *orders, int n)
{
	struct buf *b = keeper_client_packet(k, KEEPER_MSG_CERT_ISSUE);
	struct buf_reader answer;
	int i, r;

	buf_put_u8(b, (uint8_t)n);
	for (i = 0; i < n; i++)
		keeper_cert_msg_put_ask(b, orders[i].ask);
	if ((r = keeper_client_trip(k, &answer)) != 0)
		return (r);
	if (buf_get_u8(&answer) != n)
		answer.is_broken = true;
	for (i = 0; i < n; i++) {
		keeper_cert_msg_get_issued(
		    &answer, &orders[i].r, orders[i].out);
		if (orders[i].r != 0 && !answer.is_broken)
			orders[i].r = keeper_client_meaning(k, orders[i].r);
	}
	return (keeper_client_whole(k, &answer));
}

void
keeper_client_cert_orders(
    struct keeper *k, struct keeper_cert_order *orders, int n)
{
	int i, r;

	keeper_client_begin(k);
	r = keeper_client_end(k, send_orders(k, orders, n));
	for (i = 0; i < n; i++) {
		if (r != 0)
			orders[i].r = r;
		if (orders[i].r != 0)
			memset(orders[i].out, 0, sizeof(*orders[i].out));
	}
}

int
keeper_client_cert_issue(struct keeper *k, const struct keeper_cert_ask *ask,
    struct keeper_cert *out)
{
	struct keeper_cert_order one = { ask, out, 0 };

	keeper_client_cert_orders(k, &one, 1);
	return (one.r);
}

int
keeper_client_cert_ca(struct keeper *k, struct keeper_ca_info *out)
{
	struct buf_reader answer;
	int r;

	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	keeper_client_packet(k, KEEPER_MSG_CA_INFO);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_cert_msg_get_ca(&answer, out);
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (keeper_client_end(k, r));
}

/* All entries, in as many parts as they need; none is a part too. */
static int
send_entries(struct keeper *k, const struct keeper_crl_ask *ask)
{
	struct keeper_cert_msg_part part = { 0 };
	struct buf_reader answer;
	size_t i = 0, j;
	struct buf *b;
	int r;

	do {
		part.count = ask->n - i < KEEPER_CERT_CRL_PART
		    ? (uint32_t)(ask->n - i)
		    : KEEPER_CERT_CRL_PART;
		b = keeper_client_packet(k, KEEPER_MSG_CRL_PART);
		keeper_cert_msg_put_part(b, &part);
		for (j = 0; j < part.count; j++)
			keeper_cert_msg_put_entry(b, &ask->entries[i + j]);
		if ((r = keeper_client_trip(k, &answer)) != 0 ||
		    (r = keeper_client_whole(k, &answer)) != 0)
			return (r);
		i += part.count;
		part.part++;
	} while (i < ask->n);
	return (0);
}

static int
sign(struct keeper *k, const struct keeper_crl_ask *ask, struct keeper_crl *out)
{
	struct buf_reader answer;
	int r;

	keeper_cert_msg_put_sign(
	    keeper_client_packet(k, KEEPER_MSG_CRL_SIGN), ask);
	if ((r = keeper_client_trip(k, &answer)) != 0)
		return (r);
	out->len = buf_get_u32(&answer);
	out->this_ms = buf_get_i64(&answer);
	out->next_ms = buf_get_i64(&answer);
	if (out->len < 1 || out->len > KEEPER_CERT_CRL_DER_MAX ||
	    out->this_ms < 0 || out->next_ms <= out->this_ms)
		answer.is_broken = true;
	return (keeper_client_whole(k, &answer));
}

static int
read_list(struct keeper *k, struct keeper_crl *out)
{
	struct buf_reader answer;
	const uint8_t *p;
	size_t at, n;
	struct buf *b;
	int r;

	if ((out->der = malloc(out->len)) == NULL)
		return (log_fr(ERR_NOMEM, "revocation list"));
	for (at = 0; at < out->len; at += n) {
		b = keeper_client_packet(k, KEEPER_MSG_CRL_READ);
		buf_put_u32(b, (uint32_t)at);
		if ((r = keeper_client_trip(k, &answer)) != 0)
			return (r);
		buf_get_bytes(&answer, &p, &n, out->len - at);
		if (p == NULL || n == 0)
			answer.is_broken = true;
		if ((r = keeper_client_whole(k, &answer)) != 0)
			return (r);
		memcpy(out->der + at, p, n);
	}
	return (0);
}

int
keeper_client_cert_crl(struct keeper *k, const struct keeper_crl_ask *ask,
    struct keeper_crl *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if (ask->n > KEEPER_CERT_CRL_MAX)
		return (log_fr(ERR_INVALID, "%zu certificates on a list",
		    ask->n));
	keeper_client_begin(k);
	if ((r = send_entries(k, ask)) == 0 && (r = sign(k, ask, out)) == 0)
		r = read_list(k, out);
	if (r != 0) {
		free(out->der);
		memset(out, 0, sizeof(*out));
	}
	return (keeper_client_end(k, r));
}

int
keeper_client_cert_ocsp(struct keeper *k, const struct keeper_ocsp_ask *ask,
    struct keeper_ocsp *out)
{
	struct buf_reader answer;
	int r;

	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	keeper_cert_msg_put_ocsp_ask(
	    keeper_client_packet(k, KEEPER_MSG_OCSP), ask);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_cert_msg_get_ocsp(&answer, out);
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (keeper_client_end(k, r));
}
