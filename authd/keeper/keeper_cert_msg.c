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
