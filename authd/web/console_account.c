#include <string.h>

#include "authd/core/recovery.h"
#include "authd/web/console_account.h"
#include "authd/web/console_accounts.h"
#include "authd/web/portal_time.h"

#define LIST "/console/accounts"
#define SHOW "/console/accounts/show"

/* What is done in one step, by the end of its address. */
struct verb {
	const char *path;
	enum catalog_id title, lead, send, done;
};

static const struct verb verbs[] = {
	{ "/console/accounts/unlock", CATALOG_CONSOLE_UNLOCK,
	    CATALOG_CONSOLE_UNLOCK_LEAD, CATALOG_CONSOLE_UNLOCK_SEND,
	    CATALOG_CONSOLE_UNLOCK_DONE },
	{ "/console/accounts/disable", CATALOG_CONSOLE_DISABLE,
	    CATALOG_CONSOLE_DISABLE_LEAD, CATALOG_CONSOLE_DISABLE_SEND,
	    CATALOG_CONSOLE_DISABLE_DONE },
	{ "/console/accounts/enable", CATALOG_CONSOLE_ENABLE,
	    CATALOG_CONSOLE_ENABLE_LEAD, CATALOG_CONSOLE_ENABLE_SEND,
	    CATALOG_CONSOLE_ENABLE_DONE },
	{ "/console/accounts/reset", CATALOG_CONSOLE_RESET,
	    CATALOG_CONSOLE_RESET_LEAD, CATALOG_CONSOLE_RESET_SEND,
	    CATALOG_CONSOLE_RESET_DONE },
	{ "/console/accounts/remove", CATALOG_CONSOLE_REMOVE,
	    CATALOG_CONSOLE_REMOVE_LEAD, CATALOG_CONSOLE_REMOVE_SEND,
	    CATALOG_CONSOLE_REMOVE_DONE },
};
enum { UNLOCK, DISABLE, ENABLE, RESET, REMOVE, VERBS };

/* Which of them; VERBS for none. */
static size_t
verb_of(const struct console_account *q)
{
	size_t i;

	for (i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].path, q->console.route->path) == 0)
			break;
	return (i);
}

int
console_account_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_account *q = call;
	const char *login;
	int r;

	if ((r = console_take(in, act, &q->console)) != 0)
		return (r);
	/* without it nobody is meant: none is found, but only by who may look */
	if ((login = form_get(&q->console.portal.form, "login")) != NULL)
		console_address(q->console.back, sizeof(q->console.back),
		    verb_of(q) == VERBS ? SHOW : q->console.route->path,
		    "login", login);
	return (0);
}

int
console_account_look(struct core *c, struct act *act, void *call)
{
	struct console_account *q = call;
	const char *login = form_get(&q->console.portal.form, "login");
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	if ((r = account_show(c, act, login, &q->view)) != 0 ||
	    (r = account_enrolled(c, &q->view.account, &q->is_enrolled)) != 0)
		return (r);
	return (recovery_count(c, &q->view.account, &q->recovery_left));
}

int
console_account_change(struct core *c, struct act *act, void *call)
{
	struct console_account *q = call;
	const char *login = form_get(&q->console.portal.form, "login");
	char reason[sizeof(act->reason)];
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 ||
	    !q->console.is_in || (r = console_reason(act, &q->console)) != 0)
		return (r);
	switch (verb_of(q)) {
	case UNLOCK:
		return (account_unlock(c, act, login, &q->view));
	case DISABLE:
		return (account_enable(c, act, login, false, &q->view));
	case ENABLE:
		return (account_enable(c, act, login, true, &q->view));
	case RESET:
		memcpy(reason, act->reason, sizeof(reason));
		return (recovery_reset(c, act, login, reason, &q->view));
	case REMOVE:
		return (account_remove(c, act, login, &q->view.account));
	default:
		return (ERR_NOTFOUND);
	}
}

static void
put_phones(const struct console_account *q, struct page *page)
{
	const struct phone *p;
	char id[ID_TEXT + 1];
	int i;

	for (i = 0; i < q->view.phones_n; i++) {
		p = &q->view.phones[i];
		id_put_text(&p->device, id);
		page_row(page, PAGE_VAR_PHONES);
		page_put(page, PAGE_VAR_ID, id);
		page_put(page, PAGE_VAR_LABEL, p->label);
		page_put_flag(
		    page, PAGE_VAR_PENDING, p->state == PHONE_PENDING);
		portal_time_put_date(page, PAGE_VAR_SINCE, p->confirmed_ms);
		portal_time_put(page, PAGE_VAR_SEEN, p->last_used_ms);
		page_row_end(page);
	}
}

/* Who it is, on every one of these pages. */
static void
put_account(const struct act *act, const struct console_account *q,
    struct page *page)
{
	const struct account *a = &q->view.account;
	struct act probe = *act; /* it notes why not */

	page_put(page, PAGE_VAR_LOGIN, a->login);
	page_put(page, PAGE_VAR_NAME, a->name);
	page_put(page, PAGE_VAR_KANA, a->kana);
	page_put(page, PAGE_VAR_OFFICE, q->view.office.name);
	page_put(page, PAGE_VAR_PHONE_NUMBER, a->phone_number);
	page_put(page, PAGE_VAR_EMAIL, a->email);
	page_put(page, PAGE_VAR_UNIX_USER, a->unix_user);
	page_put(page, PAGE_VAR_GROUPS, a->groups);
	page_put_int(page, PAGE_VAR_LEVEL, a->level);
	page_put_flag(page, PAGE_VAR_PRIVILEGED, a->class != CLASS_GENERAL);
	console_accounts_put_roles(page, a->roles);
	console_accounts_put_state(page, q->view.status, q->view.lock);
	portal_time_put(page, PAGE_VAR_UNTIL, q->view.locked_until_ms);
	portal_time_put_date(page, PAGE_VAR_ENROL_BY, a->enrol_by_ms);
	portal_time_put_date(page, PAGE_VAR_LEAVES_ON, a->leaves_on_ms);
	portal_time_put_date(page, PAGE_VAR_SINCE, a->created_ms);
	page_put_flag(page, PAGE_VAR_ENROLLED, q->is_enrolled);
	page_put_int(page, PAGE_VAR_RECOVERY_LEFT, q->recovery_left);
	put_phones(q, page);
	page_put_flag(
	    page, PAGE_VAR_MAY_UNLOCK, rights_may(act, RIGHTS_UNLOCK));
	page_put_flag(page, PAGE_VAR_MAY_CHANGE,
	    rights_may(act, RIGHTS_ACCOUNT) && rights_change(&probe, a) == 0);
	page_put_flag(
	    page, PAGE_VAR_MAY_TICKET, rights_may(act, RIGHTS_TICKET));
	page_put_flag(page, PAGE_VAR_MAY_RESET, rights_reset(&probe, a) == 0);
	page_put_flag(
	    page, PAGE_VAR_MAY_REVOKE, rights_may(act, RIGHTS_LOST));
}

void
console_account_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_account *q = call;
	struct page *page;

	if (q != NULL)
		q->console.back[0] = '\0'; /* it is this very page */
	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_ACCOUNT, &page, out) != 0)
		return;
	put_account(act, q, page);
	console_give(&q->console, page, PAGE_CONSOLE_ACCOUNT, out);
}

void
console_account_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_account *q = call;
	const struct verb *v;
	struct page *page;

	if (q != NULL)
		q->console.back[0] = '\0';
	if (console_is_answered(act, call, r, out))
		return;
	v = &verbs[verb_of(q)];
	if (console_page(act, call, v->title, &page, out) != 0)
		return;
	put_account(act, q, page);
	page_put(page, PAGE_VAR_ACTION, v->path);
	page_put_message(page, PAGE_VAR_TEXT, v->lead, NULL);
	page_put_message(page, PAGE_VAR_SEND, v->send, NULL);
	page_put_flag(page, PAGE_VAR_ALARM,
	    v != &verbs[UNLOCK] && v != &verbs[ENABLE]);
	console_give(&q->console, page, PAGE_CONSOLE_ACCOUNT_FORM, out);
}

void
console_account_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_account *q = call;
	char show[PORTAL_TO_MAX + 1];
	size_t verb;

	if (console_is_answered(act, call, r, out))
		return;
	verb = verb_of(q);
	console_address(
	    show, sizeof(show), SHOW, "login", q->view.account.login);
	console_done(act, &q->console, verbs[verb].done, q->view.account.name,
	    verb == REMOVE ? LIST : show, out);
}
