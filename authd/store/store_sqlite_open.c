#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/store/migrate.h"
#include "authd/store/schema.h"
#include "authd/store/store_sqlite.h"
#include "authd/store/store_sqlite_impl.h"

/* Only another process that writes, or a recovery, is ever waited for. */
#define WRITER_WAIT_MS 500
#define READER_WAIT_MS 100
#define URI_MAX        (3 * PATH_MAX + 32)

/*
 * A file: URI for the path: every byte that a URI gives a meaning is escaped,
 * and a relative path gets its ./, so that no name (":memory:", "//host/") is
 * anything but a file. Source: RFC 3986 section 2.1.
 */
static int
put_uri(const char *path, bool is_frozen, char *out, size_t size)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-";
	const char *end = is_frozen ? "?immutable=1" : "";
	size_t n;

	if (path[0] == '\0' || strlen(path) >= PATH_MAX)
		return (log_fr(ERR_INVALID, "store: path"));
	n = (size_t)snprintf(
	    out, size, "%s", path[0] == '/' ? "file://" : "file:./");
	for (; *path != '\0' && n + 4 < size; path++) {
		if (strchr(plain, *path) != NULL)
			out[n++] = *path;
		else
			n += (size_t)snprintf(out + n, size - n, "%%%02X",
			    (unsigned)(unsigned char)*path);
	}
	if (*path != '\0' || n + strlen(end) >= size)
		return (log_fr(ERR_INVALID, "store: path"));
	memcpy(out + n, end, strlen(end) + 1);
	return (0);
}

/* The WAL and its index get the mode of the file from SQLite. */
static int
create_file(const char *path)
{
	int fd, r = 0;

	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	/*
	 * One that is there is not opened here: closing it would drop the
	 * locks that SQLite holds on it in this process.
	 */
	if (fd < 0)
		return (
		    errno == EEXIST ? 0 : log_fr(ERR_SYS, "create %s", path));
	if (fchmod(fd, 0600) != 0)
		r = log_fr(ERR_SYS, "mode of %s", path);
	close(fd);
	return (r);
}

/* The file is not to be believed: what its schema names is never run. */
static int
distrust(sqlite3 *db, bool is_writer)
{
	static const int off[] = { SQLITE_DBCONFIG_TRUSTED_SCHEMA,
		SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
		SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML };
	size_t i;
	int rc = SQLITE_OK;

	for (i = 0; i < sizeof(off) / sizeof(off[0]) && rc == SQLITE_OK; i++)
		rc = sqlite3_db_config(db, off[i], 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* The last reader to close must not checkpoint either. */
	if (rc == SQLITE_OK && !is_writer)
		rc = sqlite3_db_config(
		    db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return (rc);
}

/*
 * temp_store: savepoints and sorts stay in memory; a sandbox has no /tmp and
 * a full disk must not break them.
 */
static int
set_up(struct store_sqlite *s, enum store_mode mode)
{
	static const char both[] = "PRAGMA wal_autocheckpoint = 0;"
				   "PRAGMA foreign_keys = ON;"
				   "PRAGMA cell_size_check = ON;"
				   "PRAGMA temp_store = MEMORY;";
	static const char *const own[] = {
		[STORE_READ] = "PRAGMA query_only = ON",
		[STORE_AHEAD] = "PRAGMA query_only = ON;"
				"PRAGMA cache_size = -8192;",
		[STORE_WRITE] = "PRAGMA journal_mode = WAL;"
				"PRAGMA synchronous = FULL;"
				"PRAGMA secure_delete = ON;"
				"PRAGMA cache_size = -8192;",
	};
	sqlite3 *db = s->d.db;
	int rc;

	(void)sqlite3_busy_timeout(
	    db, s->d.is_writer ? WRITER_WAIT_MS : READER_WAIT_MS);
	rc = distrust(db, s->d.is_writer);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, both, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, own[mode], NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return (ask_error(db, rc, "set up"));
	if (s->d.is_writer)
		(void)sqlite3_wal_hook(db, store_sqlite_note_wal, s);
	return (0);
}

/* Refuse to write a file that did not take the WAL (network, memory). */
static int
check_wal(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	bool is_wal = false;
	int rc;

	rc = sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &st, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		is_wal = sqlite3_column_type(st, 0) == SQLITE_TEXT &&
		    strcmp((const char *)sqlite3_column_text(st, 0), "wal") ==
			0;
	sqlite3_finalize(st);
	if (rc != SQLITE_ROW)
		return (ask_error(db, rc, "journal mode"));
	return (is_wal ? 0 : log_fr(ERR_STORE, "store: the file takes no WAL"));
}

static int
check_version(struct store_sqlite *s)
{
	int r, version;

	if (s->d.is_writer) {
		if ((r = check_wal(s->d.db)) != 0)
			return (r);
		return (migrate_run(s->d.db, schema_steps(), SCHEMA_STEPS));
	}
	if ((r = migrate_version(s->d.db, &version)) == 0 &&
	    version != SCHEMA_STEPS)
		r = log_fr(ERR_WRONG_STATE,
		    "store: schema version %d, this program reads %d", version,
		    SCHEMA_STEPS);
	return (r);
}

static int
open_one(
    const char *path, enum store_mode mode, bool is_frozen, struct store **out)
{
	char uri[URI_MAX];
	struct store_sqlite *s;
	int flags, r, rc;

	if ((r = put_uri(path, is_frozen, uri, sizeof(uri))) != 0)
		return (r);
	/* Nobody reads SQLite's statistics of memory, which cost a lock at
	 * each allocation. Only heard before SQLite is first used. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (log_fr(ERR_NOMEM, "store"));
	s->base.ops = store_sqlite_ops();
	s->d.is_writer = mode == STORE_WRITE;
	/* A reader writes nothing, yet shares the index of the WAL. */
	flags = (is_frozen ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
	    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	rc = sqlite3_open_v2(uri, &s->d.db, flags, NULL);
	if (rc != SQLITE_OK)
		r = ask_error(s->d.db, rc, "open");
	if (r == 0)
		r = set_up(s, mode);
	if (r == 0)
		r = check_version(s);
	if (r == 0 && s->d.is_writer)
		r = store_sqlite_accepted_open(s);
	if (r != 0) {
		ask_db_clear(&s->d);
		(void)sqlite3_close_v2(s->d.db);
		accepted_drop(s->accepted);
		free(s);
		return (r);
	}
	*out = &s->base;
	return (0);
}

/* True when what is in the file may not be all, or not for long: committed work
 * waits beside it, or the index of the WAL says that somebody has it open. */
static bool
is_in_use(const char *path)
{
	char name[PATH_MAX + 8];
	struct stat st;

	(void)snprintf(name, sizeof(name), "%s-wal", path);
	if (stat(name, &st) == 0 ? st.st_size > 0 : errno != ENOENT)
		return (true);
	(void)snprintf(name, sizeof(name), "%s-shm", path);
	return (stat(name, &st) == 0 || errno != ENOENT);
}

int
store_sqlite_open(const char *path, enum store_mode mode, struct store **out)
{
	struct stat st;
	int r;

	*out = NULL;
	if (mode == STORE_WRITE) {
		if (path[0] == '\0' || strlen(path) >= PATH_MAX)
			return (log_fr(ERR_INVALID, "store: path"));
		if ((r = create_file(path)) != 0)
			return (r);
		return (open_one(path, mode, false, out));
	}
	if (path[0] != '\0' && stat(path, &st) != 0 && errno == ENOENT)
		return (ERR_NOTFOUND);
	r = open_one(path, mode, false, out);
	/*
	 * A file in WAL mode on a read-only medium cannot have its index made.
	 * Without a WAL it holds all there is, and nobody writes it.
	 */
	if (r == ERR_STORE && !is_in_use(path)) {
		log_info("store: %s is read as one that never changes", path);
		r = open_one(path, mode, true, out);
	}
	return (r);
}
