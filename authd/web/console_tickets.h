/*
 * console_tickets.h: the console's tickets: listed, voided, made and shown once
 * as a slip to print.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console-rest.sh
 *
 * What is on the slip is told by the answer to the form alone, and kept
 * nowhere: whoever looks again makes another one, and the first is void.
 */
#ifndef AUTHD_WEB_CONSOLE_TICKETS_H
#define AUTHD_WEB_CONSOLE_TICKETS_H

#include "authd/core/ticket_make.h"
#include "authd/web/console.h"

#define CONSOLE_TICKETS_ROWS 50

struct console_tickets_row {
	char id[ID_TEXT + 1], login[LOGIN_MAX + 1];
	char name[NAME_MAX_BYTES + 1], office[OFFICE_CODE_MAX + 1];
	char label[NAME_MAX_BYTES + 1];
	enum ticket_purpose purpose;
	enum ticket_state state;
	int64_t created_ms, expires_ms;
	int failures;
};

struct console_tickets {
	struct console console;
	struct ticket_asked asked; /* borrows of the form */
	struct console_tickets_row rows[CONSOLE_TICKETS_ROWS];
	int n;
	char next[ID_TEXT + 1];
	struct ticket_make make; /* the same */
	struct account account;  /* whom the form is about, if it says so */
	bool is_made;
};

/* GET /console/tickets: login, office, all, after */
int console_tickets_take(
    const struct exchange_in *in, struct act *act, void *call);
int console_tickets_look(struct core *c, struct act *act, void *call);
void console_tickets_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /console/tickets/void: ticket */
int console_tickets_void(struct core *c, struct act *act, void *call);
void console_tickets_give_void(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/tickets/create: login, for */
int console_tickets_look_at(struct core *c, struct act *act, void *call);
void console_tickets_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /console/tickets/create: login, for, label, owner, hours */
int console_tickets_take_create(
    const struct exchange_in *in, struct act *act, void *call);
int console_tickets_create_start(struct core *c, struct work *w, void *call);
int console_tickets_create_hash(struct core *c, void *call);
int console_tickets_create_settle(
    struct core *c, struct act *act, void *call);
void console_tickets_give_slip(
    const struct act *act, void *call, int r, struct exchange_out *out);
void console_tickets_clear(void *call);

#endif /* AUTHD_WEB_CONSOLE_TICKETS_H */
