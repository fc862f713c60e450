/*
 * Goal of this test: the pool runs every job once, shares turns and room
 * fairly between offices and sources, gives waiting jobs back, and keeps no
 * memory of a hash.
 * Links: authd/core/hashpool.c authd/core/passhash.c
 * Links: authd/core/passhash_format.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/text.c authd/base/clock.c
 * Links: authd/base/timetext.c
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/core/hashpool.h"
#include "authd/core/passhash.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One worker held by a job until the test lets it go; then the order in which
 * jobs run is that of their turns. */
struct stage {
	struct hashpool *pool;
	struct hashpool_job gate;
	sem_t entered, open, finished;
	char order[512]; /* names of jobs as they ran */
	_Atomic(int) ran, done, busy;
};

struct act {
	struct hashpool_job job;
	struct stage *stage;
	char name;
};

static void
run_gate(struct hashpool_job *job)
{
	struct stage *s = job->arg;

	(void)sem_post(&s->entered);
	(void)sem_wait(&s->open);
}

static void
done_gate(struct hashpool_job *job, int r)
{
	struct stage *s = job->arg;

	assert_int_equal(r, 0);
	(void)sem_post(&s->finished);
}

static void
run_act(struct hashpool_job *job)
{
	struct stage *s = ((struct act *)job->arg)->stage;

	for (;; job = job->next) {
		s->order[s->ran++] = ((struct act *)job->arg)->name;
		if (job->next == NULL)
			return;
		s->order[s->ran++] = '+';
	}
}

static void
done_act(struct hashpool_job *job, int r)
{
	struct act *a = job->arg;
	struct stage *s = a->stage;

	if (r == 0)
		s->done++;
	else
		s->busy++;
	(void)sem_post(&s->finished);
}

static void
stage_open_of(struct stage *s, int waiting_max, int together)
{
	memset(s, 0, sizeof(*s));
	(void)sem_init(&s->entered, 0, 0);
	(void)sem_init(&s->open, 0, 0);
	(void)sem_init(&s->finished, 0, 0);
	assert_int_equal(hashpool_new(1, waiting_max, together, true, &s->pool), 0);
	s->gate = (struct hashpool_job){ .run = run_gate,
		.done = done_gate,
		.arg = s,
		.source = "gate",
		.office = "gate" };
	assert_int_equal(hashpool_submit(s->pool, &s->gate), 0);
	(void)sem_wait(&s->entered);
}

static void
stage_open(struct stage *s, int waiting_max)
{
	stage_open_of(s, waiting_max, 1);
}

static int
submit(struct stage *s, struct act *a, char name, const char *office,
    const char *source)
{
	a->stage = s;
	a->name = name;
	a->job = (struct hashpool_job){ .run = run_act,
		.done = done_act,
		.arg = a,
		.source = source,
		.office = office };
	return (hashpool_submit(s->pool, &a->job));
}

/* Let the gate and ${n} more jobs end. */
static void
play(struct stage *s, int n)
{
	(void)sem_post(&s->open);
	for (n++; n > 0; n--)
		(void)sem_wait(&s->finished);
}

static void
stage_close(struct stage *s)
{
	hashpool_free(s->pool);
	(void)sem_destroy(&s->entered);
	(void)sem_destroy(&s->open);
	(void)sem_destroy(&s->finished);
}

/* Each script is office, source pairs: "Xa" is one job; its name is the
 * source's letter, upper case in office Y. */
static void
check_order(const char *script, const char *want)
{
	static struct act acts[64];
	struct stage s;
	size_t i, n = strlen(script) / 2;
	char keys[64][2][2];

	stage_open(&s, HASHPOOL_WAITING_MAX);
	for (i = 0; i < n; i++) {
		char office = script[2 * i], source = script[2 * i + 1];

		keys[i][0][0] = office;
		keys[i][1][0] = source;
		keys[i][0][1] = keys[i][1][1] = '\0';
		assert_int_equal(
		    submit(&s, &acts[i],
			office == 'Y' ? (char)(source - 32) : source,
			keys[i][0], keys[i][1]),
		    0);
	}
	play(&s, (int)n);
	assert_string_equal(s.order, want);
	assert_int_equal(s.done, n);
	stage_close(&s);
}

static void
test_turns(void **state)
{
	(void)state;
	/* one source: in order */
	check_order("XaXaXa", "aaa");
	/* sources of one office take turns */
	check_order("XaXaXaXaXaXbXbXc", "abcabaaa");
	/* offices take turns, then sources within them */
	check_order("XaXaXaXaYb", "aBaaa");
	check_order("XaXaXbXbYcYdYc", "aCbDaCb");
	/* many sources of one office do not outnumber another office */
	check_order("XaXbXcXdXeXfYaYa", "aAbAcdef");
	/* one source in many offices does not stop another in one of them */
	check_order("XaXaXaYaYaYaXb", "aAbAaAa");
}

static void
test_flood_does_not_starve(void **state)
{
	static struct act acts[200];
	struct stage s;
	size_t i, at;

	(void)state;
	stage_open(&s, 256);
	/* a flood from one source of the same office, then one other */
	for (i = 0; i < 127; i++)
		assert_int_equal(submit(&s, &acts[i], 'f', "X", "flood"), 0);
	assert_int_equal(submit(&s, &acts[127], '!', "X", "one"), 0);
	play(&s, 128);
	at = strcspn(s.order, "!");
	assert_int_equal(at, 1); /* after one turn of the flood */
	stage_close(&s);
}

static void
test_room_is_shared(void **state)
{
	static const struct {
		const char *office, *source;
		int places;
	} keys[] = { { "X", "a", 4 }, { "Y", "b", 2 }, { "Z", "c", 1 },
		{ "W", "d", 1 }, { "V", "e", 0 } };
	static const char *const names[] = { "p", "q", "r", "s" };
	struct act acts[16];
	struct stage s;
	size_t i, n = 0;
	int k;

	(void)state;
	stage_open(&s, 8);
	for (i = 0; i < COUNT(keys); i++) {
		for (k = 0; k < keys[i].places; k++)
			assert_int_equal(submit(&s, &acts[n++], 'x',
					     keys[i].office, keys[i].source),
			    0);
		assert_int_equal(
		    submit(&s, &acts[15], 'x', keys[i].office, keys[i].source),
		    ERR_BUSY);
	}
	assert_int_equal(hashpool_waiting(s.pool), 8);
	play(&s, 8);
	assert_int_equal(s.ran, 8); /* none of the refused */
	assert_int_equal(hashpool_waiting(s.pool), 0);
	stage_close(&s);
	/* one source over many offices is held to its share as well, and so
	 * are many sources of one office */
	stage_open(&s, 8);
	for (n = 0; n < 4; n++)
		assert_int_equal(submit(&s, &acts[n], 'x', names[n], "one"), 0);
	assert_int_equal(submit(&s, &acts[15], 'x', "E", "one"), ERR_BUSY);
	play(&s, 4);
	stage_close(&s);
	stage_open(&s, 8);
	for (n = 0; n < 4; n++)
		assert_int_equal(submit(&s, &acts[n], 'x', "A", names[n]), 0);
	assert_int_equal(submit(&s, &acts[15], 'x', "A", "e"), ERR_BUSY);
	play(&s, 4);
	stage_close(&s);
}

static void
test_withdraw(void **state)
{
	struct act acts[3];
	struct stage s;

	(void)state;
	stage_open(&s, 8);
	assert_int_equal(submit(&s, &acts[0], '0', "X", "a"), 0);
	assert_int_equal(submit(&s, &acts[1], '1', "X", "a"), 0);
	assert_int_equal(submit(&s, &acts[2], '2', "X", "a"), 0);
	assert_false(hashpool_withdraw(s.pool, &s.gate)); /* runs */
	assert_true(hashpool_withdraw(s.pool, &acts[1].job));
	assert_false(hashpool_withdraw(s.pool, &acts[1].job));
	assert_int_equal(hashpool_waiting(s.pool), 2);
	play(&s, 2);
	assert_string_equal(s.order, "02");
	assert_false(hashpool_withdraw(s.pool, &acts[0].job)); /* done */
	/* it may be given again */
	assert_int_equal(hashpool_submit(s.pool, &acts[1].job), 0);
	(void)sem_wait(&s.finished);
	assert_string_equal(s.order, "021");
	stage_close(&s);
}

static void *
free_pool(void *arg)
{
	hashpool_free(arg);
	return (NULL);
}

static void
test_free_ends_what_waits(void **state)
{
	struct act acts[3];
	struct stage s;
	pthread_t thread;
	int i;

	(void)state;
	hashpool_free(NULL);
	stage_open(&s, 8);
	for (i = 0; i < 3; i++)
		assert_int_equal(submit(&s, &acts[i], 'x', "X", "a"), 0);
	assert_int_equal(pthread_create(&thread, NULL, free_pool, s.pool), 0);
	for (i = 0; i < 3; i++) /* answered while the gate still runs */
		(void)sem_wait(&s.finished);
	assert_int_equal(s.busy, 3);
	assert_int_equal(s.ran, 0);
	(void)sem_post(&s.open);
	(void)sem_wait(&s.finished);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)sem_destroy(&s.entered);
	(void)sem_destroy(&s.open);
	(void)sem_destroy(&s.finished);
}

struct look {
	struct hashpool_job job;
	sem_t finished;
	int run_policy, run_nice, done_policy;
	sem_t entered;
	long rss[2];
};

static void
run_look(struct hashpool_job *job)
{
	struct look *l = job->arg;

	l->run_policy = sched_getscheduler(0);
	l->run_nice = getpriority(PRIO_PROCESS, 0);
}

static void
done_look(struct hashpool_job *job, int r)
{
	struct look *l = job->arg;

	(void)r;
	l->done_policy = sched_getscheduler(0);
	(void)sem_post(&l->finished);
}

/* May this process leave SCHED_IDLE: by RLIMIT_NICE or as root? */
static void *
try_policies(void *arg)
{
	static const struct sched_param none = { 0 };
	bool *may = arg;

	*may = sched_setscheduler(0, SCHED_IDLE, &none) == 0 &&
	    sched_setscheduler(0, SCHED_OTHER, &none) == 0;
	return (NULL);
}

static bool
may_leave_idle(void)
{
	bool may = false;
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, try_policies, &may), 0);
	(void)pthread_join(t, NULL);
	return (may);
}

static void
test_runs_idle_and_answers_awake(void **state)
{
	struct look l = { .job = { .run = run_look, .done = done_look } };
	struct hashpool *p;

	(void)state;
	l.job.source = l.job.office = "";
	l.job.arg = &l;
	(void)sem_init(&l.finished, 0, 0);
	assert_int_equal(
	    hashpool_new(hashpool_threads(), HASHPOOL_WAITING_MAX, 1, true, &p), 0);
	assert_int_equal(hashpool_submit(p, &l.job), 0);
	(void)sem_wait(&l.finished);
	assert_int_equal(
	    l.run_policy, may_leave_idle() ? SCHED_IDLE : SCHED_OTHER);
	assert_int_equal(l.done_policy, SCHED_OTHER);
	hashpool_free(p);
	(void)sem_destroy(&l.finished);
}

/* --- a machine that has other work for all its cores --- */

#define BUSY_THREADS 4
#define WORK_MS      30

static _Atomic(bool) is_over;

static void *
be_busy(void *arg)
{
	while (!is_over)
		;
	return (arg);
}

static int64_t
clock_ms(clockid_t which)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(which, &ts), 0);
	return (ts.tv_sec * 1000LL + ts.tv_nsec / 1000000);
}

static void
run_work(struct hashpool_job *job)
{
	struct look *l = job->arg;
	int64_t until = clock_ms(CLOCK_THREAD_CPUTIME_ID) + WORK_MS;

	(void)sem_post(&l->entered);
	while (clock_ms(CLOCK_THREAD_CPUTIME_ID) < until)
		;
	l->run_policy = sched_getscheduler(0);
}

static void
make_busy(pthread_t busy[BUSY_THREADS])
{
	int i;

	is_over = false;
	for (i = 0; i < BUSY_THREADS; i++)
		assert_int_equal(
		    pthread_create(&busy[i], NULL, be_busy, NULL), 0);
}

static void
end_busy(pthread_t busy[BUSY_THREADS])
{
	int i;

	is_over = true;
	for (i = 0; i < BUSY_THREADS; i++)
		(void)pthread_join(busy[i], NULL);
}

/* All of this process on one core. */
static void
use_one_core(cpu_set_t *before)
{
	cpu_set_t one;
	int i;

	assert_int_equal(sched_getaffinity(0, sizeof(*before), before), 0);
	CPU_ZERO(&one);
	for (i = 0; !CPU_ISSET(i, before); i++)
		;
	CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
}

/* Others want all of the one core: 30 ms of work, or a pool's end, take seconds,
 * at SCHED_IDLE alone a minute. */
static void
keep_busy(bool may)
{
	struct look l = { .job = { .run = run_work, .done = done_look } };
	pthread_t busy[BUSY_THREADS];
	struct hashpool *p;
	cpu_set_t all;
	int nice = getpriority(PRIO_PROCESS, 0), i;
	int64_t begun;

	use_one_core(&all);
	l.job.source = l.job.office = "";
	l.job.arg = &l;
	(void)sem_init(&l.entered, 0, 0);
	(void)sem_init(&l.finished, 0, 0);
	assert_int_equal(hashpool_new(1, 4, 1, true, &p), 0);
	make_busy(busy);
	for (i = 0; i < 2; i++) {
		begun = clock_ms(CLOCK_MONOTONIC);
		assert_int_equal(hashpool_submit(p, &l.job), 0);
		(void)sem_wait(&l.entered);
		(void)sem_wait(&l.finished);
		assert_true(clock_ms(CLOCK_MONOTONIC) - begun < 10000);
		assert_int_equal(l.run_policy, SCHED_OTHER);
	}
	end_busy(busy);
	l.job.run = run_look;
	assert_int_equal(hashpool_submit(p, &l.job), 0);
	(void)sem_wait(&l.finished);
	assert_int_equal(l.run_policy, may ? SCHED_IDLE : SCHED_OTHER);
	assert_true(may ? l.run_nice == nice : l.run_nice > nice);

	l.job.run = run_work;
	make_busy(busy);
	assert_int_equal(hashpool_submit(p, &l.job), 0);
	(void)sem_wait(&l.entered);
	begun = clock_ms(CLOCK_MONOTONIC);
	hashpool_free(p);
	assert_true(clock_ms(CLOCK_MONOTONIC) - begun < 10000);
	end_busy(busy);
	(void)sem_destroy(&l.entered);
	(void)sem_destroy(&l.finished);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static void
test_busy_machine(void **state)
{
	(void)state;
	keep_busy(may_leave_idle());
}

/* An ordinary user, or root of a container: idle once would be idle for ever. */
static void
test_busy_machine_without_a_way_back(void **state)
{
	static const struct rlimit none = { 0, 0 };
	int status;
	pid_t pid;

	(void)state;
	assert_true((pid = fork()) != -1);
	if (pid == 0) {
		if (setrlimit(RLIMIT_NICE, &none) != 0 ||
		    (geteuid() == 0 && setuid(65534) != 0))
			_exit(2);
		if (may_leave_idle())
			_exit(3);
		keep_busy(false);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static long
resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*s %ld", &pages), 1);
	(void)fclose(f);
	return (pages * (sysconf(_SC_PAGESIZE) / 1024));
}

static void
run_hash(struct hashpool_job *job)
{
	struct look *l = job->arg;
	char out[PASSHASH_MAX + 1];

	l->run_policy = passhash_make("some text", 7, out);
	l->rss[1] = resident_kib();
}

static void
test_no_memory_is_kept(void **state)
{
	struct look l = { .job = { .run = run_hash,
			      .done = done_look,
			      .source = "",
			      .office = "" } };
	struct hashpool *p;
	int i;

	(void)state;
	l.job.source = l.job.office = "";
	l.job.arg = &l;
	(void)sem_init(&l.finished, 0, 0);
	assert_int_equal(hashpool_new(1, 4, 1, true, &p), 0);
	l.rss[0] = resident_kib();
	for (i = 0; i < 3; i++) {
		assert_int_equal(hashpool_submit(p, &l.job), 0);
		(void)sem_wait(&l.finished);
		assert_int_equal(l.run_policy, 0);
		/* 65 MiB were taken and given back */
		assert_true(l.rss[1] - l.rss[0] < 16 * 1024);
	}
	hashpool_free(p);
	(void)sem_destroy(&l.finished);
}

#define STRESS_JOBS    400
#define STRESS_THREADS 4
#define STRESS_TOGETHER 3

struct stress_job {
	struct hashpool_job job;
	struct stress *stress;
	_Atomic(int) ran, done;
	int got; /* submitted and not withdrawn */
	char source[8], office[8];
};

struct stress {
	struct hashpool *pool;
	struct stress_job jobs[STRESS_THREADS][STRESS_JOBS];
	_Atomic(int) done;
};

struct stress_thread {
	struct stress *s;
	int number;
};

static void
run_stress(struct hashpool_job *job)
{
	int n = 0;

	for (; job != NULL; job = job->next, n++)
		((struct stress_job *)job->arg)->ran++;
	assert_in_range(n, 1, STRESS_TOGETHER);
}

static void
done_stress(struct hashpool_job *job, int r)
{
	struct stress_job *j = job->arg;

	if (r == 0)
		j->done++;
	j->stress->done++;
}

static void *
stress(void *arg)
{
	struct stress_thread *t = arg;
	unsigned int seed = (unsigned int)t->number + 1;
	int i;

	for (i = 0; i < STRESS_JOBS; i++) {
		struct stress_job *j = &t->s->jobs[t->number][i];

		j->stress = t->s;
		(void)snprintf(
		    j->source, sizeof(j->source), "s%d", rand_r(&seed) % 5);
		(void)snprintf(
		    j->office, sizeof(j->office), "o%d", rand_r(&seed) % 3);
		j->job = (struct hashpool_job){ .run = run_stress,
			.done = done_stress,
			.arg = j,
			.source = j->source,
			.office = j->office };
		while (hashpool_submit(t->s->pool, &j->job) != 0)
			(void)sched_yield();
		j->got = 1;
		if (rand_r(&seed) % 4 == 0 &&
		    hashpool_withdraw(t->s->pool, &j->job))
			j->got = 0;
	}
	return (NULL);
}

static void
test_stress_every_job_once(void **state)
{
	static struct stress s;
	struct stress_thread threads[STRESS_THREADS];
	pthread_t ids[STRESS_THREADS];
	int i, k, want = 0, given_back = 0;

	(void)state;
	assert_int_equal(hashpool_new(3, 32, STRESS_TOGETHER, true, &s.pool), 0);
	for (i = 0; i < STRESS_THREADS; i++) {
		threads[i] = (struct stress_thread){ &s, i };
		assert_int_equal(
		    pthread_create(&ids[i], NULL, stress, &threads[i]), 0);
	}
	for (i = 0; i < STRESS_THREADS; i++) {
		assert_int_equal(pthread_join(ids[i], NULL), 0);
		for (k = 0; k < STRESS_JOBS; k++)
			want += s.jobs[i][k].got;
	}
	while (s.done < want)
		(void)sched_yield();
	hashpool_free(s.pool);
	assert_int_equal(s.done, want);
	for (i = 0; i < STRESS_THREADS; i++) {
		for (k = 0; k < STRESS_JOBS; k++) {
			struct stress_job *j = &s.jobs[i][k];

			assert_int_equal(j->ran, j->got);
			assert_int_equal(j->done, j->got);
			given_back += !j->got;
		}
	}
	assert_true(given_back > 0);
}

/* A worker takes several, whose turn it is, and each is told. */
static void
test_together(void **state)
{
	struct act acts[7];
	struct stage s;
	int i;

	(void)state;
	stage_open_of(&s, 64, 3);
	for (i = 0; i < 7; i++)
		assert_int_equal(submit(&s, &acts[i], "aaaabbc"[i], "X",
				     &"a\0b\0c"["0000224"[i] - '0']),
		    0);
	assert_true(hashpool_withdraw(s.pool, &acts[1].job));
	play(&s, 6);
	assert_string_equal(s.order, "a+b+ca+b+a");
	assert_int_equal(s.done, 6);
	stage_close(&s);
}

static void
test_edges(void **state)
{
	struct hashpool *p = NULL;

	(void)state;
	assert_int_equal(hashpool_new(0, 8, 1, true, &p), ERR_INVALID);
	assert_int_equal(hashpool_new(5, 8, 1, true, &p), ERR_INVALID);
	assert_int_equal(hashpool_new(1, 0, 1, true, &p), ERR_INVALID);
	assert_int_equal(hashpool_new(1, 8, 0, true, &p), ERR_INVALID);
	assert_int_equal(
	    hashpool_new(1, HASHPOOL_WAITING_MAX + 1, 1, true, &p), ERR_INVALID);
	assert_null(p);
	assert_in_range(hashpool_threads(), 1, HASHPOOL_THREADS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_turns),
		cmocka_unit_test(test_flood_does_not_starve),
		cmocka_unit_test(test_room_is_shared),
		cmocka_unit_test(test_withdraw),
		cmocka_unit_test(test_free_ends_what_waits),
		cmocka_unit_test(test_runs_idle_and_answers_awake),
		cmocka_unit_test(test_busy_machine),
		cmocka_unit_test(test_busy_machine_without_a_way_back),
		cmocka_unit_test(test_no_memory_is_kept),
		cmocka_unit_test(test_stress_every_job_once),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_edges) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
