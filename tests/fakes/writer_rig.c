#include "tests/fakes/writer_rig.h"

static void
trace(struct writer_rig *f, char kind, char name)
{
	size_t n = strlen(f->trace);

	if (n + 4 < sizeof(f->trace))
		snprintf(
		    f->trace + n, sizeof(f->trace) - n, "%c%c ", kind, name);
}

static int
on_prepare(struct writer_job *job)
{
	struct writer_rig_work *k = job->arg;

	k->prepares++;
	if (!k->is_quiet)
		trace(k->f, 'p', k->name);
	return (k->prepare_r);
}

static int
on_run(struct writer_job *job)
{
	struct writer_rig_work *k = job->arg;
	char key[2] = { k->name, '\0' };

	k->f->batch++;
	if (!k->is_quiet)
		trace(k->f, 'r', k->name);
	if (k->name == 'G') {
		sem_post(&k->f->at_gate);
		sem_wait(&k->f->gate);
	}
	/* Its work is there before it fails. */
	if (k->f->s->ops->meta_put(k->f->s, key, "ran") != 0)
		return (ERR_STORE);
	return (k->run_r);
}

static void
on_done(struct writer_job *job, int r)
{
	struct writer_rig_work *k = job->arg;
	struct writer_rig *f = k->f;

	k->dones++;
	k->r = r;
	if (!k->is_quiet)
		trace(f, 'd', k->name);
	if (k->submits != NULL && writer_submit(f->w, &k->submits->job) != 0)
		abort();
	sem_post(&f->done);
}

struct writer_rig_work
writer_rig_work(struct writer_rig *f, char name, enum writer_lane lane)
{
	return ((struct writer_rig_work){ .f = f,
	    .name = name,
	    .job = { .prepare = on_prepare,
		.run = on_run,
		.done = on_done,
		.lane = lane } });
}

void
writer_rig_submit(struct writer_rig_work *k)
{
	k->job.arg = k;
	assert_int_equal(writer_submit(k->f->w, &k->job), 0);
}

void
writer_rig_wait_done(struct writer_rig *f, int n)
{
	while (n-- > 0)
		sem_wait(&f->done);
}

void
writer_rig_close_gate(struct writer_rig *f, struct writer_rig_work *gate)
{
	*gate = writer_rig_work(f, 'G', WRITER_URGENT);
	writer_rig_submit(gate);
	sem_wait(&f->at_gate);
}

void
writer_rig_open_gate(struct writer_rig *f)
{
	sem_post(&f->gate);
	writer_rig_wait_done(f, 1);
}

bool
writer_rig_has_run(struct writer_rig *f, char name)
{
	char key[2] = { name, '\0' }, value[8];

	return (f->s->ops->meta_get(f->s, key, value, sizeof(value)) == 0);
}

static int
hook_begin(void *arg)
{
	struct writer_rig *f = arg;

	f->batch = 0;
	trace(f, 'h', 'b');
	return (f->fail_begin);
}

static int
hook_between(void *arg)
{
	trace(arg, 'h', '=');
	return (((struct writer_rig *)arg)->fail_between);
}

static void
hook_mark(void *arg)
{
	trace(arg, 'h', 'm');
}

static void
hook_rewind(void *arg)
{
	trace(arg, 'h', 'w');
}

static int
hook_before_commit(void *arg)
{
	struct writer_rig *f = arg;

	trace(arg, 'h', 'c');
	if (f->batch > f->batch_max)
		f->batch_max = f->batch;
	return (f->fail_before_commit);
}

static void
hook_ended(void *arg, int r)
{
	((struct writer_rig *)arg)->ended = r;
	trace(arg, 'h', 'e');
}

static void
hook_fatal(void *arg)
{
	struct writer_rig *f = arg;

	f->fatals++;
	sem_post(&f->done);
}

void
writer_rig_start(struct writer_rig *f, int reserve_fd)
{
	const struct writer_hooks hooks = { .arg = f,
		.begin = hook_begin,
		.between = hook_between,
		.mark = hook_mark,
		.rewind = hook_rewind,
		.before_commit = hook_before_commit,
		.ended = hook_ended,
		.fatal = hook_fatal };

	assert_int_equal(store_mem_new(&f->s), 0);
	f->knobs = store_mem_knobs(f->s);
	sem_init(&f->gate, 0, 0);
	sem_init(&f->at_gate, 0, 0);
	sem_init(&f->done, 0, 0);
	assert_int_equal(writer_new(f->s, &hooks, reserve_fd, &f->w), 0);
}

void
writer_rig_stop(struct writer_rig *f)
{
	writer_free(f->w);
	f->s->ops->close(f->s);
	sem_destroy(&f->gate);
	sem_destroy(&f->at_gate);
	sem_destroy(&f->done);
}
