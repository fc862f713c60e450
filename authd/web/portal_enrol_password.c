#include <stdio.h>
#include <string.h>

#include "authd/web/portal_enrol_password.h"

/* --- what came in, and the work --- */

int
portal_enrol_password_take(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_enrol *q = call;
	const char *fresh, *again;
	int r;

	if ((r = portal_enrol_take(in, act, q)) != 0)
		return (r);
	fresh = form_get(&q->portal.form, "new");
	again = form_get(&q->portal.form, "again");
	if (fresh == NULL || again == NULL)
		return (portal_enrol_bad_form(act));
	q->is_differing = strcmp(fresh, again) != 0;
	/* what is cut is too long, so it is refused as it was */
	(void)snprintf(q->own.fresh, sizeof(q->own.fresh), "%.*s",
	    (int)sizeof(q->own.fresh) - 1, fresh);
	return (0);
}

int
portal_enrol_password_start(struct core *c, struct work *w, void *call)
{
	struct portal_enrol *q = call;
	int r;

	if ((r = portal_enrol_look(c, &w->act, q)) != 0 ||
	    !portal_enrol_brings_password(q) || q->is_differing)
		return (r);
	q->own.purpose = q->view.ticket.purpose;
	memcpy(q->own.token, q->holder, sizeof(q->own.token));
	if ((r = password_ticket_start(c, &w->act, &q->own)) != 0)
		return (r);
	w->wants_hash = q->own.is_held;
	w->hash_key = q->own.view.account.login;
	return (0);
}

int
portal_enrol_password_hash(struct core *c, void *call)
{
	struct portal_enrol *q = call;

	return (password_ticket_hash(c->policy, c->keeper, &q->own));
}

int
portal_enrol_password_settle(struct core *c, struct act *act, void *call)
{
	struct portal_enrol *q = call;
	int r;

	if ((r = portal_enrol_hold(c, act, q)) != 0 ||
	    !portal_enrol_brings_password(q) ||
	    (r = password_ticket_settle(c, act, &q->own)) != 0 ||
	    q->own.result != PASSWORD_TICKET_DONE ||
	    q->own.purpose != TICKET_PASSWORD)
		return (r);
	return (portal_enrol_open(
	    c, act, q, SESSION_PASSWORD, &q->view.ticket.device));
}

/* --- what is shown --- */

void
portal_enrol_password_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enrol *q = call;
	struct page *page;

	if (portal_enrol_is_answered(act, q, r, out))
		return;
	if (!portal_enrol_brings_password(q)) {
		portal_give_to(&q->portal, portal_enrol_first_path(q), "", out);
		return;
	}
	if (portal_page(act, &q->portal, CATALOG_ENROL_PASSWORD_TITLE, &page) !=
	    0)
		return;
	portal_put_flash(&q->portal, page, out);
	portal_script(page);
	page_put(page, PAGE_VAR_CHECK, "/enrol/password/check");
	portal_enrol_put_person(q, page);
	page_put_flag(
	    page, PAGE_VAR_FIRST, q->view.ticket.purpose == TICKET_FIRST);
	portal_rules_put(page, &q->rules);
	portal_rules_put_reasons(page, &q->portal.flash);
	portal_give(&q->portal, page, PAGE_ENROL_PASSWORD, 200, out);
}

void
portal_enrol_password_give_set(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enrol *q = call;
	int number;

	if (portal_enrol_is_answered(act, q, r, out))
		return;
	if (!portal_enrol_brings_password(q)) {
		portal_give_to(&q->portal, portal_enrol_first_path(q), "", out);
		return;
	}
	number = (int)(q->own.reasons & ~(uint32_t)PASSWORD_JUDGED);
	if (q->view.account.class != CLASS_GENERAL)
		number |= FLASH_PRIVILEGED;
	if (q->own.result == PASSWORD_TICKET_DONE &&
	    q->own.purpose == TICKET_PASSWORD) {
		portal_enrol_give_in(act, q, FLASH_ENROL_PASSWORD, "", out);
		return;
	}
	if (q->own.result == PASSWORD_TICKET_DONE) {
		portal_give_to(&q->portal, PORTAL_ENROL_PHONE, "", out);
		return;
	}
	if (q->is_differing)
		portal_tell(act, FLASH_PASSWORD_DIFFER, 0, "", out);
	else if (q->own.result == PASSWORD_TICKET_UNMET)
		portal_tell(act, FLASH_PASSWORD_UNMET, number, "", out);
	else
		portal_tell(act, FLASH_ENROL_CHANGED, 0, "", out);
	portal_give_to(&q->portal, PORTAL_ENROL_PASSWORD, "", out);
}
