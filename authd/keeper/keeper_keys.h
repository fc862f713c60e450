/*
 * keeper_keys.h: the keys of the keeper, in memory of their own.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_keys.c
 */
#ifndef AUTHD_KEEPER_KEEPER_KEYS_H
#define AUTHD_KEEPER_KEEPER_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/base/err.h"

#define KEEPER_KEYS_LEN 32 /* each, in its file and in memory */

struct keeper_keys {
	uint8_t seed[KEEPER_KEYS_LEN];  /* AES-256, seals seeds */
	uint8_t audit[KEEPER_KEYS_LEN]; /* Ed25519 private seed */
	uint8_t mac[KEEPER_KEYS_LEN];   /* the pepper, derived from seed */
	uint8_t ca[KEEPER_KEYS_LEN];    /* P-256 private key of the CA */
	uint8_t ocsp[KEEPER_KEYS_LEN];  /* of its delegate, made at start */
};

/**
 * keeper_keys_new(out, is_secret):
 * Make zeroed room for keys: memfd_secret(2) where the kernel has it, which
 * takes the pages out of the kernel's own map too and is said in
 * ${is_secret}; else locked memory that is left out of cores.
 * Return: 0, ERR_NOMEM, ERR_SYS.
 * Owns: the caller, until keeper_keys_free().
 */
int keeper_keys_new(struct keeper_keys **out, bool *is_secret) CHECKED;

/** keeper_keys_free(keys, is_secret): wipe and give back; NULL-safe. */
void keeper_keys_free(struct keeper_keys *keys, bool is_secret);

/**
 * keeper_keys_read(fd, what, key):
 * Read a file of exactly KEEPER_KEYS_LEN bytes into ${key} and close ${fd},
 * whatever comes of it. ${what} names it in the log.
 * Return: 0, ERR_IO, ERR_INVALID for another length or a key of zeroes.
 */
int keeper_keys_read(
    int fd, const char *what, uint8_t key[KEEPER_KEYS_LEN]) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_KEYS_H */
