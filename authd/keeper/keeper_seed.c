#include <liboath/oath.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_msg.h"
#include "authd/keeper/keeper_seed.h"

#define VERSION    1
#define FIELDS_LEN 14 /* version, key id, state, expires_ms */
#define NONCE_LEN  12
#define TAG_LEN    16
#define SEALED_LEN (FIELDS_LEN + NONCE_LEN + SEED_LEN + TAG_LEN)
#define AAD_LEN    (FIELDS_LEN + 3 * ID_LEN)

_Static_assert(SEALED_LEN <= SEALED_MAX, "a sealed seed must fit its column");

/* The steps tried around now: a window, or the whole range of a resync. */
#define CANDIDATES_MAX (2 * KEEPER_OFFSET_MAX + 1)

struct keeper_seed_box {
	const uint8_t *key; /* borrowed */
	uint32_t key_id;
	EVP_CIPHER *cipher;
	struct keeper_owner decoy_owner;
	struct keeper_sealed decoy; /* confirmed, of a seed nobody has */
};

/* One pass over the candidates. */
struct match {
	uint64_t is_found; /* all ones or zero */
	int64_t step;      /* the highest */
};

static int
make_decoy(struct keeper_seed_box *box)
{
	uint8_t seed[SEED_LEN];
	int r;

	if ((r = mem_random(&box->decoy_owner, sizeof(box->decoy_owner))) != 0)
		return (r);
	if ((r = mem_random(seed, sizeof(seed))) != 0)
		return (r);
	r = keeper_seed_seal(box, &box->decoy_owner, KEEPER_SEED_CONFIRMED, 0,
	    seed, &box->decoy);
	mem_wipe(seed, sizeof(seed));
	return (r);
}

/* The key is named by the first 32 bits of a hash over it. */
static int
name_key(struct keeper_seed_box *box)
{
	static const char what[] = "sekisho seed key 1";
	uint8_t text[sizeof(what) + KEEPER_SEED_KEY_LEN];
	uint8_t hash[EVP_MAX_MD_SIZE];
	int r = 0;

	memcpy(text, what, sizeof(what));
	memcpy(text + sizeof(what), box->key, KEEPER_SEED_KEY_LEN);
	if (EVP_Digest(text, sizeof(text), hash, NULL, EVP_sha256(), NULL) != 1)
		r = ERR_KEEPER;
	box->key_id = (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 |
	    (uint32_t)hash[2] << 8 | hash[3];
	mem_wipe(text, sizeof(text));
	mem_wipe(hash, sizeof(hash));
	return (r);
}

int
keeper_seed_open_box(
    const uint8_t key[KEEPER_SEED_KEY_LEN], struct keeper_seed_box **out)
{
	struct keeper_seed_box *box;
	int r = ERR_KEEPER;

	if ((box = calloc(1, sizeof(*box))) == NULL)
		return (log_fr(ERR_NOMEM, "seed box"));
	box->key = key;
	if (oath_init() != OATH_OK)
		goto out;
	if ((box->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL)) == NULL)
		goto out;
	if ((r = name_key(box)) != 0)
		goto out;
	r = make_decoy(box);
out:
	if (r != 0) {
		keeper_seed_close_box(box);
		return (log_fr(r, "seed box"));
	}
	*out = box;
	return (0);
}

void
keeper_seed_close_box(struct keeper_seed_box *box)
{
	if (box == NULL)
		return;
	EVP_CIPHER_free(box->cipher);
	mem_wipe(box, sizeof(*box));
	free(box);
}

uint32_t
keeper_seed_key_id(const struct keeper_seed_box *box)
{
	return (box->key_id);
}

static void
put_aad(uint8_t aad[AAD_LEN], const uint8_t fields[FIELDS_LEN],
    const struct keeper_owner *owner)
{
	struct buf b;

	buf_init(&b, aad, AAD_LEN);
	buf_put_raw(&b, fields, FIELDS_LEN);
	keeper_msg_put_owner(&b, owner);
}

int
keeper_seed_seal(struct keeper_seed_box *box, const struct keeper_owner *owner,
    enum keeper_seed_state state, int64_t expires_ms,
    const uint8_t seed[SEED_LEN], struct keeper_sealed *out)
{
	uint8_t *nonce = out->at + FIELDS_LEN, *body = nonce + NONCE_LEN;
	uint8_t aad[AAD_LEN];
	EVP_CIPHER_CTX *ctx = NULL;
	struct buf b;
	int n, r;

	memset(out, 0, sizeof(*out));
	buf_init(&b, out->at, FIELDS_LEN);
	buf_put_u8(&b, VERSION);
	buf_put_u32(&b, box->key_id);
	buf_put_u8(&b, (uint8_t)state);
	buf_put_i64(&b, expires_ms);
	put_aad(aad, out->at, owner);
	if ((r = mem_random(nonce, NONCE_LEN)) != 0)
		return (r);
	r = ERR_KEEPER;
	if ((ctx = EVP_CIPHER_CTX_new()) == NULL)
		goto out;
	if (EVP_EncryptInit_ex2(ctx, box->cipher, box->key, nonce, NULL) != 1 ||
	    EVP_EncryptUpdate(ctx, NULL, &n, aad, sizeof(aad)) != 1 ||
	    EVP_EncryptUpdate(ctx, body, &n, seed, SEED_LEN) != 1 ||
	    n != SEED_LEN || EVP_EncryptFinal_ex(ctx, body + n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, body + SEED_LEN) != 1)
		goto out;
	out->len = SEALED_LEN;
	r = 0;
out:
	EVP_CIPHER_CTX_free(ctx);
	if (r != 0) {
		memset(out, 0, sizeof(*out));
		return (log_fr(r, "seal a seed"));
	}
	return (0);
}

int
keeper_seed_unseal(struct keeper_seed_box *box,
    const struct keeper_owner *owner, const struct keeper_sealed *sealed,
    enum keeper_seed_state *state, int64_t *expires_ms, uint8_t seed[SEED_LEN])
{
	const uint8_t *nonce = sealed->at + FIELDS_LEN;
	const uint8_t *body = nonce + NONCE_LEN;
	uint8_t aad[AAD_LEN], tag[TAG_LEN], version, which;
	EVP_CIPHER_CTX *ctx = NULL;
	struct buf_reader rd;
	uint32_t key_id;
	int n, r = ERR_CORRUPT;

	*state = KEEPER_SEED_NONE;
	*expires_ms = 0;
	memset(seed, 0, SEED_LEN);
	buf_reader_init(&rd, sealed->at, FIELDS_LEN);
	version = buf_get_u8(&rd);
	key_id = buf_get_u32(&rd);
	which = buf_get_u8(&rd);
	if (sealed->len != SEALED_LEN || version != VERSION ||
	    key_id != box->key_id)
		return (ERR_CORRUPT);
	put_aad(aad, sealed->at, owner);
	memcpy(tag, body + SEED_LEN, TAG_LEN);
	if ((ctx = EVP_CIPHER_CTX_new()) == NULL)
		return (log_fr(ERR_KEEPER, "open a seed"));
	if (EVP_DecryptInit_ex2(ctx, box->cipher, box->key, nonce, NULL) != 1 ||
	    EVP_DecryptUpdate(ctx, NULL, &n, aad, sizeof(aad)) != 1 ||
	    EVP_DecryptUpdate(ctx, seed, &n, body, SEED_LEN) != 1 ||
	    n != SEED_LEN ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) != 1)
		r = log_fr(ERR_KEEPER, "open a seed");
	else if (EVP_DecryptFinal_ex(ctx, tag, &n) == 1)
		r = 0;
	EVP_CIPHER_CTX_free(ctx);
	if (r != 0) {
		mem_wipe(seed, SEED_LEN);
		return (r);
	}
	/* The tag vouches for both. */
	*state = (enum keeper_seed_state)which;
	*expires_ms = buf_get_i64(&rd);
	return (0);
}

/* True for exactly six ASCII digits. */
static bool
is_code(const char code[CODE_DIGITS + 1])
{
	size_t i;

	if (strnlen(code, CODE_DIGITS + 1) != CODE_DIGITS)
		return (false);
	for (i = 0; i < CODE_DIGITS; i++)
		if (code[i] < '0' || code[i] > '9')
			return (false);
	return (true);
}

/*
 * The code of a step, which is a 64-bit counter: the generator of HOTP takes
 * one, that of TOTP a time_t. Steps before 1970 have none.
 */
static int
code_at(const uint8_t seed[SEED_LEN], int64_t step, char out[CODE_DIGITS + 1])
{
	if (oath_hotp_generate((const char *)seed, SEED_LEN,
		step < 0 ? 0 : (uint64_t)step, CODE_DIGITS, false,
		OATH_HOTP_DYNAMIC_TRUNCATION, out) != OATH_OK)
		return (log_fr(ERR_KEEPER, "compute a code"));
	if (step < 0)
		memset(out, 0, CODE_DIGITS + 1);
	return (0);
}

/*
 * Compare code with the n steps from first on and, when next is not NULL,
 * next with the step after each. The work is the same whatever matches.
 */
static int
search(const uint8_t seed[SEED_LEN], int64_t first, int n, const char *code,
    const char *next, struct match *m)
{
	char made[CANDIDATES_MAX][CODE_DIGITS + 1];
	uint64_t is_equal;
	int64_t step;
	int i, r = 0;

	m->is_found = 0;
	m->step = 0;
	memset(made, 0, sizeof(made));
	for (i = 0; i < n; i++)
		if ((r = code_at(seed, first + i, made[i])) != 0)
			goto out;
	for (i = next == NULL ? 0 : 1; i < n; i++) {
		step = first + i;
		if (next == NULL)
			is_equal = mem_equal(made[i], code, CODE_DIGITS);
		else
			is_equal = (uint64_t)mem_equal(
				       made[i - 1], code, CODE_DIGITS) &
			    (uint64_t)mem_equal(made[i], next, CODE_DIGITS);
		is_equal = 0 - is_equal;
		m->is_found |= is_equal;
		m->step = (int64_t)(((uint64_t)m->step & ~is_equal) |
		    ((uint64_t)step & is_equal));
	}
out:
	mem_wipe(made, sizeof(made));
	return (r);
}

bool
keeper_seed_is_open(int64_t expires_ms, int64_t wall_ms)
{
	return (wall_ms < expires_ms &&
	    wall_ms >= expires_ms - PENDING_MS - KEEPER_BACK_MS);
}

/* What check and resync share: open, search, judge. */
static int
judge(struct keeper_seed_box *box, struct keeper_check *c,
    enum keeper_seed_state want, int64_t wall_ms, int64_t first, int n,
    const char *next, uint8_t out[SEED_LEN])
{
	static const char no_code[CODE_DIGITS + 1] = "------";
	bool is_decoy = c->sealed.len == 0;
	bool is_well = is_code(c->code) && (next == NULL || is_code(next));
	enum keeper_seed_state state;
	uint8_t seed[SEED_LEN];
	struct match m;
	int64_t expires_ms;
	int r;

	c->verdict = KEEPER_NO_MATCH;
	c->step = 0;
	if (out != NULL)
		memset(out, 0, SEED_LEN);
	r = keeper_seed_unseal(box, is_decoy ? &box->decoy_owner : &c->owner,
	    is_decoy ? &box->decoy : &c->sealed, &state, &expires_ms, seed);
	if (r == ERR_CORRUPT || (r == 0 && !is_decoy && state != want)) {
		c->verdict = KEEPER_BAD_SEAL;
		r = 0;
		goto out;
	}
	if (r != 0)
		goto out;
	if (!is_decoy && state == KEEPER_SEED_PENDING &&
	    !keeper_seed_is_open(expires_ms, wall_ms)) {
		c->verdict = KEEPER_EXPIRED;
		goto out;
	}
	r = search(seed, first, n, is_well ? c->code : no_code,
	    next == NULL ? NULL : (is_well ? next : no_code), &m);
	if (r != 0 || is_decoy || !is_well || m.is_found == 0)
		goto out;
	c->verdict = KEEPER_MATCH;
	c->step = m.step;
	if (out != NULL)
		memcpy(out, seed, SEED_LEN);
out:
	mem_wipe(seed, sizeof(seed));
	return (r);
}

static int64_t
step_of(int64_t wall_ms)
{
	return (wall_ms / (STEP_SECONDS * 1000));
}

int
keeper_seed_check(struct keeper_seed_box *box, struct keeper_check *c,
    enum keeper_seed_state want, int64_t wall_ms, uint8_t seed[SEED_LEN])
{
	int window = c->window;

	if (window > KEEPER_WINDOW_MAX)
		window = KEEPER_WINDOW_MAX;
	return (judge(box, c, want, wall_ms,
	    step_of(wall_ms) + c->offset - window, 2 * window + 1, NULL, seed));
}

int
keeper_seed_resync(struct keeper_seed_box *box, struct keeper_check *c,
    const char next_code[CODE_DIGITS + 1], int64_t wall_ms, int32_t *offset)
{
	int64_t now = step_of(wall_ms);
	int r;

	*offset = 0;
	r = judge(box, c, KEEPER_SEED_CONFIRMED, wall_ms,
	    now - KEEPER_OFFSET_MAX, CANDIDATES_MAX, next_code, NULL);
	if (c->verdict == KEEPER_MATCH)
		*offset = (int32_t)(c->step - now);
	return (r);
}
