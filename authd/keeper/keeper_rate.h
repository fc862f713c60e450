/*
 * keeper_rate.h: how many codes may be tried against one phone in a minute.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_rate.c
 *
 * A fixed table, so that no number of phones and no made-up ids cost memory.
 * A phone has two counters, found by a keyed hash of its id, and is refused
 * when both are full: sharing one with a busy phone harms nobody, sharing both
 * (1 in about 10^9) refuses too early, never too late.
 */
#ifndef AUTHD_KEEPER_KEEPER_RATE_H
#define AUTHD_KEEPER_KEEPER_RATE_H

#include "authd/base/id.h"

#define KEEPER_RATE_KEY_LEN 16
#define KEEPER_RATE_SLOTS   32768 /* in each of two rows */

struct keeper_rate;

/**
 * keeper_rate_new(key, limit, out):
 * Allow ${limit} checks a minute and phone.
 * Shapes: key is KEEPER_RATE_KEY_LEN random bytes, copied; nobody outside may
 *         know them, else somebody could choose ids that share counters.
 * Return: 0, ERR_NOMEM or ERR_KEEPER (OpenSSL has no SipHash).
 */
int keeper_rate_new(const uint8_t key[KEEPER_RATE_KEY_LEN], uint16_t limit,
    struct keeper_rate **out) CHECKED;
/** keeper_rate_free(rate): wipe and free; NULL-safe. */
void keeper_rate_free(struct keeper_rate *rate);

/**
 * keeper_rate_take(rate, device, boot_ms):
 * Count one check of ${device} at ${boot_ms} (steady, ms); false refuses it,
 * and a refused one is not counted (one that cannot be hashed is refused).
 * Never more than the limit are allowed within any 60 seconds; a full counter
 * is free again after 60 to 70.
 */
bool keeper_rate_take(
    struct keeper_rate *rate, const struct id *device, int64_t boot_ms) CHECKED;

/**
 * keeper_rate_hash(rate, p, n, out):
 * SipHash-2-4 of ${n} bytes at ${p} under the key of ${rate}; OpenSSL's.
 * Return: 0, or ERR_KEEPER with 0 in ${out}.
 * Source: Aumasson and Bernstein, SipHash: a fast short-input PRF, 2012; its
 * test vectors are in appendix A.
 */
int keeper_rate_hash(struct keeper_rate *rate, const uint8_t *p, size_t n,
    uint64_t *out) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_RATE_H */
