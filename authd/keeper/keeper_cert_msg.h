/*
 * keeper_cert_msg.h: the bytes of the messages about certificates.
 * Room: keeper.  Process: front and keeper.  Threads: any.
 * Unit test: tests/unit/test_keeper_cert.c
 */
#ifndef AUTHD_KEEPER_KEEPER_CERT_MSG_H
#define AUTHD_KEEPER_KEEPER_CERT_MSG_H

#include "authd/base/buf.h"
#include "authd/keeper/keeper_cert.h"

/* get breaks the reader on what is outside its rules, and clears then. */
void keeper_cert_msg_put_ask(struct buf *b, const struct keeper_cert_ask *ask);
void keeper_cert_msg_get_ask(
    struct buf_reader *r, struct keeper_cert_ask *ask);
void keeper_cert_msg_put_cert(struct buf *b, const struct keeper_cert *cert);
void keeper_cert_msg_get_cert(struct buf_reader *r, struct keeper_cert *cert);
/* What came of one ask: an error, or a certificate. */
void keeper_cert_msg_put_issued(
    struct buf *b, int error, const struct keeper_cert *cert);
void keeper_cert_msg_get_issued(
    struct buf_reader *r, int *error, struct keeper_cert *cert);
void keeper_cert_msg_put_ca(struct buf *b, const struct keeper_ca_info *ca);
void keeper_cert_msg_get_ca(struct buf_reader *r, struct keeper_ca_info *ca);


/* The fields of CRL_PART before its entries. */
struct keeper_cert_msg_part {
	uint16_t part;  /* from 0 without gaps */
	uint32_t count; /* 0..KEEPER_CERT_CRL_PART */
};
void keeper_cert_msg_put_part(
    struct buf *b, const struct keeper_cert_msg_part *p);
void keeper_cert_msg_get_part(
    struct buf_reader *r, struct keeper_cert_msg_part *p);
void keeper_cert_msg_put_entry(
    struct buf *b, const struct keeper_crl_entry *e);
void keeper_cert_msg_get_entry(
    struct buf_reader *r, struct keeper_crl_entry *e);

/* CRL_SIGN: number, life and how many entries went before. */
void keeper_cert_msg_put_sign(struct buf *b, const struct keeper_crl_ask *ask);
void keeper_cert_msg_get_sign(
    struct buf_reader *r, struct keeper_crl_ask *ask);

void keeper_cert_msg_put_ocsp_ask(
    struct buf *b, const struct keeper_ocsp_ask *ask);
void keeper_cert_msg_get_ocsp_ask(
    struct buf_reader *r, struct keeper_ocsp_ask *ask);
void keeper_cert_msg_put_ocsp(struct buf *b, const struct keeper_ocsp *o);
void keeper_cert_msg_get_ocsp(struct buf_reader *r, struct keeper_ocsp *o);

#endif /* AUTHD_KEEPER_KEEPER_CERT_MSG_H */
