/*
 * proc_users.h: the users and groups that the configuration names, as the
 * system knows them.
 * Process: parent and --check.  Threads: one.
 * Tested end to end: tests/e2e/02-parent.sh
 */
#ifndef AUTHD_PROC_USERS_H
#define AUTHD_PROC_USERS_H

#include <stdbool.h>

#include "authd/conf.h"
#include "authd/user.h"

/**
 * proc_users_find(c, must_drop, front, keeper):
 * Set ${must_drop} when root started us, and then ${front} and ${keeper};
 * ${c} gets starter, verify_group and proxy_group.
 * Return: 0, or after logging why ERR_NOTFOUND, ERR_SYS, or ERR_INVALID (one
 *         user for both).
 */
int proc_users_find(struct conf *c, bool *must_drop, struct user *front,
    struct user *keeper) CHECKED;

#endif /* AUTHD_PROC_USERS_H */
