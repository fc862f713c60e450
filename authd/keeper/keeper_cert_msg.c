#include <string.h>

#include "authd/keeper/keeper_cert_msg.h"

/* bytes of 1 to max, copied. */
static void
get_some(struct buf_reader *r, uint8_t *out, size_t *n, size_t max)
{
	const uint8_t *p;

	buf_get_bytes(r, &p, n, max);
	if (p == NULL || *n == 0) {
		r->is_broken = true;
		*n = 0;
		return;
	}
	memcpy(out, p, *n);
}

void
keeper_cert_msg_put_ask(struct buf *b, const struct keeper_cert_ask *ask)
{
	buf_put_u8(b, (uint8_t)ask->profile);
	buf_put_text(b, ask->office);
	buf_put_raw(b, ask->terminal.b, ID_LEN);
	buf_put_text(b, ask->host);
	buf_put_u32(b, (uint32_t)ask->life_days);
	buf_put_bytes(b, ask->csr, ask->csr_len);
}

void
keeper_cert_msg_get_ask(struct buf_reader *r, struct keeper_cert_ask *ask)
{
	uint8_t profile;
	uint32_t days;

	memset(ask, 0, sizeof(*ask));
	profile = buf_get_u8(r);
	buf_get_text(r, ask->office, sizeof(ask->office));
	buf_get_raw(r, ask->terminal.b, ID_LEN);
	buf_get_text(r, ask->host, sizeof(ask->host));
	days = buf_get_u32(r);
	get_some(r, ask->csr, &ask->csr_len, sizeof(ask->csr));
	if ((profile != KEEPER_PROFILE_TERMINAL &&
		profile != KEEPER_PROFILE_HOST) ||
	    days < 1 || days > KEEPER_CERT_LIFE_MAX)
		r->is_broken = true;
	if (r->is_broken) {
		memset(ask, 0, sizeof(*ask));
		return;
	}
	ask->profile = (enum keeper_profile)profile;
	ask->life_days = (int32_t)days;
}

void
keeper_cert_msg_put_cert(struct buf *b, const struct keeper_cert *cert)
{
	buf_put_bytes(b, cert->der, cert->len);
	buf_put_raw(b, cert->serial, sizeof(cert->serial));
	buf_put_raw(b, cert->fingerprint, sizeof(cert->fingerprint));
	buf_put_i64(b, cert->not_before_ms);
	buf_put_i64(b, cert->not_after_ms);
}

void
keeper_cert_msg_get_cert(struct buf_reader *r, struct keeper_cert *cert)
{
	memset(cert, 0, sizeof(*cert));
	get_some(r, cert->der, &cert->len, sizeof(cert->der));
	buf_get_raw(r, cert->serial, sizeof(cert->serial));
	buf_get_raw(r, cert->fingerprint, sizeof(cert->fingerprint));
	cert->not_before_ms = buf_get_i64(r);
	cert->not_after_ms = buf_get_i64(r);
	if (cert->not_before_ms < 0 ||
	    cert->not_after_ms <= cert->not_before_ms)
		r->is_broken = true;
	if (r->is_broken)
		memset(cert, 0, sizeof(*cert));
}

void
keeper_cert_msg_put_issued(
    struct buf *b, int error, const struct keeper_cert *cert)
{
	buf_put_u32(b, (uint32_t)-error);
	if (error == 0)
		keeper_cert_msg_put_cert(b, cert);
}

void
keeper_cert_msg_get_issued(
    struct buf_reader *r, int *error, struct keeper_cert *cert)
{
	uint32_t n = buf_get_u32(r);

	if (n > (uint32_t)-ERR_FATAL)
		r->is_broken = true;
	if (n == 0 || r->is_broken)
		keeper_cert_msg_get_cert(r, cert);
	else
		memset(cert, 0, sizeof(*cert));
	*error = r->is_broken ? ERR_PROTO : -(int)n;
}

void
keeper_cert_msg_put_ca(struct buf *b, const struct keeper_ca_info *ca)
{
	buf_put_bytes(b, ca->issuing, ca->issuing_len);
	buf_put_bytes(b, ca->root, ca->root_len);
	buf_put_text(b, ca->place);
	buf_put_text(b, ca->url);
	buf_put_i64(b, ca->not_before_ms);
	buf_put_i64(b, ca->not_after_ms);
	buf_put_i64(b, ca->crl_number);
	buf_put_u32(b, (uint32_t)ca->issue_rate);
}

void
keeper_cert_msg_get_ca(struct buf_reader *r, struct keeper_ca_info *ca)
{
	memset(ca, 0, sizeof(*ca));
	get_some(r, ca->issuing, &ca->issuing_len, sizeof(ca->issuing));
	get_some(r, ca->root, &ca->root_len, sizeof(ca->root));
	buf_get_text(r, ca->place, sizeof(ca->place));
	buf_get_text(r, ca->url, sizeof(ca->url));
	ca->not_before_ms = buf_get_i64(r);
	ca->not_after_ms = buf_get_i64(r);
	ca->crl_number = buf_get_i64(r);
	ca->issue_rate = (int32_t)buf_get_u32(r);
	if (ca->not_before_ms < 0 || ca->not_after_ms <= ca->not_before_ms ||
	    ca->crl_number < 0 || ca->issue_rate < 0)
		r->is_broken = true;
	if (r->is_broken)
		memset(ca, 0, sizeof(*ca));
}

void
keeper_cert_msg_put_part(struct buf *b, const struct keeper_cert_msg_part *p)
{
	buf_put_u16(b, p->part);
	buf_put_u32(b, p->count);
}

void
keeper_cert_msg_get_part(struct buf_reader *r, struct keeper_cert_msg_part *p)
{
	p->part = buf_get_u16(r);
	p->count = buf_get_u32(r);
	if (p->count > KEEPER_CERT_CRL_PART)
		r->is_broken = true;
	if (r->is_broken)
		memset(p, 0, sizeof(*p));
}

void
keeper_cert_msg_put_entry(struct buf *b, const struct keeper_crl_entry *e)
{
	buf_put_raw(b, e->serial, sizeof(e->serial));
	buf_put_u8(b, e->reason);
	buf_put_i64(b, e->revoked_ms);
}

void
keeper_cert_msg_get_entry(struct buf_reader *r, struct keeper_crl_entry *e)
{
	buf_get_raw(r, e->serial, sizeof(e->serial));
	e->reason = buf_get_u8(r);
	e->revoked_ms = buf_get_i64(r);
}

void
keeper_cert_msg_put_sign(struct buf *b, const struct keeper_crl_ask *ask)
{
	buf_put_i64(b, ask->number);
	buf_put_i64(b, ask->life_ms);
	buf_put_u32(b, (uint32_t)ask->n);
}

void
keeper_cert_msg_get_sign(struct buf_reader *r, struct keeper_crl_ask *ask)
{
	memset(ask, 0, sizeof(*ask));
	ask->number = buf_get_i64(r);
	ask->life_ms = buf_get_i64(r);
	ask->n = buf_get_u32(r);
}

static void
put_state(struct buf *b, const struct keeper_ocsp_state *s)
{
	buf_put_u8(b, s->hash);
	buf_put_bytes(b, s->serial, s->serial_len);
	buf_put_u8(b, (uint8_t)s->status);
	buf_put_u8(b, s->reason);
	buf_put_i64(b, s->revoked_ms);
}

static void
get_state(struct buf_reader *r, struct keeper_ocsp_state *s)
{
	uint8_t status;

	s->hash = buf_get_u8(r);
	get_some(r, s->serial, &s->serial_len, sizeof(s->serial));
	status = buf_get_u8(r);
	s->reason = buf_get_u8(r);
	s->revoked_ms = buf_get_i64(r);
	if (status > KEEPER_OCSP_REVOKED || s->revoked_ms < 0 ||
	    (status != KEEPER_OCSP_REVOKED &&
		(s->reason != 0 || s->revoked_ms != 0)))
		r->is_broken = true;
	s->status = r->is_broken ? KEEPER_OCSP_UNKNOWN
				 : (enum keeper_ocsp_status)status;
}

void
keeper_cert_msg_put_ocsp_ask(
    struct buf *b, const struct keeper_ocsp_ask *ask)
{
	size_t i;

	if (ask->n > KEEPER_CERT_OCSP_MAX) {
		b->is_broken = true;
		return;
	}
	buf_put_u8(b, (uint8_t)ask->n);
	for (i = 0; i < ask->n; i++)
		put_state(b, &ask->states[i]);
	buf_put_bytes(b, ask->nonce, ask->nonce_len);
	buf_put_i64(b, ask->life_ms);
}

void
keeper_cert_msg_get_ocsp_ask(
    struct buf_reader *r, struct keeper_ocsp_ask *ask)
{
	const uint8_t *p;
	size_t i;

	memset(ask, 0, sizeof(*ask));
	ask->n = buf_get_u8(r);
	if (ask->n < 1 || ask->n > KEEPER_CERT_OCSP_MAX)
		r->is_broken = true;
	for (i = 0; !r->is_broken && i < ask->n; i++)
		get_state(r, &ask->states[i]);
	buf_get_bytes(r, &p, &ask->nonce_len, sizeof(ask->nonce));
	if (p != NULL && ask->nonce_len > 0)
		memcpy(ask->nonce, p, ask->nonce_len);
	ask->life_ms = buf_get_i64(r);
	if (r->is_broken)
		memset(ask, 0, sizeof(*ask));
}

void
keeper_cert_msg_put_ocsp(struct buf *b, const struct keeper_ocsp *o)
{
	buf_put_bytes(b, o->der, o->len);
	buf_put_i64(b, o->this_ms);
	buf_put_i64(b, o->next_ms);
}

void
keeper_cert_msg_get_ocsp(struct buf_reader *r, struct keeper_ocsp *o)
{
	memset(o, 0, sizeof(*o));
	get_some(r, o->der, &o->len, sizeof(o->der));
	o->this_ms = buf_get_i64(r);
	o->next_ms = buf_get_i64(r);
	if (o->this_ms < 0 || o->next_ms <= o->this_ms)
		r->is_broken = true;
	if (r->is_broken)
		memset(o, 0, sizeof(*o));
}
