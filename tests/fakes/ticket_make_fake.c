/*
 * ticket_make_fake.c: ticket.h and ticket_make.h that know no tickets, for
 * tests of the routes.
 */
#include <string.h>

#include "authd/core/ticket_make.h"

const char *
ticket_purpose_text(enum ticket_purpose p)
{
	(void)p;
	return ("first");
}

const char *
ticket_state_text(enum ticket_state s)
{
	(void)s;
	return ("open");
}

int
ticket_make_start(struct core *c, struct act *act, struct ticket_make *q,
    bool *wants_make)
{
	(void)c;
	(void)q;
	*wants_make = false;
	return (act_refuse(
	    act, ERR_NOTFOUND, "no_such_account", "There is no such account."));
}

int
ticket_make_certificate(struct core *c, struct ticket_make *q)
{
	(void)c;
	(void)q;
	return (ERR_WRONG_STATE);
}

int
ticket_make_settle(struct core *c, struct act *act, struct ticket_make *q)
{
	(void)c;
	(void)act;
	(void)q;
	return (ERR_WRONG_STATE);
}

void
ticket_make_clear(struct ticket_make *q)
{
	memset(q, 0, sizeof(*q));
}

int
ticket_list(struct core *c, struct act *act, const struct ticket_asked *asked,
    ticket_fn *fn, void *arg, char last[ID_TEXT + 1])
{
	(void)c;
	(void)act;
	(void)asked;
	(void)fn;
	(void)arg;
	last[0] = '\0';
	return (0);
}

int
ticket_void(struct core *c, struct act *act, const char *id,
    struct ticket_view *out)
{
	(void)c;
	(void)id;
	(void)out;
	return (act_refuse(
	    act, ERR_NOTFOUND, "no_such_ticket", "There is no such ticket."));
}
