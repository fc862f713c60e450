/*
 * keeper_msg.h: the bytes between front and keeper, as PROTOCOL has them.
 * Room: keeper.  Process: front and keeper.  Threads: any.
 * Unit test: tests/unit/test_keeper_msg.c
 *
 * A message is a header {u16 type, u32 number} and fields. put functions
 * append to a buf, get functions read and break the reader on anything outside
 * its rules; buf_end() then says whether the message was whole.
 */
#ifndef AUTHD_KEEPER_KEEPER_MSG_H
#define AUTHD_KEEPER_KEEPER_MSG_H

#include "authd/base/buf.h"
#include "authd/keeper/keeper.h"

/* Requests are even; the answer to n is n + 1, or KEEPER_MSG_ERROR. */
enum keeper_msg {
	KEEPER_MSG_NONE = 0,
	KEEPER_MSG_ERROR = 1,
	KEEPER_MSG_HELLO = 2,
	KEEPER_MSG_SEED_NEW = 4,
	KEEPER_MSG_SEED_DRAW = 6,
	KEEPER_MSG_SEED_CONFIRM = 8,
	KEEPER_MSG_CHECK = 10,
	KEEPER_MSG_RESYNC = 12,
	KEEPER_MSG_AUDIT_PART = 14,
	KEEPER_MSG_AUDIT_SEAL = 16,
	KEEPER_MSG_AUDIT_CONFIRM = 18,
	KEEPER_MSG_AUDIT_FOLLOW = 20,
	KEEPER_MSG_MAC = 22,
	KEEPER_MSG_CLOCK_CONFIRM = 24,
	KEEPER_MSG_CA_INFO = 26,
	KEEPER_MSG_CERT_ISSUE = 28,
	KEEPER_MSG_CRL_PART = 30,
	KEEPER_MSG_CRL_SIGN = 32,
	KEEPER_MSG_CRL_READ = 34,
	KEEPER_MSG_OCSP = 36
};

#define KEEPER_MSG_HEADER 6 /* bytes */

struct keeper_msg_header {
	uint16_t type;
	uint32_t number;
};

/* The fields before the records of PART, SEAL and FOLLOW. */
struct keeper_msg_part {
	uint16_t part;            /* from 0 without gaps */
	struct audit_head before; /* of the first record of part 0 */
	uint32_t records;         /* how many follow here */
};

/** keeper_msg_name(type): the name for the log; never NULL. */
const char *keeper_msg_name(uint16_t type);

void keeper_msg_put_header(struct buf *b, uint16_t type, uint32_t number);
void keeper_msg_get_header(struct buf_reader *r, struct keeper_msg_header *h);

/** keeper_msg_put_error(b, r): the one field of ERROR, r an ERR_* number. */
void keeper_msg_put_error(struct buf *b, int r);
/** keeper_msg_get_error(rd): that number, or ERR_PROTO when it is none. */
int keeper_msg_get_error(struct buf_reader *rd);

void keeper_msg_put_owner(struct buf *b, const struct keeper_owner *o);
void keeper_msg_get_owner(struct buf_reader *r, struct keeper_owner *o);
void keeper_msg_put_sealed(struct buf *b, const struct keeper_sealed *s);
void keeper_msg_get_sealed(struct buf_reader *r, struct keeper_sealed *s);
void keeper_msg_put_head(struct buf *b, const struct audit_head *h);
void keeper_msg_get_head(struct buf_reader *r, struct audit_head *h);
void keeper_msg_put_code(struct buf *b, const char code[CODE_DIGITS + 1]);
void keeper_msg_get_code(struct buf_reader *r, char code[CODE_DIGITS + 1]);

/** The request half of a check; get clears verdict and step. */
void keeper_msg_put_check(struct buf *b, const struct keeper_check *c);
void keeper_msg_get_check(struct buf_reader *r, struct keeper_check *c);

/**
 * The answer half: verdict and step. get leaves KEEPER_NO_MATCH and 0 when the
 * reader is broken.
 */
void keeper_msg_put_verdict(struct buf *b, const struct keeper_check *c);
void keeper_msg_get_verdict(struct buf_reader *r, struct keeper_check *c);

void keeper_msg_put_seed(struct buf *b, const struct keeper_seed *s);
void keeper_msg_get_seed(struct buf_reader *r, struct keeper_seed *s);
void keeper_msg_put_hello(struct buf *b, const struct keeper_hello *h);
void keeper_msg_get_hello(struct buf_reader *r, struct keeper_hello *h);
void keeper_msg_put_clock(struct buf *b, const struct keeper_clock *c);
void keeper_msg_get_clock(struct buf_reader *r, struct keeper_clock *c);
/** What is to be hashed: get breaks the reader on a purpose there is not. */
void keeper_msg_put_mac(struct buf *b, const struct keeper_mac_in *in);
void keeper_msg_get_mac(struct buf_reader *r, struct keeper_mac_in *in);
void keeper_msg_put_part(struct buf *b, const struct keeper_msg_part *p);
void keeper_msg_get_part(struct buf_reader *r, struct keeper_msg_part *p);

#endif /* AUTHD_KEEPER_KEEPER_MSG_H */
