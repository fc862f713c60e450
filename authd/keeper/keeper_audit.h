/*
 * keeper_audit.h: sign the head of the audit log, never two continuations of
 * what is durable.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_audit.c
 *
 * A seal is asked for in one go: begin, add for each record, seal or follow.
 * Anything else in between, and any error, ends the go; it starts anew with
 * begin. Only the confirmed head or the one pending head can be continued.
 */
#ifndef AUTHD_KEEPER_KEEPER_AUDIT_H
#define AUTHD_KEEPER_KEEPER_AUDIT_H

#include "authd/audit/audit_chain.h"

#define KEEPER_AUDIT_KEY_LEN 32

struct keeper_audit {
	const uint8_t *key; /* borrowed: Ed25519 private seed */
	uint8_t pub[AUDIT_PUB_LEN];
	struct audit_head confirmed; /* durable in the log */
	struct audit_head pending;   /* sealed, not known to be durable */
	bool has_pending;
	bool is_open;             /* between begin and its end */
	uint16_t parts;           /* packets taken since begin */
	struct audit_head before; /* where the go began */
	struct audit_head at;     /* where it is */
};

/**
 * keeper_audit_init(a, key, confirmed):
 * Sign with ${key} (borrowed, stays in the locked memory of its owner), from
 * the head in keeper.state on.
 * Return: 0 or ERR_KEEPER when OpenSSL cannot.
 */
int keeper_audit_init(struct keeper_audit *a,
    const uint8_t key[KEEPER_AUDIT_KEY_LEN],
    const struct audit_head *confirmed) CHECKED;

/** keeper_audit_begin(a, before): a new go; any older one is forgotten. */
void keeper_audit_begin(
    struct keeper_audit *a, const struct audit_head *before);

/** keeper_audit_drop(a): end the go. */
void keeper_audit_drop(struct keeper_audit *a);

/**
 * keeper_audit_add(a, rec):
 * The next record, parsed by the caller. Return: as audit_chain_next(), and
 * ERR_WRONG_STATE without begin; the go has then ended.
 */
int keeper_audit_add(
    struct keeper_audit *a, const struct audit_record *rec) CHECKED;

/**
 * keeper_audit_seal(a, after, seal):
 * Sign where the records led. That is the pending head from now on, and the
 * older pending one, if it was continued, the confirmed one.
 * Return: 0, ERR_WRONG_STATE (neither head was continued), ERR_PROTO (no
 * record), ERR_KEEPER.
 */
int keeper_audit_seal(struct keeper_audit *a, struct audit_head *after,
    uint8_t seal[AUDIT_SEAL_LEN]) CHECKED;

/**
 * keeper_audit_follow(a, seal):
 * Lead the confirmed head along records that carry our own ${seal}.
 * Return: 0, ERR_WRONG_STATE, ERR_PROTO.
 */
int keeper_audit_follow(
    struct keeper_audit *a, const uint8_t seal[AUDIT_SEAL_LEN]) CHECKED;

/**
 * keeper_audit_confirm(a, head):
 * The pending ${head} is durable. Return: 0 (also when it is the confirmed one
 * already) or ERR_WRONG_STATE.
 */
int keeper_audit_confirm(
    struct keeper_audit *a, const struct audit_head *head) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_AUDIT_H */
