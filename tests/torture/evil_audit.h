/*
 * evil_audit.h: what the keeper must answer to AUDIT messages, and where its
 * heads must be after each: a small model of PROTOCOL, written apart from it.
 */
#ifndef TESTS_TORTURE_EVIL_AUDIT_H
#define TESTS_TORTURE_EVIL_AUDIT_H

#include "authd/audit/audit_chain.h"

#define EVIL_AUDIT_SEALS 64
#define EVIL_AUDIT_BYTES 8192 /* of records, kept to be followed */

/* A transaction that the keeper has sealed. */
struct evil_audit_seal {
	struct audit_head before, after;
	uint32_t count; /* records; 0: not kept */
	size_t len;
	uint8_t records[EVIL_AUDIT_BYTES];
	uint8_t seal[AUDIT_SEAL_LEN];
};

struct evil_audit {
	struct audit_head confirmed, pending;
	struct audit_head pending_before; /* what pending continues */
	bool has_pending;
	/* the go */
	bool is_open;
	uint32_t parts;
	struct audit_head before, at;
	bool is_broken; /* two continuations of one head were confirmed */
	struct evil_audit_seal seals[EVIL_AUDIT_SEALS]; /* a ring */
	unsigned seals_n;
	const uint8_t *pub; /* the keeper's, borrowed */
};

struct evil_audit_expect {
	bool is_ok;                  /* else ERROR */
	struct audit_head after;     /* AUDIT_SEAL: what is signed */
	struct audit_head before;    /* ... and what it continues */
	struct audit_head confirmed; /* HELLO: what it tells */
};

/* The keeper is about to get these bytes; must be called for each message. */
void evil_audit_apply(struct evil_audit *a, const uint8_t *p, size_t n,
    struct evil_audit_expect *expect);

/* A keeper that was started anew. */
void evil_audit_restart(struct evil_audit *a);

/* Keep a seal that was given, if all its records were in that one packet. */
void evil_audit_keep(struct evil_audit *a, const uint8_t *p, size_t n,
    const struct evil_audit_expect *expect, const uint8_t seal[AUDIT_SEAL_LEN]);

#endif /* TESTS_TORTURE_EVIL_AUDIT_H */
