/*
 * Goal of this test: the writer tells every job exactly once and in order,
 * takes jobs back, bounds its lanes, starves nobody, keeps nobody waiting, and
 * gives up its reserve for urgent work only.
 *
 * Links: authd/store/writer.c authd/store/job_queue.c authd/store/rows.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 * Links: tests/fakes/writer_rig.c
 */
#include "tests/fakes/writer_rig.h"

static void
test_withdraw(void **state)
{
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work gate, k[3];
	int i;

	(void)state;
	writer_rig_start(&f, -1);
	writer_rig_close_gate(&f, &gate);
	for (i = 0; i < 3; i++) {
		k[i] = writer_rig_work(&f, (char)('A' + i), WRITER_LOGIN);
		writer_rig_submit(&k[i]);
	}
	assert_false(writer_withdraw(f.w, &gate.job));
	assert_true(writer_withdraw(f.w, &k[1].job));
	assert_false(writer_withdraw(f.w, &k[1].job));
	assert_true(writer_withdraw(f.w, &k[2].job));
	writer_rig_submit(&k[2]);
	assert_true(writer_withdraw(f.w, &k[0].job));
	writer_rig_open_gate(&f);
	writer_rig_wait_done(&f, 1);
	assert_false(writer_withdraw(f.w, &k[2].job));
	writer_rig_stop(&f);
	assert_int_equal(k[0].dones + k[0].prepares, 0);
	assert_int_equal(k[1].dones + k[1].prepares, 0);
	assert_int_equal(k[2].dones, 1);
}

static void
test_lanes_are_bounded(void **state)
{
	static const int max[] = { WRITER_URGENT_MAX, WRITER_LOGIN_MAX,
		WRITER_QUEUE_MAX };
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work gate, *k, over;
	int i, lane, n = 0;

	(void)state;
	k = calloc(WRITER_URGENT_MAX + WRITER_LOGIN_MAX + WRITER_QUEUE_MAX,
	    sizeof(*k));
	assert_non_null(k);
	writer_rig_start(&f, -1);
	writer_rig_close_gate(&f, &gate);
	for (lane = 0; lane < WRITER_LANES; lane++) {
		for (i = 0; i < max[lane]; i++, n++) {
			k[n] = writer_rig_work(&f, 'K', (enum writer_lane)lane);
			k[n].is_quiet = true;
			writer_rig_submit(&k[n]);
		}
		over = writer_rig_work(&f, 'O', (enum writer_lane)lane);
		assert_int_equal(writer_submit(f.w, &over.job), ERR_BUSY);
	}
	over.job.lane = (enum writer_lane)WRITER_LANES;
	assert_int_equal(writer_submit(f.w, &over.job), ERR_INVALID);
	/* Stopping refuses new jobs and runs every one that waits. */
	sem_post(&f.gate);
	writer_rig_stop(&f);
	for (i = 0; i < n; i++) {
		assert_int_equal(k[i].dones, 1);
		assert_int_equal(k[i].r, 0);
	}
	assert_int_equal(over.dones, 0);
	assert_int_equal(f.batch_max, BATCH_JOBS_MAX);
	free(k);
}

static void
test_bulk_is_neither_starved_nor_greedy(void **state)
{
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work gate, logins[BATCH_JOBS_MAX + 10], bulk[20];
	const char *first, *end;
	int i, n = 0;

	(void)state;
	writer_rig_start(&f, -1);
	writer_rig_close_gate(&f, &gate);
	for (i = 0; i < BATCH_JOBS_MAX + 10; i++) {
		logins[i] = writer_rig_work(&f, 'L', WRITER_LOGIN);
		logins[i].is_quiet = true;
		writer_rig_submit(&logins[i]);
	}
	for (i = 0; i < 20; i++) {
		bulk[i] = writer_rig_work(&f, 'B', WRITER_BULK);
		writer_rig_submit(&bulk[i]);
	}
	f.trace[0] = '\0';
	writer_rig_open_gate(&f);
	writer_rig_wait_done(&f, BATCH_JOBS_MAX + 30);
	writer_free(f.w);
	f.w = NULL;
	/* 255 logins and one bulk job go first, then 11 and eight, then eight */
	first = strstr(f.trace, "rB");
	end = strstr(f.trace + strlen("hc he "), "he");
	assert_true(first != NULL && first < end);
	assert_null(strstr(first + 2, "rB") < end ? "two" : NULL);
	assert_int_equal(f.batch_max, BATCH_JOBS_MAX);
	for (first = strstr(end + 2, "hb"), end = strstr(first, "he");
	     (first = strstr(first, "rB")) != NULL && first < end; first++)
		n++;
	assert_int_equal(n, WRITER_BULK_MAX);
	writer_rig_stop(&f);
}

/* How many bulk jobs the second of two transactions runs. */
static int
bulk_of_one(int n, bool is_small, int others)
{
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work gate, bulk[80];
	const char *at, *end;
	int i, taken = 0;

	writer_rig_start(&f, -1);
	writer_rig_close_gate(&f, &gate);
	for (i = 0; i < n + others; i++) {
		bulk[i] = writer_rig_work(&f, 'B', WRITER_BULK);
		bulk[i].job.is_small = is_small && i >= others;
		writer_rig_submit(&bulk[i]);
	}
	f.trace[0] = '\0';
	writer_rig_open_gate(&f);
	writer_rig_wait_done(&f, n + others);
	writer_free(f.w);
	f.w = NULL;
	at = strstr(f.trace, "hb");
	for (end = strstr(at, "he");
	     (at = strstr(at, "rB")) != NULL && at < end; at++)
		taken++;
	writer_rig_stop(&f);
	return (taken);
}

/* Small ones are more to a transaction, and beside others no more than fit. */
static void
test_small_bulk(void **state)
{
	(void)state;
	assert_int_equal(bulk_of_one(40, false, 0), WRITER_BULK_MAX);
	assert_int_equal(bulk_of_one(40, true, 0), WRITER_SMALL_MAX);
	assert_int_equal(bulk_of_one(40, true, WRITER_BULK_MAX / 2),
	    WRITER_BULK_MAX / 2 + WRITER_SMALL_MAX / 2);
	assert_int_equal(bulk_of_one(5, true, 0), 5);
}

static void
test_done_may_submit(void **state)
{
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work a, b;

	(void)state;
	writer_rig_start(&f, -1);
	a = writer_rig_work(&f, 'A', WRITER_LOGIN);
	b = writer_rig_work(&f, 'B', WRITER_LOGIN);
	b.job.arg = &b;
	a.submits = &b;
	writer_rig_submit(&a);
	writer_rig_wait_done(&f, 2);
	writer_rig_stop(&f);
	assert_int_equal(b.dones, 1);
}

/* 10 ms is how long jobs are taken, never how long one is kept waiting. */
static void
test_idle_writer_answers_at_once(void **state)
{
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work k;
	int64_t before;
	int i;

	(void)state;
	writer_rig_start(&f, -1);
	before = clock_boot_ms();
	for (i = 0; i < 100; i++) {
		k = writer_rig_work(&f, 'K', WRITER_LOGIN);
		writer_rig_submit(&k);
		writer_rig_wait_done(&f, 1);
	}
	assert_true(clock_boot_ms() - before < 100 * BATCH_MS_MAX / 2);
	writer_rig_stop(&f);
}

#define EACH 5000

struct crowd {
	struct writer_rig *f;
	struct writer_rig_work *k;
	int *last; /* highest number run so far, of this thread's jobs */
	bool is_in_order;
};

static int
crowd_run(struct writer_job *job)
{
	struct writer_rig_work *k = job->arg;
	struct crowd *c = (struct crowd *)(void *)k->submits;
	int n = (int)(k - c->k);

	k->f->batch++;
	if (n <= *c->last)
		c->is_in_order = false;
	*c->last = n;
	return (n % 10 == 3 ? ERR_EXISTS : 0);
}

static void
crowd_done(struct writer_job *job, int r)
{
	struct writer_rig_work *k = job->arg;

	k->dones++;
	k->r = r;
	sem_post(&k->f->done);
}

static void *
crowd_thread(void *arg)
{
	struct crowd *c = arg;
	int i;

	for (i = 0; i < EACH; i++) {
		c->k[i] = writer_rig_work(c->f, 'K', WRITER_LOGIN);
		c->k[i].is_quiet = true;
		c->k[i].job.run = crowd_run;
		c->k[i].job.done = crowd_done;
		c->k[i].job.arg = &c->k[i];
		c->k[i].submits = (struct writer_rig_work *)(void *)c;
		while (writer_submit(c->f->w, &c->k[i].job) == ERR_BUSY)
			usleep(100);
	}
	return (NULL);
}

static void
test_two_threads(void **state)
{
	struct writer_rig f = { .trace = "" };
	struct crowd c[2];
	pthread_t t[2];
	int last[2] = { -1, -1 }, i, n;

	(void)state;
	writer_rig_start(&f, -1);
	for (i = 0; i < 2; i++) {
		c[i] = (struct crowd){
			.f = &f, .last = &last[i], .is_in_order = true
		};
		c[i].k = calloc(EACH, sizeof(struct writer_rig_work));
		assert_non_null(c[i].k);
		assert_int_equal(
		    pthread_create(&t[i], NULL, crowd_thread, &c[i]), 0);
	}
	for (i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	writer_rig_wait_done(&f, 2 * EACH);
	writer_free(f.w);
	f.w = NULL;
	for (i = 0; i < 2; i++) {
		for (n = 0; n < EACH; n++) {
			assert_int_equal(c[i].k[n].dones, 1);
			assert_int_equal(
			    c[i].k[n].r, n % 10 == 3 ? ERR_EXISTS : 0);
		}
		assert_true(c[i].is_in_order);
		free(c[i].k);
	}
	assert_true(f.batch_max <= BATCH_JOBS_MAX);
	assert_int_equal(f.knobs->marks, 2 * EACH);
	assert_int_equal(f.knobs->rewinds, 2 * EACH / 10);
	writer_rig_stop(&f);
}

static int64_t
size_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return (st.st_size);
}

static void
test_reserve_is_for_urgent_jobs(void **state)
{
	char path[] = "/tmp/test_writer.XXXXXX";
	int fd = mkstemp(path);
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work gate, urgent, login, alone;

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	writer_rig_start(&f, fd);
	assert_int_equal(size_of(fd), WRITER_RESERVE);
	/* Without an urgent job a full disk is everybody's error. */
	alone = writer_rig_work(&f, 'A', WRITER_LOGIN);
	f.knobs->fail_commit = ERR_FULL;
	f.knobs->fail_commit_times = 1;
	writer_rig_submit(&alone);
	writer_rig_wait_done(&f, 1);
	assert_int_equal(alone.r, ERR_FULL);
	assert_int_equal(alone.prepares, 1);

	writer_rig_close_gate(&f, &gate);
	urgent = writer_rig_work(&f, 'U', WRITER_URGENT);
	login = writer_rig_work(&f, 'L', WRITER_LOGIN);
	writer_rig_submit(&login);
	writer_rig_submit(&urgent);
	/* the gate's own commit is refused as well, and is urgent */
	f.knobs->fail_commit = ERR_FULL;
	f.knobs->fail_commit_times = 1;
	gate.name = 'g';
	f.trace[0] = '\0';
	writer_rig_open_gate(&f);
	writer_rig_wait_done(&f, 2);
	assert_int_equal(gate.r, 0);
	assert_int_equal(gate.prepares, 2);
	assert_int_equal(urgent.r, 0);
	assert_int_equal(login.r, 0);
	assert_int_equal(size_of(fd), WRITER_RESERVE);

	writer_rig_close_gate(&f, &gate);
	urgent = writer_rig_work(&f, 'U', WRITER_URGENT);
	login = writer_rig_work(&f, 'L', WRITER_LOGIN);
	login.run_r = ERR_FULL;
	writer_rig_submit(&login);
	writer_rig_submit(&urgent);
	f.trace[0] = '\0';
	writer_rig_open_gate(&f);
	writer_rig_wait_done(&f, 2);
	assert_int_equal(urgent.r, 0);
	assert_int_equal(login.r, ERR_FULL);
	assert_string_equal(f.trace,
	    "hc he dG hb pU pL h= hm rU hm rL he dL"
	    " hb pU h= hm rU hc he dU ");
	writer_free(f.w);
	f.w = NULL;
	assert_true(writer_rig_has_run(&f, 'U'));
	assert_int_equal(size_of(fd), WRITER_RESERVE);
	writer_rig_stop(&f);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_withdraw),
		cmocka_unit_test(test_lanes_are_bounded),
		cmocka_unit_test(test_bulk_is_neither_starved_nor_greedy),
		cmocka_unit_test(test_small_bulk),
		cmocka_unit_test(test_done_may_submit),
		cmocka_unit_test(test_idle_writer_answers_at_once),
		cmocka_unit_test(test_two_threads),
		cmocka_unit_test(test_reserve_is_for_urgent_jobs),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
