/*
 * proc.h: the parent's work: start the two children, watch them, stop them.
 * Process: parent.  Threads: one.
 * Tested end to end: tests/e2e/02-parent.sh
 */
#ifndef AUTHD_PROC_H
#define AUTHD_PROC_H

#include "authd/conf.h"

/**
 * proc_run(c):
 * Start both children and wait for them. SIGTERM, SIGINT or SIGHUP ask the
 * front to end; the keeper then sees end-of-file. A child that has not ended
 * two seconds after it should have is killed. No child outlives this call.
 * Return: 0 when both ended well after a stop was asked for; ERR_* when
 *         something could not be opened, ERR_FATAL when a child died or had
 *         to be killed.
 */
int proc_run(struct conf *c) CHECKED;

#endif /* AUTHD_PROC_H */
