/*
 * audit_record.h: one line of the audit log and its canonical bytes.
 * Room: audit.  Process: front, keeper, one-shot modes.  Threads: any.
 * Unit test: tests/unit/test_audit_record.c
 */
#ifndef AUTHD_AUDIT_AUDIT_RECORD_H
#define AUTHD_AUDIT_AUDIT_RECORD_H

#include <stdint.h>

#include "authd/base/buf.h"
#include "authd/base/id.h"
#include "authd/base/limits.h"

#define AUDIT_ACTOR_MAX	 64
#define AUDIT_SOURCE_MAX 64
#define AUDIT_WORD_MAX	 32
#define AUDIT_DETAIL_MAX 512
/* Canonical bytes of one record, every field at its longest. */
#define AUDIT_RECORD_MAX 1280

/* Every text is UTF-8 without control characters; "" where it says nothing. */
struct audit_record {
	int32_t node;			   /* which node wrote it, from 1 */
	int64_t seq;			   /* from 1 without gaps, per node */
	int64_t at_ms;			   /* wall time, ms since 1970 UTC */
	char actor[AUDIT_ACTOR_MAX + 1];   /* unix:UID, system */
	char source[AUDIT_SOURCE_MAX + 1]; /* consumer, claimed address */
	char office[OFFICE_CODE_MAX + 1];  /* office code */
	char account[LOGIN_MAX + 1];	   /* login the act was about */
	char device[ID_TEXT + 1];	   /* device id */
	char action[AUDIT_WORD_MAX + 1];   /* verify, account.add, ... */
	char result[AUDIT_WORD_MAX + 1];   /* accept, refuse, done */
	char reason[AUDIT_WORD_MAX + 1];   /* locked, wrong_code, ... */
	char request_id[REQUEST_ID_LEN + 1];
	char detail[AUDIT_DETAIL_MAX + 1]; /* key=value words */
};

/**
 * audit_record_put(b, rec):
 * Append the canonical bytes of ${rec} to ${b}: a version byte and every
 * field in the order above. These bytes are hashed and sent to the keeper.
 * What audit_record_get() would refuse breaks ${b}: it must not be hashed.
 */
void audit_record_put(struct buf *b, const struct audit_record *rec);

/**
 * audit_record_get(r, rec):
 * Read what audit_record_put() wrote. Refused: a foreign version, text that is
 * not UTF-8 or has control characters (C1 too), a field too long, a node or
 * seq below 1.
 * Return: 0 or ERR_PROTO.
 */
int audit_record_get(struct buf_reader *r, struct audit_record *rec) CHECKED;

#endif /* AUTHD_AUDIT_AUDIT_RECORD_H */
