/*
 * console_sessions.h: the console's list of who is logged in, and ending that:
 * of one, of an account, of an office.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console-rest.sh
 */
#ifndef AUTHD_WEB_CONSOLE_SESSIONS_H
#define AUTHD_WEB_CONSOLE_SESSIONS_H

#include "authd/core/session_admin.h"
#include "authd/web/console.h"

#define CONSOLE_SESSIONS_ROWS 50

struct console_sessions_row {
	char id[ID_TEXT + 1], login[LOGIN_MAX + 1];
	char name[NAME_MAX_BYTES + 1], office[OFFICE_CODE_MAX + 1];
	char app[HOST_MAX + 1]; /* "" the portal */
	char source[AUDIT_SOURCE_MAX + 1];
	int64_t since_ms, seen_ms;
	unsigned factors;
	bool is_own; /* of who looks, here */
};

struct console_sessions {
	struct console console;
	struct session_asked asked; /* borrows of the form */
	struct console_sessions_row rows[CONSOLE_SESSIONS_ROWS];
	int n;
	char next[ID_TEXT + 1]; /* "": that was all */
	/* whose are to be ended, all of them */
	char name[NAME_MAX_BYTES + 1], key[LOGIN_MAX + OFFICE_CODE_MAX + 1];
	bool is_office, is_own;
	int ended;
};

/* GET /console/sessions: login, office, after */
int console_sessions_take(
    const struct exchange_in *in, struct act *act, void *call);
int console_sessions_look(struct core *c, struct act *act, void *call);
void console_sessions_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /console/sessions/end: session */
int console_sessions_end(struct core *c, struct act *act, void *call);
void console_sessions_give_ended(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET, POST /console/sessions/all: login or office; POST: reason */
int console_sessions_look_at(struct core *c, struct act *act, void *call);
int console_sessions_end_all(struct core *c, struct act *act, void *call);
void console_sessions_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_SESSIONS_H */
