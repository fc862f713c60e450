/*
 * proc_open.h: everything the children need, opened and checked while the
 * parent still has the rights to.
 * Process: parent.  Threads: one.
 * Tested end to end: tests/e2e/02-parent.sh
 */
#ifndef AUTHD_PROC_OPEN_H
#define AUTHD_PROC_OPEN_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/conf.h"
#include "authd/proc_socket.h"
#include "authd/user.h"

#define PROC_OPEN_SOCKETS 5 /* authd, hook, portal, hosts, pki */

/* Descriptors are -1 when not open. */
struct proc_open {
	int state; /* keeper.state, locked */
	int seed_key, audit_key, ca_key;
	int ca_chain;
	int data;     /* the data directory, O_PATH */
	int breach;   /* the breach file, or /dev/null */
	int settings; /* sealed memfd */
	int keeper_settings; /* another */
	int front_exe, keeper_exe;
	int pair[2];    /* front's end, keeper's end */
	int ready[2];   /* read end, front's write end */
	bool must_drop; /* started by root */
	struct user front, keeper;
	struct proc_socket sockets[PROC_OPEN_SOCKETS];
};

/**
 * proc_open_all(c, o):
 * Fill ${o}; ${c} gets what only the running system knows. Refuses a second
 * daemon on the same keeper.state, key files that others can read, a
 * configuration that others can change.
 * Return: 0, or ERR_* after logging why; then call proc_open_close() as well.
 */
int proc_open_all(struct conf *c, struct proc_open *o) CHECKED;

/**
 * proc_open_check(c):
 * Look at all that proc_open_all() looks at, and change nothing: also beside a
 * running daemon, whose lock and sockets are left alone. Everything that is
 * wrong is logged, not only the first.
 * Return: 0, or the ERR_* of the first.
 */
int proc_open_check(struct conf *c) CHECKED;

/**
 * proc_open_lock(path, fd):
 * Open the keeper.state at ${path} for reading and writing and lock it.
 * Return: 0, ERR_BUSY (a daemon has it), ERR_NOTFOUND, ERR_SYS, ERR_INVALID.
 */
int proc_open_lock(const char *path, int *fd) CHECKED;

/** proc_open_handed(o): close what the children have now; keep the lock. */
void proc_open_handed(struct proc_open *o);

/** proc_open_close(o): remove the sockets, close everything. */
void proc_open_close(struct proc_open *o);

#endif /* AUTHD_PROC_OPEN_H */
