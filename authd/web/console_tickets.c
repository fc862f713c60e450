#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/web/console_tickets.h"
#include "authd/web/portal_scan.h"
#include "authd/web/portal_time.h"

#define LIST "/console/tickets"

static const char *
field(const struct console_tickets *q, const char *name)
{
	const char *value = form_get(&q->console.portal.form, name);

	return (value == NULL || value[0] == '\0' ? NULL : value);
}

int
console_tickets_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_tickets *q = call;
	int r;

	if ((r = console_take(in, act, &q->console)) != 0)
		return (r);
	q->asked.login = field(q, "login");
	q->asked.office = field(q, "office");
	q->asked.is_all = field(q, "all") != NULL;
	q->asked.after = field(q, "after");
	q->asked.limit = CONSOLE_TICKETS_ROWS;
	return (0);
}

int
console_tickets_take_create(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct console_tickets *q = call;
	const char *hours;
	int r;

	if ((r = console_tickets_take(in, act, q)) != 0)
		return (r);
	q->make.login = field(q, "login");
	q->make.purpose = field(q, "for");
	q->make.label = field(q, "label");
	q->make.owner = field(q, "owner");
	hours = field(q, "hours");
	/* what is no number is refused by the rules */
	if (hours != NULL)
		q->make.hours = strspn(hours, "0123456789") == strlen(hours) &&
			strlen(hours) < 5
		    ? (int)strtol(hours, NULL, 10)
		    : -1;
	console_address(q->console.back, sizeof(q->console.back),
	    LIST "/create", "login",
	    q->make.login == NULL ? "" : q->make.login);
	return (0);
}

static int
on_ticket(void *arg, const struct ticket_view *v)
{
	struct console_tickets *q = arg;
	struct console_tickets_row *row;

	if (q->n == CONSOLE_TICKETS_ROWS)
		return (0);
	row = &q->rows[q->n++];
	id_put_text(&v->ticket.id, row->id);
	memcpy(row->login, v->account.login, sizeof(row->login));
	memcpy(row->name, v->account.name, sizeof(row->name));
	memcpy(row->office, v->office.code, sizeof(row->office));
	memcpy(row->label, v->ticket.label, sizeof(row->label));
	row->purpose = v->ticket.purpose;
	row->state = v->state;
	row->created_ms = v->ticket.created_ms;
	row->expires_ms = v->expires_ms;
	row->failures = v->ticket.failures;
	return (0);
}

int
console_tickets_look(struct core *c, struct act *act, void *call)
{
	struct console_tickets *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	r = ticket_list(c, act, &q->asked, on_ticket, q, q->next);
	/* of a login that nobody has there are none */
	return (r == ERR_NOTFOUND && q->asked.login != NULL ? 0 : r);
}

int
console_tickets_void(struct core *c, struct act *act, void *call)
{
	struct console_tickets *q = call;
	struct ticket_view v;
	int r;

	(void)snprintf(
	    q->console.back, sizeof(q->console.back), "%s", LIST);
	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	return (ticket_void(c, act, field(q, "ticket") == NULL
		? ""
		: field(q, "ticket"),
	    &v));
}

int
console_tickets_look_at(struct core *c, struct act *act, void *call)
{
	struct console_tickets *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	/* who it is for may be typed there */
	if (q->asked.login == NULL)
		return (0);
	r = account_find(c, act, q->asked.login, &q->account);
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
console_tickets_create_start(struct core *c, struct work *w, void *call)
{
	struct console_tickets *q = call;
	int r;

	if ((r = console_enter(c, &w->act, &q->console)) != 0 ||
	    !q->console.is_in)
		return (r);
	if (q->make.login == NULL || q->make.purpose == NULL)
		return (act_refuse(&w->act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	r = ticket_make_start(c, &w->act, &q->make, &w->wants_hash);
	if (r == ERR_NOTFOUND) /* typed wrongly: back to the form */
		r = act_refuse(&w->act, ERR_INVALID, "unknown_login",
		    "There is no account with this login.");
	q->is_made = r == 0 && !w->wants_hash;
	w->hash_key = q->make.login;
	return (r);
}

int
console_tickets_create_hash(struct core *c, void *call)
{
	struct console_tickets *q = call;

	return (ticket_make_certificate(c, &q->make));
}

int
console_tickets_create_settle(struct core *c, struct act *act, void *call)
{
	struct console_tickets *q = call;
	int r;

	/* the session may have ended meanwhile */
	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	r = ticket_make_settle(c, act, &q->make);
	q->is_made = r == 0;
	return (r);
}

/* --- what is shown --- */

static const enum catalog_id purposes[] = {
	[TICKET_NONE] = CATALOG_CONSOLE_STATE_ANY,
	[TICKET_FIRST] = CATALOG_SLIP_FIRST,
	[TICKET_PHONE] = CATALOG_SLIP_PHONE,
	[TICKET_PASSWORD] = CATALOG_SLIP_PASSWORD,
	[TICKET_CERTIFICATE] = CATALOG_SLIP_CERTIFICATE,
};

static const enum catalog_id states[] = {
	[TICKET_UNKNOWN] = CATALOG_CONSOLE_T_VOID,
	[TICKET_OPEN] = CATALOG_CONSOLE_T_OPEN,
	[TICKET_USED] = CATALOG_CONSOLE_T_USED,
	[TICKET_VOID] = CATALOG_CONSOLE_T_VOID,
	[TICKET_EXPIRED] = CATALOG_CONSOLE_T_EXPIRED,
};

static void
put_rows(const struct act *act, const struct console_tickets *q,
    struct page *page)
{
	const struct console_tickets_row *row;
	int i;

	for (i = 0; i < q->n; i++) {
		row = &q->rows[i];
		page_row(page, PAGE_VAR_ROWS);
		page_put(page, PAGE_VAR_ID, row->id);
		page_put(page, PAGE_VAR_LOGIN, row->login);
		page_put(page, PAGE_VAR_NAME, row->name);
		page_put(page, PAGE_VAR_LABEL, row->label);
		page_put_message(
		    page, PAGE_VAR_PURPOSE, purposes[row->purpose], NULL);
		page_put_message(
		    page, PAGE_VAR_STATUS, states[row->state], NULL);
		page_put_flag(page, PAGE_VAR_ACTIVE, row->state == TICKET_OPEN);
		portal_time_put(page, PAGE_VAR_SINCE, row->created_ms);
		portal_time_put(page, PAGE_VAR_UNTIL, row->expires_ms);
		if (row->failures > 0)
			page_put_int(page, PAGE_VAR_FAILURES, row->failures);
		if (act->person.is_everywhere)
			page_put(page, PAGE_VAR_ROW_OFFICE, row->office);
		page_put_flag(page, PAGE_VAR_MAY_END,
		    row->state == TICKET_OPEN &&
			rights_may(act, RIGHTS_TICKET));
		page_row_end(page);
	}
}

void
console_tickets_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_tickets *q = call;
	char address[PORTAL_TO_MAX + 1], more[PORTAL_TO_MAX + 1];
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_TICKETS, &page, out) != 0)
		return;
	put_rows(act, q, page);
	if (q->next[0] != '\0') {
		console_address(
		    address, sizeof(address), LIST, "after", q->next);
		if (q->asked.is_all) {
			console_address(
			    more, sizeof(more), address, "all", "1");
			memcpy(address, more, sizeof(address));
		}
		page_put(page, PAGE_VAR_NEXT, address);
	}
	page_put(page, PAGE_VAR_LOGIN, q->asked.login);
	page_put(page, PAGE_VAR_OFFICE, q->asked.office);
	page_put_flag(page, PAGE_VAR_ALL, q->asked.is_all);
	page_put_flag(
	    page, PAGE_VAR_MAY_CHANGE, rights_may(act, RIGHTS_TICKET));
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	console_give(&q->console, page, PAGE_CONSOLE_TICKETS, out);
}

void
console_tickets_give_void(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_tickets *q = call;

	if (console_is_answered(act, call, r, out))
		return;
	console_done(
	    act, &q->console, CATALOG_CONSOLE_TICKET_VOIDED, "", LIST, out);
}

void
console_tickets_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_tickets *q = call;
	const char *purpose;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(
		act, call, CATALOG_CONSOLE_TICKET_MAKE, &page, out) != 0)
		return;
	purpose = field(q, "for");
	page_put(page, PAGE_VAR_LOGIN,
	    q->account.login[0] != '\0' ? q->account.login : q->asked.login);
	page_put(page, PAGE_VAR_NAME, q->account.name);
	page_put_flag(page, PAGE_VAR_P_PHONE,
	    purpose != NULL && strcmp(purpose, "phone") == 0);
	page_put_flag(page, PAGE_VAR_P_PASSWORD,
	    purpose != NULL && strcmp(purpose, "password") == 0);
	page_put_flag(page, PAGE_VAR_P_CERTIFICATE,
	    purpose != NULL && strcmp(purpose, "certificate") == 0);
	page_put_flag(page, PAGE_VAR_P_FIRST,
	    purpose == NULL || strcmp(purpose, "first") == 0);
	console_give(&q->console, page, PAGE_CONSOLE_TICKET_MAKE, out);
}

/* The slip says everything in both languages, whoever prints it. */
static void
put_both(struct page *page, enum page_var ja, enum page_var en,
    enum catalog_id id)
{
	page_put(page, ja, catalog_text(CATALOG_JA, id));
	page_put(page, en, catalog_text(CATALOG_EN, id));
}

static int
put_slip(const struct ticket_make *m, struct page *page)
{
	const struct ticket_view *v = &m->view;
	int r;

	if ((r = portal_scan_put_qr(page, m->link)) != 0)
		return (r);
	page_put(page, PAGE_VAR_TICKET_LINK, m->link);
	page_put(page, PAGE_VAR_NAME, v->account.name);
	page_put(page, PAGE_VAR_OFFICE_NAME, v->office.name);
	page_put(page, PAGE_VAR_CONTACT, v->office.contact);
	page_put(page, PAGE_VAR_LABEL, v->ticket.label);
	portal_time_put(page, PAGE_VAR_UNTIL, v->expires_ms);
	put_both(page, PAGE_VAR_PURPOSE, PAGE_VAR_PURPOSE_EN,
	    purposes[v->ticket.purpose]);
	put_both(page, PAGE_VAR_STEP_1, PAGE_VAR_STEP_1_EN,
	    CATALOG_SLIP_STEP_SCAN);
	put_both(page, PAGE_VAR_STEP_2, PAGE_VAR_STEP_2_EN,
	    v->ticket.purpose == TICKET_PHONE ? CATALOG_SLIP_STEP_PASSWORD
		: v->ticket.purpose == TICKET_PASSWORD
		? CATALOG_SLIP_STEP_CODE
		: CATALOG_SLIP_STEP_LOGIN);
	put_both(page, PAGE_VAR_STEP_3, PAGE_VAR_STEP_3_EN,
	    CATALOG_SLIP_STEP_FOLLOW);
	put_both(page, PAGE_VAR_UNTIL_JA, PAGE_VAR_UNTIL_EN, CATALOG_SLIP_UNTIL);
	put_both(
	    page, PAGE_VAR_KEEP, PAGE_VAR_KEEP_EN, CATALOG_SLIP_KEEP);
	put_both(page, PAGE_VAR_ASK, PAGE_VAR_ASK_EN, CATALOG_SLIP_ASK);
	page_put(page, PAGE_VAR_PASSPHRASE, m->passphrase);
	return (0);
}

void
console_tickets_give_slip(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_tickets *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) || !q->is_made ||
	    console_page(
		act, call, CATALOG_CONSOLE_TICKET_MADE, &page, out) != 0)
		return;
	/* the same page in another language would be another ticket */
	page_put(page, PAGE_VAR_HERE, NULL);
	if (put_slip(&q->make, page) != 0) {
		page_free(page);
		return;
	}
	console_give(&q->console, page, PAGE_CONSOLE_TICKET_MADE, out);
}

void
console_tickets_clear(void *call)
{
	struct console_tickets *q = call;

	ticket_make_clear(&q->make);
	console_clear(call);
}
