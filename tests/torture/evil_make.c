#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/clock.h"
#include "tests/torture/evil_cert.h"
#include "tests/torture/evil_judge.h"
#include "tests/torture/evil_make.h"
#include "tests/torture/evil_mutate.h"

uint64_t
evil_make_random(struct evil *e, uint64_t n)
{
	e->random ^= e->random >> 12;
	e->random ^= e->random << 25;
	e->random ^= e->random >> 27;
	return ((e->random * 0x2545f4914f6cdd1d >> 16) % n);
}

static bool
one_in(struct evil *e, uint64_t n)
{
	return (evil_make_random(e, n) == 0);
}

void
evil_make_fill(struct evil *e, void *p, size_t n)
{
	uint8_t *at = p;

	while (n-- > 0)
		*at++ = (uint8_t)evil_make_random(e, 256);
}

/* Also the last victim is somebody else's: kept for the end. */
static struct evil_phone *
some_phone(struct evil *e)
{
	/* One of them gets more than its share. */
	if (one_in(e, 4))
		return (&e->victims[0]);
	if (one_in(e, 3))
		return (&e->own[evil_make_random(e, EVIL_OWN)]);
	return (&e->victims[evil_make_random(e, EVIL_VICTIMS - 1)]);
}

static void
some_code(struct evil *e, const uint8_t seed[SEED_LEN], int64_t step,
    char out[CODE_DIGITS + 1])
{
	static const char *const odd[] = { "", "1", "12345", "abcdef", "12 456",
		"------", "\xef\xbc\x91\xef\xbc\x92", "-12345", "+12345",
		"0x1234" };

	switch (evil_make_random(e, 4)) {
	case 0:
		snprintf(out, CODE_DIGITS + 1, "%06u",
		    (unsigned)evil_make_random(e, 1000000));
		break;
	case 1:
		snprintf(out, CODE_DIGITS + 1, "%s",
		    odd[evil_make_random(e, sizeof(odd) / sizeof(odd[0]))]);
		break;
	default:
		evil_judge_code(seed, step, out);
	}
}

/*
 * The owner and the seal of somebody; true when it cannot be taken for what it
 * says: moved, changed, or made by nobody.
 */
static bool
some_seal(struct evil *e, const struct evil_phone *p, bool want_pending,
    struct keeper_owner *owner, struct keeper_sealed *sealed)
{
	const struct evil_phone *other = some_phone(e);
	uint8_t seed[SEED_LEN];

	/* Not a victim's, which would then be drawn in this test's name. */
	memcpy(seed, p->seed, sizeof(seed));
	if (p >= e->victims && p < e->victims + EVIL_VICTIMS)
		evil_make_fill(e, seed, sizeof(seed));
	*owner = p->owner;
	*sealed = want_pending ? p->pending : p->confirmed;
	switch (evil_make_random(e, 12)) {
	case 0: /* a row that was moved */
		*owner = other->owner;
		return (sealed->len != 0 &&
		    memcmp(owner, &p->owner, sizeof(*owner)) != 0);
	case 1: /* into another office, account or phone */
		if (sealed->len == 0)
			return (false);
		((uint8_t *)owner)[evil_make_random(e, sizeof(*owner))] ^= 0x10;
		return (true);
	case 2: /* one bit of the seal: state and expiry are in it too */
		if (sealed->len == 0)
			return (false);
		sealed->at[evil_make_random(e, sealed->len)] ^=
		    (uint8_t)(1 << evil_make_random(e, 8));
		return (true);
	case 3: /* cut off or longer */
		sealed->len = (uint16_t)evil_make_random(e, SEALED_MAX + 1);
		if (sealed->len > p->confirmed.len)
			evil_make_fill(e, sealed->at, sealed->len);
		return (sealed->len != 0 && sealed->len != p->confirmed.len);
	case 4: /* in the other state */
		*sealed = want_pending ? p->confirmed : p->pending;
		return (sealed->len != 0);
	case 5: /* sealed by the right key for an end that has come, or comes */
		if (keeper_seed_seal(e->box, owner, KEEPER_SEED_PENDING,
			clock_wall_ms() - 500 +
			    (int64_t)evil_make_random(e, 1000),
			seed, sealed) != 0)
			abort();
		return (!want_pending);
	case 6: /* a state that there is not */
		if (keeper_seed_seal(e->box, owner,
			(enum keeper_seed_state)(3 + evil_make_random(e, 253)),
			clock_wall_ms() + 60000, seed, sealed) != 0)
			abort();
		return (true);
	case 7:
		sealed->len = 0;
		return (false);
	default:
		return (false);
	}
}

static void
put_check(struct evil *e, struct buf *b, struct evil_sent *s, size_t which,
    bool want_pending, const struct evil_phone *p)
{
	int64_t now = clock_wall_ms() / (STEP_SECONDS * 1000);
	struct keeper_check c = { 0 };

	s->must_refuse[which] =
	    some_seal(e, p, want_pending, &c.owner, &c.sealed);
	c.window = (uint8_t)evil_make_random(e, 2);
	if (one_in(e, 3))
		c.offset = (int32_t)evil_make_random(e, 41) - 20;
	some_code(e, p->seed, now + c.offset - 2 + (int)evil_make_random(e, 5),
	    c.code);
	keeper_msg_put_check(b, &c);
}

static void
make_draw(struct evil *e, struct buf *b, struct evil_sent *s)
{
	/* A victim's pending seal was gone before the front was taken. */
	struct evil_phone *p = &e->own[evil_make_random(e, EVIL_OWN)];
	struct keeper_sealed sealed;
	struct keeper_owner owner;

	if (one_in(e, 4)) {
		p = some_phone(e);
		owner = p->owner;
		sealed = p->confirmed;
		s->must_refuse[0] = true;
	} else
		s->must_refuse[0] = some_seal(e, p, true, &owner, &sealed);
	keeper_msg_put_owner(b, &owner);
	keeper_msg_put_sealed(b, &sealed);
}

static void
make_checks(struct evil *e, struct buf *b, struct evil_sent *s)
{
	uint16_t i, n = (uint16_t)(1 + evil_make_random(e, 6));

	if (one_in(e, 2000))
		n = KEEPER_CHECKS_MAX;
	buf_put_u16(b, n);
	for (i = 0; i < n; i++)
		put_check(e, b, s, i, false, some_phone(e));
}

static void
make_resync(struct evil *e, struct buf *b, struct evil_sent *s)
{
	int64_t now = clock_wall_ms() / (STEP_SECONDS * 1000);
	const struct evil_phone *p = some_phone(e);
	struct keeper_check c = { 0 };
	char next[CODE_DIGITS + 1];
	int64_t step = now - 22 + (int64_t)evil_make_random(e, 45);

	s->must_refuse[0] = some_seal(e, p, false, &c.owner, &c.sealed);
	some_code(e, p->seed, step, c.code);
	some_code(e, p->seed, step + (one_in(e, 4) ? 2 : 1), next);
	keeper_msg_put_check(b, &c);
	keeper_msg_put_code(b, next);
}

static void
make_mac(struct evil *e, struct buf *b)
{
	static struct keeper_mac_in in;

	in.purpose = one_in(e, 2) ? KEEPER_MAC_PASSWORD : KEEPER_MAC_RECOVERY;
	in.office = some_phone(e)->owner.office;
	in.account = some_phone(e)->owner.account;
	in.len = 1 + evil_make_random(e, one_in(e, 100) ? 4096 : 64);
	evil_make_fill(e, in.at, in.len < 64 ? in.len : 64);
	keeper_msg_put_mac(b, &in);
}

static void
put_record(struct evil *e, struct buf *b, struct audit_head *at, bool is_bad)
{
	struct audit_record rec = { .node = at->node, .seq = at->seq + 1 };
	size_t from = b->len;

	rec.at_ms = clock_wall_ms();
	snprintf(rec.actor, sizeof(rec.actor), "unix:0");
	snprintf(rec.action, sizeof(rec.action), "verify");
	snprintf(rec.result, sizeof(rec.result), "accept");
	snprintf(rec.detail, sizeof(rec.detail), "n=%u",
	    (unsigned)evil_make_random(e, 1000000));
	audit_record_put(b, &rec);
	if (audit_chain_next(at, &rec) != 0)
		abort();
	if (!is_bad || b->is_broken)
		return;
	/* version; node, seq; 'unix:0' with something that is not text */
	switch (evil_make_random(e, 5)) {
	case 0:
		b->at[from] = (uint8_t)(2 + evil_make_random(e, 254));
		break;
	case 1:
		b->at[from + 1 + evil_make_random(e, 12)] ^= 0x81;
		break;
	case 2:
		b->at[from + 21 + 4] = (uint8_t)evil_make_random(e, 32);
		break;
	case 3:
		b->at[from + 21 + 4] = 0x7f;
		break;
	default:
		b->at[from + 21 + 4] = 0xc2; /* C1, or not UTF-8 at all */
		b->at[from + 21 + 5] =
		    (uint8_t)(0x80 + evil_make_random(e, 32));
	}
}

static void
make_confirm(struct evil *e, struct buf *b)
{
	const struct evil_audit *a = &e->audit;
	struct audit_head head = a->confirmed;

	switch (evil_make_random(e, 4)) {
	case 0:
	case 1:
		if (a->has_pending)
			head = a->pending;
		break;
	case 2: /* an older one, or a sibling that was sealed as well */
		head = a->seals[evil_make_random(e, EVIL_AUDIT_SEALS)].after;
		break;
	default:
		head.seq += (int64_t)evil_make_random(e, 3);
		head.hash[evil_make_random(e, AUDIT_HASH_LEN)] ^= 1;
	}
	keeper_msg_put_head(b, &head);
}

/* One of the stored transactions, in its turn or not. */
static bool
make_follow(struct evil *e, struct buf *b)
{
	const struct evil_audit *a = &e->audit;
	const struct evil_audit_seal *s =
	    &a->seals[evil_make_random(e, EVIL_AUDIT_SEALS)];
	struct keeper_msg_part part = { 0 };
	size_t i;

	for (i = 0; i < EVIL_AUDIT_SEALS && !one_in(e, 8); i++)
		if (a->seals[i].count != 0 &&
		    audit_chain_equal(&a->seals[i].before, &a->confirmed))
			s = &a->seals[i];
	if (s->count == 0)
		return (false);
	part.before = s->before;
	part.records = s->count;
	keeper_msg_put_part(b, &part);
	buf_put_raw(b, s->records, s->len);
	buf_put_raw(b, s->seal, AUDIT_SEAL_LEN);
	return (true);
}

static void
make_records(struct evil *e, struct buf *b, struct evil_sent *s)
{
	const struct evil_audit *a = &e->audit;
	struct keeper_msg_part part = { 0 };
	struct audit_head at;
	uint32_t i, bad = UINT32_MAX;

	part.records = 1 + (uint32_t)evil_make_random(e, 3);
	if (one_in(e, 3000))
		part.records = 900;
	if (one_in(e, 4)) {
		bad = (uint32_t)evil_make_random(e, part.records);
		s->must_fail = true;
	}
	part.before = a->confirmed;
	if (a->has_pending && !one_in(e, 3))
		part.before = a->pending;
	at = part.before;
	if (a->is_open && !one_in(e, 4)) {
		part.part = (uint16_t)a->parts;
		part.before = a->before;
		at = a->at;
	}
	switch (evil_make_random(e, 10)) {
	case 0: /* parts out of order */
		part.part = (uint16_t)(part.part + 1 + evil_make_random(e, 3));
		break;
	case 1: /* an old head, or one that never was */
		part.before = at =
		    a->seals[evil_make_random(e, EVIL_AUDIT_SEALS)].before;
		break;
	case 2:
		part.before.hash[0] ^= 1;
		break;
	default:
		break;
	}
	if (at.node == 0)
		at.node = part.before.node = 1;
	keeper_msg_put_part(b, &part);
	for (i = 0; i < part.records; i++)
		put_record(e, b, &at, i == bad);
	if (one_in(e, 50)) /* a record less than was said */
		part.records++;
}

/* One that follows PROTOCOL's form, whatever it asks for. */
static void
make_formed(struct evil *e, struct buf *b, struct evil_sent *s, uint16_t type)
{
	struct keeper_owner owner;

	keeper_msg_put_header(b, type, ++e->number);
	switch (type) {
	case KEEPER_MSG_SEED_NEW:
		owner = some_phone(e)->owner;
		if (!one_in(e, 4))
			evil_make_fill(e, &owner, sizeof(owner));
		keeper_msg_put_owner(b, &owner);
		break;
	case KEEPER_MSG_SEED_DRAW:
		make_draw(e, b, s);
		break;
	case KEEPER_MSG_SEED_CONFIRM:
		put_check(
		    e, b, s, 0, true, &e->own[evil_make_random(e, EVIL_OWN)]);
		break;
	case KEEPER_MSG_CHECK:
		make_checks(e, b, s);
		break;
	case KEEPER_MSG_RESYNC:
		make_resync(e, b, s);
		break;
	case KEEPER_MSG_AUDIT_PART:
	case KEEPER_MSG_AUDIT_SEAL:
		make_records(e, b, s);
		break;
	case KEEPER_MSG_AUDIT_CONFIRM:
		make_confirm(e, b);
		break;
	case KEEPER_MSG_AUDIT_FOLLOW:
		(void)make_follow(e, b);
		break;
	case KEEPER_MSG_MAC:
		make_mac(e, b);
		break;
	default:
		evil_cert_make(e, b, s, type);
		break;
	}
	if (b->is_broken)
		abort();
}

static uint16_t
some_type(struct evil *e)
{
	static const struct {
		uint16_t type, share;
	} shares[] = { { KEEPER_MSG_HELLO, 6 }, { KEEPER_MSG_SEED_NEW, 6 },
		{ KEEPER_MSG_SEED_DRAW, 20 }, { KEEPER_MSG_SEED_CONFIRM, 16 },
		{ KEEPER_MSG_CHECK, 20 }, { KEEPER_MSG_RESYNC, 2 },
		{ KEEPER_MSG_AUDIT_PART, 4 }, { KEEPER_MSG_AUDIT_SEAL, 2 },
		{ KEEPER_MSG_AUDIT_CONFIRM, 6 }, { KEEPER_MSG_AUDIT_FOLLOW, 2 },
		{ KEEPER_MSG_MAC, 6 }, { KEEPER_MSG_CLOCK_CONFIRM, 2 },
		{ KEEPER_MSG_CA_INFO, 1 }, { KEEPER_MSG_CERT_ISSUE, 1 },
		{ KEEPER_MSG_CRL_PART, 2 }, { KEEPER_MSG_CRL_SIGN, 2 },
		{ KEEPER_MSG_CRL_READ, 1 }, { KEEPER_MSG_OCSP, 1 } };
	uint64_t at = evil_make_random(e, 100);
	size_t i;

	for (i = 0; at >= shares[i].share; i++)
		at -= shares[i].share;
	return (shares[i].type);
}

static void
keep(struct evil *e, const struct evil_sent *s)
{
	struct evil_kept *kept = &e->kept[evil_make_random(e, EVIL_KEPT)];

	if (s->len > sizeof(kept->at))
		return;
	kept->len = s->len;
	memcpy(kept->at, s->at, s->len);
}

void
evil_make(struct evil *e, struct evil_sent *s)
{
	uint64_t kind = evil_make_random(e, 1000);
	const struct evil_kept *kept;
	struct buf b;

	memset(s->must_refuse, 0, sizeof(s->must_refuse));
	s->must_fail = false;
	if (kind < 40) { /* noise */
		s->len = 1 + evil_make_random(e, kind < 20 ? 8 : 300);
		evil_make_fill(e, s->at, s->len);
		if (s->len > 1 && kind % 2 == 0) {
			s->at[0] = 0;
			s->at[1] = (uint8_t)evil_make_random(
			    e, EVIL_LAST + 2);
		}
		return;
	}
	if (kind < 110) { /* once more, as it was or with a new number */
		kept = &e->kept[evil_make_random(e, EVIL_KEPT)];
		if (kept->len > 0) {
			s->len = kept->len;
			memcpy(s->at, kept->at, kept->len);
			e->number++;
			if (kind % 2 == 0 && s->len >= KEEPER_MSG_HEADER)
				s->at[5] = (uint8_t)e->number;
			return;
		}
	}
	buf_init(&b, s->at, KEEPER_PACKET_MAX);
	make_formed(e, &b, s, some_type(e));
	s->len = b.len;
	if (kind < 112 && one_in(e, 20)) { /* more than a packet holds */
		memset(s->at + s->len, 0, EVIL_PACKET - s->len);
		s->len = KEEPER_PACKET_MAX + 1 +
		    evil_make_random(e, EVIL_PACKET - KEEPER_PACKET_MAX - 1);
		memset(s->must_refuse, 0, sizeof(s->must_refuse));
		s->must_fail = true;
	} else if (kind < 450) {
		evil_mutate(e, s);
		memset(s->must_refuse, 0, sizeof(s->must_refuse));
		s->must_fail = false;
	} else if (one_in(e, 8))
		keep(e, s);
}
