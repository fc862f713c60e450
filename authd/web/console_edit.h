/*
 * console_edit.h: an account added or changed in the console.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 *
 * What was typed is shown again when it is refused.
 */
#ifndef AUTHD_WEB_CONSOLE_EDIT_H
#define AUTHD_WEB_CONSOLE_EDIT_H

#include "authd/web/console.h"

struct console_edit {
	struct console console;
	struct account_view view; /* what it is, or became */
};

int console_edit_take(const struct exchange_in *in, struct act *act, void *call);

/* GET /console/accounts/add; GET /console/accounts/set: login */
int console_edit_look(struct core *c, struct act *act, void *call);
int console_edit_look_at(struct core *c, struct act *act, void *call);
void console_edit_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST, both: login, office (add), and the names of the API */
int console_edit_add(struct core *c, struct act *act, void *call);
int console_edit_set(struct core *c, struct act *act, void *call);
void console_edit_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_EDIT_H */
