/*
 * restore_state.h: what a restored keeper is to remember.
 * Process: one-shot modes.  Threads: one.
 * Unit test: tests/unit/test_restore_state.c
 */
#ifndef AUTHD_RESTORE_STATE_H
#define AUTHD_RESTORE_STATE_H

#include "authd/keeper/keeper_state.h"

/**
 * restore_state_data(state, known, after, now_ms, out):
 * From the ${state} of the backup and a later one that is ${known} (all zero:
 * none): the log ends at ${after}; the mark is the higher; the number of the
 * next CRL is above every one that was signed after the backup, because the
 * keeper takes none above its clock in milliseconds (but by one); of the
 * certificates of the last hour the more are counted.
 */
void restore_state_data(const struct keeper_state_data *state,
    const struct keeper_state_data *known, const struct audit_head *after,
    int64_t now_ms, struct keeper_state_data *out);

/** restore_state_write(fd, data): both slots of the empty file ${fd}. */
int restore_state_write(int fd, const struct keeper_state_data *data) CHECKED;

#endif /* AUTHD_RESTORE_STATE_H */
