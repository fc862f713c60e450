/*
 * restore.h: the one-shot mode that makes an instance of a backup.
 * Process: one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/25-backup.sh
 */
#ifndef AUTHD_RESTORE_H
#define AUTHD_RESTORE_H

#include "authd/backup_key.h"

struct restore_asked {
	const char *file, *dir;
	const char *known_state; /* a later keeper.state, or NULL */
	const char *reason;      /* to fall behind it; NULL: refuse */
	struct backup_key_source key;
};

/**
 * restore_run(a):
 * Make the instance of the backup ${a->file} in ${a->dir}, laid out as init
 * does. Before anything is in place, the store and its log are verified; no
 * phone takes a code of the time up to now again; the log gets a record
 * `backup.restore`, signed with the backup's own key. When the log lacks what
 * ${a->known_state} knows, it is refused, unless ${a->reason} says why not;
 * the reason goes into that record, and keeper.state notes a gap.
 * Return: 0; ERR_WRONG_STATE (older than what is known); as place_find() and
 *         backup_file_open(); ERR_CORRUPT, ERR_FULL, ... Logged, and nothing
 *         is left (made users excepted).
 */
int restore_run(const struct restore_asked *a) CHECKED;

#endif /* AUTHD_RESTORE_H */
