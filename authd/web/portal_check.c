#include <stdio.h>
#include <string.h>

#include "authd/core/ticket.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_check.h"
#include "authd/web/portal_enrol.h"

/* The rules as the page lists them. */
static const struct {
	const char *name;
	uint32_t reasons;
} rules[] = {
	{ "length", PASSWORD_TOO_SHORT | PASSWORD_TOO_LONG },
	{ "kinds",
	    PASSWORD_NO_UPPER | PASSWORD_NO_LOWER | PASSWORD_NO_DIGIT |
		PASSWORD_NO_SYMBOL },
	{ "personal", PASSWORD_PERSONAL },
	{ "easy",
	    PASSWORD_RUN | PASSWORD_KEYBOARD | PASSWORD_REPEAT | PASSWORD_WEAK |
		PASSWORD_BREACHED },
};

int
portal_check_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_check *q = call;
	const char *fresh;
	int r;

	if (cookie_get(in, PORTAL_TICKET_COOKIE, q->holder,
		sizeof(q->holder)) != 0)
		q->holder[0] = '\0';
	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	if ((fresh = form_get(&q->portal.form, "new")) == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	(void)snprintf(q->fresh, sizeof(q->fresh), "%.*s",
	    (int)sizeof(q->fresh) - 1, fresh);
	return (0);
}

static int
not_for(struct act *act)
{
	return (act_refuse(act, ERR_DENIED, "not_logged_in",
	    "Nobody is logged in here."));
}

/* For whoever holds a ticket that brings a password. */
int
portal_check_run_ticket(struct core *c, struct act *act, void *call)
{
	struct portal_check *q = call;
	struct ticket_view v;
	bool is_held;
	int r;

	r = ticket_held(c, act, q->holder, TICKET_FIRST, &v, &is_held);
	if (r == 0 && !is_held)
		r = ticket_held(
		    c, act, q->holder, TICKET_PASSWORD, &v, &is_held);
	if (r != 0)
		return (r);
	if (!is_held)
		return (not_for(act));
	return (password_preview(
	    c, act, v.account.login, q->fresh, &q->reasons));
}

int
portal_check_run(struct core *c, struct act *act, void *call)
{
	struct portal_check *q = call;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0)
		return (r);
	if (!q->who.is_live)
		return (not_for(act));
	return (password_preview(
	    c, act, q->who.account.login, q->fresh, &q->reasons));
}

void
portal_check_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_check *q = call;
	char text[128] = "{\"unmet\":[";
	size_t n = strlen(text), i;
	bool is_first = true;

	if (r == 0 && (q->reasons & PASSWORD_JUDGED) == 0)
		r = ERR_INVALID;
	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if ((q->reasons & rules[i].reasons) == 0)
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"%s\"",
		    is_first ? "" : ",", rules[i].name);
		is_first = false;
	}
	n += (size_t)snprintf(text + n, sizeof(text) - n, "]}");
	out->status = 200;
	exchange_out_body(out, "application/json", text, n);
}
