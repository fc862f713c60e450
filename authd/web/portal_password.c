#include <stdio.h>
#include <string.h>

#include "authd/web/cookie.h"
#include "authd/web/portal_password.h"

int
portal_password_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_password *q = call;

	return (portal_take(in, act, &q->portal));
}

int
portal_password_take_new(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_password *q = call;
	const struct form *f = &q->portal.form;
	const char *present, *fresh, *again;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	present = form_get(f, "old");
	fresh = form_get(f, "new");
	again = form_get(f, "again");
	if (present == NULL || fresh == NULL || again == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	q->is_differing = strcmp(fresh, again) != 0;
	/* what is cut is too long, so it is wrong, or refused, as it was */
	(void)snprintf(q->own.present, sizeof(q->own.present), "%.*s",
	    (int)sizeof(q->own.present) - 1, present);
	(void)snprintf(q->own.fresh, sizeof(q->own.fresh), "%.*s",
	    (int)sizeof(q->own.fresh) - 1, fresh);
	return (0);
}

int
portal_password_look(struct core *c, struct act *act, void *call)
{
	struct portal_password *q = call;

	portal_rules_of(c, &q->rules);
	return (portal_who(c, act, &q->portal, &q->who));
}

int
portal_password_start(struct core *c, struct work *w, void *call)
{
	struct portal_password *q = call;
	int r;

	if ((r = portal_password_look(c, &w->act, q)) != 0 || !q->who.is_live ||
	    q->is_differing)
		return (r);
	memcpy(q->own.login, q->who.account.login, sizeof(q->own.login));
	w->wants_hash = true;
	w->hash_key = q->own.login;
	return (password_own_start(c, &w->act, &q->own));
}

int
portal_password_hash(struct core *c, void *call)
{
	struct portal_password *q = call;

	return (password_own_hash(c->policy, c->keeper, &q->own));
}

int
portal_password_settle(struct core *c, struct act *act, void *call)
{
	struct portal_password *q = call;
	int r;

	/* it may have been ended while we were hashing */
	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	return (password_own_settle(c, act, &q->own));
}

int
portal_password_give_back(struct core *c, struct act *act, void *call)
{
	struct portal_password *q = call;

	return (password_own_give_back(c, act, &q->own));
}

void
portal_password_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_password *q = call;
	struct portal *p = q == NULL ? NULL : &q->portal;
	struct page *page;

	if (r != 0) {
		portal_give_error(act, p, r, out);
		return;
	}
	if (!q->who.is_live) {
		portal_give_to(p, "/login", "/password", out);
		return;
	}
	if (portal_page(act, p, CATALOG_PASSWORD_TITLE, &page) != 0)
		return;
	portal_put_flash(p, page, out);
	portal_script(page);
	page_put(page, PAGE_VAR_CHECK, "/password/check");
	page_put(page, PAGE_VAR_LOGIN, q->who.account.login);
	page_put(page, PAGE_VAR_CONTACT, q->who.office.contact);
	portal_rules_put(page, &q->rules);
	portal_rules_put_reasons(page, &p->flash);
	portal_give(p, page, PAGE_PASSWORD, 200, out);
}

void
portal_password_give_new(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_password *q = call;
	struct portal *p = q == NULL ? NULL : &q->portal;
	int number;

	if (r != 0) {
		portal_give_error(act, p, r, out);
		return;
	}
	if (!q->who.is_live) {
		portal_give_lost(p, "/password", out);
		return;
	}
	number = (int)(q->own.reasons & ~(uint32_t)PASSWORD_JUDGED);
	if (q->who.account.class != CLASS_GENERAL)
		number |= FLASH_PRIVILEGED;
	if (q->is_differing)
		portal_tell(act, FLASH_PASSWORD_DIFFER, 0, "", out);
	else if (q->own.result == PASSWORD_OWN_REFUSED)
		portal_tell(act, FLASH_PASSWORD_REFUSED, 0, "", out);
	else if (q->own.result == PASSWORD_OWN_UNMET)
		portal_tell(act, FLASH_PASSWORD_UNMET, number, "", out);
	if (q->own.result != PASSWORD_OWN_DONE) {
		portal_give_to(p, "/password", "", out);
		return;
	}
	/* every session is over, this one too */
	cookie_end(out, PORTAL_COOKIE);
	portal_tell(act, FLASH_PASSWORD_DONE, 0, "", out);
	portal_give_to(p, "/login", "", out);
}
