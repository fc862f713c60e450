/*
 * backup.h: the one-shot mode that copies a whole instance into one encrypted
 * file, while the daemon runs or not.
 * Process: one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/25-backup.sh
 */
#ifndef AUTHD_BACKUP_H
#define AUTHD_BACKUP_H

#include "authd/backup_key.h"
#include "authd/conf.h"

/**
 * backup_create(c, path, key):
 * Write the backup of the instance of ${c} into the new file ${path} (0600),
 * which appears only when it is whole and on the disk. keeper.state is read
 * before the store is copied, so that the log in the copy contains what
 * keeper.state knows of it. Root has the store copied by a process of the
 * front's user; the copy in clear is a file without a name beside the store.
 * Return: 0; ERR_EXISTS when ${path} is there; ERR_FULL, ERR_DENIED,
 *         ERR_INVALID, ERR_SYS, ERR_IO, ... Logged.
 */
int backup_create(const struct conf *c, const char *path,
    const struct backup_key_source *key) CHECKED;

#endif /* AUTHD_BACKUP_H */
