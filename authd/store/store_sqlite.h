/*
 * store_sqlite.h: the store in one SQLite file, embedded.
 * Room: store.  Process: front, one-shot modes.
 */
#ifndef AUTHD_STORE_STORE_SQLITE_H
#define AUTHD_STORE_STORE_SQLITE_H

#include "authd/store/store.h"

/**
 * store_sqlite_open(path, mode, out):
 * Open ${path}: WAL, synchronous FULL, every checkpoint by the writer (SQLite
 * before 3.51.3 can damage a file when two connections write or checkpoint at
 * once). The writer creates the file (0600) and runs missing migrations; a
 * reader refuses (ERR_WRONG_STATE) a file of another schema version. A reader
 * also opens a copy of the file alone, on a medium that cannot be written; it
 * then takes the file as one that nobody changes. ${path} may lead through
 * /proc/self/fd.
 * Return: 0, ERR_STORE, ERR_NOTFOUND (reader, no file), ERR_WRONG_STATE,
 *         ERR_NOMEM, ERR_FULL, ERR_BUSY, ERR_CORRUPT, ERR_SYS, ERR_INVALID
 *         (path empty or too long).
 * Owns: the caller, who ends it with (*out)->ops->close().
 */
int store_sqlite_open(
    const char *path, enum store_mode mode, struct store **out) CHECKED;

/**
 * store_sqlite_share(reader, writer):
 * Both are of one file: from now on ${reader} shows of phones also what
 * ${writer} knows of their last use and has not brought into their rows yet.
 * They may be closed in any order.
 */
void store_sqlite_share(struct store *reader, struct store *writer);

#endif /* AUTHD_STORE_STORE_SQLITE_H */
