/*
 * restore_conf.h: sekisho.conf of a backup, for the place where it goes.
 * Process: one-shot modes.  Threads: one.
 * Unit test: tests/unit/test_restore_conf.c; tests/e2e/25-backup.sh
 */
#ifndef AUTHD_RESTORE_CONF_H
#define AUTHD_RESTORE_CONF_H

#include <stdio.h>

#include "authd/conf.h"
#include "authd/place.h"

/**
 * restore_conf_write(p, text, f):
 * Write ${text} to ${f} without the settings that say where things are, and
 * then those of them that ${p} needs. Return: 0, ERR_INVALID, ERR_NOMEM.
 */
int restore_conf_write(
    const struct place *p, const char *text, FILE *f) CHECKED;

/**
 * restore_conf_say(p, c, f):
 * Name on ${f} the files of ${c}, read in the building place, that no backup
 * holds and that are not there: without them nothing starts.
 */
void restore_conf_say(const struct place *p, const struct conf *c, FILE *f);

#endif /* AUTHD_RESTORE_CONF_H */
