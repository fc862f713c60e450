#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "authd/audit/audit_verify.h"
#include "authd/base/clock.h"
#include "authd/store/store_sqlite.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/engine_rig.h"

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	fprintf(stderr, "engine_rig: %s: %s\n", what, err_text(r));
	abort();
}

/* The rig whose store is asked: store_ops carry nothing of ours. */
static struct engine_rig *here;

static int
commit(struct store *s)
{
	return (here->commit(here, s));
}

static void
fatal(void *arg)
{
	struct engine_rig *g = arg;

	_exit(g->fatal_exit);
}

int
engine_rig_try(struct engine_rig *g)
{
	struct store *writer = NULL, *readers[ENGINE_RIG_READERS] = { NULL };
	struct store *ahead = NULL;
	struct engine_parts parts = { .readers = readers,
		.readers_n = ENGINE_RIG_READERS,
		.apart_n = g->apart_n,
		.keeper = g->keeper,
		.policy = &g->policy,
		.node = 1,
		.reserve_fd = g->reserve_fd,
		.fatal = fatal,
		.fatal_arg = g };
	int i, r;

	here = g;
	must(store_sqlite_open(g->path, STORE_WRITE, &writer), "open writer");
	for (i = 0; i < ENGINE_RIG_READERS; i++) {
		must(store_sqlite_open(g->path, STORE_READ, &readers[i]),
		    "open reader");
		store_sqlite_share(readers[i], writer);
	}
	must(store_sqlite_open(g->path, STORE_AHEAD, &ahead), "open reader");
	store_sqlite_share(ahead, writer);
	parts.ahead = ahead;
	if (g->commit != NULL) {
		g->real_ops = writer->ops;
		g->ops = *writer->ops;
		g->ops.commit = commit;
		writer->ops = &g->ops;
	}
	parts.writer = writer;
	must(clock_boot_id(parts.boot_id), "boot id");
	g->engine = NULL;
	if ((r = engine_new(&parts, &g->engine)) == 0)
		return (0);
	/* Then the parts are still ours. */
	for (i = 0; i < ENGINE_RIG_READERS; i++)
		readers[i]->ops->close(readers[i]);
	ahead->ops->close(ahead);
	writer->ops->close(writer);
	return (r);
}

void
engine_rig_open(struct engine_rig *g)
{
	must(engine_rig_try(g), "engine_new");
}

void
engine_rig_close(struct engine_rig *g)
{
	engine_free(g->engine);
	g->engine = NULL;
}

void
engine_rig_make(struct engine_rig *g)
{
	memset(g, 0, sizeof(*g));
	g->reserve_fd = -1;
	g->fatal_exit = 99;
	clock_fake_set(1795305600000, 3600000);
	snprintf(g->dir, sizeof(g->dir), "/tmp/test_engine.XXXXXX");
	if (mkdtemp(g->dir) == NULL)
		must(ERR_SYS, "mkdtemp");
	snprintf(g->path, sizeof(g->path), "%s/sekisho.db", g->dir);
	g->policy.totp_window = 1;
	g->policy.general.failures_max = 5;
	g->policy.general.lock_ms = WORLD_HOUR_MS;
	g->policy.privileged = g->policy.general;
	snprintf(g->policy.issuer, sizeof(g->policy.issuer), "Sekisho");
	must(keeper_fake_new(&g->keeper), "keeper");
}

void
engine_rig_start(struct engine_rig *g)
{
	engine_rig_make(g);
	engine_rig_open(g);
}

void
engine_rig_stop(struct engine_rig *g)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[120];
	size_t i;

	engine_rig_close(g);
	keeper_client_free(g->keeper);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", g->path, ends[i]);
		unlink(path);
	}
	rmdir(g->dir);
}

static void
done(struct work *work, int r)
{
	struct engine_rig_work *w = work->arg;

	w->r = r;
	sem_post(&w->done);
}

static int
nothing(struct core *c, struct work *work)
{
	(void)c;
	(void)work;
	return (0);
}

void
engine_rig_nothing(struct engine_rig_work *w)
{
	memset(w, 0, sizeof(*w));
	w->work.run = nothing;
	w->work.done = done;
	w->work.lane = WRITER_LOGIN;
	w->work.arg = w;
	w->work.act.right = RIGHT_ADMIN;
	snprintf(w->work.act.actor, sizeof(w->work.act.actor), "unix:0");
	must(id_new_request(clock_wall_ms(), w->work.act.request_id),
	    "request id");
	must(sem_init(&w->done, 0, 0), "semaphore");
}

int
engine_rig_submit(struct engine_rig *g, struct engine_rig_work *w)
{
	return (engine_submit(g->engine, &w->work));
}

int
engine_rig_wait(struct engine_rig_work *w)
{
	struct timespec until;
	int rc;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	do
		rc = sem_timedwait(&w->done, &until);
	while (rc != 0 && errno == EINTR);
	must(rc == 0 ? 0 : ERR_TIMEOUT, "wait for an answer");
	sem_destroy(&w->done);
	return (w->r);
}

/* Two changes: the account with its pending phone, then its first code. */
struct joining {
	struct engine_rig_work base;
	const char *login, *code;
	struct enrol_secret secret;
};

static int
join(struct core *c, struct work *work)
{
	struct joining *j = work->arg;
	struct office_input o = { .code = "tokyo", .name = "T" };
	struct account_input in = {
		.login = j->login, .office = "tokyo", .name = "N"
	};
	struct account_view view;
	struct office office;
	int r;

	if (j->code != NULL) {
		enum verdict verdict;
		struct phone phone;

		r = enrol_confirm(
		    c, &work->act, j->login, j->code, &verdict, &phone);
		return (r == 0 && verdict != VERDICT_ACCEPT ? ERR_INVALID : r);
	}
	r = office_find(c, &work->act, "tokyo", &office);
	if (r == ERR_NOTFOUND)
		r = office_add(c, &work->act, &o, &office);
	if (r != 0 || (r = account_add(c, &work->act, &in, &view)) != 0)
		return (r);
	return (enrol_start(c, &work->act, j->login, NULL, false, &j->secret));
}

void
engine_rig_person(struct engine_rig *g, const char *login)
{
	struct joining j = { .login = login };
	char code[CODE_DIGITS + 1];
	int i;

	for (i = 0; i < 2; i++) {
		engine_rig_nothing(&j.base);
		j.base.work.run = join;
		must(engine_rig_submit(g, &j.base), "submit");
		must(engine_rig_wait(&j.base), "join");
		core_world_seed(j.secret.secret, g->seed);
		core_world_code(g->seed, core_world_step(), code);
		j.code = code;
	}
	clock_fake_pass(3 * WORLD_STEP_MS);
}

static int
verify_prepare_work(struct core *c, struct work *work)
{
	struct engine_rig_verify *v = work->arg;

	return (verify_prepare(c, &work->act, &v->verify));
}

static int
verify_run_work(struct core *c, struct work *work)
{
	struct engine_rig_verify *v = work->arg;

	return (verify_run(c, &work->act, &v->verify));
}

void
engine_rig_ask(struct engine_rig *g, struct engine_rig_verify *v,
    const char *login, int shift)
{
	char code[CODE_DIGITS + 1];

	engine_rig_nothing(&v->base);
	v->base.work.prepare = verify_prepare_work;
	v->base.work.run = verify_run_work;
	v->base.work.keeps_people = true; /* as its route says */
	v->base.work.reads_ahead = true;
	core_world_code(g->seed, core_world_step() + shift, code);
	core_world_ask(&v->verify, login, code, "local:sshd");
}

enum verdict
engine_rig_verify(struct engine_rig *g, const char *login, int shift)
{
	struct engine_rig_verify v;

	engine_rig_ask(g, &v, login, shift);
	must(engine_rig_submit(g, &v.base), "submit");
	must(engine_rig_wait(&v.base), "verify");
	return (v.verify.verdict);
}

int64_t
engine_rig_seq(struct engine_rig *g)
{
	struct audit_head head;
	struct store *s;

	must(store_sqlite_open(g->path, STORE_READ, &s), "open");
	must(s->ops->audit_head(s, 1, &head), "head");
	s->ops->close(s);
	return (head.seq);
}

static int
verify_row(void *arg, const struct audit_row *row)
{
	audit_verify_add(
	    arg, &row->record, row->hash, row->has_seal ? row->seal : NULL);
	return (0);
}

static int
whole(struct core *c, struct work *work)
{
	return (
	    c->store->ops->audit_read(c->store, 1, 1, verify_row, work->arg));
}

bool
engine_rig_log_is_whole(struct engine_rig *g)
{
	struct work work = { .run = whole };
	struct keeper_hello hello;
	struct audit_verify v;

	must(keeper_client_hello(g->keeper, &hello), "hello");
	audit_verify_init(&v, hello.audit_pub, 1);
	audit_verify_known(&v, &hello.confirmed);
	work.arg = &v;
	must(engine_read(g->engine, &work), "read");
	return (audit_verify_end(&v));
}

void
engine_rig_meta(struct engine_rig *g, const char *key, char out[64])
{
	struct store *s;

	must(store_sqlite_open(g->path, STORE_READ, &s), "open");
	must(s->ops->meta_get(s, key, out, 64), "meta");
	s->ops->close(s);
}

void
engine_rig_edit(struct engine_rig *g, const char *sql)
{
	sqlite3 *db = NULL;

	must(sqlite3_open(g->path, &db) == SQLITE_OK ? 0 : ERR_STORE, "open");
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		must(ERR_STORE, sqlite3_errmsg(db));
	must(sqlite3_changes(db) > 0 ? 0 : ERR_NOTFOUND, sql);
	sqlite3_close(db);
}
