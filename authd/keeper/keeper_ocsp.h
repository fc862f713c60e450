/*
 * keeper_ocsp.h: OCSP answers, signed by a delegate that the keeper makes: a
 * key that is nowhere but in its memory, and a certificate of two weeks.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_crl.c
 */
#ifndef AUTHD_KEEPER_KEEPER_OCSP_H
#define AUTHD_KEEPER_KEEPER_OCSP_H

#include "authd/keeper/keeper_ca.h"

#define KEEPER_OCSP_SIGNER_MS (14LL * 24 * 60 * 60 * 1000)
#define KEEPER_OCSP_RENEW_MS  (KEEPER_OCSP_SIGNER_MS / 2)
#define KEEPER_OCSP_LIFE_MIN  (60 * 1000)

/**
 * keeper_ocsp_sign(ca, ask, out):
 * Return: 0, ERR_INVALID (a hash or a reason there is not, life),
 *         ERR_WRONG_STATE (dates of the CA), ERR_NOMEM, ERR_SYS, ERR_KEEPER.
 */
int keeper_ocsp_sign(struct keeper_ca *ca, const struct keeper_ocsp_ask *ask,
    struct keeper_ocsp *out) CHECKED;

/** keeper_ocsp_drop(ca): wipe the delegate. */
void keeper_ocsp_drop(struct keeper_ca *ca);

#endif /* AUTHD_KEEPER_KEEPER_OCSP_H */
