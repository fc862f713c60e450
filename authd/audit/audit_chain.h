/*
 * audit_chain.h: the hash chain over audit records and the seal on its head.
 * Room: audit.  Process: front, keeper, one-shot modes.  Threads: any.
 * Unit test: tests/unit/test_audit_chain.c
 *
 * hash(n) = SHA-256(hash(n - 1) || canonical bytes of record n); hash(0) is
 * 32 zero bytes. The last record of each transaction carries an Ed25519 seal.
 */
#ifndef AUTHD_AUDIT_AUDIT_CHAIN_H
#define AUTHD_AUDIT_AUDIT_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/audit/audit_record.h"

#define AUDIT_HASH_LEN 32
#define AUDIT_SEAL_LEN 64 /* Ed25519, RFC 8032 section 5.1.6 */
#define AUDIT_PUB_LEN  32

/* A point in the log of one node: record seq has this hash. seq 0: empty. */
struct audit_head {
	int32_t node;
	int64_t seq;
	uint8_t hash[AUDIT_HASH_LEN];
};

/**
 * audit_chain_next(head, rec):
 * Move ${head} over ${rec}, which must be of the same node and the next seq.
 * Return: 0, ERR_WRONG_STATE when it is not the next one, ERR_NOMEM, or
 * ERR_INVALID for a record that audit_record_put() does not take.
 */
int audit_chain_next(struct audit_head *head,
    const struct audit_record *rec) CHECKED;

/** audit_chain_equal(a, b): true when both name the same point. */
bool audit_chain_equal(const struct audit_head *a, const struct audit_head *b);

#define AUDIT_SEAL_TEXT_MAX 80
/**
 * audit_chain_seal_text(head, out):
 * Write the bytes an audit seal signs ("sekisho audit head 1", NUL, node, seq,
 * hash); return their number.
 */
size_t audit_chain_seal_text(const struct audit_head *head,
    uint8_t out[AUDIT_SEAL_TEXT_MAX]);

/**
 * audit_chain_seal_ok(pub, head, seal):
 * True only when ${seal} is the signature over ${head} by the key whose
 * public half is ${pub}.
 */
bool audit_chain_seal_ok(const uint8_t pub[AUDIT_PUB_LEN],
    const struct audit_head *head, const uint8_t seal[AUDIT_SEAL_LEN]) CHECKED;

#endif /* AUTHD_AUDIT_AUDIT_CHAIN_H */
