/*
 * proc_child.h: start one child with exactly the descriptors it may have.
 * Process: parent.  Threads: one (it forks).
 * Tested end to end: tests/e2e/02-parent.sh
 */
#ifndef AUTHD_PROC_CHILD_H
#define AUTHD_PROC_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "authd/base/err.h"
#include "authd/user.h"

#define PROC_CHILD_FDS_MAX 16

struct proc_child {
	const char *name;            /* its argv[0] */
	int exe;                     /* the program, opened */
	int fds[PROC_CHILD_FDS_MAX]; /* placed at 3, 4, ... */
	int fds_n;
	bool must_drop; /* become ${user} */
	struct user user;
	int files_max; /* open files it needs; 0: default */
};

/**
 * proc_child_start(c, pid):
 * Fork and execute: own session, /dev/null as standard input, the log as the
 * two outputs, the descriptors in their places, everything else closed, no
 * environment, another user when asked for, no new privileges, no cores, and
 * killed by the kernel when the parent dies.
 * Return: 0 with ${pid} set, or ERR_SYS. What fails in the child is logged
 *         there and ends it with status 126.
 */
int proc_child_start(const struct proc_child *c, pid_t *pid) CHECKED;

#endif /* AUTHD_PROC_CHILD_H */
