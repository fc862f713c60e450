/*
 * init.h: make a fresh instance.
 * Process: one-shot mode.  Threads: one.
 * Tested end to end: tests/e2e/01-init.sh
 */
#ifndef AUTHD_INIT_H
#define AUTHD_INIT_H

#include "authd/base/err.h"

/* In this directory init makes the packaged layout: configuration and keys
 * here, what changes in INIT_STATE_DIR, sockets in INIT_SOCKET_DIR. */
#define INIT_PACKAGED_DIR "/etc/sekisho"
#define INIT_STATE_DIR    "/var/lib/sekisho"
#define INIT_SOCKET_DIR   "/run/sekisho"

/**
 * init_run(dir):
 * Make sekisho.conf, keys/, audit.pub, keeper.state and data/ in ${dir}, which
 * is made too when it is not there; started by root, also the users of the
 * two processes. Says on standard output what was done and what comes next.
 * Everything is built aside and moved into place, sekisho.conf last: a
 * failure leaves nothing behind (made users excepted), and nothing that
 * exists is ever replaced.
 * Return: 0; ERR_EXISTS, ERR_DENIED, ERR_LIMIT, ERR_INVALID before anything
 *         was changed; ERR_SYS, ERR_IO. What is wrong was logged.
 */
int init_run(const char *dir) CHECKED;

#endif /* AUTHD_INIT_H */
