/*
 * console_overview.h: the console's first page: the office at a glance.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console-rest.sh
 */
#ifndef AUTHD_WEB_CONSOLE_OVERVIEW_H
#define AUTHD_WEB_CONSOLE_OVERVIEW_H

#include "authd/core/overview.h"
#include "authd/web/console.h"

struct console_overview {
	struct console console;
	const char *office; /* of the form; NULL: all that may be seen */
	struct overview now;
};

/* GET /console: office */
int console_overview_take(
    const struct exchange_in *in, struct act *act, void *call);
int console_overview_look(struct core *c, struct act *act, void *call);
void console_overview_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_OVERVIEW_H */
