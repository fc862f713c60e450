#include <stdio.h>
#include <string.h>

#include "authd/core/account.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_codes.h"
#include "authd/web/portal_fresh.h"
#include "authd/web/portal_phone.h"
#include "authd/web/portal_scan.h"

#define START_PATH "/mine/phone"
#define SCAN_PATH  "/mine/phone/scan"

/* --- what came in --- */

/* The phone that is to end, of the query or the form: an id or nothing. */
static void
take_replaces(struct portal_phone *q)
{
	const char *text = form_get(&q->portal.form, "replaces");
	struct id id;

	if (text != NULL && id_get_text(text, &id) == 0)
		q->work.replaces = text;
	(void)snprintf(q->at, sizeof(q->at), SCAN_PATH "%s%s",
	    q->work.replaces == NULL ? "" : "?replaces=",
	    q->work.replaces == NULL ? "" : q->work.replaces);
}

int
portal_phone_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_phone *q = call;
	int r;

	if ((r = portal_take(in, act, &q->portal)) == 0)
		take_replaces(q);
	return (r);
}

int
portal_phone_take_name(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_phone *q = call;
	const char *label, *owner;
	int r;

	if ((r = portal_phone_take(in, act, q)) != 0)
		return (r);
	label = form_get(&q->portal.form, "label");
	owner = form_get(&q->portal.form, "owner");
	if (label == NULL || owner == NULL ||
	    (strcmp(owner, "company") != 0 && strcmp(owner, "private") != 0))
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	q->is_private = strcmp(owner, "private") == 0;
	q->is_label_bad = enrolment_label(label, q->label) != 0;
	return (0);
}

int
portal_phone_take_code(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_phone *q = call;
	int r;

	if ((r = portal_phone_take(in, act, q)) != 0)
		return (r);
	q->work.code = form_get(&q->portal.form, "code");
	q->work.device = form_get(&q->portal.form, "device");
	if (q->work.code == NULL || q->work.device == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	return (0);
}

/* --- the work --- */

/* Who it is, and that a code was shown by him not long ago. */
static int
admit(struct core *c, struct act *act, struct portal_phone *q, int64_t ms)
{
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	q->wants_code = !portal_fresh_is(&q->who, act, ms);
	return (0);
}

static bool
is_admitted(const struct portal_phone *q)
{
	return (q->who.is_live && !q->wants_code);
}

int
portal_phone_look(struct core *c, struct act *act, void *call)
{
	struct portal_phone *q = call;
	int r;

	if ((r = admit(c, act, q, PORTAL_FRESH_MS)) != 0 || !is_admitted(q))
		return (r);
	return (account_show(c, act, q->who.account.login, &q->have));
}

int
portal_phone_begin(struct core *c, struct act *act, void *call)
{
	struct portal_phone *q = call;
	int r;

	if ((r = admit(c, act, q, PORTAL_FRESH_MS)) != 0 || !is_admitted(q) ||
	    q->is_label_bad)
		return (r);
	return (enrol_start(
	    c, act, q->who.account.login, q->label, q->is_private, &q->secret));
}

/* The page is open for as long as its QR code is good. */
int
portal_phone_look_scan(struct core *c, struct act *act, void *call)
{
	struct portal_phone *q = call;
	int r;

	if ((r = admit(c, act, q, PORTAL_FRESH_MS + PENDING_MS)) != 0 ||
	    !is_admitted(q))
		return (r);
	return (
	    enrol_look(c, act, q->who.account.login, &q->state, &q->secret));
}

int
portal_phone_confirm(struct core *c, struct act *act, void *call)
{
	struct portal_phone *q = call;
	int r;

	if ((r = admit(c, act, q, PORTAL_FRESH_MS + PENDING_MS)) != 0 ||
	    !is_admitted(q))
		return (r);
	return (
	    enrolment_confirm(c, act, q->who.account.login, &q->who, &q->work));
}

/* --- what is shown --- */

/* It failed, nobody is logged in, or a code is asked: then it is answered. */
static bool
is_answered(const struct act *act, struct portal_phone *q, int r,
    const char *back, struct exchange_out *out)
{
	if (q != NULL && r == ERR_LIMIT &&
	    strcmp(act->problem.code, "too_many_phones") == 0) {
		portal_tell(act, FLASH_PHONE_LIMIT, PHONES_MAX, "", out);
		portal_give_to(&q->portal, "/mine", "", out);
	} else if (q != NULL && r == ERR_WRONG_STATE &&
	    strcmp(act->problem.code, "last_administrator") == 0) {
		portal_tell(act, FLASH_LAST_ADMINISTRATOR, 0, "", out);
		portal_give_to(&q->portal, "/mine", "", out);
	} else if (r != 0)
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
	else if (!q->who.is_live)
		portal_give_to(&q->portal, "/login", back, out);
	else if (q->wants_code)
		portal_fresh_ask(&q->portal, back, out);
	else
		return (false);
	return (true);
}

/* The page it begins with, and which phone is to end. */
static void
put_start(const struct portal_phone *q, char *out, size_t size)
{
	(void)snprintf(out, size, START_PATH "%s",
	    q == NULL ? "" : q->at + strlen(SCAN_PATH));
}

static bool
has_label(const struct account_view *v, const char *label)
{
	int i;

	for (i = 0; i < v->phones_n; i++)
		if (v->phones[i].state == PHONE_ACTIVE &&
		    strcmp(v->phones[i].label, label) == 0)
			return (true);
	return (false);
}

/* スマートフォン, or, when there is one of that name, スマートフォン 2. */
static void
put_suggestion(const struct portal_phone *q, struct page *page)
{
	const char *word =
	    catalog_text(page_language(page), CATALOG_PHONE_SUGGESTION);
	char text[NAME_MAX_BYTES + 1];
	int i;

	(void)snprintf(text, sizeof(text), "%s", word);
	for (i = 2; i <= PHONES_MAX && has_label(&q->have, text); i++)
		(void)snprintf(text, sizeof(text), "%s %d", word, i);
	page_put(page, PAGE_VAR_LABEL, text);
}

static void
put_phones(const struct portal_phone *q, struct page *page)
{
	const char *chosen = q->work.replaces;
	char id[ID_TEXT + 1];
	bool is, any = false;
	int i;

	for (i = 0; i < q->have.phones_n; i++) {
		if (q->have.phones[i].state != PHONE_ACTIVE)
			continue;
		id_put_text(&q->have.phones[i].device, id);
		is = chosen != NULL && strcmp(chosen, id) == 0;
		any = any || is;
		page_row(page, PAGE_VAR_PHONES);
		page_put(page, PAGE_VAR_ID, id);
		page_put(page, PAGE_VAR_LABEL, q->have.phones[i].label);
		page_put_flag(page, PAGE_VAR_CHOSEN, is);
		page_row_end(page);
	}
	page_put_flag(page, PAGE_VAR_REPLACES, any);
}

void
portal_phone_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_phone *q = call;
	char here[sizeof(q->at)];
	struct page *page;

	put_start(q, here, sizeof(here));
	if (is_answered(act, q, r, here, out) ||
	    portal_page(act, &q->portal, CATALOG_PHONE_TITLE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	page_put(page, PAGE_VAR_HERE, here);
	portal_script(page);
	page_put(page, PAGE_VAR_SELF, START_PATH);
	page_put(page, PAGE_VAR_BACK, "/mine");
	put_suggestion(q, page);
	put_phones(q, page);
	portal_give(&q->portal, page, PAGE_PHONE, 200, out);
}

void
portal_phone_give_begun(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_phone *q = call;
	char start[sizeof(q->at)];

	put_start(q, start, sizeof(start));
	if (is_answered(act, q, r, start, out))
		return;
	if (q->is_label_bad) {
		portal_tell(act, FLASH_LABEL_BAD, 0, "", out);
		portal_give_to(&q->portal, start, "", out);
		return;
	}
	portal_give_to(&q->portal, q->at, "", out);
}

void
portal_phone_give_scan(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_phone *q = call;
	struct portal_scan_at at = {
		.self = SCAN_PATH, .start = START_PATH, .back = "/mine"
	};

	if (is_answered(act, q, r, q == NULL ? "" : q->at, out))
		return;
	if (q->state == ENROL_NONE) {
		portal_give_to(&q->portal, "/mine", "", out);
		return;
	}
	at.here = q->at;
	at.replaces = q->work.replaces;
	at.login = q->who.account.login;
	at.contact = q->who.office.contact;
	portal_scan_give(act, &q->portal, q->state, &q->secret, &at, out);
}

void
portal_phone_give_confirmed(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_phone *q = call;
	const struct enrolment *w = q == NULL ? NULL : &q->work;
	char start[sizeof(q->at)];

	/* sent again once the session has a new token: the page knows more */
	if (q != NULL && q->portal.is_forged && q->portal.session[0] != '\0') {
		portal_give_to(&q->portal, SCAN_PATH, "", out);
		return;
	}
	if (is_answered(act, q, r, q == NULL ? "" : q->at, out))
		return;
	switch (w->result) {
	case ENROLMENT_REFUSED:
	case ENROLMENT_OTHER:
	case ENROLMENT_AGAIN:
		portal_scan_tell(act, w->result, out);
		portal_give_to(&q->portal, q->at, "", out);
		return;
	case ENROLMENT_NONE:
		portal_tell(act, FLASH_SCAN_NONE, 0, "", out);
		put_start(q, start, sizeof(start));
		portal_give_to(&q->portal, start, "", out);
		return;
	case ENROLMENT_BEFORE:
	case ENROLMENT_DONE:
		break;
	}
	if (w->token[0] != '\0') {
		cookie_set(out, PORTAL_COOKIE, w->token);
		memcpy(q->portal.session, w->token, sizeof(q->portal.session));
	}
	if (w->codes.n > 0) {
		portal_codes_give_new(act, &q->portal, &w->codes,
		    q->who.account.login, PORTAL_CODES_PHONE, out);
		return;
	}
	portal_tell(act,
	    w->has_replaced ? FLASH_PHONE_REPLACED : FLASH_PHONE_DONE, 0,
	    w->phone.label, out);
	portal_give_to(&q->portal, "/mine", "", out);
}
