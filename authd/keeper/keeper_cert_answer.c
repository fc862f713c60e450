#include "authd/keeper/keeper_cert_answer.h"
#include "authd/keeper/keeper_cert_msg.h"
#include "authd/keeper/keeper_crl.h"
#include "authd/keeper/keeper_msg.h"
#include "authd/keeper/keeper_ocsp.h"

typedef int handler(
    struct keeper_ca *ca, struct buf_reader *r, struct buf *b);

static int
do_info(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	struct keeper_ca_info info;
	int e;

	if (buf_end(r) != 0)
		return (ERR_PROTO);
	if ((e = keeper_ca_info(ca, &info)) == 0)
		keeper_cert_msg_put_ca(b, &info);
	return (e);
}

static int
do_issue(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	struct buf_reader ahead = *r;
	struct keeper_cert_ask ask;
	struct keeper_cert cert;
	uint8_t i, n;
	int e;

	/* The whole message is read before anything of it is done. */
	n = buf_get_u8(&ahead);
	if (n < 1 || n > KEEPER_CERT_ASKS_MAX)
		return (ERR_PROTO);
	for (i = 0; i < n; i++)
		keeper_cert_msg_get_ask(&ahead, &ask);
	if (buf_end(&ahead) != 0)
		return (ERR_PROTO);
	(void)buf_get_u8(r);
	buf_put_u8(b, n);
	for (i = 0; i < n; i++) {
		keeper_cert_msg_get_ask(r, &ask);
		e = keeper_ca_issue(ca, &ask, &cert);
		keeper_cert_msg_put_issued(b, e, &cert);
	}
	keeper_ca_rest(ca);
	return (0);
}

static int
do_crl_part(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	struct keeper_cert_msg_part part;
	struct keeper_crl_entry e;
	uint32_t i;
	int error;

	(void)b;
	keeper_cert_msg_get_part(r, &part);
	if (r->is_broken)
		error = ERR_PROTO;
	else
		error = keeper_crl_part(ca, &part);
	for (i = 0; error == 0 && i < part.count; i++) {
		keeper_cert_msg_get_entry(r, &e);
		error = r->is_broken ? ERR_PROTO : keeper_crl_add(ca, &e);
	}
	if (error == 0 && buf_end(r) != 0)
		error = ERR_PROTO;
	if (error != 0)
		keeper_crl_drop(ca);
	return (error == ERR_LIMIT ? ERR_INVALID : error);
}

static int
do_crl_sign(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	struct keeper_crl_ask ask;
	struct keeper_crl list;
	int e;

	keeper_cert_msg_get_sign(r, &ask);
	if (buf_end(r) != 0) {
		keeper_crl_drop(ca);
		return (ERR_PROTO);
	}
	if ((e = keeper_crl_sign(ca, &ask, &list)) != 0)
		return (e);
	buf_put_u32(b, (uint32_t)list.len);
	buf_put_i64(b, list.this_ms);
	buf_put_i64(b, list.next_ms);
	return (0);
}

static int
do_crl_read(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	uint32_t at = buf_get_u32(r);
	const uint8_t *p;
	size_t n;
	int e;

	if (buf_end(r) != 0)
		return (ERR_PROTO);
	if ((e = keeper_crl_read(ca, at, &p, &n)) == 0)
		buf_put_bytes(b, p, n);
	return (e);
}

static int
do_ocsp(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	struct keeper_ocsp_ask ask;
	struct keeper_ocsp answer;
	int e;

	keeper_cert_msg_get_ocsp_ask(r, &ask);
	if (buf_end(r) != 0)
		return (ERR_PROTO);
	if ((e = keeper_ocsp_sign(ca, &ask, &answer)) == 0)
		keeper_cert_msg_put_ocsp(b, &answer);
	return (e);
}

static const struct {
	uint16_t request;
	handler *run;
} table[] = {
	{ KEEPER_MSG_CA_INFO, do_info },
	{ KEEPER_MSG_CERT_ISSUE, do_issue },
	{ KEEPER_MSG_CRL_PART, do_crl_part },
	{ KEEPER_MSG_CRL_SIGN, do_crl_sign },
	{ KEEPER_MSG_CRL_READ, do_crl_read },
	{ KEEPER_MSG_OCSP, do_ocsp },
};

int
keeper_cert_answer(struct keeper_ca *ca, uint16_t type, struct buf_reader *r,
    struct buf *b)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].request == type)
			return (ca == NULL ? ERR_WRONG_STATE
					   : table[i].run(ca, r, b));
	return (ERR_PROTO);
}
