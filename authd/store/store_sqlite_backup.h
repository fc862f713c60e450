/*
 * store_sqlite_backup.h: copy a SQLite store while it is in use, look at a
 * copy that comes back, and raise what must not go back with it.
 * Room: store.  Process: one-shot modes.
 * Unit test: tests/unit/test_store_backup.c
 */
#ifndef AUTHD_STORE_STORE_SQLITE_BACKUP_H
#define AUTHD_STORE_STORE_SQLITE_BACKUP_H

#include "authd/store/store.h"

/**
 * store_sqlite_backup_copy(from, dir, fd):
 * Copy the store in the file ${from} as of one commit, and check the copy.
 * The writer goes on meanwhile. The copy is a file in ${dir} that has no name
 * any more: ${fd} is all there is of it, at its beginning.
 * Return: 0; ERR_NOTFOUND (no store), ERR_FULL, ERR_CORRUPT, ERR_BUSY,
 *         ERR_STORE, ERR_SYS, ERR_NOMEM. Logged.
 * Owns: the caller closes ${fd}.
 */
int store_sqlite_backup_copy(
    const char *from, const char *dir, int *fd) CHECKED;

/**
 * store_sqlite_backup_check(s):
 * Read every page of ${s}: is the file whole, as SQLite sees it?
 * Return: 0, ERR_CORRUPT or another ERR_*. Logged.
 */
int store_sqlite_backup_check(struct store *s) CHECKED;

/**
 * store_sqlite_backup_raise(s, step):
 * Within begin..commit: no phone takes a code up to ${step} (plus its own
 * offset) any more. What is higher already stays. Open tickets are void and
 * their files gone: one may have been used since. Every session is over: one may
 * have been ended since.
 * Return: 0 or ERR_*. (Rule 6.1)
 */
int store_sqlite_backup_raise(struct store *s, int64_t step) CHECKED;

#endif /* AUTHD_STORE_STORE_SQLITE_BACKUP_H */
