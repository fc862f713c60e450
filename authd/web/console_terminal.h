/*
 * console_terminal.h: one terminal changed in the console: its name, whose it
 * is, whom it admits.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 *
 * Whoever is admitted has a factor more, so a fresh code is asked before. What
 * was typed is shown again when it is refused.
 */
#ifndef AUTHD_WEB_CONSOLE_TERMINAL_H
#define AUTHD_WEB_CONSOLE_TERMINAL_H

#include "authd/web/console.h"

struct console_terminal {
	struct console console;
	struct terminals_view view; /* what it is, or became */
};

int console_terminal_take(
    const struct exchange_in *in, struct act *act, void *call);

/* GET /console/terminals/set: id */
int console_terminal_look(struct core *c, struct act *act, void *call);
void console_terminal_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST: id, label, owner, admits (all, named), login (to be admitted), and
 * d.LOGIN of each that is not any more; all of it or nothing */
int console_terminal_set(struct core *c, struct act *act, void *call);
void console_terminal_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_TERMINAL_H */
