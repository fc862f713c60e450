/*
 * migrate.h: bring a SQLite file to the wanted version, forward only.
 * Room: store.  Process: front, one-shot modes.
 * Unit test: tests/unit/test_migrate.c
 */
#ifndef AUTHD_STORE_MIGRATE_H
#define AUTHD_STORE_MIGRATE_H

#include <sqlite3.h>

#include "authd/base/err.h"

/**
 * migrate_version(db, version):
 * Store the version of ${db}; 0 for a file without tables.
 * Return: 0, ERR_WRONG_STATE when it has tables that are not ours,
 *         ERR_STORE, ERR_NOMEM, ERR_CORRUPT (no SQLite file, damaged).
 */
int migrate_version(sqlite3 *db, int *version) CHECKED;

/**
 * migrate_run(db, steps, n):
 * Run the steps that ${db} lacks of the ${n} in ${steps} (schema.h), each in
 * a transaction of its own: a step that fails leaves the version before it.
 * Return: as migrate_version(), ERR_BUSY, ERR_FULL; ERR_WRONG_STATE also for
 *         a version above ${n}.
 */
int migrate_run(sqlite3 *db, const char *const *steps, int n) CHECKED;

#endif /* AUTHD_STORE_MIGRATE_H */
