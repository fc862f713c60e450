#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_cert_answer.h"
#include "authd/keeper/keeper_loop.h"
#include "authd/keeper/keeper_msg.h"

#define LOG_LINES_MAX 20 /* a minute, about a front's bad requests */

/*
 * Each handler reads its fields, ends the reader, does its work and writes the
 * fields of its answer; what it returns is the error answer.
 */
typedef int handler(struct keeper_loop *k, struct buf_reader *r, struct buf *b);

static int
do_hello(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	struct keeper_hello h = { 0 };

	if (buf_end(r) != 0)
		return (ERR_PROTO);
	h.confirmed = k->audit->confirmed;
	h.gap = k->state->data.gap;
	memcpy(h.audit_pub, k->audit->pub, sizeof(h.audit_pub));
	h.seed_key_id = keeper_seed_key_id(k->box);
	h.wall_ms = clock_wall_ms();
	h.high_water_ms = k->state->data.high_water_ms;
	h.has_secret_memory = k->has_secret_memory;
	keeper_msg_put_hello(b, &h);
	return (0);
}

static int
do_seed_new(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	struct keeper_owner owner;
	struct keeper_seed s = { 0 };
	int e;

	keeper_msg_get_owner(r, &owner);
	if (buf_end(r) != 0)
		return (ERR_PROTO);
	s.expires_ms = clock_wall_ms() + PENDING_MS;
	if ((e = mem_random(s.seed, sizeof(s.seed))) == 0)
		e = keeper_seed_seal(k->box, &owner, KEEPER_SEED_PENDING,
		    s.expires_ms, s.seed, &s.sealed);
	if (e == 0)
		keeper_msg_put_seed(b, &s);
	mem_wipe(&s, sizeof(s));
	return (e);
}

static int
do_seed_draw(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	enum keeper_seed_state state;
	struct keeper_owner owner;
	struct keeper_seed s = { 0 };
	int e;

	keeper_msg_get_owner(r, &owner);
	keeper_msg_get_sealed(r, &s.sealed);
	if (buf_end(r) != 0)
		return (ERR_PROTO);
	e = keeper_seed_unseal(
	    k->box, &owner, &s.sealed, &state, &s.expires_ms, s.seed);
	/* A confirmed seed is never shown, nor a pending one for ever. */
	if (e == ERR_CORRUPT || state != KEEPER_SEED_PENDING ||
	    !keeper_seed_is_open(s.expires_ms, clock_wall_ms()))
		e = e == 0 || e == ERR_CORRUPT ? ERR_WRONG_STATE : e;
	if (e == 0)
		keeper_msg_put_seed(b, &s);
	mem_wipe(&s, sizeof(s));
	return (e);
}

/* A phone's turn under its limit; a decoy has no phone that could be guessed */
static bool
may_try(struct keeper_loop *k, struct keeper_check *c)
{
	if (c->sealed.len == 0 ||
	    keeper_rate_take(k->rate, &c->owner.device, clock_boot_ms()))
		return (true);
	c->verdict = KEEPER_TOO_MANY;
	c->step = 0;
	return (false);
}

/*
 * With the clock set back nobody's code is compared, a decoy's neither: codes
 * accepted before would be in their time again.
 */
static bool
is_clock_back(
    const struct keeper_loop *k, int64_t wall_ms, struct keeper_check *c)
{
	if (!keeper_state_is_back(k->state, wall_ms))
		return (false);
	c->verdict = KEEPER_CLOCK;
	c->step = 0;
	return (true);
}

static int
do_seed_confirm(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	struct keeper_sealed confirmed = { 0 };
	int64_t wall_ms = clock_wall_ms();
	struct keeper_check c;
	uint8_t seed[SEED_LEN];
	int e = 0;

	memset(seed, 0, sizeof(seed));
	keeper_msg_get_check(r, &c);
	if (buf_end(r) != 0) {
		e = ERR_PROTO;
		goto out;
	}
	if (!is_clock_back(k, wall_ms, &c) && may_try(k, &c))
		e = keeper_seed_check(
		    k->box, &c, KEEPER_SEED_PENDING, wall_ms, seed);
	if (e == 0 && c.verdict == KEEPER_MATCH)
		e = keeper_seed_seal(k->box, &c.owner, KEEPER_SEED_CONFIRMED, 0,
		    seed, &confirmed);
	if (e == 0) {
		keeper_msg_put_verdict(b, &c);
		keeper_msg_put_sealed(b, &confirmed);
	}
out:
	mem_wipe(seed, sizeof(seed));
	mem_wipe(&c, sizeof(c));
	return (e);
}

static int
do_check(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	/* One clock reading: a batch is judged at one moment. */
	int64_t wall_ms = clock_wall_ms();
	struct buf_reader ahead = *r;
	struct keeper_check c;
	uint16_t i, n;
	int e = 0;

	/* The whole message is read before anything of it is done. */
	n = buf_get_u16(&ahead);
	if (n < 1 || n > KEEPER_CHECKS_MAX)
		return (ERR_PROTO);
	for (i = 0; i < n; i++)
		keeper_msg_get_check(&ahead, &c);
	if (buf_end(&ahead) != 0) {
		e = ERR_PROTO;
		goto out;
	}
	(void)buf_get_u16(r);
	buf_put_u16(b, n);
	for (i = 0; i < n && e == 0; i++) {
		keeper_msg_get_check(r, &c);
		if (!is_clock_back(k, wall_ms, &c) && may_try(k, &c))
			e = keeper_seed_check(
			    k->box, &c, KEEPER_SEED_CONFIRMED, wall_ms, NULL);
		keeper_msg_put_verdict(b, &c);
	}
out:
	mem_wipe(&c, sizeof(c));
	return (e);
}

static int
do_resync(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	char next_code[CODE_DIGITS + 1];
	int64_t wall_ms = clock_wall_ms();
	struct keeper_check c;
	int32_t offset = 0;
	int e = 0;

	keeper_msg_get_check(r, &c);
	keeper_msg_get_code(r, next_code);
	if (buf_end(r) != 0)
		e = ERR_PROTO;
	else if (!is_clock_back(k, wall_ms, &c) && may_try(k, &c))
		e = keeper_seed_resync(k->box, &c, next_code, wall_ms, &offset);
	if (e == 0) {
		keeper_msg_put_verdict(b, &c);
		buf_put_u32(b, (uint32_t)offset);
	}
	mem_wipe(&c, sizeof(c));
	mem_wipe(next_code, sizeof(next_code));
	return (e);
}

/*
 * Lead the go over the records of one packet. Part 0 begins a go; a later one
 * must be the next of the same.
 */
static int
take_records(struct keeper_loop *k, struct buf_reader *r)
{
	struct audit_record rec;
	struct keeper_msg_part p;
	uint32_t i;
	int e;

	keeper_msg_get_part(r, &p);
	if (r->is_broken)
		return (ERR_PROTO);
	if (p.part == 0)
		keeper_audit_begin(k->audit, &p.before);
	if (p.part != k->audit->parts ||
	    !audit_chain_equal(&p.before, &k->audit->before))
		return (ERR_WRONG_STATE);
	for (i = 0; i < p.records; i++) {
		if ((e = audit_record_get(r, &rec)) != 0 ||
		    (e = keeper_audit_add(k->audit, &rec)) != 0)
			return (e);
	}
	k->audit->parts++;
	return (0);
}

static int
do_audit_part(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	int e;

	(void)b;
	if ((e = take_records(k, r)) == 0)
		e = buf_end(r);
	if (e != 0)
		keeper_audit_drop(k->audit);
	return (e);
}

static int
do_audit_seal(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	uint8_t seal[AUDIT_SEAL_LEN];
	struct audit_head after;
	int e;

	if ((e = take_records(k, r)) == 0)
		e = buf_end(r);
	if (e == 0)
		e = keeper_audit_seal(k->audit, &after, seal);
	keeper_audit_drop(k->audit);
	if (e != 0)
		return (e);
	keeper_msg_put_head(b, &after);
	buf_put_raw(b, seal, sizeof(seal));
	return (0);
}

static int
do_audit_follow(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	uint8_t seal[AUDIT_SEAL_LEN];
	int e;

	(void)b;
	if ((e = take_records(k, r)) == 0) {
		buf_get_raw(r, seal, sizeof(seal));
		e = buf_end(r);
	}
	if (e == 0)
		e = keeper_audit_follow(k->audit, seal);
	keeper_audit_drop(k->audit);
	return (e);
}

static int
do_audit_confirm(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	struct audit_head head;

	(void)b;
	keeper_msg_get_head(r, &head);
	if (buf_end(r) != 0)
		return (ERR_PROTO);
	return (keeper_audit_confirm(k->audit, &head));
}

static int
do_mac(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	uint8_t mac[KEEPER_MAC_LEN];
	struct keeper_mac_in in;
	int e = ERR_PROTO;

	keeper_msg_get_mac(r, &in);
	if (buf_end(r) == 0)
		e = keeper_mac_run(k->mac_key, &in, mac);
	if (e == 0)
		buf_put_raw(b, mac, sizeof(mac));
	mem_wipe(&in, sizeof(in));
	mem_wipe(mac, sizeof(mac));
	return (e);
}

static int
do_clock_confirm(struct keeper_loop *k, struct buf_reader *r, struct buf *b)
{
	struct keeper_clock c;
	int e;

	if (buf_end(r) != 0)
		return (ERR_PROTO);
	c.wall_ms = clock_wall_ms();
	c.high_water_ms = k->state->data.high_water_ms;
	e = keeper_state_confirm(k->state, c.wall_ms, clock_boot_ms());
	if (e == 0)
		keeper_msg_put_clock(b, &c);
	return (e);
}

static const struct {
	uint16_t request;
	handler *run;
} table[] = {
	{ KEEPER_MSG_HELLO, do_hello },
	{ KEEPER_MSG_SEED_NEW, do_seed_new },
	{ KEEPER_MSG_SEED_DRAW, do_seed_draw },
	{ KEEPER_MSG_SEED_CONFIRM, do_seed_confirm },
	{ KEEPER_MSG_CHECK, do_check },
	{ KEEPER_MSG_RESYNC, do_resync },
	{ KEEPER_MSG_AUDIT_PART, do_audit_part },
	{ KEEPER_MSG_AUDIT_SEAL, do_audit_seal },
	{ KEEPER_MSG_AUDIT_CONFIRM, do_audit_confirm },
	{ KEEPER_MSG_AUDIT_FOLLOW, do_audit_follow },
	{ KEEPER_MSG_MAC, do_mac },
	{ KEEPER_MSG_CLOCK_CONFIRM, do_clock_confirm },
};

/* A taken front must not fill the disk with our log. */
static void
complain(struct keeper_loop *k, uint16_t type, int e)
{
	int64_t now = clock_boot_ms();

	if (now - k->logged_boot_ms >= 60000) {
		k->logged_boot_ms = now;
		k->logged_lines = 0;
	}
	if (k->logged_lines > LOG_LINES_MAX)
		return;
	if (k->logged_lines++ < LOG_LINES_MAX)
		log_warn("request %u (%s) refused: %s", (unsigned)type,
		    keeper_msg_name(type), err_text(e));
	else
		log_warn("more requests refused, no further lines for a "
			 "minute");
}

size_t
keeper_loop_answer(struct keeper_loop *k, size_t n)
{
	struct keeper_msg_header h;
	struct buf_reader r;
	handler *run = NULL;
	struct buf b;
	size_t i;
	int e;

	buf_reader_init(&r, k->in, n);
	keeper_msg_get_header(&r, &h);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!r.is_broken && table[i].request == h.type)
			run = table[i].run;
	buf_init(&b, k->out, sizeof(k->out));
	keeper_msg_put_header(&b, (uint16_t)(h.type + 1), h.number);
	if (r.is_broken)
		e = ERR_PROTO;
	else
		e = run != NULL ? run(k, &r, &b)
				: keeper_cert_answer(k->ca, h.type, &r, &b);
	if (e == 0 && b.is_broken)
		e = ERR_PROTO;
	if (e != 0) {
		complain(k, h.type, e);
		mem_wipe(k->out, b.len);
		buf_init(&b, k->out, sizeof(k->out));
		keeper_msg_put_header(&b, KEEPER_MSG_ERROR, h.number);
		keeper_msg_put_error(&b, e);
	}
	keeper_state_put_head(k->state, &k->audit->confirmed);
	return (b.len);
}

/* Take in the time; write the state when it is due. */
static void
tick(struct keeper_loop *k)
{
	int64_t boot_ms = clock_boot_ms();

	keeper_state_see(k->state, clock_wall_ms(), boot_ms);
	if (!k->state->is_dirty ||
	    boot_ms - k->saved_boot_ms < KEEPER_LOOP_SAVE_MS)
		return;
	k->saved_boot_ms = boot_ms;
	/* Logged there; it stays dirty and is tried again. */
	if (keeper_state_save(k->state) != 0)
		return;
}

/* How long to sleep: to the next write, or to the next look at the clock. */
static int
patience(const struct keeper_loop *k)
{
	int64_t left;

	if (!k->state->is_dirty)
		return (KEEPER_LOOP_IDLE_MS);
	left = k->saved_boot_ms + KEEPER_LOOP_SAVE_MS - clock_boot_ms();
	if (left < 0)
		return (0);
	return (left > KEEPER_LOOP_SAVE_MS ? KEEPER_LOOP_SAVE_MS : (int)left);
}

/* One packet, if there is one: 1 served or none there, 0 end, or ERR_SYS. */
static int
serve_one(struct keeper_loop *k)
{
	size_t len, used;
	bool is_cut;
	ssize_t n;
	int r = 1;

	n = recv(k->fd, k->in, sizeof(k->in), MSG_DONTWAIT | MSG_TRUNC);
	if (n == 0 || (n == -1 && errno == ECONNRESET))
		return (0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return (1);
	if (n == -1)
		return (log_fr(ERR_SYS, "receive from the front"));
	/* A packet that was cut off is not looked into. */
	is_cut = (size_t)n > sizeof(k->in);
	used = is_cut ? sizeof(k->in) : (size_t)n;
	len = keeper_loop_answer(k, is_cut ? 0 : used);
	while (send(k->fd, k->out, len, MSG_NOSIGNAL) == -1) {
		if (errno == EINTR)
			continue;
		if (errno == EPIPE || errno == ECONNRESET)
			r = 0;
		else
			r = log_fr(ERR_SYS, "send to the front");
		break;
	}
	/* Both may have held codes or a new seed. */
	mem_wipe(k->in, used);
	mem_wipe(k->out, len);
	return (r);
}

int
keeper_loop_run(struct keeper_loop *k)
{
	struct pollfd p = { .fd = k->fd, .events = POLLIN };
	int n, r = 1;

	while (r == 1) {
		tick(k);
		n = poll(&p, 1, patience(k));
		if (n == -1 && errno != EINTR)
			r = log_fr(ERR_SYS, "poll the front");
		else if (n > 0)
			r = serve_one(k);
	}
	keeper_state_see(k->state, clock_wall_ms(), clock_boot_ms());
	if (k->ca != NULL)
		keeper_ca_end(k->ca);
	if (k->state->is_dirty && keeper_state_save(k->state) != 0 && r == 0)
		r = ERR_IO;
	return (r);
}
