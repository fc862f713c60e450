#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/store/store_sqlite.h"
#include "authd/store/store_sqlite_backup.h"
#include "authd/store/store_sqlite_impl.h"

#define TRIES    100
#define PAUSE_MS 50

static int
check(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	const char *text;
	int r = 0, rc;

	rc = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &st, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(st, 0);
		if (text == NULL || strcmp(text, "ok") != 0)
			r = log_fr(ERR_CORRUPT, "store: %.200s",
			    text == NULL ? "" : text);
	} else
		r = ask_error(db, rc, "integrity check");
	(void)sqlite3_finalize(st);
	return (r);
}

/* One step, which reads one commit; only a recovery is ever waited for. */
static int
run(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int i, rc;

	if (b == NULL)
		return (ask_error(to, sqlite3_extended_errcode(to), "copy"));
	for (i = 0; i < TRIES; i++) {
		rc = sqlite3_backup_step(b, -1);
		if ((rc & 0xff) != SQLITE_BUSY && (rc & 0xff) != SQLITE_LOCKED)
			break;
		(void)sqlite3_sleep(PAUSE_MS);
	}
	(void)sqlite3_backup_finish(b);
	return (rc == SQLITE_DONE ? 0 : ask_error(to, rc, "copy"));
}

/*
 * Nothing but the file itself: a copy that fails is thrown away whole. It is
 * never read here, since SQLite would want its WAL, by the name that is gone.
 */
static int
copy_into(const char *path, sqlite3 *from)
{
	static const char plain[] = "PRAGMA journal_mode = OFF;"
				    "PRAGMA synchronous = OFF;"
				    "PRAGMA temp_store = MEMORY;";
	sqlite3 *db = NULL;
	int r = 0, rc;

	rc = sqlite3_open_v2(path, &db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    NULL);
	/* It is open: from here on it needs no name. */
	if (unlink(path) != 0)
		r = log_fr(ERR_SYS, "remove %s", path);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, plain, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		r = ask_error(db, rc, "open the copy");
	if (r == 0)
		r = run(db, from);
	(void)sqlite3_close_v2(db);
	return (r);
}

int
store_sqlite_backup_copy(const char *from, const char *dir, int *fd)
{
	struct store *s = NULL;
	char path[PATH_MAX + 16];
	int r, rc;

	*fd = -1;
	if ((r = store_sqlite_open(from, STORE_READ, &s)) != 0)
		return (log_fr(r, "open %s", from));
	/* What is checked and what is copied are one and the same commit. */
	rc = sqlite3_exec(store_sqlite_db(s)->db, "BEGIN", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		r = ask_error(store_sqlite_db(s)->db, rc, "copy");
	else
		r = check(store_sqlite_db(s)->db);
	(void)snprintf(path, sizeof(path), "%s/.backup-XXXXXX", dir);
	if (r == 0)
		*fd = mkostemp(path, O_CLOEXEC);
	if (r == 0 && *fd == -1)
		r = log_fr(ERR_SYS, "make a file in %s", dir);
	else if (r == 0)
		r = copy_into(path, store_sqlite_db(s)->db);
	s->ops->close(s);
	if (r != 0 && *fd != -1) {
		close(*fd);
		*fd = -1;
	}
	return (r);
}

int
store_sqlite_backup_check(struct store *s)
{
	return (check(store_sqlite_db(s)->db));
}

/* One change with one number in it. */
static int
change(sqlite3 *db, const char *sql, int64_t number)
{
	sqlite3_stmt *st = NULL;
	int rc;

	rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(st, 1, number);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	(void)sqlite3_finalize(st);
	return (rc == SQLITE_DONE ? 0 : ask_error(db, rc, "raise"));
}

int
store_sqlite_backup_raise(struct store *s, int64_t step)
{
	sqlite3 *db = store_sqlite_db(s)->db;
	int r, rc;

	if (sqlite3_get_autocommit(db) != 0)
		return (log_fr(ERR_WRONG_STATE, "store: raise"));
	store_sqlite_db(s)->is_touched = true;
	r = change(db,
	    "UPDATE phone SET last_step = ?1 + step_offset"
	    " WHERE last_step < ?1 + step_offset",
	    step);
	/* Whether one was used since, nobody can tell. */
	if (r == 0)
		r = change(db,
		    "UPDATE ticket SET state = 3, ended_ms = ?1"
		    " WHERE state = 1",
		    step * STEP_SECONDS * 1000);
	if (r != 0)
		return (r);
	/* And whether a session was ended: all are. */
	rc = sqlite3_exec(db, "DELETE FROM ticket_file; DELETE FROM session",
	    NULL, NULL, NULL);
	return (rc == SQLITE_OK ? 0 : ask_error(db, rc, "raise"));
}
