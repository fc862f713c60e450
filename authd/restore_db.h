/*
 * restore_db.h: what is done with a store that comes out of a backup, before
 * it is put into place. Each call works in a process of its own that has become
 * the front's user, who once wrote these bytes.
 * Process: one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/25-backup.sh
 */
#ifndef AUTHD_RESTORE_DB_H
#define AUTHD_RESTORE_DB_H

#include <stdbool.h>

#include "authd/store/rows.h"
#include "authd/user.h"

struct restore_db {
	const char *path;
	const struct user *front; /* NULL: stay who we are */
	int32_t node;
	const uint8_t *pub; /* AUDIT_PUB_LEN bytes */
};

struct restore_db_found {
	struct audit_head head; /* end of the log */
	bool has_known;         /* the log contains what was asked for */
};

/**
 * restore_db_check(d, own, known, out):
 * Bring an older store to this program's version; read every page of it and
 * its whole log, which must contain ${own}, the backup's own keeper.state.
 * Whether it also contains ${known} (seq 0: nothing) is told in ${out}.
 * Return: 0, ERR_CORRUPT, ERR_WRONG_STATE (a newer version's), ERR_*. Logged.
 */
int restore_db_check(const struct restore_db *d, const struct audit_head *own,
    const struct audit_head *known, struct restore_db_found *out) CHECKED;

/**
 * restore_db_finish(d, row, step):
 * In one transaction: append ${row} to the log, and let no phone take a code
 * up to ${step} (plus its own offset) again.
 * Return: 0 or ERR_*. Logged.
 */
int restore_db_finish(const struct restore_db *d, const struct audit_row *row,
    int64_t step) CHECKED;

#endif /* AUTHD_RESTORE_DB_H */
