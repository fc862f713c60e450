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
void keeper_cert_msg_put_ca(struct buf *b, const struct keeper_ca_info *ca);
void keeper_cert_msg_get_ca(struct buf_reader *r, struct keeper_ca_info *ca);

#endif /* AUTHD_KEEPER_KEEPER_CERT_MSG_H */
