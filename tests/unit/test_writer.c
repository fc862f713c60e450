/*
 * Goal of this test: the writer runs its phases in the order of its header,
 * isolates a failing job, fails a transaction as a whole with the one error,
 * and tells nobody anything when the outcome is unknown.
 * Its queue and reserve: test_writer_queue.c; real disks: test_writer_disk.c.
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
test_phases(void **state)
{
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work gate, a, b, c;

	(void)state;
	writer_rig_start(&f, -1);
	writer_rig_close_gate(&f, &gate);
	a = writer_rig_work(&f, 'A', WRITER_BULK);
	b = writer_rig_work(&f, 'B', WRITER_LOGIN);
	c = writer_rig_work(&f, 'C', WRITER_URGENT);
	writer_rig_submit(&a);
	writer_rig_submit(&b);
	writer_rig_submit(&c);
	f.trace[0] = '\0';
	writer_rig_open_gate(&f);
	writer_rig_wait_done(&f, 3);
	assert_string_equal(f.trace,
	    "hc he dG hb pC pB pA h= hm rC hm rB"
	    " hm rA hc he dC dB dA ");
	assert_int_equal(a.r + b.r + c.r, 0);
	writer_rig_stop(&f);
}

static void
test_failing_job_is_isolated(void **state)
{
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work gate, a, b, c;

	(void)state;
	writer_rig_start(&f, -1);
	writer_rig_close_gate(&f, &gate);
	a = writer_rig_work(&f, 'A', WRITER_LOGIN);
	b = writer_rig_work(&f, 'B', WRITER_LOGIN);
	c = writer_rig_work(&f, 'C', WRITER_LOGIN);
	a.run_r = ERR_EXISTS;
	b.prepare_r = ERR_STORE;
	writer_rig_submit(&a);
	writer_rig_submit(&b);
	writer_rig_submit(&c);
	f.trace[0] = '\0';
	writer_rig_open_gate(&f);
	writer_rig_wait_done(&f, 3);
	assert_string_equal(f.trace,
	    "hc he dG hb pA pB pC h= hm rA hw hm rC"
	    " hc he dA dB dC ");
	assert_int_equal(a.r, ERR_EXISTS);
	assert_int_equal(b.r, ERR_STORE);
	assert_int_equal(c.r, 0);
	writer_free(f.w);
	f.w = NULL;
	assert_false(writer_rig_has_run(&f, 'A'));
	assert_false(writer_rig_has_run(&f, 'B'));
	assert_true(writer_rig_has_run(&f, 'C'));
	writer_rig_stop(&f);
}

/* Two jobs, the first refused by itself; all get the transaction's error. */
static void
check_fails_all(struct writer_rig *f, struct writer_rig_work *last, int r)
{
	struct writer_rig_work gate, own, other;

	writer_rig_close_gate(f, &gate);
	own = writer_rig_work(f, 'O', WRITER_LOGIN);
	own.run_r = ERR_NOTFOUND;
	other = writer_rig_work(f, 'P', WRITER_LOGIN);
	writer_rig_submit(&own);
	writer_rig_submit(&other);
	writer_rig_submit(last);
	/* The knobs are for the transaction after the gate's. */
	writer_rig_open_gate(f);
	writer_rig_wait_done(f, 3);
	assert_int_equal(own.r, r);
	assert_int_equal(other.r, r);
	assert_int_equal(last->r, r);
	assert_int_equal(own.dones + other.dones + last->dones, 3);
	assert_int_equal(f->ended, r);
}

static void
test_fails_all(void **state)
{
	static const int errors[] = { ERR_KEEPER, ERR_STORE, ERR_FULL,
		ERR_NOMEM, ERR_IO };
	struct writer_rig f = { .trace = "" };
	struct writer_rig_work bad, good;
	size_t i;

	(void)state;
	writer_rig_start(&f, -1);
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		bad = writer_rig_work(&f, 'X', WRITER_LOGIN);
		bad.run_r = errors[i];
		check_fails_all(&f, &bad, errors[i]);
	}
	good = writer_rig_work(&f, 'Y', WRITER_LOGIN);
	writer_rig_submit(&good);
	writer_rig_wait_done(&f, 1);
	assert_int_equal(good.r, 0);
	writer_free(f.w);
	f.w = NULL;
	assert_false(writer_rig_has_run(&f, 'O'));
	assert_false(writer_rig_has_run(&f, 'P'));
	assert_false(writer_rig_has_run(&f, 'X'));
	assert_true(writer_rig_has_run(&f, 'Y'));
	assert_int_equal(f.fatals, 0);
	writer_rig_stop(&f);
}

static void
test_hooks_and_commit_fail_all(void **state)
{
	static const int errors[] = { ERR_FULL, ERR_NOMEM, ERR_BUSY,
		ERR_KEEPER };
	struct writer_rig f;
	struct writer_rig_work k;
	size_t i, where;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		for (where = 0; where < 5; where++) {
			f = (struct writer_rig){ .ended = 99 };
			writer_rig_start(&f, -1);
			k = writer_rig_work(&f, 'K', WRITER_URGENT);
			f.fail_begin = where == 0 ? errors[i] : 0;
			f.fail_between = where == 1 ? errors[i] : 0;
			f.fail_before_commit = where == 2 ? errors[i] : 0;
			f.knobs->fail_commit = where == 3 ? errors[i] : 0;
			f.knobs->fail_begin = where == 4 ? errors[i] : 0;
			writer_rig_submit(&k);
			writer_rig_wait_done(&f, 1);
			assert_int_equal(k.r, errors[i]);
			/* ended answers each hooks.begin, and only those */
			assert_int_equal(f.ended, where == 4 ? 99 : errors[i]);
			writer_free(f.w);
			f.w = NULL;
			assert_false(writer_rig_has_run(&f, 'K'));
			assert_int_equal(k.dones, 1);
			writer_rig_stop(&f);
		}
}

/* The outcome is unknown: nobody may be told anything. */
static void
test_commit_unknown_is_fatal(void **state)
{
	struct writer_rig f = { .ended = 99 };
	struct writer_rig_work gate, k, late;

	(void)state;
	writer_rig_start(&f, -1);
	f.knobs->fail_commit = ERR_IO;
	writer_rig_close_gate(&f, &gate);
	k = writer_rig_work(&f, 'K', WRITER_LOGIN);
	writer_rig_submit(&k);
	sem_post(&f.gate);
	sem_wait(&f.done);
	assert_int_equal(f.fatals, 1);
	late = writer_rig_work(&f, 'L', WRITER_URGENT);
	assert_int_equal(writer_submit(f.w, &late.job), ERR_BUSY);
	writer_rig_stop(&f);
	assert_int_equal(f.fatals, 1);
	assert_int_equal(f.ended, 99);
	assert_int_equal(gate.dones, 0);
	assert_int_equal(k.dones, 0);
	assert_int_equal(k.prepares, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_failing_job_is_isolated),
		cmocka_unit_test(test_fails_all),
		cmocka_unit_test(test_hooks_and_commit_fail_all),
		cmocka_unit_test(test_commit_unknown_is_fatal),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
