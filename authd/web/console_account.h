/*
 * console_account.h: one account in the console, and what is done with it in one
 * step: unlock, disable, enable, reset, remove.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 */
#ifndef AUTHD_WEB_CONSOLE_ACCOUNT_H
#define AUTHD_WEB_CONSOLE_ACCOUNT_H

#include "authd/web/console.h"

struct console_account {
	struct console console;
	struct account_view view;
	bool is_enrolled;
	int recovery_left;
};

int console_account_take(
    const struct exchange_in *in, struct act *act, void *call);
/* field login */
int console_account_look(struct core *c, struct act *act, void *call);

/* GET /console/accounts/show */
void console_account_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/accounts/unlock, disable, enable, reset, remove */
void console_account_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST: login, reason */
int console_account_change(struct core *c, struct act *act, void *call);
void console_account_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_ACCOUNT_H */
