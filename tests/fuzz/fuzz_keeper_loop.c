/*
 * Goal of this target: a taken front speaks to the real keeper: valid requests,
 * such with bytes changed, and noise, in any order, while time passes. Every
 * request is answered once; a seed leaves only as SEED_NEW made it or SEED_DRAW
 * may show it; a match is the very code of the very row; the confirmed head
 * only moves forward, and a seal given is one over the head given.
 * Links: those of tests/unit/test_keeper.c
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/keeper/keeper_msg.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_rig.h"
#include "tests/fuzz/fuzz.h"

#define SLOTS   4
#define OPS_MAX 24

/* A phone as the front knows it, and its seed as it crossed the front once. */
struct slot {
	struct keeper_owner owner;
	struct keeper_seed pending;
	struct keeper_sealed confirmed;
};

struct world {
	struct keeper_rig rig;
	struct buf_reader *in;
	struct slot slots[SLOTS];
	struct audit_head sealed; /* what was sealed last */
	struct keeper_msg_header asked;
	size_t n; /* bytes of the request */
};

/* The code of a step. RFC 4226 section 5.3. */
static void
code_of(const uint8_t seed[SEED_LEN], int64_t step, char out[16])
{
	uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned n = sizeof(mac);
	uint32_t v;
	int i;

	for (i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (8 * (7 - i)));
	FUZZ_CHECK(
	    HMAC(EVP_sha1(), seed, SEED_LEN, counter, 8, mac, &n) != NULL);
	i = mac[19] & 15;
	v = (uint32_t)(mac[i] & 0x7f) << 24 | (uint32_t)mac[i + 1] << 16 |
	    (uint32_t)mac[i + 2] << 8 | mac[i + 3];
	snprintf(out, 16, "%06u", v % 1000000);
}

static int64_t
step_now(void)
{
	return (clock_wall_ms() / 1000 / STEP_SECONDS);
}

static struct slot *
pick(struct world *w)
{
	return (&w->slots[buf_get_u8(w->in) % SLOTS]);
}

/* A check of some row, with the right code of a step near now or a wrong. */
static void
make_check(struct world *w, struct keeper_check *c, bool is_pending)
{
	struct slot *row = pick(w), *owner = pick(w), *seed = pick(w);
	char code[16];

	memset(c, 0, sizeof(*c));
	c->owner = owner->owner;
	c->sealed = is_pending ? row->pending.sealed : row->confirmed;
	code_of(seed->pending.seed, step_now() + (int8_t)buf_get_u8(w->in) % 24,
	    code);
	memcpy(c->code, code, sizeof(c->code));
	c->window = buf_get_u8(w->in) % 2;
	c->offset = (int8_t)buf_get_u8(w->in) % 24;
}

static void
put_records(struct world *w, struct buf *b)
{
	struct keeper_msg_part part = { .records = 1 };
	struct audit_record rec = { 0 };

	part.part = buf_get_u8(w->in) % 3;
	part.before =
	    buf_get_u8(w->in) % 2 ? w->sealed : w->rig.audit.confirmed;
	keeper_msg_put_part(b, &part);
	rec.node = part.before.node;
	rec.seq = part.before.seq + 1;
	rec.at_ms = buf_get_u8(w->in);
	audit_record_put(b, &rec);
}

/* Write one well-formed request of that type. */
static void
make_request(struct world *w, struct buf *b, uint16_t type)
{
	struct slot *s;
	struct keeper_check c;
	uint8_t seal[AUDIT_SEAL_LEN] = { 0 };
	struct keeper_mac_in in;

	switch (type) {
	case KEEPER_MSG_SEED_NEW:
		keeper_msg_put_owner(b, &pick(w)->owner);
		break;
	case KEEPER_MSG_SEED_DRAW:
		s = pick(w);
		keeper_msg_put_owner(b, &s->owner);
		s = pick(w);
		keeper_msg_put_sealed(b,
		    buf_get_u8(w->in) % 2 ? &s->confirmed : &s->pending.sealed);
		break;
	case KEEPER_MSG_CHECK:
		buf_put_u16(b, 1);
		/* FALLTHROUGH */
	case KEEPER_MSG_SEED_CONFIRM:
	case KEEPER_MSG_RESYNC:
		make_check(w, &c, type == KEEPER_MSG_SEED_CONFIRM);
		keeper_msg_put_check(b, &c);
		if (type == KEEPER_MSG_RESYNC) {
			make_check(w, &c, false);
			keeper_msg_put_code(b, c.code);
		}
		break;
	case KEEPER_MSG_AUDIT_PART:
	case KEEPER_MSG_AUDIT_SEAL:
		put_records(w, b);
		break;
	case KEEPER_MSG_AUDIT_FOLLOW:
		put_records(w, b);
		buf_put_raw(b, seal, sizeof(seal));
		break;
	case KEEPER_MSG_AUDIT_CONFIRM:
		keeper_msg_put_head(b, &w->sealed);
		break;
	case KEEPER_MSG_MAC:
		memset(&in, 0, sizeof(in));
		in.purpose = KEEPER_MAC_PASSWORD + buf_get_u8(w->in) % 2;
		in.account = pick(w)->owner.device;
		in.len = buf_get_u8(w->in) + 1u;
		keeper_msg_put_mac(b, &in);
		break;
	default:
		break;
	}
}

/* The next request into the keeper's memory; false at the end of the input. */
static bool
next_request(struct world *w)
{
	uint8_t *in = w->rig.loop->in;
	const uint8_t *p;
	struct buf b;
	uint8_t op = buf_get_u8(w->in), changes;
	size_t n, at;

	if (w->in->is_broken)
		return (false);
	buf_init(&b, in, KEEPER_PACKET_MAX);
	if (op >= 0xf0) { /* noise */
		n = buf_get_u8(w->in);
		p = fuzz_take(w->in, &n);
		buf_put_raw(&b, p, n);
	} else {
		w->asked.type = (uint16_t)(2 + op % 11 * 2);
		keeper_msg_put_header(&b, w->asked.type, op);
		make_request(w, &b, w->asked.type);
		changes = op >= 0xa0 ? op % 4 + 1 : 0;
		for (; changes > 0; changes--) {
			at = buf_get_u16(w->in) % b.len;
			in[at] ^= buf_get_u8(w->in);
		}
		n = buf_get_u8(w->in); /* mostly whole */
		if (n > 0xf0 && b.len > n - 0xf0)
			b.len -= n - 0xf0;
	}
	w->n = b.len;
	return (true);
}

/* The row that this is exactly, or NULL. */
static struct slot *
row_of(struct world *w, const struct keeper_owner *owner,
    const struct keeper_sealed *sealed, bool is_pending)
{
	const struct keeper_sealed *own;
	int i;

	for (i = 0; i < SLOTS; i++) {
		own = is_pending ? &w->slots[i].pending.sealed
				 : &w->slots[i].confirmed;
		if (own->len == sealed->len && own->len > 0 &&
		    memcmp(own->at, sealed->at, own->len) == 0 &&
		    memcmp(owner, &w->slots[i].owner, sizeof(*owner)) == 0)
			return (&w->slots[i]);
	}
	return (NULL);
}

static void
check_match(struct world *w, const struct keeper_check *c, bool is_pending)
{
	int64_t away = c->step - step_now() - c->offset;
	struct slot *s = row_of(w, &c->owner, &c->sealed, is_pending);
	char code[16];

	FUZZ_CHECK(s != NULL);
	FUZZ_CHECK(away >= -c->window && away <= c->window);
	code_of(s->pending.seed, c->step, code);
	FUZZ_CHECK(strcmp(code, c->code) == 0);
	FUZZ_CHECK(!is_pending || clock_wall_ms() < s->pending.expires_ms);
}

static void
check_verdicts(struct world *w, struct buf_reader *rq, struct buf_reader *an)
{
	bool is_pending = w->asked.type == KEEPER_MSG_SEED_CONFIRM;
	struct keeper_check c, v;
	uint16_t n = 1;
	struct slot *s;

	if (w->asked.type == KEEPER_MSG_CHECK) {
		n = buf_get_u16(rq);
		FUZZ_CHECK(buf_get_u16(an) == n);
	}
	for (; n > 0; n--) {
		keeper_msg_get_check(rq, &c);
		keeper_msg_get_verdict(an, &v);
		c.verdict = v.verdict;
		c.step = v.step;
		if (c.verdict == KEEPER_MATCH)
			check_match(w, &c, is_pending);
	}
	if (!is_pending)
		return;
	keeper_msg_get_sealed(an, &v.sealed);
	FUZZ_CHECK((v.sealed.len > 0) == (c.verdict == KEEPER_MATCH));
	if (c.verdict == KEEPER_MATCH &&
	    (s = row_of(w, &c.owner, &c.sealed, true)) != NULL)
		s->confirmed = v.sealed;
}

static void
check_seed(struct world *w, struct buf_reader *rq, struct buf_reader *an)
{
	struct keeper_owner owner;
	struct keeper_sealed sealed;
	struct keeper_seed seed;
	struct slot *s;
	int i;

	keeper_msg_get_owner(rq, &owner);
	keeper_msg_get_seed(an, &seed);
	if (w->asked.type == KEEPER_MSG_SEED_DRAW) {
		keeper_msg_get_sealed(rq, &sealed);
		s = row_of(w, &owner, &sealed, true);
		FUZZ_CHECK(s != NULL);
		FUZZ_CHECK(clock_wall_ms() < s->pending.expires_ms);
		FUZZ_CHECK(memcmp(seed.seed, s->pending.seed, SEED_LEN) == 0);
		return;
	}
	for (i = 0; i < SLOTS; i++)
		if (memcmp(&owner, &w->slots[i].owner, sizeof(owner)) == 0) {
			w->slots[i].pending = seed;
			memset(&w->slots[i].confirmed, 0,
			    sizeof(w->slots[i].confirmed));
		}
}

static void
check_resync(struct world *w, struct buf_reader *rq, struct buf_reader *an)
{
	struct keeper_check c, v;
	char next[CODE_DIGITS + 1], code[16];
	struct slot *s;

	keeper_msg_get_check(rq, &c);
	keeper_msg_get_code(rq, next);
	keeper_msg_get_verdict(an, &v);
	if (v.verdict != KEEPER_MATCH)
		return;
	s = row_of(w, &c.owner, &c.sealed, false);
	FUZZ_CHECK(s != NULL);
	code_of(s->pending.seed, v.step - 1, code);
	FUZZ_CHECK(strcmp(code, c.code) == 0);
	code_of(s->pending.seed, v.step, code);
	FUZZ_CHECK(strcmp(code, next) == 0);
	FUZZ_CHECK((int64_t)(int32_t)buf_get_u32(an) == v.step - step_now());
}

/* Look at an answer that is no error. */
static void
check_answer(struct world *w, struct buf_reader *rq, struct buf_reader *an)
{
	uint8_t seal[AUDIT_SEAL_LEN];

	switch (w->asked.type) {
	case KEEPER_MSG_SEED_NEW:
	case KEEPER_MSG_SEED_DRAW:
		check_seed(w, rq, an);
		break;
	case KEEPER_MSG_SEED_CONFIRM:
	case KEEPER_MSG_CHECK:
		check_verdicts(w, rq, an);
		break;
	case KEEPER_MSG_RESYNC:
		check_resync(w, rq, an);
		break;
	case KEEPER_MSG_AUDIT_SEAL:
		keeper_msg_get_head(an, &w->sealed);
		buf_get_raw(an, seal, sizeof(seal));
		FUZZ_CHECK(buf_end(an) == 0);
		FUZZ_CHECK(
		    audit_chain_seal_ok(w->rig.audit.pub, &w->sealed, seal));
		break;
	case KEEPER_MSG_MAC:
		FUZZ_CHECK(an->left == KEEPER_MAC_LEN);
		FUZZ_CHECK(!fuzz_is_zero(an->at, KEEPER_MAC_LEN));
		break;
	default:
		break;
	}
}

static void
ask(struct world *w)
{
	struct audit_head was = w->rig.audit.confirmed, *is;
	static uint8_t copy[KEEPER_PACKET_MAX];
	struct keeper_msg_header h;
	struct buf_reader rq, an;
	size_t len;
	int i;

	/* both sides read from copies */
	memcpy(copy, w->rig.loop->in, w->n);
	buf_reader_init(&rq, copy, w->n);
	keeper_msg_get_header(&rq, &w->asked);
	len = keeper_loop_answer(w->rig.loop, w->n);
	FUZZ_CHECK(len >= KEEPER_MSG_HEADER && len <= KEEPER_PACKET_MAX);
	buf_reader_init(&an, w->rig.loop->out, len);
	keeper_msg_get_header(&an, &h);
	FUZZ_CHECK(h.number == w->asked.number);
	for (i = 0; i < SLOTS; i++) {
		if (h.type == KEEPER_MSG_SEED_NEW + 1 ||
		    h.type == KEEPER_MSG_SEED_DRAW + 1 ||
		    w->slots[i].pending.sealed.len == 0)
			continue;
		FUZZ_CHECK(memmem(w->rig.loop->out, len,
			       w->slots[i].pending.seed, SEED_LEN) == NULL);
	}
	if (h.type == KEEPER_MSG_ERROR)
		FUZZ_CHECK(len == KEEPER_MSG_HEADER + 4 &&
		    (keeper_msg_get_error(&an) < 0));
	else {
		FUZZ_CHECK(h.type == w->asked.type + 1 && h.type % 2 == 1);
		check_answer(w, &rq, &an);
	}
	is = &w->rig.audit.confirmed;
	FUZZ_CHECK(is->seq > was.seq || audit_chain_equal(is, &was));
	FUZZ_CHECK(audit_chain_equal(is, &w->rig.state.data.confirmed));
}

/* A keeper as it was made, but for the time, which goes on. */
static void
renew(struct world *w)
{
	static const struct audit_head none = { .node = 1 };
	static bool is_open;
	int i;

	if (!is_open) {
		log_open("fuzz", LOG_LEVEL_ERROR);
		FUZZ_CHECK(keeper_rig_open(&w->rig, -1) == 0);
		is_open = true;
	}
	FUZZ_CHECK(
	    keeper_audit_init(&w->rig.audit, w->rig.audit.key, &none) == 0);
	w->rig.state.data.confirmed = none;
	w->sealed = none;
	memset(w->slots, 0, sizeof(w->slots));
	for (i = 0; i < SLOTS; i++)
		w->slots[i].owner.device.b[0] = (uint8_t)(i + 1);
	/* longer than any limit of the last input's looks back */
	clock_fake_pass(120000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w;
	struct buf_reader in;
	int i;

	renew(&w);
	buf_reader_init(&in, data, size);
	w.in = &in;
	for (i = 0; i < OPS_MAX && next_request(&w); i++) {
		ask(&w);
		clock_fake_pass((int64_t)buf_get_u8(&in) * 1000);
	}
	return (0);
}
