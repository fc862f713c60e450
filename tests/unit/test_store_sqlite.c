/*
 * Goal of this test: what is SQLite's alone: file mode, names that are no
 * files to a careless program, readers that see commits only and never
 * checkpoint, copies on a medium that cannot be written, files of others.
 *
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
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "authd/store/store_sqlite_impl.h"
#include "tests/fakes/store_sample.h"

static struct store_sample *
sample(void **state)
{
	return (*state);
}

static struct store *
open_reader(const char *path)
{
	struct store *s = NULL;

	assert_int_equal(store_sqlite_open(path, STORE_READ, &s), 0);
	return (s);
}

static int64_t
size_of(const char *path, const char *suffix)
{
	char name[200];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return (stat(name, &st) == 0 ? st.st_size : -1);
}

/* Change the file behind the store's back, checks and all switched off. */
static void
tamper(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
			     "PRAGMA wal_autocheckpoint = 0;"
			     "PRAGMA ignore_check_constraints = ON;",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(
	    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
put_fact(struct store *s, const char *value)
{
	store_sample_begin(s);
	assert_int_equal(s->ops->meta_put(s, "fact", value), 0);
	store_sample_commit(s);
}

static void
expect_fact(struct store *s, const char *wanted)
{
	char out[256];

	assert_int_equal(s->ops->meta_get(s, "fact", out, sizeof(out)), 0);
	assert_string_equal(out, wanted);
}

/* What a reader asks between view and view_end is of one moment. */
static void
test_view(void **state)
{
	struct store_sample *f = sample(state);
	struct store *r;

	put_fact(f->s, "one");
	r = open_reader(f->path);
	assert_int_equal(r->ops->view(r), 0);
	expect_fact(r, "one");
	put_fact(f->s, "two");
	expect_fact(r, "one");
	assert_int_equal(r->ops->view(r), ERR_WRONG_STATE);
	/* nothing can be changed in it either */
	assert_int_equal(
	    r->ops->meta_put(r, "fact", "three"), ERR_WRONG_STATE);
	r->ops->view_end(r);
	expect_fact(r, "two");
	/* the moment is the first question's, not the view's */
	assert_int_equal(r->ops->view(r), 0);
	put_fact(f->s, "four");
	expect_fact(r, "four");
	r->ops->view_end(r);
	r->ops->view_end(r);
	assert_int_equal(f->s->ops->view(f->s), ERR_WRONG_STATE);
	r->ops->close(r);
}

/* F5: what could not be undone when it ended is undone by what comes next. */
static void
test_F5_undone_later(void **state)
{
	struct store_sample *f = sample(state);
	sqlite3 *db = store_sqlite_db(f->s)->db;
	struct store *r = open_reader(f->path);
	int was;

	put_fact(f->s, "one");
	assert_int_equal(r->ops->view(r), 0);
	expect_fact(r, "one");
	was = sqlite3_limit(
	    store_sqlite_db(r)->db, SQLITE_LIMIT_SQL_LENGTH, 3);
	r->ops->view_end(r); /* no ROLLBACK */
	assert_false(sqlite3_get_autocommit(store_sqlite_db(r)->db));
	put_fact(f->s, "two");
	assert_true(r->ops->view(r) < 0);
	(void)sqlite3_limit(
	    store_sqlite_db(r)->db, SQLITE_LIMIT_SQL_LENGTH, was);
	assert_int_equal(r->ops->view(r), 0);
	expect_fact(r, "two");
	assert_int_equal(r->ops->view(r), ERR_WRONG_STATE);
	r->ops->view_end(r);
	r->ops->close(r);

	store_sample_begin(f->s);
	assert_int_equal(f->s->ops->meta_put(f->s, "fact", "three"), 0);
	(void)sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 3);
	assert_true(f->s->ops->rollback(f->s) < 0);
	assert_true(f->s->ops->begin(f->s) < 0);
	(void)sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, was);
	store_sample_begin(f->s);
	assert_int_equal(f->s->ops->begin(f->s), ERR_WRONG_STATE);
	expect_fact(f->s, "two");
	store_sample_commit(f->s);
	expect_fact(f->s, "two");
}

static void
test_file_mode(void **state)
{
	struct store_sample *f = sample(state);
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char name[160];
	struct stat st;
	mode_t old = umask(0);
	struct store *s;
	size_t i;

	snprintf(name, sizeof(name), "%s/second.db", f->dir);
	assert_int_equal(store_sqlite_open(name, STORE_WRITE, &s), 0);
	umask(old);
	put_fact(s, "x");
	for (i = 0; i < 3; i++) {
		snprintf(
		    name, sizeof(name), "%s/second.db%s", f->dir, suffix[i]);
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	s->ops->close(s);
	snprintf(name, sizeof(name), "%s/second.db", f->dir);
	assert_int_equal(unlink(name), 0);
}

static void
test_odd_paths(void **state)
{
	static const char *const names[] = { ":memory:", "a b?mode=memory&x=1",
		"%41#frag", "file:x.db", "日本.db" };
	struct store_sample *f = sample(state);
	char name[160], long_name[5000];
	struct store *s;
	size_t i;

	assert_int_equal(chdir(f->dir), 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(
		    store_sqlite_open(names[i], STORE_READ, &s), ERR_NOTFOUND);
		assert_null(s);
		assert_int_equal(
		    store_sqlite_open(names[i], STORE_WRITE, &s), 0);
		put_fact(s, names[i]);
		s->ops->close(s);
		snprintf(name, sizeof(name), "/%s/%s", f->dir, names[i]);
		s = open_reader(name);
		expect_fact(s, names[i]);
		s->ops->close(s);
		assert_int_equal(unlink(names[i]), 0);
		snprintf(name, sizeof(name), "%s-wal", names[i]);
		unlink(name);
		snprintf(name, sizeof(name), "%s-shm", names[i]);
		unlink(name);
	}
	assert_int_equal(chdir("/"), 0);
	memset(long_name, 'a', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(store_sqlite_open("", STORE_WRITE, &s), ERR_INVALID);
	assert_int_equal(store_sqlite_open("", STORE_READ, &s), ERR_INVALID);
	assert_int_equal(
	    store_sqlite_open(long_name, STORE_WRITE, &s), ERR_INVALID);
	assert_int_equal(
	    store_sqlite_open("/nowhere/x.db", STORE_WRITE, &s), ERR_SYS);
}

static void
test_path_through_descriptor(void **state)
{
	struct store_sample *f = sample(state);
	char name[64];
	struct store *s;
	int fd = open(f->dir, O_PATH | O_DIRECTORY);

	assert_true(fd >= 0);
	put_fact(f->s, "here");
	snprintf(name, sizeof(name), "/proc/self/fd/%d/sekisho.db", fd);
	s = open_reader(name);
	expect_fact(s, "here");
	s->ops->close(s);
	close(fd);
}

static void
test_readers_see_commits_only(void **state)
{
	struct store_sample *f = sample(state);
	struct store *r;
	char out[8];

	put_fact(f->s, "one");
	r = open_reader(f->path);
	store_sample_begin(f->s);
	assert_int_equal(f->s->ops->meta_put(f->s, "fact", "two"), 0);
	expect_fact(r, "one");
	expect_fact(f->s, "two");
	store_sample_commit(f->s);
	expect_fact(r, "two");
	store_sample_begin(f->s);
	assert_int_equal(f->s->ops->meta_put(f->s, "fact", "three"), 0);
	assert_int_equal(f->s->ops->rollback(f->s), 0);
	expect_fact(r, "two");
	/* a reader changes nothing */
	assert_int_equal(r->ops->begin(r), ERR_WRONG_STATE);
	assert_int_equal(r->ops->meta_put(r, "fact", "x"), ERR_WRONG_STATE);
	assert_int_equal(
	    r->ops->account_remove(r, &office_1, &anna), ERR_WRONG_STATE);
	assert_int_equal(r->ops->checkpoint(r), ERR_WRONG_STATE);
	assert_int_equal(
	    r->ops->meta_get(r, "none", out, sizeof(out)), ERR_NOTFOUND);
	r->ops->close(r);
}

static int
ask_again(void *arg, const struct office *row)
{
	struct store *s = arg;
	struct account a;

	(void)row;
	/* other questions may be asked, the same listing may not */
	assert_int_equal(s->ops->account_find(s, "anna", &a), 0);
	return (s->ops->office_list(s, "", 9, ask_again, s));
}

static void
test_listing_in_its_own_callback(void **state)
{
	struct store *s = store_sample_of(state);

	store_sample_begin(s);
	store_sample_fill(s);
	store_sample_commit(s);
	assert_int_equal(
	    s->ops->office_list(s, "", 9, ask_again, s), ERR_WRONG_STATE);
}

/* Finding 6: only the writer checkpoints, also when a reader ends last. */
static void
test_F6_readers_never_checkpoint(void **state)
{
	struct store_sample *f = sample(state);
	char path[160];
	struct store *w, *r;
	int64_t before;

	snprintf(path, sizeof(path), "%s/second.db", f->dir);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &w), 0);
	put_fact(w, "one");
	before = size_of(path, "-wal");
	assert_true(before > 0);
	r = open_reader(path);
	expect_fact(r, "one");
	r->ops->close(r);
	assert_int_equal(size_of(path, "-wal"), before);
	w->ops->close(w);
	assert_int_equal(size_of(path, "-wal"), -1);
	/* what a killed writer left is read, and left for the next writer */
	tamper(path, "UPDATE meta SET value = 'two'");
	before = size_of(path, "-wal");
	assert_true(before > 0);
	r = open_reader(path);
	expect_fact(r, "two");
	r->ops->close(r);
	assert_int_equal(size_of(path, "-wal"), before);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &w), 0);
	expect_fact(w, "two");
	w->ops->close(w);
	assert_int_equal(size_of(path, "-wal"), -1);
	assert_int_equal(unlink(path), 0);
}

static void
fill(struct store_sample *f, int transactions, int records)
{
	struct audit_row row;
	struct audit_head head;
	int64_t seq;
	int i, n;

	assert_int_equal(f->s->ops->audit_head(f->s, 1, &head), 0);
	seq = head.seq;
	for (i = 0; i < transactions; i++) {
		store_sample_begin(f->s);
		for (n = 0; n < records; n++) {
			row = store_sample_record(1, ++seq, "alpha", "anna");
			memset(row.record.detail, 'd', 400);
			assert_int_equal(
			    f->s->ops->audit_append(f->s, &row), 0);
		}
		store_sample_commit(f->s);
		assert_int_equal(f->s->ops->checkpoint(f->s), 0);
	}
}

/* The log on the disk is moved once it is long, and then used again. */
static void
test_checkpoint_bounds_the_wal(void **state)
{
	struct store_sample *f = sample(state);

	/* Some 40 MB are written to it, one record after the other, then
	 * some 130 MB, many at a time. */
	fill(f, 2500, 1);
	assert_in_range(size_of(f->path, "-wal"), 1, 5 * 1024 * 1024);
	fill(f, 60, 2500);
	assert_true(size_of(f->path, "") > 48 * 1024 * 1024);
	assert_in_range(size_of(f->path, "-wal"),
	    16 * 1024 * 1024, 72 * 1024 * 1024);
}

/* Run in a child without root's powers: the directory cannot be written. */
static void
read_frozen(const char *path)
{
	struct store *s = NULL;
	char out[256] = "";
	int r;

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		_exit(2);
	r = store_sqlite_open(path, STORE_READ, &s);
	if (r == 0)
		r = s->ops->meta_get(s, "fact", out, sizeof(out));
	if (r == 0)
		s->ops->close(s);
	_exit(r == 0 && strcmp(out, "copied") == 0 ? 0 : 1);
}

static int
read_frozen_in_child(const char *path)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		read_frozen(path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (WEXITSTATUS(status));
}

static void
test_copy_on_read_only_medium(void **state)
{
	struct store_sample *f = sample(state);
	char path[160], wal[170];
	struct store *w;
	int fd;

	snprintf(path, sizeof(path), "%s/copy.db", f->dir);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &w), 0);
	put_fact(w, "copied");
	w->ops->close(w);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(read_frozen_in_child(path), 0);
	/* with committed work beside it the file alone would be a lie */
	assert_int_equal(chmod(f->dir, 0755), 0);
	fd = open(wal, O_WRONLY | O_CREAT, 0444);
	assert_int_equal(write(fd, "rest", 4), 4);
	close(fd);
	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(read_frozen_in_child(path), 1);
	assert_int_equal(chmod(f->dir, 0700), 0);
	assert_int_equal(unlink(wal), 0);
	assert_int_equal(unlink(path), 0);
}

/* A file that somebody has open is one that changes, though nothing waits
 * beside it now: taken for a copy it would show old sessions for ever. */
static void
test_F5_an_open_file_is_no_copy(void **state)
{
	struct store_sample *f = sample(state);
	char path[160];
	struct store *w;

	snprintf(path, sizeof(path), "%s/open.db", f->dir);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &w), 0);
	put_fact(w, "copied");
	w->ops->close(w);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &w), 0);
	assert_int_equal(size_of(path, "-wal"), 0);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(read_frozen_in_child(path), 1);
	assert_int_equal(chmod(f->dir, 0700), 0);
	w->ops->close(w);
	assert_int_equal(unlink(path), 0);
}

static void
test_refused_files(void **state)
{
	struct store_sample *f = sample(state);
	char path[160];
	struct store *s;
	sqlite3 *db;
	int fd;

	snprintf(path, sizeof(path), "%s/odd.db", f->dir);
	assert_int_equal(store_sqlite_open(path, STORE_READ, &s), ERR_NOTFOUND);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(
	    store_sqlite_open(path, STORE_READ, &s), ERR_WRONG_STATE);
	assert_int_equal(write(fd, f->path, 90), 90);
	close(fd);
	assert_int_equal(store_sqlite_open(path, STORE_READ, &s), ERR_CORRUPT);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &s), ERR_CORRUPT);
	assert_null(s);
	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x)", 0, 0, 0), 0);
	sqlite3_close(db);
	assert_int_equal(
	    store_sqlite_open(path, STORE_READ, &s), ERR_WRONG_STATE);
	assert_int_equal(
	    store_sqlite_open(path, STORE_WRITE, &s), ERR_WRONG_STATE);
	unlink(path);
	tamper(f->path, "INSERT INTO schema_version VALUES (99)");
	assert_int_equal(
	    store_sqlite_open(f->path, STORE_READ, &s), ERR_WRONG_STATE);
	assert_int_equal(
	    store_sqlite_open(f->path, STORE_WRITE, &s), ERR_WRONG_STATE);
}

static void
test_second_writer_is_busy(void **state)
{
	struct store_sample *f = sample(state);
	struct store *other;

	assert_int_equal(store_sqlite_open(f->path, STORE_WRITE, &other), 0);
	store_sample_begin(f->s);
	assert_int_equal(other->ops->begin(other), ERR_BUSY);
	assert_int_equal(f->s->ops->rollback(f->s), 0);
	assert_int_equal(other->ops->begin(other), 0);
	other->ops->close(other);
	/* its end has undone its transaction */
	store_sample_begin(f->s);
	store_sample_commit(f->s);
}

/* The writer brings an older file forward; a reader does not touch it. */
static void
test_older_file(void **state)
{
	struct store_sample *f = sample(state);
	struct phone p = store_sample_phone(&anna, &dev_1, 20), got_phone;
	struct audit_row row = store_sample_record(1, 1, "alpha", "anna"), got;
	struct account a =
	    store_sample_account(&office_1, &anna, "anna", "ann");
	struct password w = { .office = office_1,
		.account = anna,
		.hash = "h",
		.changed_ms = 1 };
	struct store_sample_names n = { .text = "" };
	struct account got_account;
	struct store *r;

	store_sample_begin(f->s);
	store_sample_fill(f->s);
	assert_int_equal(f->s->ops->phone_add(f->s, &p), 0);
	assert_int_equal(f->s->ops->audit_append(f->s, &row), 0);
	store_sample_commit(f->s);
	f->s->ops->close(f->s);
	tamper(f->path,
	    "DROP TABLE audit_time; DROP TABLE session; DROP TABLE app;"
	    "DROP TABLE ticket_file; DROP TABLE ticket;"
	    "ALTER TABLE account DROP COLUMN reset_ms;"
	    "DROP TABLE admitted; DROP TABLE terminal; DROP TABLE host;"
	    "DROP TABLE cert; DROP TABLE cert_name;"
	    "DROP TABLE accepted; DROP TABLE rsa_key;"
	    "DROP TABLE burned; DROP TABLE password; DROP TABLE password_history;"
	    "DROP TABLE recovery; DROP INDEX account_administrator;"
	    "DROP INDEX phone_device;"
	    "ALTER TABLE account DROP COLUMN is_operator;"
	    "DROP INDEX audit_office; DROP INDEX audit_account;"
	    "CREATE INDEX audit_account ON audit (office, account, seq);"
	    "DELETE FROM schema_version WHERE version > 1");
	assert_int_equal(
	    store_sqlite_open(f->path, STORE_READ, &r), ERR_WRONG_STATE);
	assert_int_equal(store_sqlite_open(f->path, STORE_WRITE, &f->s), 0);
	store_sample_begin(f->s);
	assert_int_equal(f->s->ops->password_put(f->s, &w, 0), 0);
	store_sample_commit(f->s);
	r = open_reader(f->path);
	assert_int_equal(r->ops->account_find(r, "ann", &got_account), 0);
	a.reset_ms = 0;
	store_sample_same_account(&got_account, &a);
	assert_int_equal(
	    r->ops->phone_get(r, &office_1, &anna, &dev_1, &got_phone), 0);
	store_sample_same_phone(&got_phone, &p);
	assert_int_equal(r->ops->audit_get(r, 1, 1, &got), 0);
	store_sample_same_audit(&got, &row);
	/* old records are in the new indexes */
	assert_int_equal(
	    r->ops->audit_list(r,
		&(struct audit_filter){ .account = "anna", .limit = 9 },
		store_sample_on_audit, &n),
	    0);
	assert_string_equal(n.text, "1/1");
	assert_int_equal(r->ops->password_get(r, &office_1, &anna, &w), 0);
	r->ops->close(r);
}

/* What another hand wrote is an error, never an answer. */
static void
test_tampered_password(void **state)
{
	struct store_sample *f = sample(state);
	struct password w = { .office = office_1,
		.account = anna,
		.hash = "h",
		.changed_ms = 1 };
	const uint8_t macs[1][RECOVERY_MAC_LEN] = { { 1 } };
	struct password got;
	int left = -1;

	store_sample_begin(f->s);
	store_sample_fill(f->s);
	assert_int_equal(f->s->ops->password_put(f->s, &w, 0), 0);
	assert_int_equal(
	    f->s->ops->recovery_replace(f->s, &office_1, &anna, macs, 1, 5), 0);
	store_sample_commit(f->s);
	tamper(f->path, "UPDATE password SET is_temporary = 2");
	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(
	    f->s->ops->password_get(f->s, &office_1, &anna, &got), ERR_CORRUPT);
	assert_string_equal(got.hash, "");
	tamper(f->path, "UPDATE password SET is_temporary = 0, hash = ''");
	assert_int_equal(
	    f->s->ops->password_get(f->s, &office_1, &anna, &got), ERR_CORRUPT);
	/* more codes than there can be */
	tamper(f->path,
	    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL"
	    " SELECT i + 1 FROM n WHERE i < 10) INSERT INTO recovery"
	    " SELECT office, account, randomblob(32), 1, 0 FROM recovery, n");
	assert_int_equal(
	    f->s->ops->recovery_count(f->s, &office_1, &anna, &left),
	    ERR_CORRUPT);
	assert_int_equal(left, 0);
}

/*
 * F5: SQLite may undo a transaction by itself, for want of memory: that is a
 * broken store to whoever asked, not a question at the wrong time.
 */
static void
test_F5_a_transaction_that_ends_by_itself(void **state)
{
	struct store_sample *f = sample(state);
	struct store *s = f->s;
	sqlite3 *db = store_sqlite_db(s)->db;

	store_sample_begin(s);
	assert_int_equal(s->ops->meta_put(s, "fact", "x"), 0);
	assert_int_equal(
	    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(s->ops->mark(s), ERR_STORE);
	assert_int_equal(s->ops->commit(s), ERR_STORE);
	assert_int_equal(s->ops->rollback(s), 0);
	assert_int_equal(s->ops->commit(s), ERR_WRONG_STATE);
	put_fact(s, "y");
	expect_fact(s, "y");
	assert_int_equal(s->ops->commit(s), ERR_WRONG_STATE);
}

int
main(void)
{
#define RUN(f)                                                                 \
	cmocka_unit_test_setup_teardown(                                       \
	    f, store_sample_sqlite, store_sample_end)
	const struct CMUnitTest tests[] = {
		RUN(test_view),
		RUN(test_F5_undone_later),
		RUN(test_file_mode),
		RUN(test_odd_paths),
		RUN(test_path_through_descriptor),
		RUN(test_readers_see_commits_only),
		RUN(test_listing_in_its_own_callback),
		RUN(test_F6_readers_never_checkpoint),
		RUN(test_checkpoint_bounds_the_wal),
		RUN(test_copy_on_read_only_medium),
		RUN(test_F5_an_open_file_is_no_copy),
		RUN(test_refused_files),
		RUN(test_second_writer_is_busy),
		RUN(test_older_file),
		RUN(test_tampered_password),
		RUN(test_F5_a_transaction_that_ends_by_itself),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
