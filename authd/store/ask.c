#include <errno.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/store/ask.h"

/*
 * SQLite says FULL only for ENOSPC. A quota, a file size limit and a -shm file
 * that cannot grow are the same to us: the frame was not written whole or
 * not entered in the index, so the transaction is rolled back.
 */
static bool
is_full(sqlite3 *db, int rc)
{
	int e = sqlite3_system_errno(db);

	if ((rc & 0xff) == SQLITE_FULL)
		return (true);
	return ((rc == SQLITE_IOERR_WRITE || rc == SQLITE_IOERR_SHMSIZE) &&
	    (e == ENOSPC || e == EDQUOT || e == EFBIG));
}

static int
error_of(sqlite3 *db, int rc)
{
	if (is_full(db, rc))
		return (ERR_FULL);
	if (rc == SQLITE_IOERR_NOMEM)
		return (ERR_NOMEM);
	if (rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
	    rc == SQLITE_CONSTRAINT_UNIQUE)
		return (ERR_EXISTS);
	if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
		return (ERR_NOTFOUND);
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		return (ERR_INVALID);
	case SQLITE_NOMEM:
		return (ERR_NOMEM);
	case SQLITE_BUSY:
		return (ERR_BUSY);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return (ERR_CORRUPT);
	default:
		return (ERR_STORE);
	}
}

int
ask_error(sqlite3 *db, int rc, const char *what)
{
	int r = error_of(db, rc);

	if (r == ERR_EXISTS || r == ERR_NOTFOUND)
		return (r);
	return (log_fr(
	    r, "store: %s: %s (SQLite %d)", what, sqlite3_errmsg(db), rc));
}

/* As ask_error(), and remembers a full disk for the next checkpoint. */
static int
fail(struct ask_db *d, int rc)
{
	int r = ask_error(d->db, rc, "ask");

	if (r == ERR_FULL)
		d->met_full = true;
	return (r);
}

void
ask_db_clear(struct ask_db *d)
{
	int i;

	for (i = 0; i < ASK_SQL_COUNT; i++) {
		sqlite3_finalize(d->stmt[i]);
		d->stmt[i] = NULL;
	}
}

static int
prepare(struct ask_db *d, enum ask_sql q)
{
	int rc;

	if (d->stmt[q] != NULL)
		return (0);
	rc = sqlite3_prepare_v3(d->db, ask_sql_text(q), -1,
	    SQLITE_PREPARE_PERSISTENT, &d->stmt[q], NULL);
	return (rc == SQLITE_OK ? 0 : fail(d, rc));
}

/* Changes that do not touch: store_ops.is_touched. */
static bool
is_quiet(enum ask_sql q)
{
	switch (q) {
	case ASK_PHONE_FOLD:
	case ASK_ACCEPTED_ADD:
	case ASK_ACCEPTED_FORGET:
	case ASK_BURNED_CLEAR:
	case ASK_COUNTER_PUT:
	case ASK_COUNTER_CLEAR:
	case ASK_RECOVERY_USE:
	case ASK_CERT_SEEN:
	case ASK_CERT_TOLD:
	case ASK_SESSION_ADD:
	case ASK_SESSION_SEEN:
	case ASK_SESSION_EXPIRE:
	case ASK_TICKET_FORGET:
	case ASK_AUDIT_APPEND:
		return (true);
	default:
		return (false);
	}
}

void
ask_open(struct ask *a, struct ask_db *d, enum ask_sql q)
{
	a->d = d;
	a->st = NULL;
	a->at = 0;
	if ((a->r = prepare(d, q)) != 0)
		return;
	if (sqlite3_stmt_busy(d->stmt[q])) {
		a->r = log_fr(
		    ERR_WRONG_STATE, "store: asked from its own listing");
		return;
	}
	if (!sqlite3_stmt_readonly(d->stmt[q])) {
		/* Never let a change slip into a transaction of its own. */
		if (!d->is_writer || sqlite3_get_autocommit(d->db)) {
			a->r = log_fr(ERR_WRONG_STATE,
			    "store: change outside a transaction");
			return;
		}
		d->is_touched = d->is_touched || !is_quiet(q);
	}
	a->st = d->stmt[q];
}

static void
put_done(struct ask *a, int rc)
{
	if (rc != SQLITE_OK)
		a->r = fail(a->d, rc);
}

void
ask_put_int(struct ask *a, int64_t v)
{
	if (a->r == 0)
		put_done(a, sqlite3_bind_int64(a->st, ++a->at, v));
}

void
ask_put_id(struct ask *a, const struct id *id)
{
	ask_put_blob(a, id->b, ID_LEN);
}

void
ask_put_text(struct ask *a, const char *s)
{
	if (a->r == 0)
		put_done(
		    a, sqlite3_bind_text(a->st, ++a->at, s, -1, SQLITE_STATIC));
}

void
ask_put_part(struct ask *a, const char *s)
{
	char pattern[2 * NAME_MAX_BYTES + 3];
	size_t n = 0;

	pattern[n++] = '%';
	for (; *s != '\0' && n < sizeof(pattern) - 3; s++) {
		if (strchr("%_!", *s) != NULL)
			pattern[n++] = '!';
		pattern[n++] = *s;
	}
	if (n > 1)
		pattern[n++] = '%';
	if (a->r == 0)
		put_done(a,
		    sqlite3_bind_text(a->st, ++a->at, pattern, (int)n,
			SQLITE_TRANSIENT));
}

void
ask_put_blob(struct ask *a, const void *p, size_t n)
{
	if (a->r == 0)
		put_done(a,
		    sqlite3_bind_blob64(a->st, ++a->at, p, n, SQLITE_STATIC));
}

bool
ask_row(struct ask *a)
{
	int rc;

	if (a->r != 0)
		return (false);
	a->at = -1;
	if ((rc = sqlite3_step(a->st)) == SQLITE_ROW)
		return (true);
	if (rc != SQLITE_DONE)
		a->r = fail(a->d, rc);
	return (false);
}

void
ask_check(struct ask *a, bool ok)
{
	if (a->r == 0 && !ok)
		a->r = log_fr(ERR_CORRUPT, "store: a row out of its rules");
}

/* Move to the next column; false when it is not of the type. */
static bool
next_is(struct ask *a, int type)
{
	if (a->r != 0)
		return (false);
	a->at++;
	ask_check(a, sqlite3_column_type(a->st, a->at) == type);
	return (a->r == 0);
}

int64_t
ask_get_int(struct ask *a, int64_t min, int64_t max)
{
	int64_t v;

	if (!next_is(a, SQLITE_INTEGER))
		return (min);
	v = sqlite3_column_int64(a->st, a->at);
	if (v < min || v > max) {
		ask_check(a, false);
		return (min);
	}
	return (v);
}

/* Copy the column's bytes; they must fit. Text may hold no NUL. */
static size_t
copy_out(struct ask *a, const void *p, void *out, size_t size)
{
	int n = sqlite3_column_bytes(a->st, a->at);

	if (p == NULL && n > 0) {
		a->r = fail(a->d, SQLITE_NOMEM);
		return (0);
	}
	ask_check(a, n >= 0 && (size_t)n <= size);
	if (a->r != 0 || n == 0)
		return (0);
	memcpy(out, p, (size_t)n);
	return ((size_t)n);
}

void
ask_get_id(struct ask *a, struct id *out)
{
	memset(out, 0, sizeof(*out));
	ask_check(a, ask_get_blob(a, out->b, ID_LEN) == ID_LEN);
}

void
ask_get_text(struct ask *a, char *out, size_t size)
{
	size_t n;

	out[0] = '\0';
	if (!next_is(a, SQLITE_TEXT))
		return;
	/* As a blob: the same bytes, without SQLite's copy for a NUL. */
	n = copy_out(a, sqlite3_column_blob(a->st, a->at), out, size - 1);
	out[n] = '\0';
	ask_check(a, strlen(out) == n);
}

size_t
ask_get_blob(struct ask *a, void *out, size_t size)
{
	if (a->r == 0 && sqlite3_column_type(a->st, a->at + 1) == SQLITE_NULL) {
		a->at++;
		return (0);
	}
	if (!next_is(a, SQLITE_BLOB))
		return (0);
	return (copy_out(a, sqlite3_column_blob(a->st, a->at), out, size));
}

int
ask_close(struct ask *a)
{
	if (a->st != NULL) {
		/* Its result repeats what step has said. */
		(void)sqlite3_reset(a->st);
		(void)sqlite3_clear_bindings(a->st);
		a->st = NULL;
	}
	return (a->r);
}

int
ask_run(struct ask *a, int *changed)
{
	if (changed != NULL)
		*changed = 0;
	if (ask_row(a))
		ask_check(a, false);
	if (a->r == 0 && changed != NULL)
		*changed = sqlite3_changes(a->d->db);
	return (ask_close(a));
}

int
ask_control(struct ask_db *d, enum ask_sql q)
{
	int rc;

	if (prepare(d, q) != 0)
		return (sqlite3_extended_errcode(d->db));
	rc = sqlite3_step(d->stmt[q]);
	(void)sqlite3_reset(d->stmt[q]);
	return (rc == SQLITE_DONE ? SQLITE_OK : rc);
}
