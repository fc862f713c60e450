#include <string.h>

#include "authd/keeper/keeper_msg.h"

static const struct {
	uint16_t type;
	const char *name;
} names[] = {
	{ KEEPER_MSG_ERROR, "error" },
	{ KEEPER_MSG_HELLO, "hello" },
	{ KEEPER_MSG_SEED_NEW, "seed-new" },
	{ KEEPER_MSG_SEED_DRAW, "seed-draw" },
	{ KEEPER_MSG_SEED_CONFIRM, "seed-confirm" },
	{ KEEPER_MSG_CHECK, "check" },
	{ KEEPER_MSG_RESYNC, "resync" },
	{ KEEPER_MSG_AUDIT_PART, "audit-part" },
	{ KEEPER_MSG_AUDIT_SEAL, "audit-seal" },
	{ KEEPER_MSG_AUDIT_CONFIRM, "audit-confirm" },
	{ KEEPER_MSG_AUDIT_FOLLOW, "audit-follow" },
	{ KEEPER_MSG_MAC, "mac" },
	{ KEEPER_MSG_CLOCK_CONFIRM, "clock-confirm" },
	{ KEEPER_MSG_CA_INFO, "ca-info" },
	{ KEEPER_MSG_CERT_ISSUE, "cert-issue" },
	{ KEEPER_MSG_CRL_PART, "crl-part" },
	{ KEEPER_MSG_CRL_SIGN, "crl-sign" },
	{ KEEPER_MSG_CRL_READ, "crl-read" },
	{ KEEPER_MSG_OCSP, "ocsp" },
	{ KEEPER_MSG_HELLO + 1, "hello-answer" },
	{ KEEPER_MSG_SEED_NEW + 1, "seed-new-answer" },
	{ KEEPER_MSG_SEED_DRAW + 1, "seed-draw-answer" },
	{ KEEPER_MSG_SEED_CONFIRM + 1, "seed-confirm-answer" },
	{ KEEPER_MSG_CHECK + 1, "check-answer" },
	{ KEEPER_MSG_RESYNC + 1, "resync-answer" },
	{ KEEPER_MSG_AUDIT_PART + 1, "audit-part-answer" },
	{ KEEPER_MSG_AUDIT_SEAL + 1, "audit-seal-answer" },
	{ KEEPER_MSG_AUDIT_CONFIRM + 1, "audit-confirm-answer" },
	{ KEEPER_MSG_AUDIT_FOLLOW + 1, "audit-follow-answer" },
	{ KEEPER_MSG_MAC + 1, "mac-answer" },
	{ KEEPER_MSG_CLOCK_CONFIRM + 1, "clock-confirm-answer" },
	{ KEEPER_MSG_CA_INFO + 1, "ca-info-answer" },
	{ KEEPER_MSG_CERT_ISSUE + 1, "cert-issue-answer" },
	{ KEEPER_MSG_CRL_PART + 1, "crl-part-answer" },
	{ KEEPER_MSG_CRL_SIGN + 1, "crl-sign-answer" },
	{ KEEPER_MSG_CRL_READ + 1, "crl-read-answer" },
	{ KEEPER_MSG_OCSP + 1, "ocsp-answer" },
};

const char *
keeper_msg_name(uint16_t type)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type)
			return (names[i].name);
	return ("unknown");
}

void
keeper_msg_put_header(struct buf *b, uint16_t type, uint32_t number)
{
	buf_put_u16(b, type);
	buf_put_u32(b, number);
}

void
keeper_msg_get_header(struct buf_reader *r, struct keeper_msg_header *h)
{
	h->type = buf_get_u16(r);
	h->number = buf_get_u32(r);
}

void
keeper_msg_put_error(struct buf *b, int r)
{
	buf_put_u32(b, (uint32_t)-r);
}

int
keeper_msg_get_error(struct buf_reader *rd)
{
	uint32_t n = buf_get_u32(rd);

	if (buf_end(rd) != 0 || n < 1 || n > (uint32_t)-ERR_FATAL)
		return (ERR_PROTO);
	return (-(int)n);
}

void
keeper_msg_put_owner(struct buf *b, const struct keeper_owner *o)
{
	buf_put_raw(b, o->office.b, ID_LEN);
	buf_put_raw(b, o->account.b, ID_LEN);
	buf_put_raw(b, o->device.b, ID_LEN);
}

void
keeper_msg_get_owner(struct buf_reader *r, struct keeper_owner *o)
{
	buf_get_raw(r, o->office.b, ID_LEN);
	buf_get_raw(r, o->account.b, ID_LEN);
	buf_get_raw(r, o->device.b, ID_LEN);
}

void
keeper_msg_put_sealed(struct buf *b, const struct keeper_sealed *s)
{
	if (s->len > sizeof(s->at)) {
		b->is_broken = true;
		return;
	}
	buf_put_bytes(b, s->at, s->len);
}

void
keeper_msg_get_sealed(struct buf_reader *r, struct keeper_sealed *s)
{
	const uint8_t *p;
	size_t n;

	memset(s, 0, sizeof(*s));
	buf_get_bytes(r, &p, &n, sizeof(s->at));
	if (p == NULL)
		return;
	memcpy(s->at, p, n);
	s->len = (uint16_t)n;
}

void
keeper_msg_put_head(struct buf *b, const struct audit_head *h)
{
	buf_put_u32(b, (uint32_t)h->node);
	buf_put_i64(b, h->seq);
	buf_put_raw(b, h->hash, sizeof(h->hash));
}

void
keeper_msg_get_head(struct buf_reader *r, struct audit_head *h)
{
	uint32_t node = buf_get_u32(r);

	h->seq = buf_get_i64(r);
	buf_get_raw(r, h->hash, sizeof(h->hash));
	if (node > INT32_MAX || h->seq < 0)
		r->is_broken = true;
	if (r->is_broken) {
		memset(h, 0, sizeof(*h));
		return;
	}
	h->node = (int32_t)node;
}

void
keeper_msg_put_code(struct buf *b, const char code[CODE_DIGITS + 1])
{
	size_t n = strnlen(code, CODE_DIGITS + 1);

	if (n > CODE_DIGITS)
		b->is_broken = true;
	buf_put_bytes(b, code, n);
}

void
keeper_msg_get_code(struct buf_reader *r, char code[CODE_DIGITS + 1])
{
	memset(code, 0, CODE_DIGITS + 1);
	buf_get_text(r, code, CODE_DIGITS + 1);
}

void
keeper_msg_put_check(struct buf *b, const struct keeper_check *c)
{
	keeper_msg_put_owner(b, &c->owner);
	keeper_msg_put_sealed(b, &c->sealed);
	keeper_msg_put_code(b, c->code);
	buf_put_u8(b, c->window);
	buf_put_u32(b, (uint32_t)c->offset);
}

void
keeper_msg_get_check(struct buf_reader *r, struct keeper_check *c)
{
	memset(c, 0, sizeof(*c));
	keeper_msg_get_owner(r, &c->owner);
	keeper_msg_get_sealed(r, &c->sealed);
	keeper_msg_get_code(r, c->code);
	c->window = buf_get_u8(r);
	c->offset = (int32_t)buf_get_u32(r);
	if (c->window > KEEPER_WINDOW_MAX || c->offset > KEEPER_OFFSET_MAX ||
	    c->offset < -KEEPER_OFFSET_MAX)
		r->is_broken = true;
}

void
keeper_msg_put_verdict(struct buf *b, const struct keeper_check *c)
{
	buf_put_u8(b, (uint8_t)c->verdict);
	buf_put_i64(b, c->step);
}

void
keeper_msg_get_verdict(struct buf_reader *r, struct keeper_check *c)
{
	uint8_t verdict = buf_get_u8(r);
	int64_t step = buf_get_i64(r);

	c->verdict = KEEPER_NO_MATCH;
	c->step = 0;
	if (verdict > KEEPER_CLOCK || step < 0 ||
	    (verdict != KEEPER_MATCH && step != 0))
		r->is_broken = true;
	if (r->is_broken)
		return;
	c->verdict = (enum keeper_verdict)verdict;
	c->step = step;
}

void
keeper_msg_put_seed(struct buf *b, const struct keeper_seed *s)
{
	keeper_msg_put_sealed(b, &s->sealed);
	buf_put_raw(b, s->seed, sizeof(s->seed));
	buf_put_i64(b, s->expires_ms);
}

void
keeper_msg_get_seed(struct buf_reader *r, struct keeper_seed *s)
{
	keeper_msg_get_sealed(r, &s->sealed);
	buf_get_raw(r, s->seed, sizeof(s->seed));
	s->expires_ms = buf_get_i64(r);
}

void
keeper_msg_put_hello(struct buf *b, const struct keeper_hello *h)
{
	keeper_msg_put_head(b, &h->confirmed);
	keeper_msg_put_head(b, &h->gap);
	buf_put_raw(b, h->audit_pub, sizeof(h->audit_pub));
	buf_put_u32(b, h->seed_key_id);
	buf_put_i64(b, h->wall_ms);
	buf_put_i64(b, h->high_water_ms);
	buf_put_u8(b, h->has_secret_memory ? 1 : 0);
}

void
keeper_msg_get_hello(struct buf_reader *r, struct keeper_hello *h)
{
	uint8_t yes;

	keeper_msg_get_head(r, &h->confirmed);
	keeper_msg_get_head(r, &h->gap);
	buf_get_raw(r, h->audit_pub, sizeof(h->audit_pub));
	h->seed_key_id = buf_get_u32(r);
	h->wall_ms = buf_get_i64(r);
	h->high_water_ms = buf_get_i64(r);
	yes = buf_get_u8(r);
	if (yes > 1)
		r->is_broken = true;
	h->has_secret_memory = yes == 1;
}

void
keeper_msg_put_clock(struct buf *b, const struct keeper_clock *c)
{
	buf_put_i64(b, c->wall_ms);
	buf_put_i64(b, c->high_water_ms);
}

void
keeper_msg_get_clock(struct buf_reader *r, struct keeper_clock *c)
{
	c->wall_ms = buf_get_i64(r);
	c->high_water_ms = buf_get_i64(r);
	if (c->wall_ms < 0 || c->high_water_ms < 0)
		r->is_broken = true;
	if (r->is_broken)
		memset(c, 0, sizeof(*c));
}

void
keeper_msg_put_part(struct buf *b, const struct keeper_msg_part *p)
{
	buf_put_u16(b, p->part);
	keeper_msg_put_head(b, &p->before);
	buf_put_u32(b, p->records);
}

void
keeper_msg_get_part(struct buf_reader *r, struct keeper_msg_part *p)
{
	p->part = buf_get_u16(r);
	keeper_msg_get_head(r, &p->before);
	p->records = buf_get_u32(r);
	if (p->records < 1 || p->before.node < 1)
		r->is_broken = true;
}

void
keeper_msg_put_mac(struct buf *b, const struct keeper_mac_in *in)
{
	buf_put_u8(b, (uint8_t)in->purpose);
	buf_put_raw(b, in->office.b, ID_LEN);
	buf_put_raw(b, in->account.b, ID_LEN);
	buf_put_bytes(b, in->at, in->len);
}

void
keeper_msg_get_mac(struct buf_reader *r, struct keeper_mac_in *in)
{
	const uint8_t *p;
	uint8_t purpose;

	memset(in, 0, sizeof(*in));
	purpose = buf_get_u8(r);
	if (purpose != KEEPER_MAC_PASSWORD && purpose != KEEPER_MAC_RECOVERY)
		r->is_broken = true;
	in->purpose = (enum keeper_mac_purpose)purpose;
	buf_get_raw(r, in->office.b, ID_LEN);
	buf_get_raw(r, in->account.b, ID_LEN);
	buf_get_bytes(r, &p, &in->len, sizeof(in->at));
	if (p == NULL || in->len == 0) {
		r->is_broken = true;
		in->len = 0;
		return;
	}
	memcpy(in->at, p, in->len);
}
