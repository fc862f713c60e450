/*
 * power_cut.c: the power fails at any moment of a day's work (F4). The real
 * engine, writer and store work over a VFS that writes down what they write and
 * sync; then every legal loss is played: the store must open, be whole, and
 * hold exactly what stood there after some commit, none before the last one
 * that was acknowledged.
 *
 *	power_cut IMAGES [SEED]
 *
 * IMAGES: how many, spread evenly over all moments and losses; 0: every one.
 * Exit: 0 all were right, 1 some were not, 2 could not test.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/core/account.h"
#include "authd/core/phone.h"
#include "authd/store/store_sqlite.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/engine_rig.h"
#include "tests/torture/cut_image.h"

#define PEOPLE      6
#define ROUNDS      48
#define AT_ONCE     8
#define COMMITS_MAX 4096
#define ACKS_MAX    4096
#define EACH_MAX    256 /* images of one moment, when all are played */
#define EACH_FEW    64  /* else */

/* What happened, told by the threads of the engine as it happens. */
static struct {
	struct engine_rig g;
	char login[PEOPLE][16];
	uint8_t seed[PEOPLE][SEED_LEN];
	uint64_t digest[COMMITS_MAX]; /* of the store after each commit */
	int commits;                  /* [0]: before the first */
	char request[ACKS_MAX][REQUEST_ID_LEN + 1];
	int64_t request_seq[ACKS_MAX]; /* its last record */
	_Atomic int acks;
	int bad;
} day;

static void
bad(const char *what)
{
	fprintf(stderr, "power_cut: %s\n", what);
	exit(2);
}

/* --- what a store holds, as one number --- */

static void
mix(uint64_t *h, const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n-- > 0)
		*h = (*h ^ *b++) * 0x100000001b3ULL;
}

static void
mix_rows(uint64_t *h, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int i, n, type;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		bad(sqlite3_errmsg(db));
	while (sqlite3_step(st) == SQLITE_ROW)
		for (i = 0; i < sqlite3_column_count(st); i++) {
			type = sqlite3_column_type(st, i);
			n = sqlite3_column_bytes(st, i);
			mix(h, &type, sizeof(type));
			mix(h, &n, sizeof(n));
			if (n > 0)
				mix(h, sqlite3_column_blob(st, i), (size_t)n);
		}
	sqlite3_finalize(st);
}

/* Every row of every table, and the schema. */
static uint64_t
digest(sqlite3 *db)
{
	uint64_t h = 0xcbf29ce484222325ULL;
	char sql[200];
	sqlite3_stmt *st = NULL;

	mix_rows(&h, db,
	    "SELECT type, name, sql FROM sqlite_master"
	    " ORDER BY type, name");
	if (sqlite3_prepare_v2(db,
		"SELECT name FROM sqlite_master WHERE type = 'table'"
		" AND name NOT LIKE 'sqlite_%' ORDER BY name",
		-1, &st, NULL) != SQLITE_OK)
		bad(sqlite3_errmsg(db));
	while (sqlite3_step(st) == SQLITE_ROW) {
		(void)snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"",
		    (const char *)sqlite3_column_text(st, 0));
		mix_rows(&h, db, sql);
	}
	sqlite3_finalize(st);
	return (h);
}

/* By a connection that nobody writes down. */
static uint64_t
digest_now(struct engine_rig *g)
{
	sqlite3 *db = NULL;
	uint64_t h;

	if (sqlite3_open_v2(g->path, &db, SQLITE_OPEN_READWRITE, "unix") !=
	    SQLITE_OK)
		bad("digest");
	h = digest(db);
	sqlite3_close(db);
	return (h);
}

/* --- the day --- */

static int
commit(struct engine_rig *g, struct store *s)
{
	int r;

	if (day.commits == 0)
		day.digest[day.commits++] = digest_now(g);
	if (day.commits == COMMITS_MAX)
		bad("too many commits");
	cut_vfs_note(CUT_BEGIN, day.commits);
	if ((r = g->real_ops->commit(s)) != 0)
		return (r);
	cut_vfs_note(CUT_DONE, day.commits);
	day.digest[day.commits++] = digest_now(g);
	return (0);
}

/* One request; any of the parts is used. */
struct request {
	struct engine_rig_verify v;
	const char *login;
	char name[32];
};

/* On the writer's thread: this is when somebody is told. */
static void
told(struct work *work, int r)
{
	struct engine_rig_work *w = work->arg;
	int i;

	if (r == 0) {
		i = day.acks++;
		if (i >= ACKS_MAX)
			bad("too many answers");
		memcpy(day.request[i], work->act.request_id,
		    sizeof(day.request[i]));
		cut_vfs_note(CUT_ACK, i);
	}
	w->r = r;
	sem_post(&w->done);
}

static int
add_account(struct core *c, struct work *work)
{
	struct request *q = work->arg;
	struct account_input in = {
		.login = q->name, .office = "tokyo", .name = "N"
	};
	struct account_view view;

	return (account_add(c, &work->act, &in, &view));
}

static int
unlock(struct core *c, struct work *work)
{
	struct request *q = work->arg;
	struct account_view view;

	return (account_unlock(c, &work->act, q->login, &view));
}

static int
switch_off(struct core *c, struct work *work)
{
	struct request *q = work->arg;
	struct account_view view;

	return (
	    account_enable(c, &work->act, q->login, q->name[0] == '+', &view));
}

static int
revoke_phone(struct core *c, struct work *work)
{
	struct request *q = work->arg;
	struct phone phone;

	return (phone_revoke(c, &work->act, q->login, NULL, &phone));
}

/* The ${k}th request of a round: mostly codes, right, wrong and repeated. */
static void
ask(struct request *q, int round, int k)
{
	static int (*const others[])(struct core *,
	    struct work *) = { add_account, unlock, switch_off, add_account };
	struct engine_rig *g = &day.g;
	int who = (round + k) % PEOPLE;

	memcpy(g->seed, day.seed[who], SEED_LEN);
	q->login = day.login[who];
	engine_rig_ask(g, &q->v, q->login, k % 3 == 2 ? -20 : 0);
	if (k >= 6) {
		engine_rig_nothing(&q->v.base);
		q->v.base.work.run = others[(round + k) % 4];
		q->v.base.work.lane = k == 7 ? WRITER_URGENT : WRITER_BULK;
		(void)snprintf(q->name, sizeof(q->name), "%sp%d-%d",
		    q->v.base.work.run == switch_off && round % 2 == 0 ? "+"
								       : "",
		    round, k);
	}
	if (round == ROUNDS - 1 && k == 6)
		q->v.base.work.run = revoke_phone;
	q->v.base.work.arg = q;
	q->v.base.work.done = told;
}

static void
work_a_round(int round)
{
	static struct request q[AT_ONCE];
	int k, n = 1 + round * 5 % AT_ONCE;

	if (round % 3 == 2)
		n = AT_ONCE;
	for (k = 0; k < n; k++) {
		ask(&q[k], round, AT_ONCE - 1 - k);
		if (engine_rig_submit(&day.g, &q[k].v.base) != 0)
			bad("submit");
	}
	for (k = 0; k < n; k++)
		(void)engine_rig_wait(&q[k].v.base);
	clock_fake_pass(WORLD_STEP_MS);
}

static void
work_a_day(void)
{
	struct engine_rig *g = &day.g;
	int i;

	engine_rig_make(g);
	g->commit = commit;
	cut_vfs_start();
	engine_rig_open(g);
	for (i = 0; i < PEOPLE; i++) {
		(void)snprintf(day.login[i], sizeof(day.login[i]), "m%d", i);
		engine_rig_person(g, day.login[i]);
		memcpy(day.seed[i], g->seed, SEED_LEN);
	}
	for (i = 0; i < ROUNDS; i++) {
		/* A full disk has the log moved into the file, which then
		 * begins anew; so does a restart. */
		if (i % 6 == 3)
			cut_vfs_fill(3 + i);
		if (i == ROUNDS / 2) {
			engine_rig_close(g);
			engine_rig_open(g);
		}
		work_a_round(i);
	}
	if (!engine_rig_log_is_whole(g))
		bad("the log is not whole even without a cut");
	engine_rig_close(g);
	cut_vfs_stop();
}

/* Which record each answer was about, so that an image tells by its last. */
static void
place_acks(void)
{
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	int i;

	if (sqlite3_open(day.g.path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"SELECT max(seq) FROM audit WHERE request_id = ?1", -1, &st,
		NULL) != SQLITE_OK)
		bad("place");
	for (i = 0; i < day.acks; i++) {
		sqlite3_bind_text(st, 1, day.request[i], -1, SQLITE_STATIC);
		if (sqlite3_step(st) == SQLITE_ROW)
			day.request_seq[i] = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
}

/* --- the images --- */

/* What must be there at a moment. */
struct moment_of_cut {
	size_t op;
	size_t variant;
	int done, begun; /* commits */
	int64_t seq;     /* the last record somebody was told of */
};

static int64_t
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return (n);
}

static void
complain(const struct moment_of_cut *m, const char *what, int64_t n)
{
	if (day.bad++ < 20)
		printf("bad: cut at %zu, loss %zu: %s (%" PRId64
		       "); commits %d to %d, record %" PRId64 "\n",
		    m->op, m->variant, what, n, m->done, m->begun, m->seq);
}

static void
judge(const struct moment_of_cut *m, const char *path)
{
	struct store *s = NULL;
	sqlite3 *db = NULL;
	int64_t seq;
	uint64_t h;
	int i, r;

	if ((r = store_sqlite_open(path, STORE_WRITE, &s)) != 0) {
		complain(m, "it does not open", r);
		return;
	}
	s->ops->close(s);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		bad("open");
	if (number(db,
		"SELECT count(*) FROM pragma_integrity_check"
		" WHERE integrity_check <> 'ok'") != 0 ||
	    number(db, "SELECT count(*) FROM pragma_foreign_key_check") != 0)
		complain(m, "it is not whole", 0);
	seq = number(db, "SELECT ifnull(max(seq), 0) FROM audit");
	h = digest(db);
	sqlite3_close(db);
	for (i = m->begun; i >= 0 && day.digest[i] != h; i--)
		;
	if (i < 0)
		complain(m, "half of something is there", seq);
	else if (i < m->done)
		complain(m, "a commit is lost", i);
	if (seq < m->seq)
		complain(m, "somebody was told of what is lost", seq);
}

static void
play(const struct cut_image *c, const struct moment_of_cut *m, size_t most,
    uint64_t seed, const char *dir)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char path[200];
	size_t i;

	cut_image_write(c, m->variant, most, seed + m->op, dir);
	(void)snprintf(path, sizeof(path), "%s/sekisho.db", dir);
	judge(m, path);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/sekisho.db%s", dir, ends[i]);
		(void)unlink(path);
	}
}

/*
 * Go through the log once; every ${every}th image of all there are is played,
 * or only counted when ${dir} is NULL.
 */
static size_t
cut_everywhere(size_t every, size_t most, uint64_t seed, const char *dir)
{
	struct moment_of_cut m = { 0 };
	struct cut_image *c = cut_image_new();
	const struct cut_op *ops;
	size_t n, variants, all = 0, played = 0;

	ops = cut_vfs_log(&n);
	for (m.op = 0; m.op < n; m.op++) {
		cut_image_play(c, &ops[m.op]);
		if (ops[m.op].what == CUT_BEGIN)
			m.begun = (int)ops[m.op].number;
		else if (ops[m.op].what == CUT_DONE)
			m.done = (int)ops[m.op].number;
		else if (ops[m.op].what == CUT_ACK &&
		    day.request_seq[ops[m.op].number] > m.seq)
			m.seq = day.request_seq[ops[m.op].number];
		variants = cut_image_variants(c, most);
		for (m.variant = 0; m.variant < variants; m.variant++)
			if (all++ % every == 0 && dir != NULL) {
				play(c, &m, most, seed, dir);
				played++;
			}
	}
	cut_image_free(c);
	return (dir == NULL ? all : played);
}

/* CUT_SHOW=1: the log, to see what a bad moment is about. */
static void
show_log(void)
{
	static const char *const what[] = { "create", "delete", "names",
		"write", "truncate", "sync", "begin", "done", "ack" };
	const struct cut_op *ops;
	size_t i, n;

	ops = cut_vfs_log(&n);
	for (i = 0; i < n; i++)
		printf("%zu %s %s at %" PRId64 " of %zu number %" PRId64 "\n",
		    i, what[ops[i].what],
		    ops[i].file < 0 ? "-" : cut_vfs_name(ops[i].file),
		    ops[i].at, ops[i].n, ops[i].number);
}

int
main(int argc, char **argv)
{
	/* On a tmpfs: thousands of images are synced while they are opened. */
	char dir[64] = "/dev/shm/power_cut.XXXXXX";
	size_t wanted, most, all, played, n;
	uint64_t seed;

	if (argc < 2) {
		fprintf(stderr, "usage: power_cut IMAGES [SEED]\n");
		return (2);
	}
	wanted = strtoul(argv[1], NULL, 10);
	/* What is bad is seen though the run is ended. */
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	most = wanted == 0 ? EACH_MAX : EACH_FEW;
	if (mkdtemp(dir) == NULL) {
		(void)snprintf(dir, sizeof(dir), "/tmp/power_cut.XXXXXX");
		if (mkdtemp(dir) == NULL)
			bad("mkdtemp");
	}
	log_open("power_cut", LOG_LEVEL_ERROR);
	work_a_day();
	place_acks();
	if (getenv("CUT_SHOW") != NULL)
		show_log();
	(void)cut_vfs_log(&n);
	all = cut_everywhere(1, most, seed, NULL);
	printf("%zu operations, %d commits, %d answers; %zu images\n", n,
	    day.commits - 1, day.acks, all);
	played = cut_everywhere(
	    wanted == 0 || wanted > all ? 1 : all / wanted, most, seed, dir);
	printf("%zu played, %d bad; seed %" PRIu64 "\n", played, day.bad, seed);
	(void)rmdir(dir);
	engine_rig_stop(&day.g);
	return (day.bad == 0 && played > 0 ? 0 : 1);
}
