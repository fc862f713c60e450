/*
 * token.h: secrets that a browser carries: 256 random bits, of which we keep
 * only a hash.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_token.c
 */
#ifndef AUTHD_CORE_TOKEN_H
#define AUTHD_CORE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/store/rows.h"

#define TOKEN_LEN 43 /* 256 bits in base64url without padding */

/**
 * token_new(out, hash):
 * A new token as text and the hash that stands for it. Wipe ${out} after use.
 * Return: 0, ERR_SYS or ERR_NOMEM with ${out} empty.
 * Source: RFC 4648 section 5; 800-63B 7.1 (at least 64 bits).
 */
int token_new(
    char out[TOKEN_LEN + 1], uint8_t hash[SESSION_HASH_LEN]) CHECKED;

/** token_is(text, n): has it the form of one? Any other is no secret of ours:
 * cut, padded or in another case it is not even looked up. (V34) */
bool token_is(const char *text, size_t n) CHECKED;

/** token_hash(text, hash): of the text itself, so that no two spellings are
 * one token. ERR_INVALID when it has not the form. */
int token_hash(const char *text, uint8_t hash[SESSION_HASH_LEN]) CHECKED;

/** token_put_hash(hash, out): a hash in the same letters, to be shown in an
 * address: it is no secret. */
void token_put_hash(
    const uint8_t hash[SESSION_HASH_LEN], char out[TOKEN_LEN + 1]);

/** token_get_hash(text, hash): that again. ERR_INVALID for any other text,
 * also one that says the same in another way. */
int token_get_hash(const char *text, uint8_t hash[SESSION_HASH_LEN]) CHECKED;

#endif /* AUTHD_CORE_TOKEN_H */
