/*
 * restore_conf.h: sekisho.conf of a backup, for the place where it goes.
 * Process: one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/25-backup.sh
 */
#ifndef AUTHD_RESTORE_CONF_H
#define AUTHD_RESTORE_CONF_H

#include <stddef.h>
#include <stdio.h>

#include "authd/place.h"

/**
 * restore_conf_write(p, text, n, f):
 * Write the ${n} bytes of ${text} to ${f}: every line but those that say where
 * things are, and then those that ${p} needs.
 */
void restore_conf_write(
    const struct place *p, const char *text, size_t n, FILE *f);

#endif /* AUTHD_RESTORE_CONF_H */
