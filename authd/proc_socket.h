/*
 * proc_socket.h: a listening unix socket for one audience.
 * Process: parent.  Threads: one.
 * Tested end to end: tests/e2e/02-parent.sh
 */
#ifndef AUTHD_PROC_SOCKET_H
#define AUTHD_PROC_SOCKET_H

#include <sys/types.h>

#include "authd/base/err.h"

#define PROC_SOCKET_PATH_MAX 107 /* sun_path, without its NUL */
#define PROC_SOCKET_NO_GROUP ((gid_t)-1)
/* how long what a killed daemon left may take to end */
#define PROC_SOCKET_WAIT_MS 1000

struct proc_socket {
	int fd;                              /* -1: not open */
	char path[PROC_SOCKET_PATH_MAX + 1]; /* "": not made */
};

/**
 * proc_socket_open(path, group, s):
 * Listen at ${path} with mode 0660 from its first moment, for our own user and
 * ${group}. A socket left behind by a dead daemon is replaced; a living one and
 * anything else in the way is not.
 * Return: 0, ERR_LIMIT (path too long), ERR_EXISTS, ERR_BUSY, ERR_SYS, after
 * logging why; ${s} may be open even then.
 */
int proc_socket_open(
    const char *path, gid_t group, struct proc_socket *s) CHECKED;

/** proc_socket_remove(s): remove the file that proc_socket_open() made. */
void proc_socket_remove(struct proc_socket *s);

#endif /* AUTHD_PROC_SOCKET_H */
