/*
 * steady.h: a time for durations that no change of the wall clock moves and
 * that goes on over restarts of the machine.
 * Room: core.  Process: front.  Threads: load once; now from any.
 * Unit test: tests/unit/test_steady.c
 *
 * It is CLOCK_BOOTTIME plus an offset. The offset is stored with the boot id:
 * the same boot keeps it; at a new boot the time goes on from the larger of the
 * last stored value and wall time.
 */
#ifndef AUTHD_CORE_STEADY_H
#define AUTHD_CORE_STEADY_H

#include "authd/core/moment.h"
#include "authd/store/store.h"

struct steady {
	char boot_id[40];
	int64_t offset_ms;
};

/**
 * steady_load(s, st, boot_id):
 * Find the offset of this boot in ${st}. Reads only; steady_save() makes it
 * last.
 * Return: 0, ERR_CORRUPT, or what the store answered.
 */
int steady_load(
    struct steady *s, struct store *st, const char *boot_id) CHECKED;

/** steady_save(s, st): store offset, boot id and the value now; inside a
 * transaction of the writer. */
int steady_save(const struct steady *s, struct store *st) CHECKED;

/** steady_now(s, out): both times of this instant. */
void steady_now(const struct steady *s, struct moment *out);

#endif /* AUTHD_CORE_STEADY_H */
