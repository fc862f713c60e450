#include <string.h>

#include "authd/keeper/keeper_msg.h"
#include "tests/torture/evil_audit.h"

/* Confirmed moves forward over one transaction, never to a sibling. */
static void
confirm_pending(struct evil_audit *a)
{
	if (!audit_chain_equal(&a->pending_before, &a->confirmed) ||
	    a->pending.seq <= a->confirmed.seq)
		a->is_broken = true;
	a->confirmed = a->pending;
	a->has_pending = false;
}

/* The records of one packet; false ends the go. */
static bool
take(struct evil_audit *a, struct buf_reader *r)
{
	struct audit_record rec;
	struct audit_head before;
	uint16_t part = buf_get_u16(r);
	uint32_t i, count;

	keeper_msg_get_head(r, &before);
	count = buf_get_u32(r);
	if (r->is_broken || count == 0 || before.node < 1)
		return (false);
	if (part == 0) {
		a->is_open = true;
		a->parts = 0;
		a->before = a->at = before;
	}
	if (!a->is_open || part != (uint16_t)a->parts ||
	    !audit_chain_equal(&before, &a->before))
		return (false);
	for (i = 0; i < count; i++)
		if (audit_record_get(r, &rec) != 0 ||
		    audit_chain_next(&a->at, &rec) != 0)
			return (false);
	a->parts++;
	return (true);
}

static bool
seal(struct evil_audit *a)
{
	bool on_pending =
	    a->has_pending && audit_chain_equal(&a->before, &a->pending);

	if (!on_pending && !audit_chain_equal(&a->before, &a->confirmed))
		return (false);
	if (on_pending)
		confirm_pending(a);
	a->pending = a->at;
	a->pending_before = a->before;
	a->has_pending = true;
	return (true);
}

static bool
follow(struct evil_audit *a, const uint8_t given[AUDIT_SEAL_LEN])
{
	if (!audit_chain_equal(&a->before, &a->confirmed) ||
	    !audit_chain_seal_ok(a->pub, &a->at, given))
		return (false);
	a->confirmed = a->at;
	a->has_pending = false;
	return (true);
}

static bool
confirm(struct evil_audit *a, struct buf_reader *r)
{
	struct audit_head head;

	keeper_msg_get_head(r, &head);
	if (buf_end(r) != 0)
		return (false);
	if (a->has_pending && audit_chain_equal(&head, &a->pending)) {
		confirm_pending(a);
		return (true);
	}
	return (audit_chain_equal(&head, &a->confirmed));
}

void
evil_audit_apply(struct evil_audit *a, const uint8_t *p, size_t n,
    struct evil_audit_expect *expect)
{
	struct keeper_msg_header h;
	uint8_t given[AUDIT_SEAL_LEN];
	struct buf_reader r;
	bool is_ok = false;

	memset(expect, 0, sizeof(*expect));
	buf_reader_init(&r, p, n > KEEPER_PACKET_MAX ? 0 : n);
	keeper_msg_get_header(&r, &h);
	if (r.is_broken)
		h.type = 0;
	switch (h.type) {
	case KEEPER_MSG_AUDIT_PART:
		is_ok = take(a, &r) && buf_end(&r) == 0;
		if (!is_ok)
			a->is_open = false;
		break;
	case KEEPER_MSG_AUDIT_SEAL:
		is_ok = take(a, &r) && buf_end(&r) == 0;
		expect->before = a->before;
		is_ok = is_ok && seal(a);
		expect->after = a->at;
		a->is_open = false;
		break;
	case KEEPER_MSG_AUDIT_FOLLOW:
		is_ok = take(a, &r);
		if (is_ok) {
			buf_get_raw(&r, given, sizeof(given));
			is_ok = buf_end(&r) == 0 && follow(a, given);
		}
		a->is_open = false;
		break;
	case KEEPER_MSG_AUDIT_CONFIRM:
		is_ok = confirm(a, &r);
		break;
	default:
		break;
	}
	expect->is_ok = is_ok;
	expect->confirmed = a->confirmed;
}

void
evil_audit_restart(struct evil_audit *a)
{
	a->has_pending = false;
	a->is_open = false;
}

void
evil_audit_keep(struct evil_audit *a, const uint8_t *p, size_t n,
    const struct evil_audit_expect *expect, const uint8_t given[AUDIT_SEAL_LEN])
{
	struct evil_audit_seal *s = &a->seals[a->seals_n % EVIL_AUDIT_SEALS];
	struct keeper_msg_header h;
	struct keeper_msg_part part;
	struct buf_reader r;

	buf_reader_init(&r, p, n);
	keeper_msg_get_header(&r, &h);
	keeper_msg_get_part(&r, &part);
	if (r.is_broken || part.part != 0 || r.left > sizeof(s->records))
		return;
	s->before = expect->before;
	s->after = expect->after;
	s->count = part.records;
	s->len = r.left;
	memcpy(s->records, r.at, r.left);
	memcpy(s->seal, given, AUDIT_SEAL_LEN);
	a->seals_n++;
}
