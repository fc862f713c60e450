/*
 * passhash.h: the slow, memory-hard hash of a password. Called on a hash
 * worker (hashpool.h) only: one call takes 14 ms and 16 MiB at cost 5, 60 ms
 * and 65 MiB at cost 7, 340 ms and 260 MiB at cost 9, and keeps none of it.
 * Room: core.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_passhash.c
 *
 * Ours is yescrypt by libxcrypt with 128 random bits of salt, over text that
 * the caller makes from the password with the keeper's pepper (a keyed hash
 * in hex or base64). Hashes of other programs, which are over the password
 * itself, are only verified, until the first good login replaces them. Which
 * of the two a stored hash is, its row must say: both may begin with $y$.
 */
#ifndef AUTHD_CORE_PASSHASH_H
#define AUTHD_CORE_PASSHASH_H

#include <stdbool.h>

#include "authd/base/err.h"

#define PASSHASH_MAX          255 /* bytes of a stored hash, without NUL */
#define PASSHASH_COST_MIN     5
#define PASSHASH_COST_MAX     9
#define PASSHASH_COST_DEFAULT 7

enum passhash_verdict { PASSHASH_WRONG = 0, PASSHASH_RIGHT = 1 };

/** passhash_init(): once, before threads and a sandbox. Return: 0, ERR_SYS. */
int passhash_init(void) CHECKED;

/**
 * passhash_setting(cost, out):
 * Make a new salt at ${cost} (PASSHASH_COST_MIN to _MAX): the setting that
 * passhash_run() takes. The hashes of one history share one, so that one run
 * compares with all of them.
 * Return: 0, ERR_INVALID or ERR_SYS; then ${out} is empty.
 */
int passhash_setting(int cost, char out[PASSHASH_MAX + 1]) CHECKED;

/**
 * passhash_run(text, setting, out):
 * Hash ${text} (1 to 512 bytes) with the salt and cost of ${setting}, which
 * is one of passhash_setting() or a whole hash made with it.
 * Return: 0; ERR_INVALID (not such a setting or text); ERR_NOMEM; ERR_SYS.
 * On failure ${out} is empty.
 */
int passhash_run(
    const char *text, const char *setting, char out[PASSHASH_MAX + 1]) CHECKED;

/** passhash_make(text, cost, out): passhash_run() with a new setting. */
int passhash_make(
    const char *text, int cost, char out[PASSHASH_MAX + 1]) CHECKED;

/**
 * passhash_equal(a, b):
 * True when two hashes are the same, compared in constant time.
 */
bool passhash_equal(const char *a, const char *b);

/**
 * passhash_verify(text, stored, verdict):
 * Is ${stored} the hash of ${text}? Takes our own and whatever
 * passhash_is_foreign() takes. A text that its function cannot take (over 512
 * bytes) is wrong.
 * Return: 0; ERR_INVALID (${stored} is none of those); ERR_NOMEM; ERR_SYS. On
 * failure ${verdict} is PASSHASH_WRONG.
 */
int passhash_verify(const char *text, const char *stored,
    enum passhash_verdict *verdict) CHECKED;

/**
 * passhash_is_foreign(stored):
 * True for a hash that may be imported, judged by its text alone:
 *   $6$      5,000 to 700,000 rounds, salt of 8 characters or more
 *   $2b$ $2y$ cost 10 to 14 (bcrypt reads the first 72 bytes only)
 *   $y$      the nine costs that libxcrypt makes up to 260 MiB
 *   $argon2id$ v=19, 7 to 256 MiB, t up to 16, p up to 16; m times t at
 *            least 21 MiB and at most 1 GiB
 * Everything else is unknown, weak, or too costly to verify.
 */
bool passhash_is_foreign(const char *stored);

/**
 * passhash_needs_rehash(stored, cost):
 * True when our own hash ${stored} was made at another cost.
 */
bool passhash_needs_rehash(const char *stored, int cost);

#endif /* AUTHD_CORE_PASSHASH_H */
