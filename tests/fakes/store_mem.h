/*
 * store_mem.h: store.h in memory, for unit tests; it passes the same contract
 * test as SQLite (tests/unit/test_store_contract.c). It is a writer.
 * Link tests/fakes/store_mem.c, tests/fakes/store_mem_people.c,
 * tests/fakes/store_mem_log.c, tests/fakes/store_mem_password.c,
 * tests/fakes/store_mem_terminal.c, tests/fakes/store_mem_cert.c (it names
 * store_mem_ticket.c itself),
 * authd/store/rows.c, authd/base/text.c, id.c, mem.c, log.c, err.c.
 * Threads: one store, one thread, as store.h says.
 */
#ifndef TESTS_FAKES_STORE_MEM_H
#define TESTS_FAKES_STORE_MEM_H

#include "authd/store/store.h"

/* Everything zero: a store in good health. */
struct store_mem_knobs {
	int fail_begin;        /* begin returns this */
	int fail_change;       /* every changing question returns this */
	int fail_read;         /* every other question returns this */
	int fail_commit;       /* commit returns this; for ERR_IO the work is
				 * kept, since it may have reached the disk */
	int fail_commit_times; /* so often only; 0: always */
	/* counted by the fake: */
	int begins, commits, rollbacks, marks, rewinds, checkpoints;
	int reads, changes; /* questions of each kind */
};

/** store_mem_new(out): an empty store; its close frees it. */
int store_mem_new(struct store **out) CHECKED;

/** store_mem_knobs(s): the knobs of ${s}, borrowed while it lives. */
struct store_mem_knobs *store_mem_knobs(struct store *s);

#endif /* TESTS_FAKES_STORE_MEM_H */
