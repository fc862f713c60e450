#include "authd/base/log.h"
#include "authd/store/ask.h"
#include "authd/store/migrate.h"

/* The one number a query of ours gives; absent is -1. */
static int
get_number(sqlite3 *db, const char *sql, int *out)
{
	sqlite3_stmt *st = NULL;
	int rc;

	*out = -1;
	if ((rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL)) == SQLITE_OK &&
	    (rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (sqlite3_column_type(st, 0) == SQLITE_INTEGER)
			*out = sqlite3_column_int(st, 0);
		rc = sqlite3_step(st);
	}
	sqlite3_finalize(st);
	return (rc == SQLITE_DONE ? 0 : ask_error(db, rc, "schema version"));
}

int
migrate_version(sqlite3 *db, int *version)
{
	int tables, ours, r;

	*version = 0;
	if ((r = get_number(
		 db, "SELECT count(*) FROM sqlite_schema", &tables)) != 0 ||
	    tables == 0)
		return (r);
	r = get_number(db,
	    "SELECT count(*) FROM sqlite_schema"
	    " WHERE type = 'table' AND name = 'schema_version'",
	    &ours);
	if (r != 0)
		return (r);
	if (ours != 1)
		return (
		    log_fr(ERR_WRONG_STATE, "store: a database of other use"));
	r = get_number(db, "SELECT max(version) FROM schema_version", version);
	if (r == 0 && *version < 1)
		r = log_fr(ERR_CORRUPT, "store: no schema version");
	return (r);
}

static int
run_sql(sqlite3 *db, const char *sql)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return (rc == SQLITE_OK ? 0 : ask_error(db, rc, "migrate"));
}

static int
note_version(sqlite3 *db, int version)
{
	sqlite3_stmt *st = NULL;
	int rc;

	rc = sqlite3_prepare_v2(db,
	    "INSERT INTO schema_version (version) VALUES (?1)", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(st, 1, version);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	sqlite3_finalize(st);
	return (rc == SQLITE_DONE ? 0 : ask_error(db, rc, "migrate"));
}

/* One step, or none when the file is at n already. */
static int
run_next(sqlite3 *db, const char *const *steps, int n, int *at)
{
	int r;

	if ((r = run_sql(db, "BEGIN IMMEDIATE")) != 0)
		return (r);
	/* Looked at under the lock: another writer may have been first. */
	if ((r = migrate_version(db, at)) != 0)
		goto undo;
	if (*at > n) {
		r = log_fr(ERR_WRONG_STATE,
		    "store: schema version %d, this program knows %d", *at, n);
		goto undo;
	}
	if (*at == n)
		goto undo;
	if ((r = run_sql(db, steps[*at])) != 0 ||
	    (r = note_version(db, *at + 1)) != 0 ||
	    (r = run_sql(db, "COMMIT")) != 0)
		goto undo;
	(*at)++;
	log_info("store: schema version %d", *at);
	return (0);
undo:
	/* A full disk may have ended the transaction already. */
	if (!sqlite3_get_autocommit(db))
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return (r);
}

int
migrate_run(sqlite3 *db, const char *const *steps, int n)
{
	int at, r;

	if ((r = migrate_version(db, &at)) != 0 || at == n)
		return (r);
	if (at > 0 && at < n)
		log_info("store: from schema version %d to %d; of a large "
			 "store this takes minutes",
		    at, n);
	do {
		r = run_next(db, steps, n, &at);
	} while (r == 0 && at < n);
	return (r);
}
