/*
 * keeper_seed.h: seal and open the seeds of phones and judge codes by them.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_seed.c
 *
 * A sealed seed is {u8 version, u32 key id, u8 state, i64 expires_ms}, a nonce
 * of 12 random bytes, the seed under AES-256-GCM, the tag of 16 bytes. The
 * associated data are those first fields and the ids of office, account and
 * device, so that neither a row that was moved nor a state that was changed
 * opens. Source: NIST SP 800-38D.
 */
#ifndef AUTHD_KEEPER_KEEPER_SEED_H
#define AUTHD_KEEPER_KEEPER_SEED_H

#include "authd/keeper/keeper.h"

#define KEEPER_SEED_KEY_LEN 32

/* The zero opens nothing. */
enum keeper_seed_state {
	KEEPER_SEED_NONE = 0,
	KEEPER_SEED_PENDING,
	KEEPER_SEED_CONFIRMED
};

struct keeper_seed_box; /* the key and the decoy */

/**
 * keeper_seed_open_box(key, out):
 * Use ${key}, which is borrowed as long as the box is: it stays in the locked
 * memory of its owner, and each operation makes and wipes its own schedule.
 * Return: 0, ERR_NOMEM, ERR_SYS, ERR_KEEPER (OpenSSL or liboath unusable).
 */
int keeper_seed_open_box(const uint8_t key[KEEPER_SEED_KEY_LEN],
    struct keeper_seed_box **out) CHECKED;
/** keeper_seed_close_box(box): wipe and free; NULL-safe. */
void keeper_seed_close_box(struct keeper_seed_box *box);

/** keeper_seed_key_id(box): names the key, tells nothing about it. */
uint32_t keeper_seed_key_id(const struct keeper_seed_box *box);

/**
 * keeper_seed_seal(box, owner, state, expires_ms, seed, out):
 * Seal ${seed} with a fresh nonce. A confirmed one has expires_ms 0.
 * Return: 0, ERR_SYS or ERR_KEEPER.
 */
int keeper_seed_seal(struct keeper_seed_box *box,
    const struct keeper_owner *owner, enum keeper_seed_state state,
    int64_t expires_ms, const uint8_t seed[SEED_LEN],
    struct keeper_sealed *out) CHECKED;

/**
 * keeper_seed_unseal(box, owner, sealed, state, expires_ms, seed):
 * Open it again. On failure ${seed} is wiped and the state is NONE.
 * Return: 0, ERR_CORRUPT (not ours, another owner's, changed), ERR_KEEPER.
 */
int keeper_seed_unseal(struct keeper_seed_box *box,
    const struct keeper_owner *owner, const struct keeper_sealed *sealed,
    enum keeper_seed_state *state, int64_t *expires_ms,
    uint8_t seed[SEED_LEN]) CHECKED;

/**
 * keeper_seed_is_open(expires_ms, wall_ms):
 * True while a pending seed may be drawn or confirmed: before its end, and not
 * longer before it than one can be. Such a one is of a time that the clock was
 * set back from, and would stay pending until that comes again.
 */
bool keeper_seed_is_open(int64_t expires_ms, int64_t wall_ms);

/**
 * keeper_seed_check(box, c, want, wall_ms, seed):
 * Judge c->code at ${wall_ms} against a seed sealed in state ${want}; fills
 * verdict and step. Length first, every candidate computed and compared in
 * constant time, the highest step that matches wins. Without a sealed seed the
 * same work is done over a decoy, which never matches. ${seed} may be NULL;
 * else it holds the opened seed after KEEPER_MATCH, zeroes otherwise.
 * Return: 0 or ERR_KEEPER with KEEPER_NO_MATCH.
 * Source: RFC 4226 section 5.3, RFC 6238 sections 4.2 and 5.2.
 */
int keeper_seed_check(struct keeper_seed_box *box, struct keeper_check *c,
    enum keeper_seed_state want, int64_t wall_ms,
    uint8_t seed[SEED_LEN]) CHECKED;

/**
 * keeper_seed_resync(box, c, next_code, wall_ms, offset):
 * Look for c->code and ${next_code} on two consecutive steps, both within
 * KEEPER_OFFSET_MAX of now; c->window and c->offset say nothing here. On
 * KEEPER_MATCH c->step is the second's step and ${offset} that less now's.
 * Return: 0 or ERR_KEEPER with KEEPER_NO_MATCH.
 */
int keeper_seed_resync(struct keeper_seed_box *box, struct keeper_check *c,
    const char next_code[CODE_DIGITS + 1], int64_t wall_ms,
    int32_t *offset) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_SEED_H */
