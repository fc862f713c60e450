/*
 * console_edit.h: an account added or changed in the console.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 *
 * What was typed is shown again when it is refused.
 */
#ifndef AUTHD_WEB_CONSOLE_EDIT_H
#define AUTHD_WEB_CONSOLE_EDIT_H

#include "authd/core/change.h"
#include "authd/web/console.h"

struct console_edit {
	struct console console;
	struct account_view view; /* what it is, or became */
	struct impact *impact;    /* what it would do; NULL: it is done */
};

int console_edit_take(const struct exchange_in *in, struct act *act, void *call);

/* GET /console/accounts/add; GET /console/accounts/set: login */
int console_edit_look(struct core *c, struct act *act, void *call);
int console_edit_look_at(struct core *c, struct act *act, void *call);
void console_edit_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST, both: login, office (add), and the names of the API. What takes the
 * person's way in to something is shown first; seen: it was; force */
int console_edit_add(struct core *c, struct act *act, void *call);
int console_edit_set(struct core *c, struct act *act, void *call);
void console_edit_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_EDIT_H */
