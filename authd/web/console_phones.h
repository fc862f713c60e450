/*
 * console_phones.h: the phones of an office in the console: looked for, and
 * several at once revoked, after a page that shows what will be hit.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 */
#ifndef AUTHD_WEB_CONSOLE_PHONES_H
#define AUTHD_WEB_CONSOLE_PHONES_H

#include "authd/web/console.h"

struct console_phones_row {
	char id[ID_TEXT + 1], label[NAME_MAX_BYTES + 1];
	char login[LOGIN_MAX + 1], name[NAME_MAX_BYTES + 1];
	enum phone_state state;
	int64_t confirmed_ms, last_used_ms;
	bool is_last, is_own; /* of those to be revoked */
	int recovery_left;
};

struct console_phones {
	struct console console;
	struct search_input in; /* borrows of the form */
	struct search_pages pages;
	struct console_phones_row rows[SEARCH_PAGE];
	int n;
};

int console_phones_take(
    const struct exchange_in *in, struct act *act, void *call);

/* GET /console/phones: q, state, office, page */
int console_phones_look(struct core *c, struct act *act, void *call);
void console_phones_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/phones/revoke: p.ID, of each */
int console_phones_look_at(struct core *c, struct act *act, void *call);
void console_phones_give_chosen(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST: the same and reason; all of them or none */
int console_phones_revoke(struct core *c, struct act *act, void *call);
void console_phones_give_revoked(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_PHONES_H */
