/*
 * id.h: 128-bit names that we make ourselves, for rows and requests.
 * Room: base.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_id.c
 */
#ifndef AUTHD_BASE_ID_H
#define AUTHD_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"

#define ID_LEN  16
#define ID_TEXT 36 /* a UUID in text, without NUL */

struct id {
	uint8_t b[ID_LEN];
};

/**
 * id_new(wall_ms, out):
 * Make a UUIDv7 for the time ${wall_ms}: 48 bits of time, 74 random bits.
 * Return: 0 or ERR_SYS when no random bytes can be had.
 * Source: RFC 9562 section 5.7.
 */
int id_new(int64_t wall_ms, struct id *out) CHECKED;

/** id_put_text(id, out): write lower-case 8-4-4-4-12 and a NUL. */
void id_put_text(const struct id *id, char out[ID_TEXT + 1]);

/** id_get_text(text, out): read that form only. Return: 0 or ERR_INVALID. */
int id_get_text(const char *text, struct id *out) CHECKED;

/** id_equal(a, b): true when both are the same. Ids are no secrets. */
bool id_equal(const struct id *a, const struct id *b);

/** id_is_zero(id): true for the all-zero id, which names nothing. */
bool id_is_zero(const struct id *id);

/**
 * id_new_request(wall_ms, out):
 * Make a request id for the time ${wall_ms}: 26 characters of Crockford's
 * base32 (no I, L, O, U), easy to read out on the telephone: 48 bits of time,
 * so that new ones stand together in an index, and 80 random bits. No secret.
 * Return: 0 or ERR_SYS.
 * Source: ULID, github.com/ulid/spec.
 */
int id_new_request(int64_t wall_ms, char out[REQUEST_ID_LEN + 1]) CHECKED;

/* Random bytes for the next request ids of one connection; zeroed at first. */
#define ID_STOCK_MAX 160
struct id_stock {
	uint8_t b[ID_STOCK_MAX];
	size_t left;
};

/** id_next_request(stock, wall_ms, out): id_new_request(), whose random bits are
 * of ${stock}, which asks for more of them when it has none. */
int id_next_request(struct id_stock *stock, int64_t wall_ms,
    char out[REQUEST_ID_LEN + 1]) CHECKED;

/**
 * id_new_token(out):
 * As long and of the same characters, all of it random: 128 bits that nobody
 * can guess.
 * Return: 0 or ERR_SYS.
 */
int id_new_token(char out[REQUEST_ID_LEN + 1]) CHECKED;

#endif /* AUTHD_BASE_ID_H */
