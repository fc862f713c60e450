#include <liboath/oath.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/buf.h"
#include "authd/base/clock.h"
#include "authd/base/mem.h"
#include "tests/fakes/keeper_fake.h"

#define STATE_PENDING   1
#define STATE_CONFIRMED 2

struct keeper {
	pthread_mutex_t lock;
	struct keeper_fake_knobs knobs;
	struct audit_head confirmed, pending, gap;
	bool has_pending;
	void *part;
	void (*end_part)(void *);
};

/* The fixed private seed of the seals. */
static const uint8_t audit_key[32] = "sekisho, fake keeper, audit key";

int
keeper_fake_new(struct keeper **out)
{
	struct keeper *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return (ERR_NOMEM);
	pthread_mutex_init(&k->lock, NULL);
	k->confirmed.node = 1;
	k->gap.node = 1;
	*out = k;
	return (0);
}

int
keeper_client_new(int fd, int timeout_ms, struct keeper **out)
{
	(void)fd;
	(void)timeout_ms;
	return (keeper_fake_new(out));
}

void
keeper_client_free(struct keeper *k)
{
	if (k == NULL)
		return;
	if (k->part != NULL)
		k->end_part(k->part);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

int
keeper_client_fd(const struct keeper *k)
{
	(void)k;
	return (-1);
}

void **
keeper_fake_part(struct keeper *k, void (*end)(void *))
{
	k->end_part = end;
	return (&k->part);
}

struct keeper_fake_knobs *
keeper_fake_knobs(struct keeper *k)
{
	return (&k->knobs);
}

void
keeper_fake_head(struct keeper *k, const struct audit_head *head)
{
	k->confirmed = *head;
	k->has_pending = false;
}

void
keeper_fake_gap(struct keeper *k, const struct audit_head *gap)
{
	k->gap = *gap;
}

/* sealed: state, expiry, the three ids, the seed. */
static void
put_sealed(struct keeper_sealed *s, uint8_t state, int64_t expires_ms,
    const struct keeper_owner *o, const uint8_t *seed)
{
	struct buf b;

	buf_init(&b, s->at, sizeof(s->at));
	buf_put_u8(&b, state);
	buf_put_i64(&b, expires_ms);
	buf_put_raw(&b, o->office.b, ID_LEN);
	buf_put_raw(&b, o->account.b, ID_LEN);
	buf_put_raw(&b, o->device.b, ID_LEN);
	buf_put_raw(&b, seed, SEED_LEN);
	s->len = (uint16_t)b.len;
}

/* Returns 0, a state, when it is nobody's or another owner's. */
static uint8_t
get_sealed(const struct keeper_sealed *s, const struct keeper_owner *o,
    int64_t *expires_ms, uint8_t *seed)
{
	struct keeper_owner own;
	struct buf_reader r;
	uint8_t state;

	buf_reader_init(&r, s->at, s->len);
	state = buf_get_u8(&r);
	*expires_ms = buf_get_i64(&r);
	buf_get_raw(&r, own.office.b, ID_LEN);
	buf_get_raw(&r, own.account.b, ID_LEN);
	buf_get_raw(&r, own.device.b, ID_LEN);
	buf_get_raw(&r, seed, SEED_LEN);
	if (buf_end(&r) != 0)
		return (0);
	if (o != NULL &&
	    (!id_equal(&own.office, &o->office) ||
		!id_equal(&own.account, &o->account) ||
		!id_equal(&own.device, &o->device)))
		return (0);
	return (state);
}

static void
code_at(const uint8_t *seed, int64_t step, char out[CODE_DIGITS + 1])
{
	if (oath_hotp_generate((const char *)seed, SEED_LEN, (uint64_t)step,
		CODE_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
		out) != OATH_OK)
		memset(out, 0, CODE_DIGITS + 1);
}

void
keeper_fake_code(const struct keeper_sealed *sealed, int64_t wall_ms, int shift,
    char out[CODE_DIGITS + 1])
{
	uint8_t seed[SEED_LEN];
	int64_t expires_ms;

	memset(out, 0, CODE_DIGITS + 1);
	if (get_sealed(sealed, NULL, &expires_ms, seed) != 0)
		code_at(seed, wall_ms / (STEP_SECONDS * 1000) + shift, out);
}

static int64_t
step_now(void)
{
	return (clock_wall_ms() / (STEP_SECONDS * 1000));
}

static void
judge(struct keeper *k, struct keeper_check *c, uint8_t want)
{
	char code[CODE_DIGITS + 1];
	uint8_t seed[SEED_LEN];
	int64_t expires_ms, step;
	uint8_t state;

	c->verdict = KEEPER_NO_MATCH;
	c->step = 0;
	k->knobs.checks++;
	if (c->sealed.len == 0)
		k->knobs.decoys++;
	if (clock_wall_ms() < k->knobs.high_water_ms - KEEPER_BACK_MS) {
		c->verdict = KEEPER_CLOCK;
		return;
	}
	if (k->knobs.verdict != 0) {
		c->verdict = k->knobs.verdict;
		return;
	}
	if (c->sealed.len == 0)
		return;
	state = get_sealed(&c->sealed, &c->owner, &expires_ms, seed);
	if (state == 0 || state != want) {
		c->verdict = KEEPER_BAD_SEAL;
		return;
	}
	if (state == STATE_PENDING && clock_wall_ms() >= expires_ms) {
		c->verdict = KEEPER_EXPIRED;
		return;
	}
	for (step = step_now() + c->offset - c->window;
	     step <= step_now() + c->offset + c->window; step++) {
		code_at(seed, step, code);
		if (strlen(c->code) == CODE_DIGITS &&
		    strcmp(code, c->code) == 0) {
			c->verdict = KEEPER_MATCH;
			c->step = step;
		}
	}
}

int
keeper_client_hello(struct keeper *k, struct keeper_hello *out)
{
	EVP_PKEY *key;
	size_t n = AUDIT_PUB_LEN;
	int r = 0;

	memset(out, 0, sizeof(*out));
	pthread_mutex_lock(&k->lock);
	if ((r = k->knobs.fail_all) != 0)
		goto out;
	key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, audit_key, sizeof(audit_key));
	if (key == NULL ||
	    EVP_PKEY_get_raw_public_key(key, out->audit_pub, &n) != 1)
		r = ERR_KEEPER;
	EVP_PKEY_free(key);
	out->confirmed = k->confirmed;
	out->gap = k->gap;
	out->seed_key_id = 1;
	out->wall_ms = clock_wall_ms();
	out->high_water_ms =
	    k->knobs.high_water_ms != 0 ? k->knobs.high_water_ms : out->wall_ms;
out:
	pthread_mutex_unlock(&k->lock);
	return (r);
}

static int
fail(struct keeper *k, int which)
{
	int r;

	pthread_mutex_lock(&k->lock);
	r = k->knobs.fail_all != 0 ? k->knobs.fail_all : which;
	pthread_mutex_unlock(&k->lock);
	return (r);
}

int
keeper_client_seed_new(
    struct keeper *k, const struct keeper_owner *owner, struct keeper_seed *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = fail(k, k->knobs.fail_seed)) != 0)
		return (r);
	if ((r = mem_random(out->seed, SEED_LEN)) != 0)
		return (r);
	out->expires_ms = clock_wall_ms() + PENDING_MS;
	put_sealed(
	    &out->sealed, STATE_PENDING, out->expires_ms, owner, out->seed);
	return (0);
}

int
keeper_client_seed_draw(struct keeper *k, const struct keeper_owner *owner,
    const struct keeper_sealed *sealed, struct keeper_seed *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = fail(k, k->knobs.fail_seed)) != 0)
		return (r);
	if (get_sealed(sealed, owner, &out->expires_ms, out->seed) !=
		STATE_PENDING ||
	    clock_wall_ms() >= out->expires_ms) {
		memset(out, 0, sizeof(*out));
		return (ERR_WRONG_STATE);
	}
	out->sealed = *sealed;
	return (0);
}

int
keeper_client_seed_confirm(struct keeper *k, struct keeper_check *check,
    struct keeper_sealed *confirmed)
{
	uint8_t seed[SEED_LEN];
	int64_t expires_ms;
	int r;

	memset(confirmed, 0, sizeof(*confirmed));
	check->verdict = KEEPER_NO_MATCH;
	check->step = 0;
	if ((r = fail(k, k->knobs.fail_check)) != 0)
		return (r);
	pthread_mutex_lock(&k->lock);
	judge(k, check, STATE_PENDING);
	pthread_mutex_unlock(&k->lock);
	if (check->verdict == KEEPER_MATCH &&
	    get_sealed(&check->sealed, &check->owner, &expires_ms, seed) != 0)
		put_sealed(confirmed, STATE_CONFIRMED, 0, &check->owner, seed);
	return (0);
}

int
keeper_client_check(struct keeper *k, struct keeper_check *checks, size_t n)
{
	size_t i;
	int r;

	for (i = 0; i < n; i++) {
		checks[i].verdict = KEEPER_NO_MATCH;
		checks[i].step = 0;
	}
	if (k->knobs.good_checks > 0)
		k->knobs.good_checks--;
	else if ((r = fail(k, k->knobs.fail_check)) != 0)
		return (r);
	if (n > KEEPER_CHECKS_MAX)
		return (ERR_PROTO);
	pthread_mutex_lock(&k->lock);
	for (i = 0; i < n; i++)
		judge(k, &checks[i], STATE_CONFIRMED);
	pthread_mutex_unlock(&k->lock);
	return (0);
}

int
keeper_client_resync(struct keeper *k, struct keeper_check *check,
    const char next_code[CODE_DIGITS + 1], int32_t *offset)
{
	char one[CODE_DIGITS + 1], two[CODE_DIGITS + 1];
	uint8_t seed[SEED_LEN];
	int64_t expires_ms;
	int32_t d;
	int r;

	*offset = 0;
	check->verdict = KEEPER_NO_MATCH;
	check->step = 0;
	if ((r = fail(k, k->knobs.fail_check)) != 0)
		return (r);
	if (clock_wall_ms() < k->knobs.high_water_ms - KEEPER_BACK_MS)
		check->verdict = KEEPER_CLOCK;
	if (check->sealed.len == 0 || check->verdict == KEEPER_CLOCK)
		return (0);
	if (get_sealed(&check->sealed, &check->owner, &expires_ms, seed) !=
	    STATE_CONFIRMED) {
		check->verdict = KEEPER_BAD_SEAL;
		return (0);
	}
	for (d = -KEEPER_OFFSET_MAX + 1; d <= KEEPER_OFFSET_MAX; d++) {
		code_at(seed, step_now() + d - 1, one);
		code_at(seed, step_now() + d, two);
		if (strcmp(one, check->code) != 0 ||
		    strcmp(two, next_code) != 0)
			continue;
		check->verdict = KEEPER_MATCH;
		check->step = step_now() + d;
		*offset = d;
	}
	return (0);
}

static int
walk(struct audit_head *head, const struct audit_record *records, size_t n)
{
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		if ((r = audit_chain_next(head, &records[i])) != 0)
			return (r);
	return (n == 0 ? ERR_PROTO : 0);
}

static int
sign(const struct audit_head *head, uint8_t seal[AUDIT_SEAL_LEN])
{
	uint8_t text[AUDIT_SEAL_TEXT_MAX];
	size_t len = AUDIT_SEAL_LEN, n = audit_chain_seal_text(head, text);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key;
	int r = ERR_KEEPER;

	key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, audit_key, sizeof(audit_key));
	if (key != NULL && ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(ctx, seal, &len, text, n) == 1)
		r = 0;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return (r);
}

int
keeper_client_audit_seal(struct keeper *k, const struct audit_head *before,
    const struct audit_record *records, size_t n, struct audit_head *after,
    uint8_t seal[AUDIT_SEAL_LEN])
{
	struct audit_head at = *before;
	bool is_pending;
	int r;

	if ((r = fail(k, k->knobs.fail_seal)) != 0)
		return (r);
	pthread_mutex_lock(&k->lock);
	is_pending = k->has_pending && audit_chain_equal(before, &k->pending);
	if (!is_pending && !audit_chain_equal(before, &k->confirmed))
		r = ERR_WRONG_STATE;
	if (r == 0)
		r = walk(&at, records, n);
	if (r == 0)
		r = sign(&at, seal);
	if (r == 0) {
		if (is_pending)
			k->confirmed = k->pending;
		k->pending = at;
		k->has_pending = true;
		k->knobs.seals++;
		*after = at;
		after->hash[0] ^= k->knobs.seals_another;
	}
	pthread_mutex_unlock(&k->lock);
	return (r);
}

int
keeper_client_audit_confirm(struct keeper *k, const struct audit_head *head)
{
	int r;

	if ((r = fail(k, k->knobs.fail_confirm)) != 0)
		return (r);
	pthread_mutex_lock(&k->lock);
	if (k->has_pending && audit_chain_equal(head, &k->pending)) {
		k->confirmed = k->pending;
		k->has_pending = false;
	} else if (!audit_chain_equal(head, &k->confirmed))
		r = ERR_WRONG_STATE;
	pthread_mutex_unlock(&k->lock);
	return (r);
}

int
keeper_client_audit_follow(struct keeper *k, const struct audit_head *before,
    const struct audit_record *records, size_t n,
    const uint8_t seal[AUDIT_SEAL_LEN])
{
	struct audit_head at = *before;
	uint8_t own[AUDIT_SEAL_LEN];
	int r;

	if ((r = fail(k, 0)) != 0)
		return (r);
	pthread_mutex_lock(&k->lock);
	if (!audit_chain_equal(before, &k->confirmed))
		r = ERR_WRONG_STATE;
	if (r == 0)
		r = walk(&at, records, n);
	if (r == 0)
		r = sign(&at, own);
	/* Ed25519 is deterministic: our seal has one form only. */
	if (r == 0 && memcmp(own, seal, sizeof(own)) != 0)
		r = ERR_WRONG_STATE;
	if (r == 0) {
		k->confirmed = at;
		k->has_pending = false;
	}
	pthread_mutex_unlock(&k->lock);
	return (r);
}

int
keeper_client_mac(struct keeper *k, const struct keeper_mac_in *in,
    uint8_t out[KEEPER_MAC_LEN])
{
	EVP_MD_CTX *ctx;
	uint8_t purpose = (uint8_t)in->purpose;
	unsigned n = 0;
	int r;

	memset(out, 0, KEEPER_MAC_LEN);
	k->knobs.macs++;
	if ((r = fail(k, k->knobs.fail_mac)) != 0)
		return (r);
	/* Not keyed: a fake only has to tell its inputs apart. */
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestInit(ctx, EVP_sha256()) != 1 ||
	    EVP_DigestUpdate(ctx, &purpose, 1) != 1 ||
	    EVP_DigestUpdate(ctx, &in->office, ID_LEN) != 1 ||
	    EVP_DigestUpdate(ctx, &in->account, ID_LEN) != 1 ||
	    EVP_DigestUpdate(ctx, in->at, in->len) != 1 ||
	    EVP_DigestFinal(ctx, out, &n) != 1)
		r = ERR_KEEPER;
	EVP_MD_CTX_free(ctx);
	return (r);
}

int
keeper_client_clock_confirm(struct keeper *k, struct keeper_clock *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = fail(k, 0)) != 0)
		return (r);
	pthread_mutex_lock(&k->lock);
	out->wall_ms = clock_wall_ms();
	out->high_water_ms =
	    k->knobs.high_water_ms != 0 ? k->knobs.high_water_ms : out->wall_ms;
	k->knobs.high_water_ms = out->wall_ms;
	pthread_mutex_unlock(&k->lock);
	return (0);
}
