/*
 * inject.h: make a stopped process carry out a system call of our choice, at
 * the very place where it was in one: what somebody who has taken it over
 * could do. x86-64 only.
 */
#ifndef TESTS_TORTURE_INJECT_H
#define TESTS_TORTURE_INJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

/* How a call ended. */
#define INJECT_BACK   0 /* it came back */
#define INJECT_KILLED 1 /* SIGSYS ended the process, without a core */
#define INJECT_CORE   2 /* the same, and a core was written */
#define INJECT_LOST   3 /* anything else */

struct inject {
	pid_t pid; /* a thread that is stopped and our tracee */
	struct user_regs_struct saved;
};

/* Stop our tracee (is_own) or attach to any process. Return: 0 or -1. */
int inject_stop(struct inject *in, pid_t pid, bool is_own);

/* One call; *result is what it returned when it came back. */
int inject_call(
    struct inject *in, long number, const uint64_t args[6], int64_t *result);

/* Put bytes into its memory, below its stack; where they are, or 0. */
uint64_t inject_put(struct inject *in, size_t below, const void *p, size_t n);

/* Let it go on where it was. */
int inject_release(struct inject *in);

#endif /* TESTS_TORTURE_INJECT_H */
