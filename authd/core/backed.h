/*
 * backed.h: that a backup was made, and when the last one was.
 * Room: core.  Process: front.  Threads: backed_when any with a core,
 * backed_note the writer's.
 * Unit test: tests/unit/test_overview.c
 *
 * sekisho-authd makes backups beside the daemon; the command line tells the
 * daemon afterwards. One that nobody told of is not known here.
 */
#ifndef AUTHD_CORE_BACKED_H
#define AUTHD_CORE_BACKED_H

#include "authd/core/engine.h"

/** backed_note(c, act): one was made just now; it goes into the log, too. */
int backed_note(struct core *c, struct act *act) CHECKED;

/** backed_when(c, ms): when the last was made; 0: none is known. */
int backed_when(struct core *c, int64_t *ms) CHECKED;

#endif /* AUTHD_CORE_BACKED_H */
