/*
 * bare.c: the least that a durable answer over HTTP costs with the same parts,
 * to be measured against: libmicrohttpd in poll mode, each connection
 * suspended until one writer thread has committed a transaction of one
 * conditional UPDATE for each, in SQLite with WAL and synchronous FULL. No
 * code is checked, nothing is parsed but the number in the login, nothing is
 * logged, and nothing else is looked up.
 *
 *	bare make FILE N
 *	bare serve FILE SOCKET [THREADS]	until SIGTERM
 */
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define BATCH_MAX   256
#define SEALED_LEN  62 /* what stands in a phone's row beside the step */
#define CONNECTIONS 1024

/* As the daemon's store sets them; it, too, moves the WAL at 64 MiB. */
static const char set_up[] = "PRAGMA journal_mode = WAL;"
			     "PRAGMA synchronous = FULL;"
			     "PRAGMA cache_size = -16384;"
			     "PRAGMA wal_autocheckpoint = 16384;";

struct job {
	struct job *next;
	struct MHD_Connection *connection;
	int64_t account;
	bool is_begun, is_waiting, is_accepted;
};

struct bare {
	sqlite3 *db;
	sqlite3_stmt *begin, *update, *commit;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct job *first, *last;
	bool is_stopping;
	struct MHD_Response *accept, *refuse;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bare: %s: %s\n", what, strerror(errno));
	exit(2);
}

static sqlite3 *
open_file(const char *path)
{
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, set_up, NULL, NULL, NULL) != SQLITE_OK)
		die(path);
	return (db);
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *text)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &st,
		NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	return (st);
}

static void
run(struct bare *b, sqlite3_stmt *st)
{
	if (sqlite3_step(st) != SQLITE_DONE)
		die(sqlite3_errmsg(b->db));
	sqlite3_reset(st);
}

static int
make(const char *path, int64_t n)
{
	struct bare b = { .db = open_file(path) };
	sqlite3_stmt *insert;
	int64_t i;

	if (sqlite3_exec(b.db,
		"CREATE TABLE account (id INTEGER PRIMARY KEY,"
		" sealed BLOB NOT NULL, last_step INTEGER NOT NULL)",
		NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(b.db));
	insert =
	    prepare(b.db, "INSERT INTO account VALUES (?1, zeroblob(?2), 0)");
	b.begin = prepare(b.db, "BEGIN IMMEDIATE");
	b.commit = prepare(b.db, "COMMIT");
	run(&b, b.begin);
	for (i = 0; i < n; i++) {
		sqlite3_bind_int64(insert, 1, i);
		sqlite3_bind_int64(insert, 2, SEALED_LEN);
		run(&b, insert);
	}
	run(&b, b.commit);
	sqlite3_finalize(insert);
	sqlite3_finalize(b.begin);
	sqlite3_finalize(b.commit);
	if (sqlite3_close(b.db) != SQLITE_OK)
		die(path);
	return (0);
}

/* Take what waits, at most a batch; NULL: the end. */
static struct job *
take(struct bare *b)
{
	struct job *first, *job;
	int n = 1;

	pthread_mutex_lock(&b->lock);
	while (b->first == NULL && !b->is_stopping)
		pthread_cond_wait(&b->changed, &b->lock);
	job = first = b->first;
	if (first != NULL) {
		for (; job->next != NULL && n < BATCH_MAX; n++)
			job = job->next;
		b->first = job->next;
		job->next = NULL;
	}
	pthread_mutex_unlock(&b->lock);
	return (first);
}

static void *
write_all(void *arg)
{
	struct bare *b = arg;
	struct job *first, *job, *next;

	while ((first = take(b)) != NULL) {
		run(b, b->begin);
		for (job = first; job != NULL; job = job->next) {
			sqlite3_bind_int64(b->update, 1, job->account);
			sqlite3_bind_int64(b->update, 2, time(NULL) / 30);
			run(b, b->update);
			job->is_accepted = sqlite3_changes(b->db) == 1;
		}
		run(b, b->commit);
		for (job = first; job != NULL; job = next) {
			next = job->next;
			MHD_resume_connection(job->connection);
		}
	}
	return (NULL);
}

static void
submit(struct bare *b, struct job *job)
{
	job->is_waiting = true;
	MHD_suspend_connection(job->connection);
	pthread_mutex_lock(&b->lock);
	job->next = NULL;
	if (b->first == NULL)
		b->first = job;
	else
		b->last->next = job;
	b->last = job;
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *body, size_t *body_len,
    void **context)
{
	struct bare *b = cls;
	struct job *job = *context;
	const char *login;

	(void)url;
	(void)method;
	(void)version;
	if (job == NULL) {
		if ((job = calloc(1, sizeof(*job))) == NULL)
			return (MHD_NO);
		job->connection = c;
		*context = job;
		return (MHD_YES);
	}
	if (*body_len != 0) {
		if ((login = memmem(body, *body_len, "\"u", 2)) != NULL)
			job->account = (int64_t)strtoul(login + 2, NULL, 10);
		*body_len = 0;
		return (MHD_YES);
	}
	if (!job->is_waiting) {
		submit(b, job);
		return (MHD_YES);
	}
	return (MHD_queue_response(
	    c, 200, job->is_accepted ? b->accept : b->refuse));
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **context,
    enum MHD_RequestTerminationCode how)
{
	(void)cls;
	(void)c;
	(void)how;
	free(*context);
	*context = NULL;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    listen(fd, SOMAXCONN) != 0)
		die(path);
	return (fd);
}

static struct MHD_Response *
answer(const char *text)
{
	struct MHD_Response *res;

	res = MHD_create_response_from_buffer_with_free_callback(
	    strlen(text), strdup(text), free);
	if (res == NULL ||
	    MHD_add_response_header(res, "Content-Type", "application/json") !=
		MHD_YES)
		die("answer");
	return (res);
}

static int
serve(const char *path, const char *socket_path, unsigned int threads)
{
	struct bare b = { .db = open_file(path) };
	struct MHD_Daemon *daemon;
	pthread_t writer;
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	b.begin = prepare(b.db, "BEGIN IMMEDIATE");
	b.update = prepare(b.db,
	    "UPDATE account SET last_step = ?2"
	    " WHERE id = ?1 AND last_step < ?2");
	b.commit = prepare(b.db, "COMMIT");
	b.accept = answer("{\"result\":\"accept\"}");
	b.refuse = answer("{\"result\":\"refuse\"}");
	pthread_mutex_init(&b.lock, NULL);
	pthread_cond_init(&b.changed, NULL);
	if (pthread_create(&writer, NULL, write_all, &b) != 0)
		die("thread");
	daemon = MHD_start_daemon(
	    MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
	    NULL, on_request, &b, MHD_OPTION_LISTEN_SOCKET,
	    listen_at(socket_path), MHD_OPTION_THREAD_POOL_SIZE, threads,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
	if (daemon == NULL)
		die("libmicrohttpd");
	puts("ready");
	fflush(stdout);
	sigwait(&set, &number);
	pthread_mutex_lock(&b.lock);
	b.is_stopping = true;
	pthread_cond_signal(&b.changed);
	pthread_mutex_unlock(&b.lock);
	pthread_join(writer, NULL);
	MHD_stop_daemon(daemon);
	MHD_destroy_response(b.accept);
	MHD_destroy_response(b.refuse);
	sqlite3_finalize(b.begin);
	sqlite3_finalize(b.update);
	sqlite3_finalize(b.commit);
	return (sqlite3_close(b.db) == SQLITE_OK ? 0 : 1);
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "make") == 0)
		return (make(argv[2], strtoll(argv[3], NULL, 10)));
	if (argc >= 4 && strcmp(argv[1], "serve") == 0)
		return (serve(argv[2], argv[3],
		    argc > 4 ? (unsigned int)strtoul(argv[4], NULL, 10) : 2));
	fprintf(stderr, "usage: bare make FILE N | serve FILE SOCKET\n");
	return (2);
}
