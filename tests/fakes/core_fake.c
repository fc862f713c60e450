#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "authd/core/verify.h"
#include "tests/fakes/core_fake.h"

struct engine {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	struct work *first, **end; /* linked by job.arg */
	enum core_fake_mode mode;
	int submit_error, run_error;
	bool is_stopping;
	struct core_fake_counts n;
	struct act last;
	struct verify verify;
};

/* The rules get no engine; there is one in a test. */
static struct engine *the_engine;

/* What follows a run that wants it. */
static int
finish(struct core *c, struct work *w)
{
	int r;

	if (!w->wants_hash)
		return (0);
	if (w->is_brief)
		w->hash_together(c, &w, 1);
	r = w->is_brief ? w->hash_result : w->hash(c, w);
	return (r == 0 ? w->settle(c, w) : r);
}

/* All of a work: what is only read ends with its run, and what was begun by
 * reading (its stage) goes on behind it. */
static int
run(struct engine *e, struct work *w, bool is_read)
{
	struct core c;
	int r, fail;

	memset(&c, 0, sizeof(c));
	w->act.now.wall_ms = CORE_FAKE_NOW;
	pthread_mutex_lock(&e->lock);
	e->n.runs++;
	e->last = w->act;
	fail = e->run_error;
	pthread_mutex_unlock(&e->lock);
	r = w->prepare == NULL ? 0 : w->prepare(&c, w);
	if (r == 0 && w->stage == 0)
		r = w->run(&c, w);
	if (r == 0 && !is_read)
		r = finish(&c, w);
	if (fail != 0)
		r = act_refuse(
		    &w->act, fail, "fake_problem", "As the test said.");
	return (r);
}

static struct work *
take(struct engine *e)
{
	struct work *w;

	while ((e->first == NULL || e->mode == CORE_FAKE_WAIT) &&
	    !(e->is_stopping))
		pthread_cond_wait(&e->changed, &e->lock);
	if ((w = e->first) == NULL)
		return (NULL);
	if ((e->first = w->job.arg) == NULL)
		e->end = &e->first;
	w->job.is_waiting = false;
	e->n.waiting--;
	e->n.taken++;
	return (w);
}

static void *
writer(void *arg)
{
	struct engine *e = arg;
	struct work *w;
	int r;

	pthread_mutex_lock(&e->lock);
	while ((w = take(e)) != NULL) {
		while (e->mode == CORE_FAKE_TAKE && !e->is_stopping)
			pthread_cond_wait(&e->changed, &e->lock);
		pthread_mutex_unlock(&e->lock);
		r = run(e, w, false);
		w->done(w, r);
		pthread_mutex_lock(&e->lock);
		e->n.taken--;
		e->n.dones++;
	}
	pthread_mutex_unlock(&e->lock);
	return (NULL);
}

struct engine *
core_fake_new(void)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (e == NULL)
		abort();
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->changed, NULL);
	e->end = &e->first;
	if (pthread_create(&e->thread, NULL, writer, e) != 0)
		abort();
	the_engine = e;
	return (e);
}

void
core_fake_free(struct engine *e)
{
	pthread_mutex_lock(&e->lock);
	e->is_stopping = true;
	pthread_cond_broadcast(&e->changed);
	pthread_mutex_unlock(&e->lock);
	pthread_join(e->thread, NULL);
	pthread_mutex_destroy(&e->lock);
	pthread_cond_destroy(&e->changed);
	free(e);
}

void
core_fake_set_mode(struct engine *e, enum core_fake_mode mode)
{
	pthread_mutex_lock(&e->lock);
	e->mode = mode;
	pthread_cond_broadcast(&e->changed);
	pthread_mutex_unlock(&e->lock);
}

void
core_fake_fail_submit(struct engine *e, int r)
{
	pthread_mutex_lock(&e->lock);
	e->submit_error = r;
	pthread_mutex_unlock(&e->lock);
}

void
core_fake_fail_run(struct engine *e, int r)
{
	pthread_mutex_lock(&e->lock);
	e->run_error = r;
	pthread_mutex_unlock(&e->lock);
}

void
core_fake_get(struct engine *e, struct core_fake_counts *out)
{
	pthread_mutex_lock(&e->lock);
	*out = e->n;
	pthread_mutex_unlock(&e->lock);
}

void
core_fake_last(struct engine *e, struct act *out)
{
	pthread_mutex_lock(&e->lock);
	*out = e->last;
	pthread_mutex_unlock(&e->lock);
}

void
core_fake_verify(struct engine *e, char login[LOGIN_MAX + 1],
    char code[CODE_DIGITS + 1], char consumer[BUCKET_MAX])
{
	pthread_mutex_lock(&e->lock);
	memcpy(login, e->verify.login, LOGIN_MAX + 1);
	memcpy(code, e->verify.code, CODE_DIGITS + 1);
	snprintf(consumer, BUCKET_MAX, "%s", e->verify.consumer);
	pthread_mutex_unlock(&e->lock);
}

/* engine.h */

static int
queue(struct engine *e, struct work *w, int stage)
{
	int r;

	w->stage = stage;
	pthread_mutex_lock(&e->lock);
	if ((r = e->submit_error) == 0) {
		w->job.arg = NULL;
		w->job.is_waiting = true;
		*e->end = w;
		e->end = (struct work **)&w->job.arg;
		e->n.waiting++;
		pthread_cond_broadcast(&e->changed);
	}
	pthread_mutex_unlock(&e->lock);
	return (r);
}

int
engine_submit(struct engine *e, struct work *w)
{
	return (queue(e, w, 0));
}

int
engine_submit_hash(struct engine *e, struct work *w)
{
	return (queue(e, w, 1));
}

bool
engine_withdraw(struct engine *e, struct work *w)
{
	struct work **p;
	bool is_out = false;

	pthread_mutex_lock(&e->lock);
	for (p = &e->first; w->job.is_waiting && *p != NULL;
	     p = (struct work **)&(*p)->job.arg)
		if (*p == w) {
			if ((*p = w->job.arg) == NULL)
				e->end = p;
			w->job.is_waiting = false;
			e->n.waiting--;
			e->n.withdrawn++;
			is_out = true;
			break;
		}
	pthread_mutex_unlock(&e->lock);
	return (is_out);
}

int
engine_read(struct engine *e, struct work *w)
{
	w->stage = 0;
	return (run(e, w, true));
}

int
engine_status(struct engine *e, struct engine_status *out)
{
	memset(out, 0, sizeof(*out));
	out->is_ready = true;
	out->is_clock_ok = true;
	out->head.seq = 42;
	out->head.node = 1;
	out->now.wall_ms = out->now.steady_ms = CORE_FAKE_NOW;
	out->keeper.wall_ms = CORE_FAKE_NOW;
	out->keeper.high_water_ms = CORE_FAKE_NOW - 1000;
	out->keeper.has_secret_memory = true;
	out->ca_not_after_ms = 2110752000000; /* 2036-11-20 */
	pthread_mutex_lock(&e->lock);
	e->n.runs++;
	pthread_mutex_unlock(&e->lock);
	return (0);
}

void
core_fake_note(const struct verify *v)
{
	pthread_mutex_lock(&the_engine->lock);
	the_engine->verify = *v;
	pthread_mutex_unlock(&the_engine->lock);
}
