/*
 * backup_file.h: the form of a backup: one encrypted file of named members.
 * Process: one-shot modes.  Threads: one.
 * Unit test: tests/unit/test_backup_file.c
 *
 * Integers are big-endian. In clear: "SKBACKUP", version (16 bits, 2), kind
 * (8 bits), a zero byte; then
 *   kind 1: salt (16), cost (64 bits), memory (64 bits) of Argon2id, which
 *           makes the key from a passphrase;
 *   kind 2: the key in a sealed box (80) for a recovery public key;
 * then the header of an XChaCha20-Poly1305 secretstream (24). The stream is
 * cut into pieces of BACKUP_FILE_PIECE bytes, each 17 longer when encrypted,
 * the last one shorter or as long and tagged as final. All that is in clear
 * is authenticated with the first piece.
 * Inside: each member of enum backup_file_member in that order, none left
 * out: length of its name (16 bits), name, length (64 bits), bytes; then a
 * length of 0. No name in a file is ever used as a path.
 * Source: libsodium, crypto_secretstream, crypto_pwhash, crypto_box_seal.
 */
#ifndef AUTHD_BACKUP_FILE_H
#define AUTHD_BACKUP_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

#define BACKUP_FILE_PIECE   65536
#define BACKUP_FILE_KEY_LEN 32 /* X25519, both halves */
#define BACKUP_FILE_MEM_MAX (1024 * 1024 * 1024)
#define BACKUP_FILE_OPS_MAX 16

enum backup_file_kind { BACKUP_FILE_PASSPHRASE = 1, BACKUP_FILE_RECIPIENT = 2 };

/* What locks or opens a file; everything is borrowed. */
struct backup_file_key {
	enum backup_file_kind kind;
	const char *passphrase;
	size_t passphrase_len;
	const uint8_t *public_key, *secret_key; /* opening needs both */
	uint64_t ops, mem; /* cost of a passphrase; 0: the usual */
};

enum backup_file_member {
	BACKUP_FILE_CONF, /* sekisho.conf */
	BACKUP_FILE_SEED_KEY,
	BACKUP_FILE_AUDIT_KEY,
	BACKUP_FILE_AUDIT_PUB,
	BACKUP_FILE_CA_KEY, /* this and the next: not in version 1 */
	BACKUP_FILE_CA_CHAIN, /* ca.pem */
	BACKUP_FILE_STATE, /* keeper.state */
	BACKUP_FILE_DB,
	BACKUP_FILE_MEMBERS
};

struct backup_file;

/** backup_file_max(m): the most bytes that member ${m} may have. */
uint64_t backup_file_max(enum backup_file_member m);

/**
 * backup_file_create(fd, key, out):
 * Begin a backup in ${fd} (borrowed), at its present place.
 * Return: 0, ERR_NOMEM (also for the passphrase's memory), ERR_IO, ERR_FULL,
 *         ERR_INVALID for a recovery key that is none.
 * Owns: the caller, who ends it with backup_file_close().
 */
int backup_file_create(int fd, const struct backup_file_key *key,
    struct backup_file **out) CHECKED;

/**
 * backup_file_put_begin(f, m, size), backup_file_put(f, p, n),
 * backup_file_finish(f):
 * Write the next member, its ${size} bytes in any portions; after the last
 * one, the end. Return: 0, ERR_IO, ERR_FULL; ERR_LIMIT for a size that the
 * member may not have; ERR_WRONG_STATE out of order.
 */
int backup_file_put_begin(
    struct backup_file *f, enum backup_file_member m, uint64_t size) CHECKED;
int backup_file_put(struct backup_file *f, const void *p, size_t n) CHECKED;
int backup_file_finish(struct backup_file *f) CHECKED;

/**
 * backup_file_open(fd, key, out):
 * Begin to read. The first piece is opened at once, so that a wrong key is
 * known before anything else is done.
 * Return: 0; ERR_DENIED (wrong passphrase or key, or a damaged beginning);
 *         ERR_WRONG_STATE (locked by the other kind of key); ERR_CORRUPT (no
 *         backup, cut off); ERR_LIMIT (asks for too much memory or work);
 *         ERR_IO, ERR_NOMEM. Logged.
 * Owns: the caller, who ends it with backup_file_close().
 */
int backup_file_open(int fd, const struct backup_file_key *key,
    struct backup_file **out) CHECKED;

/**
 * backup_file_next(f, m, size):
 * Read on to member ${m}, which must be the next in order and there.
 * Return: 0, ERR_CORRUPT (another name, a size it may not have, damage), ERR_IO,
 *         ERR_WRONG_STATE (bytes of the one before are unread), ERR_NOTFOUND
 *         (version 1, which had no such member; go on with the next).
 */
int backup_file_next(
    struct backup_file *f, enum backup_file_member m, uint64_t *size) CHECKED;

/** backup_file_get(f, p, n): exactly ${n} bytes of the present member. */
int backup_file_get(struct backup_file *f, void *p, size_t n) CHECKED;

/**
 * backup_file_end(f):
 * After the last member: the file ends here, as it was meant to.
 * Return: 0, ERR_CORRUPT (cut off, or more follows), ERR_IO.
 */
int backup_file_end(struct backup_file *f) CHECKED;

/** backup_file_close(f): wipe and free. NULL-safe. */
void backup_file_close(struct backup_file *f);

#endif /* AUTHD_BACKUP_FILE_H */
