/*
 * console_terminals.h: the terminals of an office in the console: looked for,
 * and several at once lost or stolen, after a page that shows what will be hit.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 */
#ifndef AUTHD_WEB_CONSOLE_TERMINALS_H
#define AUTHD_WEB_CONSOLE_TERMINALS_H

#include "authd/web/console.h"

#define CONSOLE_TERMINALS_NAMES 4 /* logins shown of those it admits */

struct console_terminals_row {
	char id[ID_TEXT + 1], label[NAME_MAX_BYTES + 1];
	char admits[CONSOLE_TERMINALS_NAMES * (LOGIN_MAX + 2) + 1];
	int admitted_n;
	bool admits_all, is_private, is_lost, is_live, is_own;
	int64_t not_after_ms, seen_ms;
	char source[AUDIT_SOURCE_MAX + 1];
};

struct console_terminals {
	struct console console;
	struct search_input in; /* borrows of the form */
	struct search_pages pages;
	struct console_terminals_row rows[SEARCH_PAGE];
	int n;
};

int console_terminals_take(
    const struct exchange_in *in, struct act *act, void *call);

/* GET /console/terminals: q, state, office, page */
int console_terminals_look(struct core *c, struct act *act, void *call);
void console_terminals_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/terminals/lost: t.ID, of each */
int console_terminals_look_at(struct core *c, struct act *act, void *call);
void console_terminals_give_chosen(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST: the same and reason; all of them or none */
int console_terminals_lose(struct core *c, struct act *act, void *call);
void console_terminals_give_lost(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_TERMINALS_H */
