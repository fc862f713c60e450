#include "authd/base/limits.h"
#include "authd/web/console_account.h"
#include "authd/web/console_accounts.h"
#include "authd/web/console_apps.h"
#include "authd/web/console_audit.h"
#include "authd/web/console_edit.h"
#include "authd/web/console_overview.h"
#include "authd/web/console_phones.h"
#include "authd/web/console_sessions.h"
#include "authd/web/console_terminal.h"
#include "authd/web/console_terminals.h"
#include "authd/web/console_tickets.h"
#include "authd/web/route_console.h"

#define COMMON(m, p, s, n)                                                     \
	.method = m, .path = p, .right = RIGHT_PROXY, .need = RIGHTS_##n,      \
	.size = sizeof(struct s), .clear = console_clear

/* A page that is looked at. */
#define PAGE(p, n, s, t, look, g)                                              \
	{                                                                      \
		COMMON("GET", p, s, n), .kind = ROUTE_READ, .take = s##_##t,   \
					.run = s##_##look, .give = s##_##g     \
	}

/* One that asks for a fresh code. Ending one session and voiding a ticket do
 * not: they protect, take nothing away that a login or a new ticket does not
 * bring back, and are not to wait. */
#define PAGE_FINAL(p, n, s, t, look, g)                                        \
	{                                                                      \
		COMMON("GET", p, s, n), .kind = ROUTE_READ, .take = s##_##t,   \
					.run = s##_##look, .give = s##_##g,    \
					.is_final = true                       \
	}

/* A form that was sent. */
#define SENT(p, n, s, l, t, does, g)                                           \
	COMMON("POST", p, s, n), .kind = ROUTE_WRITE, .lane = WRITER_##l,      \
				 .body_type = PORTAL_FORM,                     \
				 .body_max = BODY_MAX, .take = s##_##t,        \
				 .run = s##_##does, .give = s##_##g
#define FORM(p, n, s, l, t, does, g)                                           \
	{                                                                      \
		SENT(p, n, s, l, t, does, g)                                   \
	}
#define FORM_FINAL(p, n, s, l, t, does, g)                                     \
	{                                                                      \
		SENT(p, n, s, l, t, does, g), .is_final = true                 \
	}

/* One whose work is slow between two transactions; what it made is secret. */
#define FORM_MADE(p, n, s, l, t, does, g)                                      \
	{                                                                      \
		.method = "POST", .path = p, .right = RIGHT_PROXY,             \
		.need = RIGHTS_##n, .size = sizeof(struct s),                  \
		.clear = s##_clear, .kind = ROUTE_WRITE,                       \
		.lane = WRITER_##l, .body_type = PORTAL_FORM,                  \
		.body_max = BODY_MAX, .take = s##_##t,                         \
		.start = s##_##does##_start, .hash = s##_##does##_hash,        \
		.settle = s##_##does##_settle, .give = s##_##g,                \
		.is_final = true                                               \
	}

/* One line each, which begin with the address and what is needed: the test
 * reads them as they stand here. */
/* clang-format off */
static const struct route routes[] = {
	PAGE("/console", LOOK, console_overview, take, look, give),

	PAGE("/console/accounts", LOOK, console_accounts, take, look, give),
	PAGE("/console/accounts/show", LOOK, console_account, take, look, give),
	PAGE("/console/accounts/add", ACCOUNT, console_edit, take, look, give),
	FORM("/console/accounts/add", ACCOUNT, console_edit, BULK, take, add, give_done),
	PAGE("/console/accounts/set", ACCOUNT, console_edit, take, look_at, give),
	FORM("/console/accounts/set", ACCOUNT, console_edit, BULK, take, set, give_done),
	PAGE("/console/accounts/unlock", UNLOCK, console_account, take, look, give_form),
	FORM("/console/accounts/unlock", UNLOCK, console_account, URGENT, take, change, give_done),
	PAGE("/console/accounts/disable", ACCOUNT, console_account, take, look, give_form),
	FORM("/console/accounts/disable", ACCOUNT, console_account, URGENT, take, change, give_done),
	PAGE("/console/accounts/enable", ACCOUNT, console_account, take, look, give_form),
	FORM("/console/accounts/enable", ACCOUNT, console_account, BULK, take, change, give_done),
	PAGE_FINAL("/console/accounts/reset", ACCOUNT, console_account, take, look, give_form),
	FORM_FINAL("/console/accounts/reset", ACCOUNT, console_account, URGENT, take, change, give_done),
	PAGE_FINAL("/console/accounts/remove", ACCOUNT, console_account, take, look, give_form),
	FORM_FINAL("/console/accounts/remove", ACCOUNT, console_account, URGENT, take, change, give_done),

	PAGE("/console/phones", LOOK, console_phones, take, look, give),
	PAGE_FINAL("/console/phones/revoke", LOST, console_phones, take, look_at, give_chosen),
	FORM_FINAL("/console/phones/revoke", LOST, console_phones, URGENT, take, revoke, give_revoked),
	PAGE("/console/terminals", LOOK, console_terminals, take, look, give),
	PAGE_FINAL("/console/terminals/set", ACCOUNT, console_terminal, take, look, give),
	FORM_FINAL("/console/terminals/set", ACCOUNT, console_terminal, URGENT, take, set, give_done),
	PAGE_FINAL("/console/terminals/lost", LOST, console_terminals, take, look_at, give_chosen),
	FORM_FINAL("/console/terminals/lost", LOST, console_terminals, URGENT, take, lose, give_lost),

	PAGE("/console/tickets", LOOK, console_tickets, take, look, give),
	FORM("/console/tickets/void", TICKET, console_tickets, URGENT, take, void, give_void),
	PAGE_FINAL("/console/tickets/create", TICKET, console_tickets, take, look_at, give_form),
	FORM_MADE("/console/tickets/create", TICKET, console_tickets, BULK, take_create, create, give_slip),

	PAGE("/console/sessions", LOOK, console_sessions, take, look, give),
	FORM("/console/sessions/end", LOST, console_sessions, URGENT, take, end, give_ended),
	PAGE_FINAL("/console/sessions/all", LOST, console_sessions, take, look_at, give_form),
	FORM_FINAL("/console/sessions/all", LOST, console_sessions, URGENT, take, end_all, give_form),

	PAGE("/console/apps", LOOK, console_apps, take, look, give),
	PAGE("/console/apps/show", LOOK, console_apps, take, look_at, give_one),
	PAGE_FINAL("/console/apps/set", RULES, console_apps, take, edit, give_form),
	PAGE_FINAL("/console/apps/impact", RULES, console_apps, take, weigh, give_impact),
	FORM_FINAL("/console/apps/set", RULES, console_apps, URGENT, take, change, give_done),
	PAGE_FINAL("/console/apps/remove", RULES, console_apps, take, weigh_removal, give_removal),
	FORM_FINAL("/console/apps/remove", RULES, console_apps, URGENT, take, remove, give_done),

	PAGE("/console/audit", LOG, console_audit, take, look, give),
	PAGE("/console/audit/file", EXPORT, console_audit, take, read, give_file),
};
/* clang-format on */

const struct route *
route_console_table(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return (routes);
}
