/*
 * keeper_mac.h: the pepper: a keyed hash over what the front wants to store of
 * passwords and recovery codes, so that a stolen database alone is of no use.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_mac.c
 */
#ifndef AUTHD_KEEPER_KEEPER_MAC_H
#define AUTHD_KEEPER_KEEPER_MAC_H

#include "authd/keeper/keeper.h"

#define KEEPER_MAC_KEY_LEN 32

/**
 * keeper_mac_derive(seed_key, out):
 * Make the pepper from the seed key, as a key of its own: whoever has one of
 * the two files of keys/ backed up has it too.
 * Return: 0 or ERR_KEEPER. Source: RFC 5869 (HKDF with SHA-256).
 */
int keeper_mac_derive(const uint8_t seed_key[KEEPER_MAC_KEY_LEN],
    uint8_t out[KEEPER_MAC_KEY_LEN]) CHECKED;

/**
 * keeper_mac_run(key, in, out):
 * HMAC-SHA-256 over purpose, office, account and the bytes of ${in}: the same
 * password of two accounts, or as another purpose, gives another value.
 * Return: 0, ERR_PROTO (no such purpose, no bytes), ERR_KEEPER.
 * Source: RFC 2104.
 */
int keeper_mac_run(const uint8_t key[KEEPER_MAC_KEY_LEN],
    const struct keeper_mac_in *in, uint8_t out[KEEPER_MAC_LEN]) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_MAC_H */
