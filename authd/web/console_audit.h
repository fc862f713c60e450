/*
 * console_audit.h: the console's view of the audit log: searched, in pages, and
 * taken away as a file.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console-rest.sh
 *
 * A page looks at CONSOLE_AUDIT_WINDOW records at most, and says where it
 * stopped; so it is quick in a log of any length.
 */
#ifndef AUTHD_WEB_CONSOLE_AUDIT_H
#define AUTHD_WEB_CONSOLE_AUDIT_H

#include "authd/core/auditlog.h"
#include "authd/web/console.h"

#define CONSOLE_AUDIT_ROWS   50
#define CONSOLE_AUDIT_WINDOW 100000
#define CONSOLE_AUDIT_FILE   10000 /* records of a file, the newest */

struct console_audit {
	struct console console;
	struct auditlog_query query; /* borrows of the form */
	int64_t from_ms, to_ms;      /* of the days asked for; 0: none */
	int64_t before;              /* of the address; 0: the newest */
	bool is_file, is_csv;
	/* a page */
	struct audit_record *rows; /* CONSOLE_AUDIT_ROWS */
	int n;
	int64_t next;    /* older ones are below this; 0: there are none */
	bool is_stopped; /* not by the end of the log, but of what is looked
			  * at for one page */
	/* a file */
	char *text;
	size_t len;
	int records;
};

/* GET /console/audit, /console/audit/file: account, device, app, action,
 * result, request_id, office, from, to, before; format */
int console_audit_take(
    const struct exchange_in *in, struct act *act, void *call);
int console_audit_look(struct core *c, struct act *act, void *call);
int console_audit_read(struct core *c, struct act *act, void *call);
void console_audit_give(
    const struct act *act, void *call, int r, struct exchange_out *out);
void console_audit_give_file(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_AUDIT_H */
