/*
 * fault_run.h: one instance from init to the verification of its log, by the
 * shipped programs, in which at most one call fails.
 */
#ifndef TESTS_TORTURE_FAULT_RUN_H
#define TESTS_TORTURE_FAULT_RUN_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/torture/fault.h"

#define FAULT_TEXT_MAX 4096

/* One run. The caller sets place, state and what fails in it. */
struct fault_run {
	const char *place; /* bin/ with the programs; i/ is made and removed */
	struct fault_state *state;
	bool is_fault_free; /* nothing may fail at all */

	/* the run's own */
	char dir[256], socket[300], db[300], out_path[300], err_path[300];
	char in_path[300], log_path[300];
	pid_t daemon; /* 0: not running */
	char out[FAULT_TEXT_MAX], err[FAULT_TEXT_MAX];
	char secret[64];
	int grants_n;
	char grants[8][48]; /* request ids of what was accepted */
	bool was_busy; /* a machine too busy for the daemon's deadline */
	int library_deaths; /* crashes inside a library of others */
	int complaints;
	char complaint[FAULT_TEXT_MAX]; /* the first of them, lines */
};

/** fault_run_all(r): the whole scenario; r->complaints counts what is wrong. */
void fault_run_all(struct fault_run *r);

/**
 * fault_run_show(r, is_first):
 * Only read the configuration of an instance, as `--show` does, made when
 * ${is_first}. r->out is what is in effect. Return: the exit status.
 */
int fault_run_show(struct fault_run *r, bool is_first);

/** fault_run_read(path, out, size): a file as a text, cut; "" when none. */
void fault_run_read(const char *path, char *out, size_t size);

/** fault_run_clear(r): end its processes, remove its files. */
void fault_run_clear(struct fault_run *r);

/** fault_run_complain(r, format, ...): something is wrong. */
void fault_run_complain(struct fault_run *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** fault_run_is_foreign(frame): is that a library of others? Of libc only what
 * reads the system's databases of users, which asserts that it has memory. */
bool fault_run_is_foreign(const struct fault_frame *frame);

/** fault_judge(r): is what the run left behind whole and true? */
void fault_judge(struct fault_run *r);

#endif /* TESTS_TORTURE_FAULT_RUN_H */
