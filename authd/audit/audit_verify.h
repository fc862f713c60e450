/*
 * audit_verify.h: read a log from its first record and say whether it is whole.
 * Room: audit.  Process: front, one-shot modes.  Threads: one each.
 * Needs the public key only. Unit test: tests/unit/test_audit_verify.c
 */
#ifndef AUTHD_AUDIT_AUDIT_VERIFY_H
#define AUTHD_AUDIT_AUDIT_VERIFY_H

#include "authd/audit/audit_chain.h"

struct audit_verify {
	uint8_t pub[AUDIT_PUB_LEN];
	struct audit_head head;	    /* last record that fitted */
	struct audit_head known;    /* must be met; seq 0: nothing known */
	int64_t sealed_seq;	    /* last record under a good seal */
	int64_t records;	    /* records read */
	int64_t first_bad;	    /* 0: none found yet */
	char why[AUDIT_WORD_MAX + 1]; /* hash, sequence, seal, unsealed, ... */
};

/** audit_verify_init(v, pub, node): start before record 1 of ${node}. */
void audit_verify_init(struct audit_verify *v,
    const uint8_t pub[AUDIT_PUB_LEN], int32_t node);

/**
 * audit_verify_add(v, rec, hash, seal):
 * Look at the next stored record, its stored hash and its stored seal (NULL
 * when it carries none). After the first bad record the rest is only counted.
 * A hash that does not fit names this record; a seal that does not fit names
 * the first record after the last good seal, since any of that transaction may
 * be the one that was changed.
 */
void audit_verify_add(struct audit_verify *v, const struct audit_record *rec,
    const uint8_t hash[AUDIT_HASH_LEN], const uint8_t *seal);

/**
 * audit_verify_end(v):
 * Say whether the whole log holds: all records fitted, the last one is sealed,
 * and the head told by audit_verify_known() was met. Sets first_bad and why
 * otherwise; a log cut short is named by the first record that is missing.
 */
bool audit_verify_end(struct audit_verify *v) CHECKED;

/**
 * audit_verify_known(v, known):
 * Tell before the first add that the log must contain ${known}: then a log
 * cut before it, or rewritten with a stolen key, is named too.
 */
void audit_verify_known(struct audit_verify *v,
    const struct audit_head *known);

#endif /* AUTHD_AUDIT_AUDIT_VERIFY_H */
