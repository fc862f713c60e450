/*
 * backup_key.h: where the key of a backup comes from: a passphrase in a file
 * or on standard input, or a recovery key pair.
 * Process: one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/25-backup.sh
 */
#ifndef AUTHD_BACKUP_KEY_H
#define AUTHD_BACKUP_KEY_H

#include <stdbool.h>

#include "authd/backup_file.h"

#define BACKUP_KEY_MIN 12 /* bytes of a passphrase */
#define BACKUP_KEY_MAX 1024

/* Names of files; with none of them the passphrase is read from standard
 * input (up to the first line's end; a terminal is asked without echo). */
struct backup_key_source {
	const char *passphrase_file;
	const char *recipient; /* public half, to lock */
	const char *identity;  /* secret half, to open */
};

struct backup_key;

/**
 * backup_key_get(from, is_new, out):
 * Read the key; a terminal asks for the passphrase of a new backup twice.
 * Return: 0, ERR_INVALID (too short, no key), ERR_DENIED (a secret that
 *         everybody can read), ERR_SYS, ERR_NOMEM. Logged.
 * Owns: the caller, who ends it with backup_key_free().
 */
int backup_key_get(const struct backup_key_source *from, bool is_new,
    struct backup_key **out) CHECKED;

/** backup_key_use(k): borrow what backup_file_create() and open() take. */
const struct backup_file_key *backup_key_use(const struct backup_key *k);

/** backup_key_free(k): wipe and free. NULL-safe. */
void backup_key_free(struct backup_key *k);

/**
 * backup_key_make(dir):
 * Make a recovery key pair: ${dir}/recovery.pub, which stays, and
 * ${dir}/recovery.key (0600), which is to be taken away.
 * Return: 0, ERR_EXISTS, ERR_SYS, ERR_IO. Logged; nothing is left then.
 */
int backup_key_make(const char *dir) CHECKED;

#endif /* AUTHD_BACKUP_KEY_H */
