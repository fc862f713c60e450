#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_codes.h"
#include "authd/web/portal_enrol.h"
#include "authd/web/portal_scan.h"
#include "authd/web/portal_ticket.h"
#include "authd/web/portal_who.h"

/* --- what came in --- */

int
portal_enrol_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_enrol *q = call;

	if (cookie_get(
		in, PORTAL_TICKET_COOKIE, q->holder, sizeof(q->holder)) != 0)
		q->holder[0] = '\0';
	return (portal_take(in, act, &q->portal));
}

int
portal_enrol_bad_form(struct act *act)
{
	return (act_refuse(
	    act, ERR_INVALID, "bad_form", "A field of the form is missing."));
}

int
portal_enrol_take_phone(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_enrol *q = call;
	const char *label, *owner;
	int r;

	if ((r = portal_enrol_take(in, act, q)) != 0)
		return (r);
	label = form_get(&q->portal.form, "label");
	owner = form_get(&q->portal.form, "owner");
	if (label == NULL || owner == NULL ||
	    (strcmp(owner, "company") != 0 && strcmp(owner, "private") != 0))
		return (portal_enrol_bad_form(act));
	q->is_private = strcmp(owner, "private") == 0;
	q->is_label_bad = enrolment_label(label, q->label) != 0;
	return (0);
}

int
portal_enrol_take_code(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_enrol *q = call;
	int r;

	if ((r = portal_enrol_take(in, act, q)) != 0)
		return (r);
	q->work.code = form_get(&q->portal.form, "code");
	q->work.device = form_get(&q->portal.form, "device");
	if (q->work.code == NULL || q->work.device == NULL)
		return (portal_enrol_bad_form(act));
	return (0);
}

/* --- the work --- */

/* The ticket that this browser holds; with none, is somebody logged in? */
int
portal_enrol_hold(struct core *c, struct act *act, struct portal_enrol *q)
{
	struct session_view who;
	enum ticket_purpose purpose;
	int r;

	r = ticket_held(c, act, q->holder, TICKET_FIRST, &q->view, &q->is_held);
	purpose = q->view.ticket.purpose;
	if (r == 0 && (purpose == TICKET_PHONE || purpose == TICKET_PASSWORD))
		r = ticket_held(
		    c, act, q->holder, purpose, &q->view, &q->is_held);
	if (r == 0 && q->is_held)
		return (text_copy(
		    act->actor, sizeof(act->actor), q->view.account.login));
	if (r == 0)
		r = portal_who(c, act, &q->portal, &who);
	if (r == 0)
		q->is_live = who.is_live;
	mem_wipe(&who, sizeof(who));
	return (r);
}

int
portal_enrol_look(struct core *c, struct act *act, void *call)
{
	struct portal_enrol *q = call;

	portal_rules_of(c, &q->rules);
	return (portal_enrol_hold(c, act, q));
}

bool
portal_enrol_brings_password(const struct portal_enrol *q)
{
	return (q->is_held &&
	    (q->view.ticket.purpose == TICKET_FIRST ||
		q->view.ticket.purpose == TICKET_PASSWORD));
}

/* The password comes first. */
bool
portal_enrol_brings_phone(const struct portal_enrol *q)
{
	return (q->is_held &&
	    (q->view.ticket.purpose == TICKET_FIRST ||
		q->view.ticket.purpose == TICKET_PHONE) &&
	    (q->view.ticket.proved & SESSION_PASSWORD) != 0);
}

/* Logged in, in the transaction that used the ticket up. */
int
portal_enrol_open(struct core *c, struct act *act, struct portal_enrol *q,
    unsigned factors, const struct id *device)
{
	const struct session_proof proof = {
		.factors = q->view.ticket.proved | factors,
		.device = *device,
	};
	struct session row;
	int r;

	if ((r = portal_who_end(c, act, &q->portal)) != 0)
		return (r);
	r = session_open(c, act, &q->view.account, &proof, q->token, &row);
	mem_wipe(&row, sizeof(row));
	return (r);
}

int
portal_enrol_begin(struct core *c, struct act *act, void *call)
{
	struct portal_enrol *q = call;
	int r;

	if ((r = portal_enrol_hold(c, act, q)) != 0 ||
	    !portal_enrol_brings_phone(q) || q->is_label_bad)
		return (r);
	return (enrol_start(c, act, q->view.account.login, q->label,
	    q->is_private, &q->secret));
}

int
portal_enrol_look_scan(struct core *c, struct act *act, void *call)
{
	struct portal_enrol *q = call;
	int r;

	if ((r = portal_enrol_hold(c, act, q)) != 0 ||
	    !portal_enrol_brings_phone(q))
		return (r);
	return (
	    enrol_look(c, act, q->view.account.login, &q->state, &q->secret));
}

int
portal_enrol_confirm(struct core *c, struct act *act, void *call)
{
	struct portal_enrol *q = call;
	int r;

	if ((r = portal_enrol_hold(c, act, q)) != 0 ||
	    !portal_enrol_brings_phone(q))
		return (r);
	r = enrolment_confirm(c, act, q->view.account.login, NULL, &q->work);
	if (r != 0 || q->work.result != ENROLMENT_DONE)
		return (r);
	if ((r = ticket_use(c, act, &q->view)) != 0)
		return (r);
	return (
	    portal_enrol_open(c, act, q, SESSION_CODE, &q->work.phone.device));
}

/* --- what is shown --- */

/* A cookie that holds nothing says nothing of its ticket: to its link. */
static void
give_over(const struct act *act, struct portal_enrol *q,
    struct exchange_out *out)
{
	if (q->view.state == TICKET_UNKNOWN)
		q->view.state = TICKET_OPEN;
	portal_ticket_give_over(act, &q->portal, &q->view, out);
}

bool
portal_enrol_is_answered(const struct act *act, struct portal_enrol *q, int r,
    struct exchange_out *out)
{
	if (q != NULL && r == ERR_LIMIT &&
	    strcmp(act->problem.code, "too_many_phones") == 0) {
		portal_tell(act, FLASH_PHONE_LIMIT, PHONES_MAX, "", out);
		portal_give_to(&q->portal, PORTAL_ENROL_PHONE, "", out);
	} else if (q != NULL && r == ERR_WRONG_STATE &&
	    strcmp(act->problem.code, "session_obstacle") == 0) {
		/* the password must be changed by now: all is undone */
		portal_tell(act, FLASH_ENROL_CHANGED, 0, "", out);
		portal_give_to(&q->portal, PORTAL_ENROL_PASSWORD, "", out);
	} else if (q != NULL && r == ERR_WRONG_STATE &&
	    (strcmp(act->problem.code, "ticket_over") == 0 ||
		strcmp(act->problem.code, "account_disabled") == 0)) {
		portal_give_to(&q->portal, PORTAL_ENROL_PATH, "", out);
	} else if (q != NULL && r == ERR_DENIED && q->portal.is_forged &&
	    q->portal.session[0] != '\0')
		/* sent again, once it was done: logged in by now */
		portal_give_to(&q->portal, "/", "", out);
	else if (r != 0)
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
	else if (q->is_held)
		return (false);
	else if (q->is_live)
		portal_give_to(&q->portal, "/", "", out);
	else
		give_over(act, q, out);
	return (true);
}

/* The page that comes first with this ticket. */
const char *
portal_enrol_first_path(const struct portal_enrol *q)
{
	return (portal_enrol_brings_phone(q) ? PORTAL_ENROL_PHONE
					     : PORTAL_ENROL_PASSWORD);
}

void
portal_enrol_give_first(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enrol *q = call;

	if (!portal_enrol_is_answered(act, q, r, out))
		portal_give_to(&q->portal, portal_enrol_first_path(q), "", out);
}

void
portal_enrol_put_person(const struct portal_enrol *q, struct page *page)
{
	page_put(page, PAGE_VAR_NAME, q->view.account.name);
	page_put(page, PAGE_VAR_LOGIN, q->view.account.login);
	page_put(page, PAGE_VAR_CONTACT, q->view.office.contact);
}

/* In: to the start page, which says what was done. */
void
portal_enrol_give_in(const struct act *act, struct portal_enrol *q,
    enum flash_kind what, const char *text, struct exchange_out *out)
{
	cookie_set(out, PORTAL_COOKIE, q->token);
	cookie_end(out, PORTAL_TICKET_COOKIE);
	portal_tell(act, what, 0, text, out);
	portal_give_to(&q->portal, "/", "", out);
}

void
portal_enrol_give_phone(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enrol *q = call;
	struct page *page;

	if (portal_enrol_is_answered(act, q, r, out))
		return;
	if (!portal_enrol_brings_phone(q)) {
		portal_give_to(&q->portal, portal_enrol_first_path(q), "", out);
		return;
	}
	if (portal_page(act, &q->portal, CATALOG_PHONE_TITLE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	portal_script(page);
	portal_enrol_put_person(q, page);
	page_put_flag(
	    page, PAGE_VAR_FIRST, q->view.ticket.purpose == TICKET_FIRST);
	page_put(page, PAGE_VAR_SELF, PORTAL_ENROL_PHONE);
	if (q->view.ticket.label[0] != '\0')
		page_put(page, PAGE_VAR_LABEL, q->view.ticket.label);
	else
		page_put_message(
		    page, PAGE_VAR_LABEL, CATALOG_PHONE_SUGGESTION, NULL);
	portal_give(&q->portal, page, PAGE_PHONE, 200, out);
}

void
portal_enrol_give_begun(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enrol *q = call;

	if (portal_enrol_is_answered(act, q, r, out))
		return;
	if (!portal_enrol_brings_phone(q)) {
		portal_give_to(&q->portal, portal_enrol_first_path(q), "", out);
		return;
	}
	if (q->is_label_bad)
		portal_tell(act, FLASH_LABEL_BAD, 0, "", out);
	portal_give_to(&q->portal,
	    q->is_label_bad ? PORTAL_ENROL_PHONE : PORTAL_ENROL_SCAN, "", out);
}

void
portal_enrol_give_scan(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enrol *q = call;
	struct portal_scan_at at = { .self = PORTAL_ENROL_SCAN,
		.start = PORTAL_ENROL_PHONE,
		.here = PORTAL_ENROL_SCAN };

	if (portal_enrol_is_answered(act, q, r, out))
		return;
	if (!portal_enrol_brings_phone(q) || q->state == ENROL_NONE) {
		portal_give_to(&q->portal, portal_enrol_first_path(q), "", out);
		return;
	}
	at.login = q->view.account.login;
	at.contact = q->view.office.contact;
	at.is_first = q->view.ticket.purpose == TICKET_FIRST;
	portal_scan_give(act, &q->portal, q->state, &q->secret, &at, out);
}

void
portal_enrol_give_confirmed(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enrol *q = call;
	const struct enrolment *w = q == NULL ? NULL : &q->work;

	if (portal_enrol_is_answered(act, q, r, out))
		return;
	if (!portal_enrol_brings_phone(q)) {
		portal_give_to(&q->portal, portal_enrol_first_path(q), "", out);
		return;
	}
	switch (w->result) {
	case ENROLMENT_REFUSED:
	case ENROLMENT_OTHER:
	case ENROLMENT_AGAIN:
		portal_scan_tell(act, w->result, out);
		portal_give_to(&q->portal, PORTAL_ENROL_SCAN, "", out);
		return;
	case ENROLMENT_NONE:
	case ENROLMENT_BEFORE: /* not by this ticket, which is still held */
		portal_tell(act, FLASH_SCAN_NONE, 0, "", out);
		portal_give_to(&q->portal, PORTAL_ENROL_PHONE, "", out);
		return;
	case ENROLMENT_DONE:
		break;
	}
	if (w->codes.n == 0) {
		portal_enrol_give_in(
		    act, q, FLASH_PHONE_DONE, w->phone.label, out);
		return;
	}
	cookie_set(out, PORTAL_COOKIE, q->token);
	cookie_end(out, PORTAL_TICKET_COOKIE);
	memcpy(q->portal.session, q->token, sizeof(q->portal.session));
	portal_codes_give_new(act, &q->portal, &w->codes, q->view.account.login,
	    q->view.ticket.purpose == TICKET_FIRST ? PORTAL_CODES_FIRST
						   : PORTAL_CODES_PHONE,
	    out);
}
