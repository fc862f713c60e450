/*
 * Goal of this test: over a real file, what the writer has acknowledged is
 * there after kill -9, and on a full disk urgent work still commits, other
 * work is refused, and all goes on when there is room again.
 *
 * Links: authd/store/writer.c authd/store/job_queue.c authd/store/store_sqlite.c
 * Links: authd/store/store_sqlite_open.c authd/store/store_sqlite_office.c
 * Links: authd/store/store_sqlite_account.c authd/store/store_sqlite_phone.c
 * Links: authd/store/accepted.c authd/store/store_sqlite_accepted.c
 * Links: authd/store/store_sqlite_counter.c authd/store/store_sqlite_audit.c
 * Links: authd/store/store_sqlite_password.c
 * Links: authd/store/store_sqlite_recovery.c
 * Links: authd/store/store_sqlite_terminal.c
 * Links: authd/store/store_sqlite_host.c authd/store/store_sqlite_cert.c
 * Links: authd/store/store_sqlite_session.c authd/store/store_sqlite_app.c
 * Links: authd/store/store_sqlite_ticket.c
 * Links: authd/store/ask.c authd/store/ask_sql.c authd/store/migrate.c
 * Links: authd/store/schema.c authd/store/rows.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "authd/store/store_sqlite.h"
#include "authd/store/writer.h"

#define KILLS     20
#define IN_FLIGHT 32

struct work {
	struct writer_job job;
	struct store *s;
	struct writer *w;
	int rows;    /* records its run appends */
	int64_t seq; /* the last of them */
	int pipe_fd; /* where done acknowledges; -1: to the semaphore */
	sem_t done;
	int r;
};

/* Append records that carry their own number; also raise a fact with them. */
static int
append(struct writer_job *job)
{
	struct work *k = job->arg;
	struct audit_row row;
	struct audit_head head;
	char text[24];
	int i, r;

	if ((r = k->s->ops->audit_head(k->s, 1, &head)) != 0)
		return (r);
	for (i = 0; i < k->rows; i++) {
		memset(&row, 0, sizeof(row));
		row.record.node = 1;
		row.record.seq = ++head.seq;
		snprintf(row.record.detail, sizeof(row.record.detail),
		    "%0400lld", (long long)head.seq);
		if ((r = k->s->ops->audit_append(k->s, &row)) != 0)
			return (r);
	}
	k->seq = head.seq;
	snprintf(text, sizeof(text), "%lld", (long long)head.seq);
	return (k->s->ops->meta_put(k->s, "last", text));
}

/* In the child: tell the parent, then go round again. */
static void
acknowledge(struct writer_job *job, int r)
{
	struct work *k = job->arg;

	if (r != 0 ||
	    write(k->pipe_fd, &k->seq, sizeof(k->seq)) != sizeof(k->seq) ||
	    writer_submit(k->w, job) != 0)
		_exit(3);
}

static void
run_child(const char *path, int pipe_fd)
{
	static struct work k[IN_FLIGHT];
	struct store *s;
	struct writer *w;
	int i;

	if (store_sqlite_open(path, STORE_WRITE, &s) != 0 ||
	    writer_new(s, NULL, -1, &w) != 0)
		_exit(2);
	for (i = 0; i < IN_FLIGHT; i++) {
		k[i] = (struct work){ .s = s,
			.w = w,
			.rows = 1,
			.pipe_fd = pipe_fd,
			.job = { .run = append,
			    .done = acknowledge,
			    .lane = WRITER_LOGIN } };
		k[i].job.arg = &k[i];
		if (writer_submit(w, &k[i].job) != 0)
			_exit(2);
	}
	for (;;)
		pause();
}

/* Start a child, kill it after a while, return the highest number it said. */
static int64_t
kill_one(const char *path, int round)
{
	int64_t seq, highest = 0;
	int fds[2], n = 0, status;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		run_child(path, fds[1]);
	}
	close(fds[1]);
	while ((got = read(fds[0], &seq, sizeof(seq))) == sizeof(seq)) {
		if (seq > highest)
			highest = seq;
		/* somewhere else in a transaction each time */
		if (++n == 1 + round * 37)
			assert_int_equal(kill(pid, SIGKILL), 0);
	}
	assert_int_equal(got, 0);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return (highest);
}

static int
is_ok(void *arg, int n, char **values, char **names)
{
	(void)n;
	(void)names;
	*(bool *)arg = strcmp(values[0], "ok") == 0;
	return (0);
}

static void
check_whole(const char *path)
{
	sqlite3 *db;
	bool ok = false;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA integrity_check", is_ok, &ok, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	assert_true(ok);
}

static void
test_F4_kill_loses_nothing_acknowledged(void **state)
{
	char dir[] = "/tmp/test_writer.XXXXXX", path[64], text[24], wanted[24];
	struct audit_head head;
	struct audit_row row;
	struct store *s;
	int64_t highest;
	int i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sekisho.db", dir);
	for (i = 0; i < KILLS; i++) {
		highest = kill_one(path, i);
		assert_true(highest > 0);
		assert_int_equal(store_sqlite_open(path, STORE_WRITE, &s), 0);
		assert_int_equal(s->ops->audit_head(s, 1, &head), 0);
		assert_true(head.seq >= highest);
		assert_int_equal(s->ops->audit_get(s, 1, highest, &row), 0);
		assert_int_equal(atoll(row.record.detail), highest);
		/* what a transaction did stands or falls together */
		snprintf(wanted, sizeof(wanted), "%lld", (long long)head.seq);
		assert_int_equal(
		    s->ops->meta_get(s, "last", text, sizeof(text)), 0);
		assert_string_equal(text, wanted);
		s->ops->close(s);
		check_whole(path);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void
post_done(struct writer_job *job, int r)
{
	struct work *k = job->arg;

	k->r = r;
	sem_post(&k->done);
}

static int
run_one(struct work *k, enum writer_lane lane, int rows)
{
	k->job = (struct writer_job){
		.run = append, .done = post_done, .arg = k, .lane = lane
	};
	k->rows = rows;
	assert_int_equal(writer_submit(k->w, &k->job), 0);
	sem_wait(&k->done);
	return (k->r);
}

/* A small file system that this process alone sees. */
static bool
mount_small(const char *dir)
{
	if (unshare(CLONE_NEWNS) != 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return (false);
	return (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tmpfs", dir, "tmpfs", 0, "size=22m") == 0);
}

/* Leave no room on the disk. */
static void
fill_disk(const char *path)
{
	static const char block[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static int64_t
size_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return (st.st_size);
}

static void
check_full_disk(const char *dir)
{
	char path[64], filler[64], reserve[64];
	struct work k = { .pipe_fd = -1 };
	struct audit_head head;
	int fd, i;

	snprintf(path, sizeof(path), "%s/sekisho.db", dir);
	snprintf(filler, sizeof(filler), "%s/filler", dir);
	snprintf(reserve, sizeof(reserve), "%s/reserve", dir);
	fd = open(reserve, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	sem_init(&k.done, 0, 0);
	assert_int_equal(store_sqlite_open(path, STORE_WRITE, &k.s), 0);
	assert_int_equal(writer_new(k.s, NULL, fd, &k.w), 0);
	assert_int_equal(size_of(fd), WRITER_RESERVE);
	assert_int_equal(run_one(&k, WRITER_LOGIN, 10), 0);
	fill_disk(filler);
	/* More than once: each is refused, none ends anything. */
	for (i = 0; i < 3; i++)
		assert_int_equal(run_one(&k, WRITER_LOGIN, 1000), ERR_FULL);
	assert_int_equal(size_of(fd), WRITER_RESERVE);
	assert_int_equal(run_one(&k, WRITER_URGENT, 1000), 0);
	assert_int_equal(k.seq, 1010);
	/* It took of the reserve, which no longer finds its room: for urgent
	 * work only, even where little would do. */
	assert_int_equal(size_of(fd), 0);
	assert_int_equal(run_one(&k, WRITER_LOGIN, 1), ERR_FULL);
	assert_int_equal(run_one(&k, WRITER_BULK, 1), ERR_FULL);
	assert_int_equal(run_one(&k, WRITER_URGENT, 1), 0);
	assert_int_equal(k.seq, 1011);
	/* Room again: the next job a second later finds all as it was. */
	assert_int_equal(unlink(filler), 0);
	usleep(1100 * 1000);
	assert_int_equal(run_one(&k, WRITER_LOGIN, 1), 0);
	assert_int_equal(k.seq, 1012);
	assert_int_equal(size_of(fd), WRITER_RESERVE);
	writer_free(k.w);
	assert_int_equal(k.s->ops->audit_head(k.s, 1, &head), 0);
	assert_int_equal(head.seq, 1012);
	k.s->ops->close(k.s);
	check_whole(path);
	sem_destroy(&k.done);
	close(fd);
}

static void
test_full_disk(void **state)
{
	char dir[] = "/tmp/test_writer.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	if (!mount_small(dir)) {
		rmdir(dir);
		print_message("no file system may be mounted here\n");
		skip();
	}
	check_full_disk(dir);
	assert_int_equal(umount(dir), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_F4_kill_loses_nothing_acknowledged),
		cmocka_unit_test(test_full_disk),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
