#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/clock.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_mac.h"
#include "tests/torture/evil_cert.h"
#include "tests/torture/evil_judge.h"

/* One answer under judgement. */
struct answer {
	struct evil *e;
	const struct evil_sent *s;
	int64_t wall_ms, boot_ms; /* when it was here */
	struct buf_reader ask;    /* the request's fields */
	struct buf_reader tell;   /* the answer's */
	bool is_error;
	int error; /* ERR_* */
};

void
evil_judge_code(
    const uint8_t seed[SEED_LEN], int64_t step, char out[CODE_DIGITS + 1])
{
	if (oath_hotp_generate((const char *)seed, SEED_LEN, (uint64_t)step,
		CODE_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
		out) != OATH_OK)
		abort();
}

static int64_t
step_of(int64_t wall_ms)
{
	return (wall_ms / (STEP_SECONDS * 1000));
}

static bool
has_code(const uint8_t seed[SEED_LEN], int64_t step, const char *code)
{
	char right[CODE_DIGITS + 1];

	if (step < 0)
		return (false);
	evil_judge_code(seed, step, right);
	return (strcmp(right, code) == 0);
}

/* A phone that was there before: never more than 300 in any minute. */
static const char *
note_rate(struct answer *a, const struct id *device)
{
	struct evil_rate *rate = NULL;
	int64_t *at;
	int i;

	for (i = 0; i < EVIL_VICTIMS && rate == NULL; i++)
		if (memcmp(device, &a->e->victims[i].owner.device, ID_LEN) == 0)
			rate = &a->e->rates[i];
	if (rate == NULL)
		return (NULL);
	at = &rate->sent_ms[rate->n % KEEPER_RATE_MAX];
	/* The one 300 before was asked for after *at, this one is known by
	 * now: both within a minute whatever happened in between. */
	if (rate->n >= KEEPER_RATE_MAX && a->boot_ms - *at < 60000)
		return ("more than 300 checks of one phone within a minute");
	*at = a->s->boot_ms;
	rate->n++;
	return (NULL);
}

/*
 * A comparison that was made: c is what was asked with the verdict filled in,
 * next a second code or NULL.
 */
static const char *
judge_match(struct answer *a, const struct keeper_check *c, const char *next,
    const uint8_t seed[SEED_LEN])
{
	int64_t early = step_of(a->s->wall_ms), late = step_of(a->wall_ms);
	int64_t low, high, step;
	int around = next == NULL ? c->window : KEEPER_OFFSET_MAX;

	low = early - around + (next == NULL ? c->offset : 1);
	high = late + around + (next == NULL ? c->offset : 0);
	if (c->verdict == KEEPER_MATCH) {
		if (c->step < low || c->step > high)
			return ("a match outside the steps that were asked");
		if (next == NULL)
			return (has_code(seed, c->step, c->code)
				? NULL
				: "a match of a wrong code");
		return (has_code(seed, c->step - 1, c->code) &&
			    has_code(seed, c->step, next)
			? NULL
			: "a match of two wrong codes");
	}
	/* Only the steps that were candidates at either time. */
	low += late - early;
	high -= late - early;
	for (step = low; step <= high; step++)
		if (next == NULL ? has_code(seed, step, c->code)
				 : has_code(seed, step - 1, c->code) &&
			    has_code(seed, step, next))
			return ("a right code that does not match");
	return (NULL);
}

/* What the verdict on one check must be; which: its place in the message. */
static const char *
judge_check(struct answer *a, struct keeper_check *c, const char *next,
    enum keeper_seed_state want, size_t which)
{
	enum keeper_seed_state state;
	uint8_t seed[SEED_LEN];
	int64_t expires;
	const char *why;

	keeper_msg_get_verdict(&a->tell, c);
	if (a->tell.is_broken)
		return ("a verdict that cannot be read");
	a->e->verdicts[c->verdict]++;
	if (c->sealed.len == 0)
		return (
		    c->verdict == KEEPER_NO_MATCH ? NULL : "a decoy's verdict");
	if (c->verdict == KEEPER_TOO_MANY)
		return (NULL);
	if ((why = note_rate(a, &c->owner.device)) != NULL)
		return (why);
	if (a->s->must_refuse[which] && c->verdict == KEEPER_MATCH)
		return ("a match with a seal of somebody else or changed");
	if (keeper_seed_unseal(a->e->box, &c->owner, &c->sealed, &state,
		&expires, seed) != 0 ||
	    state != want)
		return (c->verdict == KEEPER_BAD_SEAL ? NULL
						      : "not named a bad seal");
	if (c->verdict == KEEPER_BAD_SEAL)
		return ("a good seal named bad");
	if (state == KEEPER_SEED_PENDING) {
		if (expires <= a->s->wall_ms)
			return (c->verdict == KEEPER_EXPIRED
				? NULL
				: "an expired seed was used");
		if (c->verdict == KEEPER_EXPIRED)
			return (
			    expires > a->wall_ms ? "not expired yet" : NULL);
	} else if (c->verdict == KEEPER_EXPIRED)
		return ("a confirmed seed cannot expire");
	return (judge_match(a, c, next, seed));
}

/* Errors of a message that could be read and done are errors of the keeper. */
static const char *
well_formed(const struct answer *a, bool is_well)
{
	if (a->is_error)
		return (is_well ? "a good request was refused" : NULL);
	return (is_well ? NULL : "a bad request was done");
}

static const char *
judge_hello(struct answer *a)
{
	struct keeper_hello h;
	const char *why = well_formed(a, buf_end(&a->ask) == 0);

	if (why != NULL || a->is_error)
		return (why);
	keeper_msg_get_hello(&a->tell, &h);
	if (a->tell.is_broken)
		return ("a hello that cannot be read");
	if (!audit_chain_equal(&h.confirmed, &a->s->expect.confirmed))
		return ("another confirmed head than it can be");
	if (h.gap.seq != 0 ||
	    memcmp(h.audit_pub, a->e->audit.pub, AUDIT_PUB_LEN) != 0)
		return ("a gap or a key from nowhere");
	if (h.wall_ms < a->s->wall_ms - 1 || h.wall_ms > a->wall_ms + 1)
		return ("another clock");
	if (h.high_water_ms < a->e->high_water_ms ||
	    h.high_water_ms > a->wall_ms + 1)
		return ("the high-water mark was moved");
	a->e->high_water_ms = h.high_water_ms;
	return (NULL);
}

static const char *
judge_seed_new(struct answer *a)
{
	enum keeper_seed_state state;
	struct keeper_owner owner;
	struct evil_phone *own;
	uint8_t seed[SEED_LEN];
	struct keeper_seed s;
	int64_t expires;
	const char *why;

	keeper_msg_get_owner(&a->ask, &owner);
	why = well_formed(a, buf_end(&a->ask) == 0);
	if (why != NULL || a->is_error)
		return (why);
	keeper_msg_get_seed(&a->tell, &s);
	if (a->tell.is_broken ||
	    keeper_seed_unseal(
		a->e->box, &owner, &s.sealed, &state, &expires, seed) != 0)
		return ("a new seed that does not open for its owner");
	if (state != KEEPER_SEED_PENDING || expires != s.expires_ms ||
	    memcmp(seed, s.seed, SEED_LEN) != 0)
		return ("a new seed that is not what was sealed");
	if (expires < a->s->wall_ms + PENDING_MS ||
	    expires > a->wall_ms + PENDING_MS)
		return ("a new seed that lives longer or shorter");
	own = &a->e->own[s.seed[0] % EVIL_OWN];
	own->owner = owner;
	own->pending = s.sealed;
	own->confirmed.len = 0;
	memcpy(own->seed, s.seed, SEED_LEN);
	return (NULL);
}

static const char *
judge_seed_draw(struct answer *a)
{
	enum keeper_seed_state state;
	struct keeper_sealed sealed;
	struct keeper_owner owner;
	uint8_t seed[SEED_LEN];
	struct keeper_seed s;
	int64_t expires;
	bool is_ours;

	keeper_msg_get_owner(&a->ask, &owner);
	keeper_msg_get_sealed(&a->ask, &sealed);
	if (buf_end(&a->ask) != 0)
		return (well_formed(a, false));
	is_ours = keeper_seed_unseal(a->e->box, &owner, &sealed, &state,
		      &expires, seed) == 0 &&
	    state == KEEPER_SEED_PENDING;
	if (a->is_error) {
		if (a->error != ERR_WRONG_STATE)
			return ("a draw refused for another reason");
		return (is_ours && expires > a->wall_ms
			? "a pending seed was not drawn"
			: NULL);
	}
	if (a->s->must_refuse[0])
		return ("drawn from a seal of somebody else or changed");
	if (!is_ours || expires <= a->s->wall_ms)
		return ("drawn though confirmed, expired or not ours");
	keeper_msg_get_seed(&a->tell, &s);
	return (a->tell.is_broken || memcmp(s.seed, seed, SEED_LEN) != 0 ||
		    s.expires_ms != expires
		? "another seed was drawn"
		: NULL);
}

static const char *
judge_confirm(struct answer *a)
{
	enum keeper_seed_state state;
	struct keeper_sealed sealed;
	uint8_t seed[2][SEED_LEN];
	struct keeper_check c;
	struct evil_phone *own;
	int64_t expires;
	const char *why;

	keeper_msg_get_check(&a->ask, &c);
	why = well_formed(a, buf_end(&a->ask) == 0);
	if (why != NULL || a->is_error)
		return (why);
	why = judge_check(a, &c, NULL, KEEPER_SEED_PENDING, 0);
	if (why != NULL)
		return (why);
	keeper_msg_get_sealed(&a->tell, &sealed);
	if (c.verdict != KEEPER_MATCH)
		return (sealed.len == 0 ? NULL : "confirmed without a match");
	if (keeper_seed_unseal(a->e->box, &c.owner, &c.sealed, &state, &expires,
		seed[0]) != 0 ||
	    keeper_seed_unseal(
		a->e->box, &c.owner, &sealed, &state, &expires, seed[1]) != 0 ||
	    state != KEEPER_SEED_CONFIRMED || expires != 0 ||
	    memcmp(seed[0], seed[1], SEED_LEN) != 0)
		return ("confirmed as something else");
	own = &a->e->own[seed[0][0] % EVIL_OWN];
	if (memcmp(own->seed, seed[0], SEED_LEN) == 0)
		own->confirmed = sealed;
	return (NULL);
}

static const char *
judge_checks(struct answer *a)
{
	struct buf_reader ahead = a->ask;
	struct keeper_check c;
	uint16_t i, n = buf_get_u16(&ahead);
	const char *why;

	for (i = 0; i < n && !ahead.is_broken; i++)
		keeper_msg_get_check(&ahead, &c);
	why = well_formed(
	    a, n >= 1 && n <= KEEPER_CHECKS_MAX && buf_end(&ahead) == 0);
	if (why != NULL || a->is_error)
		return (why);
	(void)buf_get_u16(&a->ask);
	if (buf_get_u16(&a->tell) != n)
		return ("another number of verdicts");
	for (i = 0; i < n; i++) {
		keeper_msg_get_check(&a->ask, &c);
		why = judge_check(a, &c, NULL, KEEPER_SEED_CONFIRMED, i);
		if (why != NULL)
			return (why);
	}
	return (NULL);
}

static const char *
judge_resync(struct answer *a)
{
	char next[CODE_DIGITS + 1];
	struct keeper_check c;
	int64_t now;
	const char *why;
	int32_t offset;

	keeper_msg_get_check(&a->ask, &c);
	keeper_msg_get_code(&a->ask, next);
	why = well_formed(a, buf_end(&a->ask) == 0);
	if (why != NULL || a->is_error)
		return (why);
	why = judge_check(a, &c, next, KEEPER_SEED_CONFIRMED, 0);
	if (why != NULL)
		return (why);
	offset = (int32_t)buf_get_u32(&a->tell);
	if (c.verdict != KEEPER_MATCH)
		return (offset == 0 ? NULL : "an offset without a match");
	now = c.step - offset;
	return (now < step_of(a->s->wall_ms) || now > step_of(a->wall_ms)
		? "an offset from another time"
		: NULL);
}

static const char *
judge_mac(struct answer *a)
{
	uint8_t got[KEEPER_MAC_LEN], right[KEEPER_MAC_LEN];
	struct keeper_mac_in in;
	const char *why;

	keeper_msg_get_mac(&a->ask, &in);
	why = well_formed(a, buf_end(&a->ask) == 0);
	if (why != NULL || a->is_error)
		return (why);
	buf_get_raw(&a->tell, got, sizeof(got));
	if (keeper_mac_run(a->e->pepper, &in, right) != 0)
		return ("a hash of what cannot be hashed");
	return (mem_equal(got, right, sizeof(got)) ? NULL : "another hash");
}

static const char *
judge_clock(struct answer *a)
{
	struct keeper_clock c;
	const char *why;

	why = well_formed(a, buf_end(&a->ask) == 0);
	if (why != NULL || a->is_error)
		return (why);
	keeper_msg_get_clock(&a->tell, &c);
	if (a->tell.is_broken || c.wall_ms < a->s->wall_ms ||
	    c.wall_ms > a->wall_ms || c.high_water_ms > a->wall_ms + 1)
		return ("a clock from another time");
	return (NULL);
}

static const char *
judge_audit(struct answer *a, uint16_t type)
{
	const char *why = well_formed(a, a->s->expect.is_ok);
	struct evil_audit *audit = &a->e->audit;
	uint8_t seal[AUDIT_SEAL_LEN];
	struct audit_head after;

	if (audit->is_broken)
		return ("two continuations of one head were confirmed");
	if (why != NULL || a->is_error || type != KEEPER_MSG_AUDIT_SEAL)
		return (why);
	keeper_msg_get_head(&a->tell, &after);
	buf_get_raw(&a->tell, seal, sizeof(seal));
	if (a->tell.is_broken ||
	    !audit_chain_equal(&after, &a->s->expect.after))
		return ("another head was signed");
	if (!audit_chain_seal_ok(audit->pub, &after, seal))
		return ("a seal that is none");
	a->e->seals++;
	evil_audit_keep(audit, a->s->at, a->s->len, &a->s->expect, seal);
	return (NULL);
}

static const char *
judge_type(struct answer *a, uint16_t type)
{
	switch (type) {
	case KEEPER_MSG_HELLO:
		return (judge_hello(a));
	case KEEPER_MSG_SEED_NEW:
		return (judge_seed_new(a));
	case KEEPER_MSG_SEED_DRAW:
		return (judge_seed_draw(a));
	case KEEPER_MSG_SEED_CONFIRM:
		return (judge_confirm(a));
	case KEEPER_MSG_CHECK:
		return (judge_checks(a));
	case KEEPER_MSG_RESYNC:
		return (judge_resync(a));
	case KEEPER_MSG_AUDIT_PART:
	case KEEPER_MSG_AUDIT_SEAL:
	case KEEPER_MSG_AUDIT_CONFIRM:
	case KEEPER_MSG_AUDIT_FOLLOW:
		return (judge_audit(a, type));
	case KEEPER_MSG_MAC:
		return (judge_mac(a));
	case KEEPER_MSG_CLOCK_CONFIRM:
		return (judge_clock(a));
	default:
		return (evil_cert_judge(a->e, a->s, type, &a->ask, &a->tell,
		    a->is_error ? a->error : 0));
	}
}

const char *
evil_judge(
    struct evil *e, const struct evil_sent *s, const uint8_t *answer, size_t n)
{
	struct answer a = { .e = e, .s = s };
	struct keeper_msg_header asked, told;
	const char *why;

	a.wall_ms = clock_wall_ms();
	a.boot_ms = clock_boot_ms();
	buf_reader_init(&a.ask, s->at, s->len > KEEPER_PACKET_MAX ? 0 : s->len);
	keeper_msg_get_header(&a.ask, &asked);
	if (a.ask.is_broken) {
		asked.type = KEEPER_MSG_NONE;
		e->unread++;
	}
	buf_reader_init(&a.tell, answer, n);
	keeper_msg_get_header(&a.tell, &told);
	if (a.tell.is_broken || n > KEEPER_PACKET_MAX)
		return ("an answer without a header");
	if (told.number != asked.number)
		return ("an answer with another number");
	if (needles_find(&e->secrets, answer, n))
		return ("a key or a phone's seed was given away");
	a.is_error = told.type == KEEPER_MSG_ERROR;
	if (!a.is_error && told.type != asked.type + 1)
		return ("an answer of another kind");
	if (a.is_error) {
		a.error = keeper_msg_get_error(&a.tell);
		if (buf_end(&a.tell) != 0)
			return ("an error that cannot be read");
		e->errors[-a.error % EVIL_ERRORS]++;
	}
	if (asked.type < EVIL_TYPES) {
		e->by_type[asked.type]++;
		e->refused[asked.type] += a.is_error;
	}
	if (s->must_fail && !a.is_error)
		return ("what cannot be parsed was done");
	if ((why = judge_type(&a, asked.type)) != NULL)
		return (why);
	return (buf_end(&a.tell) == 0 ? NULL : "bytes left over in an answer");
}
