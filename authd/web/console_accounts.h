/*
 * console_accounts.h: the console's list of accounts, searched and in pages.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 */
#ifndef AUTHD_WEB_CONSOLE_ACCOUNTS_H
#define AUTHD_WEB_CONSOLE_ACCOUNTS_H

#include "authd/web/console.h"

struct console_accounts_row {
	char login[LOGIN_MAX + 1], name[NAME_MAX_BYTES + 1];
	char office[NAME_MAX_BYTES + 1];
	enum account_status status;
	enum lock_kind lock;
	bool is_privileged, is_enrolled;
	unsigned roles;
	int phones_n; /* active ones */
};

struct console_accounts {
	struct console console;
	struct search_input in; /* borrows of the form */
	struct search_pages pages;
	struct console_accounts_row rows[SEARCH_PAGE];
	int n;
};

/* GET /console/accounts: q, state, office, page */
int console_accounts_take(
    const struct exchange_in *in, struct act *act, void *call);
int console_accounts_look(struct core *c, struct act *act, void *call);
void console_accounts_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/** console_accounts_put_state(page, status, lock): the words status, and
 * flags for what it is: active, locked. */
void console_accounts_put_state(
    struct page *page, enum account_status status, enum lock_kind lock);

/** console_accounts_put_roles(page, roles): value roles, in words. */
void console_accounts_put_roles(struct page *page, unsigned roles);

#endif /* AUTHD_WEB_CONSOLE_ACCOUNTS_H */
