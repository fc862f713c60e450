#include <stdio.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_ticket.h"
#include "authd/web/portal_time.h"

/* --- what came in --- */

int
portal_ticket_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_ticket *q = call;
	const char *secret = in->path + strlen(TICKET_PATH);

	/* what is none is unknown like any other */
	if (ticket_secret_fold(secret, strlen(secret), q->prove.secret) != 0)
		q->prove.secret[0] = '\0';
	return (portal_take(in, act, &q->portal));
}

static int
none_such(struct act *act)
{
	return (act_refuse(act, ERR_INVALID, "bad_form",
	    "A field of the form is missing."));
}

int
portal_ticket_take_login(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_ticket *q = call;
	struct ticket_prove *t = &q->prove;
	const char *secret, *login, *password, *code;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	secret = form_get(&q->portal.form, "ticket");
	login = form_get(&q->portal.form, "login");
	password = form_get(&q->portal.form, "password");
	code = form_get(&q->portal.form, "recovery");
	q->is_recovery = code != NULL;
	if (code == NULL)
		code = form_get(&q->portal.form, "code");
	if (secret == NULL || login == NULL)
		return (none_such(act));
	if (ticket_secret_fold(secret, strlen(secret), t->secret) != 0)
		t->secret[0] = '\0';
	if ((r = fold_typed_login(login, t->name)) == ERR_NOMEM)
		return (r);
	if (r != 0)
		t->name[0] = '\0';
	if (text_copy(q->typed, sizeof(q->typed), login) != 0)
		q->typed[0] = '\0';
	/* what is cut is still too long, so still wrong */
	if (password != NULL)
		(void)snprintf(t->password, sizeof(t->password), "%.*s",
		    (int)sizeof(t->password) - 1, password);
	if (code != NULL && text_fold_code(code, t->code) != 0 &&
	    recovery_fold(code, t->recovery) != 0)
		t->code[0] = '\0';
	return (0);
}

/* --- the work --- */

int
portal_ticket_look(struct core *c, struct act *act, void *call)
{
	struct portal_ticket *q = call;

	return (ticket_look(c, act, q->prove.secret, &q->prove.view));
}

int
portal_ticket_prepare(struct core *c, struct act *act, void *call)
{
	struct portal_ticket *q = call;

	return (ticket_prove_prepare(c, act, &q->prove));
}

int
portal_ticket_start(struct core *c, struct work *w, void *call)
{
	struct portal_ticket *q = call;

	w->hash_key = q->prove.name;
	return (
	    ticket_prove_start(c, &w->act, &q->prove, &w->wants_hash));
}

int
portal_ticket_hash(struct core *c, void *call)
{
	struct portal_ticket *q = call;

	return (ticket_prove_hash(c->policy, c->keeper, &q->prove));
}

int
portal_ticket_settle(struct core *c, struct act *act, void *call)
{
	struct portal_ticket *q = call;

	return (ticket_prove_settle(c, act, &q->prove));
}

int
portal_ticket_give_back(struct core *c, struct act *act, void *call)
{
	struct portal_ticket *q = call;

	return (ticket_prove_give_back(c, act, &q->prove));
}

const char *
portal_ticket_outcome(const void *call)
{
	const struct portal_ticket *q = call;

	return (q->prove.is_proven ? "accept" : "refuse");
}

/* --- what is shown --- */

static const struct {
	int status;
	enum catalog_id title, text, more;
} overs[] = {
	[TICKET_UNKNOWN] = { 404, CATALOG_TICKET_UNKNOWN_TITLE,
	    CATALOG_TICKET_UNKNOWN, CATALOG_TICKET_UNKNOWN_MORE },
	[TICKET_OPEN] = { 403, CATALOG_TICKET_AGAIN_TITLE,
	    CATALOG_TICKET_AGAIN, CATALOG_TICKET_AGAIN_MORE },
	[TICKET_USED] = { 410, CATALOG_TICKET_USED_TITLE, CATALOG_TICKET_USED,
	    CATALOG_TICKET_USED_MORE },
	[TICKET_VOID] = { 410, CATALOG_TICKET_VOID_TITLE, CATALOG_TICKET_VOID,
	    CATALOG_TICKET_VOID_MORE },
	[TICKET_EXPIRED] = { 410, CATALOG_TICKET_EXPIRED_TITLE,
	    CATALOG_TICKET_EXPIRED, CATALOG_TICKET_EXPIRED_MORE },
};

void
portal_ticket_give_over(const struct act *act, const struct portal *p,
    const struct ticket_view *view, struct exchange_out *out)
{
	enum ticket_state s = view->state;
	struct page *page;

	if (s < TICKET_UNKNOWN || s > TICKET_EXPIRED)
		s = TICKET_UNKNOWN;
	cookie_end(out, PORTAL_TICKET_COOKIE);
	if (portal_page(act, p, overs[s].title, &page) != 0)
		return;
	page_put_message(page, PAGE_VAR_TEXT, overs[s].text, NULL);
	page_put_message(page, PAGE_VAR_MORE, overs[s].more, NULL);
	page_put(page, PAGE_VAR_CONTACT, view->office.contact);
	if (s == TICKET_USED) {
		page_put(page, PAGE_VAR_LINK, "/login");
		page_put_message(page, PAGE_VAR_LINK_TEXT,
		    CATALOG_FRAME_TO_LOGIN, NULL);
	}
	portal_give(p, page, PAGE_MESSAGE, overs[s].status, out);
}

static const struct {
	enum catalog_id title, lead;
} purposes[] = {
	[TICKET_NONE] = { CATALOG_TICKET_UNKNOWN_TITLE,
	    CATALOG_TICKET_UNKNOWN },
	[TICKET_FIRST] = { CATALOG_TICKET_FIRST_TITLE,
	    CATALOG_TICKET_FIRST_LEAD },
	[TICKET_PHONE] = { CATALOG_TICKET_PHONE_TITLE,
	    CATALOG_TICKET_PHONE_LEAD },
	[TICKET_PASSWORD] = { CATALOG_TICKET_PASSWORD_TITLE,
	    CATALOG_TICKET_PASSWORD_LEAD },
	[TICKET_CERTIFICATE] = { CATALOG_TICKET_CERTIFICATE_TITLE,
	    CATALOG_TICKET_CERTIFICATE_LEAD },
};

void
portal_ticket_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_ticket *q = call;
	struct portal *p = q == NULL ? NULL : &q->portal;
	const struct ticket_view *v;
	enum ticket_purpose for_what;
	struct page *page;

	if (r != 0) {
		portal_give_error(act, p, r, out);
		return;
	}
	v = &q->prove.view;
	if (v->state != TICKET_OPEN) {
		portal_ticket_give_over(act, p, v, out);
		return;
	}
	for_what = v->ticket.purpose;
	if (portal_page(act, p, purposes[for_what].title, &page) != 0)
		return;
	portal_put_flash(p, page, out);
	page_put_message(page, PAGE_VAR_TEXT, purposes[for_what].lead, NULL);
	page_put(page, PAGE_VAR_SECRET, q->prove.secret);
	page_put(page, PAGE_VAR_LOGIN, p->flash.text);
	page_put_flag(
	    page, PAGE_VAR_ASKS_PASSWORD, for_what == TICKET_PHONE);
	page_put_flag(
	    page, PAGE_VAR_ASKS_CODE, for_what == TICKET_PASSWORD);
	page_put_flag(page, PAGE_VAR_RECOVERY,
	    p->flash.kind == FLASH_TICKET_RECOVERY);
	page_put(page, PAGE_VAR_OFFICE, v->office.name);
	page_put(page, PAGE_VAR_CONTACT, v->office.contact);
	portal_time_put(page, PAGE_VAR_UNTIL, v->expires_ms);
	portal_give(p, page, PAGE_TICKET, 200, out);
}

/* Back to the link's page, which tells it, or that it is over by now. */
static void
give_refused(
    const struct act *act, struct portal_ticket *q, struct exchange_out *out)
{
	const struct ticket_prove *t = &q->prove;
	char path[sizeof(TICKET_PATH) + TICKET_SECRET_LEN];
	int left = TICKET_FAILURES_MAX - t->view.ticket.failures;

	(void)snprintf(path, sizeof(path), TICKET_PATH "%s",
	    t->secret[0] == '\0' ? "-" : t->secret);
	if (t->is_used_code)
		portal_tell(act, FLASH_CODE_USED, t->retry_after, q->typed,
		    out);
	else if (t->view.state == TICKET_OPEN)
		portal_tell(act,
		    q->is_recovery ? FLASH_TICKET_RECOVERY
				   : FLASH_TICKET_REFUSED,
		    left, q->typed, out);
	portal_give_to(&q->portal, path, "", out);
}

void
portal_ticket_give_login(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_ticket *q = call;

	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	if (!q->prove.is_proven) {
		give_refused(act, q, out);
		return;
	}
	cookie_set(out, PORTAL_TICKET_COOKIE, q->prove.token);
	portal_give_to(&q->portal,
	    q->prove.view.ticket.purpose == TICKET_CERTIFICATE
		? PORTAL_TICKET_PICKUP
		: PORTAL_ENROL_PATH,
	    "", out);
}
