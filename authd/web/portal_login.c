#include <stdio.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/session.h"
#include "authd/web/cert_header.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_enter.h"
#include "authd/web/portal_login.h"
#include "authd/web/portal_who.h"

#define CONSUMER "portal"

/* --- what came in --- */

int
portal_login_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_login *q = call;

	if (cookie_get(in, PORTAL_LOGIN_COOKIE, q->login.token,
		sizeof(q->login.token)) != 0)
		q->login.token[0] = '\0';
	return (portal_take(in, act, &q->portal));
}

/* A field of a form that must be there. What is too long for its place is
 * cut: still too long, so still wrong. */
static int
need(struct portal_login *q, struct act *act, const char *name, char *out,
    size_t size)
{
	const char *value = form_get(&q->portal.form, name);

	if (value == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	(void)snprintf(out, size, "%.*s", (int)size - 1, value);
	return (0);
}

int
portal_login_take_first(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_login *q = call;
	struct login *l = &q->login;
	const char *typed;
	int r;

	if ((r = portal_login_take(in, act, q)) != 0 ||
	    (r = need(q, act, "password", l->password, sizeof(l->password))) !=
		0)
		return (r);
	if ((typed = form_get(&q->portal.form, "login")) == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	l->step = LOGIN_STEP_PASSWORD;
	(void)cert_header_take(in, l->shown.der, &l->shown.len);
	l->token[0] = '\0';
	(void)snprintf(l->consumer, sizeof(l->consumer), "%s", CONSUMER);
	/* a name that is none is refused like any other wrong one */
	if ((r = fold_typed_login(typed, l->name)) == ERR_NOMEM)
		return (r);
	if (r != 0)
		l->name[0] = '\0';
	if (text_copy(q->typed, sizeof(q->typed), typed) != 0)
		q->typed[0] = '\0';
	return (0);
}

int
portal_login_take_code(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_login *q = call;
	struct login *l = &q->login;
	const char *code;
	int r;

	if ((r = portal_login_take(in, act, q)) != 0)
		return (r);
	if ((code = form_get(&q->portal.form, "recovery")) != NULL)
		q->is_recovery = true;
	else if ((code = form_get(&q->portal.form, "code")) == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	l->step = LOGIN_STEP_CODE;
	l->may_repeat = true;
	/* each field takes what belongs into the other as well */
	if (text_fold_code(code, l->code) != 0 &&
	    recovery_fold(code, l->recovery) != 0)
		l->code[0] = '\0';
	return (0);
}

int
portal_login_take_change(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_login *q = call;
	struct login *l = &q->login;
	const char *fresh, *again;
	int r;

	if ((r = portal_login_take(in, act, q)) != 0 ||
	    (r = need(q, act, "new", l->password, sizeof(l->password))) != 0)
		return (r);
	fresh = form_get(&q->portal.form, "new");
	again = form_get(&q->portal.form, "again");
	l->step = LOGIN_STEP_NEW_PASSWORD;
	q->is_differing = again == NULL || strcmp(fresh, again) != 0;
	return (0);
}

/* --- the work --- */

int
portal_login_look(struct core *c, struct act *act, void *call)
{
	struct portal_login *q = call;
	struct session_view v;
	struct app app;
	int r;

	portal_rules_of(c, &q->rules);
	if ((r = portal_enter_app(c, q->portal.to, &app)) != 0)
		return (r);
	memcpy(q->app, app.name, sizeof(q->app));
	if (q->portal.session[0] == '\0')
		return (0);
	r = session_find(c, q->portal.session, NULL, &act->now, &v);
	/* one that is too old for where one wants to go leads no further */
	q->is_live = r == 0 && v.is_live &&
	    !portal_enter_wants_login(c, &v, &app, &act->now);
	mem_wipe(&v, sizeof(v));
	return (r);
}

int
portal_login_prepare(struct core *c, struct act *act, void *call)
{
	struct portal_login *q = call;

	return (login_prepare(c, act, &q->login));
}

/* Whom to ask: told to those who have shown the first factor. */
static int
find_contact(struct core *c, struct portal_login *q)
{
	const struct login *l = &q->login;
	struct office office;
	int r;

	if (!l->has_entry || l->result == LOGIN_ACCEPT)
		return (0);
	r = c->store->ops->office_by_id(c->store, &l->entry.office, &office);
	if (r == 0)
		r = text_copy(q->contact, sizeof(q->contact), office.contact);
	return (r == ERR_NOTFOUND ? 0 : r);
}

/* The login is done: the session, in the transaction that accepts. */
static int
finish(struct core *c, struct act *act, struct portal_login *q)
{
	const struct login *l = &q->login;
	struct session_proof proof = {
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.device = l->device,
	};
	struct session row;
	int r;

	if ((r = find_contact(c, q)) != 0 || l->result != LOGIN_ACCEPT ||
	    (r = portal_who_end(c, act, &q->portal)) != 0)
		return (r);
	if (l->by_terminal) {
		proof.factors = SESSION_PASSWORD | SESSION_TERMINAL;
		proof.terminal = l->by.terminal;
	}
	r = session_open(c, act, &l->known.account, &proof, q->token, &row);
	mem_wipe(&row, sizeof(row));
	return (r);
}

int
portal_login_start(struct core *c, struct work *w, void *call)
{
	struct portal_login *q = call;
	struct app app;
	int r;

	portal_rules_of(c, &q->rules);
	if (q->is_differing)
		return (0); /* the step stays open */
	/* password and terminal are enough for what asks for these two */
	if (q->login.step == LOGIN_STEP_PASSWORD) {
		if ((r = portal_enter_app(c, q->portal.to, &app)) != 0)
			return (r);
		memcpy(q->login.app, app.host, sizeof(q->login.app));
	}
	w->hash_key = q->login.name;
	r = login_run(c, &w->act, &q->login, &w->wants_hash);
	return (r != 0 ? r : finish(c, &w->act, q));
}

int
portal_login_hash(struct core *c, void *call)
{
	struct portal_login *q = call;

	return (login_hash(c->policy, c->keeper, &q->login));
}

int
portal_login_settle(struct core *c, struct act *act, void *call)
{
	struct portal_login *q = call;
	int r = login_settle(c, act, &q->login);

	return (r != 0 ? r : finish(c, act, q));
}

int
portal_login_give_back(struct core *c, struct act *act, void *call)
{
	struct portal_login *q = call;

	return (login_give_back(c, act, &q->login));
}

const char *
portal_login_outcome(const void *call)
{
	const struct portal_login *q = call;

	switch (q->login.result) {
	case LOGIN_ACCEPT:
		return ("accept");
	case LOGIN_CONTINUE:
		return ("continue");
	case LOGIN_CHANGE_PASSWORD:
		return ("change_password");
	case LOGIN_REFUSE:
		break;
	}
	return ("refuse");
}

/* --- what is shown --- */

void
portal_login_give_first(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_login *q = call;
	struct portal *p = q == NULL ? NULL : &q->portal;
	struct page *page;

	if (r != 0) {
		portal_give_error(act, p, r, out);
		return;
	}
	if (q->is_live) {
		portal_give_to(p, p->to[0] == '\0' ? "/" : p->to, "", out);
		return;
	}
	if (portal_page(act, p, CATALOG_LOGIN_TITLE, &page) != 0)
		return;
	portal_put_flash(p, page, out);
	page_put(page, PAGE_VAR_APP, q->app);
	if (p->flash.kind == FLASH_LOGIN_REFUSED)
		page_put(page, PAGE_VAR_LOGIN, p->flash.text);
	portal_give(p, page, PAGE_LOGIN, 200, out);
}

/* The later pages are for those who have come there. */
static bool
is_turned_back(const struct act *act, struct portal_login *q, int r,
    struct exchange_out *out)
{
	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return (true);
	}
	if (q->login.token[0] != '\0')
		return (false);
	portal_give_to(&q->portal, q->is_live ? "/" : "/login",
	    q->is_live ? "" : q->portal.to, out);
	return (true);
}

void
portal_login_give_code(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_login *q = call;
	struct page *page;

	if (is_turned_back(act, q, r, out) ||
	    portal_page(act, &q->portal, CATALOG_CODE_TITLE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	page_put(page, PAGE_VAR_CONTACT, q->portal.flash.text);
	page_put_flag(page, PAGE_VAR_RECOVERY,
	    q->portal.flash.kind == FLASH_RECOVERY_REFUSED);
	portal_give(&q->portal, page, PAGE_CODE, 200, out);
}

void
portal_login_give_change(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_login *q = call;
	struct page *page;

	if (is_turned_back(act, q, r, out) ||
	    portal_page(act, &q->portal, CATALOG_CHANGE_TITLE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	portal_rules_put(page, &q->rules);
	portal_rules_put_reasons(page, &q->portal.flash);
	portal_give(&q->portal, page, PAGE_CHANGE, 200, out);
}

/* --- what a step came to: always another page to be looked at --- */

/* Logged in: on to where one wanted to go. */
static void
give_accepted(
    const struct act *act, struct portal_login *q, struct exchange_out *out)
{
	cookie_set(out, PORTAL_COOKIE, q->token);
	cookie_end(out, PORTAL_LOGIN_COOKIE);
	portal_give_on(act, &q->portal, CATALOG_GOING_TITLE, out);
}

/* From the beginning, and why. */
static void
give_again(const struct act *act, struct portal_login *q, enum flash_kind why,
    struct exchange_out *out)
{
	if (q->login.token[0] != '\0')
		cookie_end(out, PORTAL_LOGIN_COOKIE);
	portal_tell(act, why, 0, q->typed, out);
	portal_give_to(&q->portal, "/login", q->portal.to, out);
}

static void
give_refused(
    const struct act *act, struct portal_login *q, struct exchange_out *out)
{
	const struct login *l = &q->login;
	enum flash_kind why = FLASH_CODE_REFUSED;

	if (l->step == LOGIN_STEP_PASSWORD) {
		give_again(act, q, FLASH_LOGIN_REFUSED, out);
		return;
	}
	if (l->step == LOGIN_STEP_NEW_PASSWORD && l->has_entry) {
		give_again(act, q, FLASH_CHANGE_REFUSED, out);
		return;
	}
	if (l->next_token[0] == '\0') {
		give_again(act, q, FLASH_LOGIN_OVER, out);
		return;
	}
	if (l->is_used_code)
		why = FLASH_CODE_USED;
	else if (q->is_recovery)
		why = FLASH_RECOVERY_REFUSED;
	cookie_set(out, PORTAL_LOGIN_COOKIE, l->next_token);
	portal_tell(act, why, l->retry_after, q->contact, out);
	portal_give_to(&q->portal, "/login/code", q->portal.to, out);
}

/* A new password is asked, or another one than that. */
static void
give_change(
    const struct act *act, struct portal_login *q, struct exchange_out *out)
{
	const struct login *l = &q->login;
	int number = (int)(l->reasons & ~(uint32_t)PASSWORD_JUDGED);

	if (l->known.account.class != CLASS_GENERAL)
		number |= FLASH_PRIVILEGED;
	if (q->is_differing)
		portal_tell(act, FLASH_PASSWORD_DIFFER, 0, "", out);
	else
		cookie_set(out, PORTAL_LOGIN_COOKIE, l->next_token);
	if (l->reasons != 0)
		portal_tell(act, FLASH_PASSWORD_UNMET, number, "", out);
	portal_give_to(&q->portal, "/login/password", q->portal.to, out);
}

void
portal_login_give_step(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_login *q = call;

	/* disabled between the code and the session: undone, and refused */
	if (q != NULL && r == ERR_WRONG_STATE &&
	    strcmp(act->problem.code, "session_obstacle") == 0) {
		give_again(act, q, FLASH_LOGIN_REFUSED, out);
		return;
	}
	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	if (q->is_differing) {
		give_change(act, q, out);
		return;
	}
	switch (q->login.result) {
	case LOGIN_ACCEPT:
		give_accepted(act, q, out);
		return;
	case LOGIN_CONTINUE:
		cookie_set(out, PORTAL_LOGIN_COOKIE, q->login.next_token);
		portal_give_to(&q->portal, "/login/code", q->portal.to, out);
		return;
	case LOGIN_CHANGE_PASSWORD:
		give_change(act, q, out);
		return;
	case LOGIN_REFUSE:
		break;
	}
	give_refused(act, q, out);
}
