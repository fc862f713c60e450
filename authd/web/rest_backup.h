/*
 * rest_backup.h: the question /v1/backup/noted: a backup was made.
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/e2e/25-backup.sh
 */
#ifndef AUTHD_WEB_REST_BACKUP_H
#define AUTHD_WEB_REST_BACKUP_H

#include "authd/core/backed.h"
#include "authd/web/route.h"

struct rest_backup {
	int64_t at_ms;
};

extern const char *const rest_backup_members[];

int rest_backup_parse(struct json_in *in, struct act *act, void *call);
int rest_backup_note(struct core *c, struct act *act, void *call);
int rest_backup_render(const struct act *act, void *call, json_t *o);

#endif /* AUTHD_WEB_REST_BACKUP_H */
