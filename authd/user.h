/*
 * user.h: the users of the system that the processes run as.
 * Process: parent and one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/01-init.sh, tests/e2e/02-parent.sh
 */
#ifndef AUTHD_USER_H
#define AUTHD_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "authd/base/err.h"

struct user {
	uid_t uid;
	gid_t gid;
};

/**
 * user_find(name, out):
 * Return: 0, ERR_NOTFOUND (nothing logged), ERR_INVALID (it is root), ERR_SYS.
 */
int user_find(const char *name, struct user *out) CHECKED;

/** user_find_group(name, gid): as user_find() for a group. */
int user_find_group(const char *name, gid_t *gid) CHECKED;

/** user_is_in_group(gid): true when we are, by a supplementary group or our
 * own; false also when the kernel does not say. */
bool user_is_in_group(gid_t gid);

/**
 * user_add(name):
 * Make the system user ${name} with a group of the same name, no home and no
 * shell, by running useradd(8).
 * Return: 0 or ERR_SYS.
 */
int user_add(const char *name) CHECKED;

/**
 * user_drop(u):
 * Become ${u} for good: no supplementary groups, no way back.
 * Return: 0 or ERR_SYS; the process must then do nothing more.
 */
int user_drop(const struct user *u) CHECKED;

/**
 * user_can_reach(u, path):
 * Find out, in a forked child that became ${u}, whether that user can pass
 * through the directory ${path}.
 * Return: 0 with ${yes} set, or ERR_SYS.
 */
int user_can_reach(const struct user *u, const char *path, bool *yes) CHECKED;

#endif /* AUTHD_USER_H */
