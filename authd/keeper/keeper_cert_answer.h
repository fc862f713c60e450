/*
 * keeper_cert_answer.h: the keeper's half of the messages about certificates.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_cert.c
 */
#ifndef AUTHD_KEEPER_KEEPER_CERT_ANSWER_H
#define AUTHD_KEEPER_KEEPER_CERT_ANSWER_H

#include "authd/base/buf.h"
#include "authd/keeper/keeper_ca.h"

/**
 * keeper_cert_answer(ca, type, r, b):
 * Answer a request of ${type} whose fields ${r} has; what is to be answered
 * goes to ${b}.
 * Return: 0 or the error to answer; ERR_PROTO for a type there is not,
 *         ERR_WRONG_STATE when ${ca} is NULL.
 */
int keeper_cert_answer(struct keeper_ca *ca, uint16_t type,
    struct buf_reader *r, struct buf *b) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_CERT_ANSWER_H */
