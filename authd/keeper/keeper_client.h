/*
 * keeper_client.h: ask the keeper, from the front.
 * Room: keeper.  Process: front.  Threads: any; calls take turns.
 * Contract test: tests/unit/test_keeper.c over the real keeper's loop.
 * Unit tests of core link tests/fakes/keeper_fake.c instead.
 *
 * Every call is one round trip under the deadline given at creation. All
 * return 0 or ERR_KEEPER (no keeper, no memory there), ERR_TIMEOUT, ERR_PROTO.
 * A late answer of an earlier call is recognised by its number and dropped.
 */
#ifndef AUTHD_KEEPER_KEEPER_CLIENT_H
#define AUTHD_KEEPER_KEEPER_CLIENT_H

#include <stddef.h>

#include "authd/keeper/keeper.h"

struct keeper;

/**
 * keeper_client_new(fd, timeout_ms, out):
 * Speak over the SOCK_SEQPACKET descriptor ${fd}, which is taken.
 */
int keeper_client_new(int fd, int timeout_ms, struct keeper **out) CHECKED;
/** keeper_client_free(k): close and free; NULL-safe. */
void keeper_client_free(struct keeper *k);

/** keeper_client_fd(k): borrow the descriptor, to poll it for end-of-file. */
int keeper_client_fd(const struct keeper *k);

/** keeper_client_hello(k, out): what the keeper says of itself now. */
int keeper_client_hello(struct keeper *k, struct keeper_hello *out) CHECKED;

/**
 * keeper_client_seed_new(k, owner, out):
 * Make a random seed for ${owner}, sealed as pending for PENDING_MS.
 * Source: RFC 4226 section 4 R6 (160 bits), RFC 6238 section 5.1.
 */
int keeper_client_seed_new(struct keeper *k, const struct keeper_owner *owner,
    struct keeper_seed *out) CHECKED;

/**
 * keeper_client_seed_draw(k, owner, sealed, out):
 * Show a pending seed again. ERR_WRONG_STATE when it is not pending, has
 * expired, is another owner's or not ours: a confirmed seed is never shown.
 */
int keeper_client_seed_draw(struct keeper *k, const struct keeper_owner *owner,
    const struct keeper_sealed *sealed, struct keeper_seed *out) CHECKED;

/**
 * keeper_client_seed_confirm(k, check, confirmed):
 * Check a code against a pending seed; on KEEPER_MATCH ${confirmed} is the same
 * seed sealed as confirmed, and check->step the code's step.
 */
int keeper_client_seed_confirm(struct keeper *k, struct keeper_check *check,
    struct keeper_sealed *confirmed) CHECKED;

/**
 * keeper_client_check(k, checks, n):
 * Judge ${n} (at most KEEPER_CHECKS_MAX) codes by the keeper's own clock; fills
 * verdict and step of each. On any error every verdict is KEEPER_NO_MATCH.
 * Source: RFC 6238 sections 4.2 and 5.2.
 */
int keeper_client_check(
    struct keeper *k, struct keeper_check *checks, size_t n) CHECKED;

/**
 * keeper_client_resync(k, check, next_code, offset):
 * Look for two consecutive codes (check->code, then ${next_code}) within
 * KEEPER_OFFSET_MAX steps around now. On KEEPER_MATCH check->step is the second
 * code's step and ${offset} that step less now's, in steps, as a value for
 * keeper_check.offset.
 * Source: RFC 4226 section 7.4, RFC 6238 section 6.
 */
int keeper_client_resync(struct keeper *k, struct keeper_check *check,
    const char next_code[CODE_DIGITS + 1], int32_t *offset) CHECKED;

/**
 * keeper_client_audit_seal(k, before, records, n, after, seal):
 * Have ${n} >= 1 records that follow ${before} chained and their last hash
 * signed. ${before} must be the confirmed head or the one pending head, which
 * thereby becomes confirmed; else ERR_WRONG_STATE.
 */
int keeper_client_audit_seal(struct keeper *k, const struct audit_head *before,
    const struct audit_record *records, size_t n, struct audit_head *after,
    uint8_t seal[AUDIT_SEAL_LEN]) CHECKED;

/**
 * keeper_client_audit_confirm(k, head):
 * Tell that the pending ${head} is durable; 0 also when it is confirmed
 * already, else ERR_WRONG_STATE.
 */
int keeper_client_audit_confirm(
    struct keeper *k, const struct audit_head *head) CHECKED;

/**
 * keeper_client_audit_follow(k, before, records, n, seal):
 * At start: lead the keeper's confirmed head over stored records of one
 * transaction, whose last carries ${seal}. ERR_WRONG_STATE when ${before} is
 * not the confirmed head or the seal is not the keeper's own.
 */
int keeper_client_audit_follow(struct keeper *k,
    const struct audit_head *before, const struct audit_record *records,
    size_t n, const uint8_t seal[AUDIT_SEAL_LEN]) CHECKED;

/**
 * keeper_client_mac(k, in, out):
 * Hash a password or a recovery code under the pepper, which stays there.
 */
int keeper_client_mac(struct keeper *k, const struct keeper_mac_in *in,
    uint8_t out[KEEPER_MAC_LEN]) CHECKED;

/**
 * keeper_client_clock_confirm(k, out):
 * Set the high-water mark to the keeper's clock, down or up, durably.
 */
int keeper_client_clock_confirm(
    struct keeper *k, struct keeper_clock *out) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_CLIENT_H */
