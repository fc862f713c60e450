/*
 * Goal of this test: a copy of a store in use holds one commit and nothing
 * unfinished, has no name left, and is refused when the store is damaged; and
 * raising lets no step up to the given one be taken again, and lowers none.
 *
 * Links: authd/store/store_sqlite_backup.c
 * Links: authd/store/store_sqlite.c authd/store/store_sqlite_open.c
 * Links: authd/store/store_sqlite_office.c authd/store/store_sqlite_account.c
 * Links: authd/store/store_sqlite_phone.c authd/store/store_sqlite_counter.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/store_sqlite_audit.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/store/migrate.c authd/store/schema.c
 * Links: authd/store/rows.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 * Links: tests/fakes/store_sample.c
 */
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "authd/store/store_sqlite.h"
#include "authd/store/store_sqlite_backup.h"
#include "tests/fakes/store_sample.h"

static struct store_sample *
sample(void **state)
{
	return (*state);
}

static int
files_in(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return (n);
}

/* Give the copy a name, so that it can be opened. */
static void
save_as(int fd, const char *path)
{
	char bytes[4096];
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	assert_int_not_equal(to, -1);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(to, bytes, (size_t)n), n);
	assert_int_equal(n, 0);
	close(to);
	close(fd);
}

static void
test_copy_is_one_commit(void **state)
{
	struct store_sample *f = sample(state);
	char path[160], out[256];
	struct store *s;
	struct stat st;
	int fd, before;

	store_sample_begin(f->s);
	assert_int_equal(f->s->ops->meta_put(f->s, "fact", "done"), 0);
	store_sample_commit(f->s);
	store_sample_begin(f->s);
	assert_int_equal(f->s->ops->meta_put(f->s, "fact", "undone"), 0);
	before = files_in(f->dir);
	/* The writer is in the middle of a transaction, and stays there. */
	assert_int_equal(store_sqlite_backup_copy(f->path, f->dir, &fd), 0);
	assert_int_equal(files_in(f->dir), before);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	store_sample_commit(f->s);
	snprintf(path, sizeof(path), "%s/copy.db", f->dir);
	save_as(fd, path);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &s), 0);
	assert_int_equal(s->ops->meta_get(s, "fact", out, sizeof(out)), 0);
	assert_string_equal(out, "done");
	assert_int_equal(store_sqlite_backup_check(s), 0);
	s->ops->close(s);
	assert_int_equal(unlink(path), 0);
}

static void
test_copy_that_cannot_be(void **state)
{
	struct store_sample *f = sample(state);
	char path[160];
	int fd, before = files_in(f->dir);

	snprintf(path, sizeof(path), "%s/none.db", f->dir);
	assert_int_equal(
	    store_sqlite_backup_copy(path, f->dir, &fd), ERR_NOTFOUND);
	assert_int_equal(fd, -1);
	snprintf(path, sizeof(path), "%s/none", f->dir);
	assert_int_not_equal(store_sqlite_backup_copy(f->path, path, &fd), 0);
	assert_int_equal(fd, -1);
	assert_int_equal(files_in(f->dir), before);
}

/* A page in the middle overwritten: opening does not notice, the check does. */
/* Where an index of the log begins: not in what is read when a file is opened. */
static off_t
place_of_index(const char *path)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	off_t page;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT rootpage FROM sqlite_schema"
		" WHERE name = 'audit_request'",
		-1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	page = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return (page - 1);
}

static void
test_damaged_store(void **state)
{
	struct store_sample *f = sample(state);
	char path[160], junk[4096];
	struct store *s;
	struct stat st;
	int fd, before;
	off_t at;

	assert_int_equal(store_sqlite_backup_copy(f->path, f->dir, &fd), 0);
	snprintf(path, sizeof(path), "%s/bad.db", f->dir);
	assert_int_equal(fstat(fd, &st), 0);
	save_as(fd, path);
	assert_true(st.st_size > 8 * (off_t)sizeof(junk));
	memset(junk, 0xff, sizeof(junk));
	at = place_of_index(path) * (off_t)sizeof(junk);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(
	    pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
	close(fd);
	before = files_in(f->dir);
	assert_int_equal(
	    store_sqlite_backup_copy(path, f->dir, &fd), ERR_CORRUPT);
	assert_int_equal(fd, -1);
	assert_true(files_in(f->dir) <= before + 2); /* -wal, -shm of bad.db */
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &s), 0);
	assert_int_equal(store_sqlite_backup_check(s), ERR_CORRUPT);
	s->ops->close(s);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/bad.db-wal", f->dir);
	(void)unlink(path);
	snprintf(path, sizeof(path), "%s/bad.db-shm", f->dir);
	(void)unlink(path);
}

static int64_t
last_step(struct store *s, const struct id *device)
{
	struct phone got;

	assert_int_equal(
	    s->ops->phone_get(s, &office_1, &anna, device, &got), 0);
	return (got.last_step);
}

/* A session that was ended after the backup does not live again. (R42) */
static void
test_R42_sessions(void **state)
{
	struct store *s = sample(state)->s;
	struct session row = { .office = office_1,
		.account = anna,
		.id = { { 7 } },
		.token = { 7 },
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.login_steady = 1,
		.created_steady = 1,
		.seen_steady = 1,
		.until_steady = 1000 };
	struct session got;

	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->session_add(s, &row), 0);
	assert_int_equal(s->ops->session_by_id(s, &row.id, &got), 0);
	assert_int_equal(store_sqlite_backup_raise(s, 100), 0);
	assert_int_equal(
	    s->ops->session_by_id(s, &row.id, &got), ERR_NOTFOUND);
	store_sample_commit(s);
}

/* A slip that was used after the backup is no good after its return. (R35) */
static void
test_R35_tickets(void **state)
{
	struct store *s = sample(state)->s;
	struct ticket t = { .office = office_1,
		.account = anna,
		.id = { { 7 } },
		.purpose = TICKET_CERTIFICATE,
		.state = TICKET_OPEN,
		.secret = { 7 },
		.serial = { 7 },
		.until_steady = 1000 };
	struct ticket used = t, got;
	uint8_t file[TICKET_FILE_MAX] = { 1 };
	size_t n;

	used.id.b[0] = used.secret[0] = 8;
	used.state = TICKET_USED;
	used.ended_ms = 5;
	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->ticket_add(s, &t), 0);
	assert_int_equal(s->ops->ticket_add(s, &used), 0);
	assert_int_equal(
	    s->ops->ticket_file_put(s, &t, TICKET_FILE_STANDARD, file, 9), 0);
	assert_int_equal(store_sqlite_backup_raise(s, 100), 0);
	assert_int_equal(s->ops->ticket_by_id(s, &t.id, &got), 0);
	assert_int_equal(got.state, TICKET_VOID);
	assert_true(got.ended_ms == 100 * STEP_SECONDS * 1000);
	assert_int_equal(s->ops->ticket_file_get(
			     s, &t, TICKET_FILE_STANDARD, file, &n),
	    ERR_NOTFOUND);
	assert_int_equal(s->ops->ticket_by_id(s, &used.id, &got), 0);
	assert_int_equal(got.state, TICKET_USED);
	assert_true(got.ended_ms == 5);
	store_sample_commit(s);
}

static void
test_F26_raise(void **state)
{
	struct store *s = sample(state)->s;
	struct phone a = store_sample_phone(&anna, &dev_1, 1);
	struct phone b = store_sample_phone(&anna, &dev_2, 2);
	struct keeper_sealed sealed = { .len = SEALED_MAX };
	bool took;

	memset(sealed.at, 0x5a, sizeof(sealed.at));
	assert_int_equal(store_sqlite_backup_raise(s, 100), ERR_WRONG_STATE);
	store_sample_begin(s);
	store_sample_fill(s);
	assert_int_equal(s->ops->phone_add(s, &a), 0);
	assert_int_equal(s->ops->phone_add(s, &b), 0);
	assert_int_equal(s->ops->phone_confirm(s, &a, &sealed, 90, 5), 0);
	assert_int_equal(s->ops->phone_confirm(s, &b, &sealed, 90, 5), 0);
	/* b runs 7 steps ahead: its steps are counted by its own clock. */
	assert_int_equal(s->ops->phone_resync(s, &b, 7, 104, 6, &took), 0);
	assert_true(took);
	assert_int_equal(store_sqlite_backup_raise(s, 100), 0);
	assert_int_equal(last_step(s, &dev_1), 100 + a.offset);
	assert_int_equal(last_step(s, &dev_2), 107);
	/* Never down, and no step up to it is taken. */
	assert_int_equal(store_sqlite_backup_raise(s, 50), 0);
	assert_int_equal(last_step(s, &dev_1), 100 + a.offset);
	assert_int_equal(
	    s->ops->phone_accept(s, &a, 100 + a.offset, 9, &took), 0);
	assert_false(took);
	assert_int_equal(
	    s->ops->phone_accept(s, &a, 101 + a.offset, 9, &took), 0);
	assert_true(took);
	store_sample_commit(s);
}

int
main(void)
{
#define RUN(f)                                                                 \
	cmocka_unit_test_setup_teardown(                                       \
	    f, store_sample_sqlite, store_sample_end)
	const struct CMUnitTest tests[] = {
		RUN(test_copy_is_one_commit),
		RUN(test_copy_that_cannot_be),
		RUN(test_damaged_store),
		RUN(test_F26_raise),
		RUN(test_R35_tickets),
		RUN(test_R42_sessions),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
