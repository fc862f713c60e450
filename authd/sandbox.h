/*
 * sandbox.h: give up what a child will never need again.
 * Process: front and keeper, each its own function, once, before threads.
 * sandbox_none.c has the same functions for builds that cannot be filtered.
 * Unit test: tests/unit/test_sandbox.c
 */
#ifndef AUTHD_SANDBOX_H
#define AUTHD_SANDBOX_H

#include "authd/base/err.h"

struct sandbox_front_paths {
	int data_fd;                 /* data directory, -1: use data_path */
	const char *data_path;       /* borrowed; NULL with a data_fd */
	const char *const *readable; /* NULL, or files and directories that
				      * may be read, up to a NULL; one that is
				      * not there is left out */
};

/**
 * sandbox_keeper():
 * Allow only the system calls the keeper makes on descriptors it has; any
 * other kills the process. Everything lazy must be loaded before.
 * Return: 0, or ERR_SYS: then the keeper must not go on.
 */
int sandbox_keeper(void) CHECKED;

/**
 * sandbox_front(paths):
 * Kill the process on calls that only a taken front would make (exec, fork,
 * new sockets, ptrace, mounts, other users, executable memory, ...) and keep
 * it to the data directory and the readable files (Landlock). What the kernel
 * lacks is logged and left out.
 * Return: 0, or ERR_SYS when the kernel has it and refused it.
 */
int sandbox_front(const struct sandbox_front_paths *paths) CHECKED;

#endif /* AUTHD_SANDBOX_H */
