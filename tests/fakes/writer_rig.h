/*
 * writer_rig.h: a writer over a memory store whose hooks and jobs leave a trace,
 * and a gate that holds it, for the unit tests of the writer.
 */
#ifndef TESTS_FAKES_WRITER_RIG_H
#define TESTS_FAKES_WRITER_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/base/clock.h"
#include "authd/store/writer.h"
#include "tests/fakes/store_mem.h"

/* Everything but the semaphores is touched by one thread at a time. */
struct writer_rig {
	struct store *s;
	struct store_mem_knobs *knobs;
	struct writer *w;
	sem_t gate, at_gate, done;
	char trace[4096];
	int fail_begin, fail_between, fail_before_commit;
	int ended, fatals, batch, batch_max;
};

struct writer_rig_work {
	struct writer_job job;
	struct writer_rig *f;
	char name;
	bool is_quiet; /* leaves no trace */
	int prepare_r, run_r;
	int prepares, dones, r;
	struct writer_rig_work *submits; /* from its done */
};

/** A job called ${name}; its run puts that into the store as a fact. */
struct writer_rig_work writer_rig_work(
    struct writer_rig *f, char name, enum writer_lane lane);
/** Start ${f}; stop also ends the store. */
void writer_rig_start(struct writer_rig *f, int reserve_fd);
void writer_rig_stop(struct writer_rig *f);
void writer_rig_submit(struct writer_rig_work *k);
/** Wait until ${n} more jobs were told. */
void writer_rig_wait_done(struct writer_rig *f, int n);
/** Hold the writer inside a job of its own, so that others wait together. */
void writer_rig_close_gate(struct writer_rig *f, struct writer_rig_work *gate);
void writer_rig_open_gate(struct writer_rig *f);
/** True when a job of that name is in the store; after the writer ended. */
bool writer_rig_has_run(struct writer_rig *f, char name);

#endif /* TESTS_FAKES_WRITER_RIG_H */
