#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/torture/cut_vfs.h"

/* An open file of ours; the real one lies behind it. */
struct cut_file {
	sqlite3_file base;
	int number;           /* -1: not written down (memory, temporary) */
	bool does_sync_names; /* its first sync syncs the directory too */
	sqlite3_file *real;
};

static struct {
	pthread_mutex_t lock;
	struct cut_op *ops;
	size_t n, size;
	char names[CUT_FILES_MAX][CUT_NAME_MAX];
	int names_n;
	bool is_there[CUT_FILES_MAX];
	int fill; /* writes until the disk is full; 0: never */
	sqlite3_vfs *real;
} rec = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- the log; with the lock --- */

static struct cut_op *
add(enum cut_what what, int file)
{
	struct cut_op *grown;

	if (rec.n == rec.size) {
		rec.size = rec.size == 0 ? 4096 : 2 * rec.size;
		grown = realloc(rec.ops, rec.size * sizeof(*grown));
		if (grown == NULL)
			abort();
		rec.ops = grown;
	}
	rec.ops[rec.n] = (struct cut_op){ .what = what, .file = file };
	return (&rec.ops[rec.n++]);
}

/* The file that has this name now, or a new one. */
static int
file_of(const char *path)
{
	const char *name = strrchr(path, '/');
	int i;

	name = name == NULL ? path : name + 1;
	for (i = 0; i < rec.names_n; i++)
		if (rec.is_there[i] && strcmp(rec.names[i], name) == 0)
			return (i);
	if (i == CUT_FILES_MAX)
		abort();
	(void)snprintf(rec.names[i], CUT_NAME_MAX, "%s", name);
	rec.is_there[i] = true;
	(void)add(CUT_CREATE, i);
	return (rec.names_n++);
}

static void
note(enum cut_what what, int file, int64_t at, const void *p, size_t n)
{
	struct cut_op *op;

	pthread_mutex_lock(&rec.lock);
	op = add(what, file);
	op->at = at;
	op->n = n;
	if (p != NULL) {
		if ((op->bytes = malloc(n)) == NULL)
			abort();
		memcpy(op->bytes, p, n);
	}
	pthread_mutex_unlock(&rec.lock);
}

void
cut_vfs_note(enum cut_what what, int64_t number)
{
	pthread_mutex_lock(&rec.lock);
	add(what, -1)->number = number;
	pthread_mutex_unlock(&rec.lock);
}

void
cut_vfs_fill(int n)
{
	pthread_mutex_lock(&rec.lock);
	rec.fill = n;
	pthread_mutex_unlock(&rec.lock);
}

static bool
is_full(void)
{
	bool yes;

	pthread_mutex_lock(&rec.lock);
	yes = rec.fill == 1;
	rec.fill -= rec.fill > 0;
	pthread_mutex_unlock(&rec.lock);
	return (yes);
}

/* --- one file --- */

static sqlite3_file *
real_of(sqlite3_file *f)
{
	return (((struct cut_file *)f)->real);
}

static int
file_close(sqlite3_file *f)
{
	return (real_of(f)->pMethods->xClose(real_of(f)));
}

static int
file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return (real_of(f)->pMethods->xRead(real_of(f), p, n, at));
}

static int
file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct cut_file *c = (struct cut_file *)f;
	int rc;

	if (c->number >= 0 && is_full())
		return (SQLITE_FULL);
	rc = c->real->pMethods->xWrite(c->real, p, n, at);
	if (rc == SQLITE_OK && c->number >= 0)
		note(CUT_WRITE, c->number, at, p, (size_t)n);
	return (rc);
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct cut_file *c = (struct cut_file *)f;
	int rc = c->real->pMethods->xTruncate(c->real, size);

	if (rc == SQLITE_OK && c->number >= 0)
		note(CUT_TRUNCATE, c->number, size, NULL, 0);
	return (rc);
}

/*
 * SQLite's own VFS for Unix syncs the directory after the first sync of a
 * journal or WAL that it has opened.
 */
static int
file_sync(sqlite3_file *f, int flags)
{
	struct cut_file *c = (struct cut_file *)f;
	int rc = c->real->pMethods->xSync(c->real, flags);

	if (rc != SQLITE_OK || c->number < 0)
		return (rc);
	note(CUT_SYNC, c->number, 0, NULL, 0);
	if (c->does_sync_names)
		note(CUT_NAMES, -1, 0, NULL, 0);
	c->does_sync_names = false;
	return (rc);
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return (real_of(f)->pMethods->xFileSize(real_of(f), size));
}

static int
file_lock(sqlite3_file *f, int level)
{
	return (real_of(f)->pMethods->xLock(real_of(f), level));
}

static int
file_unlock(sqlite3_file *f, int level)
{
	return (real_of(f)->pMethods->xUnlock(real_of(f), level));
}

static int
file_reserved(sqlite3_file *f, int *out)
{
	return (real_of(f)->pMethods->xCheckReservedLock(real_of(f), out));
}

static int
file_control(sqlite3_file *f, int what, void *p)
{
	return (real_of(f)->pMethods->xFileControl(real_of(f), what, p));
}

static int
file_sector(sqlite3_file *f)
{
	return (real_of(f)->pMethods->xSectorSize(real_of(f)));
}

static int
file_device(sqlite3_file *f)
{
	return (real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)));
}

static int
shm_map(sqlite3_file *f, int page, int size, int must, void volatile **p)
{
	return (real_of(f)->pMethods->xShmMap(real_of(f), page, size, must, p));
}

static int
shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return (real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags));
}

static void
shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int
shm_unmap(sqlite3_file *f, int is_last)
{
	return (real_of(f)->pMethods->xShmUnmap(real_of(f), is_last));
}

/* Version 2: the index of the WAL, but no mapped reading or writing. */
static const sqlite3_io_methods methods = { 2, file_close, file_read,
	file_write, file_truncate, file_sync, file_size, file_lock, file_unlock,
	file_reserved, file_control, file_sector, file_device, shm_map,
	shm_lock, shm_barrier, shm_unmap, NULL, NULL };

/* --- names --- */

static int
vfs_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *out)
{
	const int logs = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
	struct cut_file *c = (struct cut_file *)f;
	int rc;

	(void)v;
	memset(c, 0, sizeof(*c));
	c->real = (sqlite3_file *)(c + 1);
	c->number = -1;
	rc = rec.real->xOpen(rec.real, path, c->real, flags, out);
	if (rc != SQLITE_OK)
		return (rc);
	c->base.pMethods = &methods;
	if (path == NULL || (flags & (SQLITE_OPEN_MAIN_DB | logs)) == 0)
		return (rc);
	c->does_sync_names =
	    (flags & logs) != 0 && (flags & SQLITE_OPEN_CREATE) != 0;
	pthread_mutex_lock(&rec.lock);
	c->number = file_of(path);
	pthread_mutex_unlock(&rec.lock);
	return (rc);
}

static int
vfs_delete(sqlite3_vfs *v, const char *path, int must_sync)
{
	int rc = rec.real->xDelete(rec.real, path, must_sync), file;

	(void)v;
	if (rc != SQLITE_OK)
		return (rc);
	pthread_mutex_lock(&rec.lock);
	file = file_of(path);
	(void)add(CUT_DELETE, file);
	rec.is_there[file] = false;
	if (must_sync)
		(void)add(CUT_NAMES, -1);
	pthread_mutex_unlock(&rec.lock);
	return (rc);
}

void
cut_vfs_start(void)
{
	static sqlite3_vfs vfs; /* SQLite keeps it */

	rec.real = sqlite3_vfs_find(NULL);
	vfs = *rec.real;
	vfs.pNext = NULL;
	vfs.zName = "cut";
	vfs.szOsFile = (int)sizeof(struct cut_file) + rec.real->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
}

void
cut_vfs_stop(void)
{
	(void)sqlite3_vfs_register(rec.real, 1);
}

const struct cut_op *
cut_vfs_log(size_t *n)
{
	*n = rec.n;
	return (rec.ops);
}

const char *
cut_vfs_name(int file)
{
	return (file >= 0 && file < rec.names_n ? rec.names[file] : NULL);
}
