/*
 * keeper_crl.h: revocation lists. Which certificates are on them is the front's
 * to say; that a list's number is higher than any before is the keeper's.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_crl.c
 */
#ifndef AUTHD_KEEPER_KEEPER_CRL_H
#define AUTHD_KEEPER_KEEPER_CRL_H

#include "authd/keeper/keeper_ca.h"
#include "authd/keeper/keeper_cert_msg.h"

#define KEEPER_CRL_CHUNK    (120 * 1024) /* of a list that is read */
#define KEEPER_CRL_LIFE_MIN (60 * 1000)

/**
 * keeper_crl_part(ca, part):
 * Begin anew with part 0, or go on with the next. Entries follow by
 * keeper_crl_add(). Return: 0, ERR_WRONG_STATE for a gap.
 */
int keeper_crl_part(
    struct keeper_ca *ca, const struct keeper_cert_msg_part *part) CHECKED;

/**
 * keeper_crl_add(ca, e): one more, in order. Return: 0, ERR_INVALID, ERR_LIMIT,
 * ERR_NOMEM; then the whole ends.
 */
int keeper_crl_add(
    struct keeper_ca *ca, const struct keeper_crl_entry *e) CHECKED;

/**
 * keeper_crl_sign(ca, ask, out):
 * Sign the list of the ask->n entries that were added. Its number is written
 * to keeper.state first: it is used up even when signing then fails.
 * Return: 0 with length and dates in ${out} (der stays here); ERR_INVALID
 *         (number, life), ERR_WRONG_STATE (another count, no dates of the CA),
 *         ERR_IO, ERR_NOMEM, ERR_KEEPER.
 */
int keeper_crl_sign(struct keeper_ca *ca, const struct keeper_crl_ask *ask,
    struct keeper_crl *out) CHECKED;

/**
 * keeper_crl_read(ca, at, p, n):
 * Borrow what is signed from byte ${at} on, at most KEEPER_CRL_CHUNK of it.
 * Return: 0 or ERR_WRONG_STATE.
 */
int keeper_crl_read(const struct keeper_ca *ca, size_t at, const uint8_t **p,
    size_t *n) CHECKED;

/** keeper_crl_drop(ca): forget both. */
void keeper_crl_drop(struct keeper_ca *ca);

#endif /* AUTHD_KEEPER_KEEPER_CRL_H */
