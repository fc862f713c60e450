#include <stdio.h>
#include <string.h>

#include "authd/web/console_accounts.h"

int
console_accounts_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_accounts *q = call;

	return (console_take(in, act, &q->console));
}

struct looking {
	struct core *c;
	struct console_accounts *q;
};

static int
on_account(void *arg, const struct account_view *v)
{
	struct looking *l = arg;
	struct console_accounts_row *row;
	const struct account *a = &v->account;
	int i;

	if (l->q->n == SEARCH_PAGE)
		return (0);
	row = &l->q->rows[l->q->n++];
	memcpy(row->login, a->login, sizeof(row->login));
	memcpy(row->name, a->name, sizeof(row->name));
	memcpy(row->office, v->office.name, sizeof(row->office));
	row->status = v->status;
	row->lock = v->lock;
	row->is_privileged = a->class != CLASS_GENERAL;
	row->roles = a->roles;
	for (i = 0; i < v->phones_n; i++)
		row->phones_n += v->phones[i].state == PHONE_ACTIVE;
	row->is_enrolled = row->phones_n > 0;
	return (row->is_enrolled
		? 0
		: account_enrolled(l->c, a, &row->is_enrolled));
}

int
console_accounts_look(struct core *c, struct act *act, void *call)
{
	struct console_accounts *q = call;
	struct looking l = { c, q };
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	console_search(&q->console, &q->in);
	return (search_accounts(c, act, &q->in, on_account, &l, &q->pages));
}

void
console_accounts_put_state(
    struct page *page, enum account_status status, enum lock_kind lock)
{
	static const enum catalog_id words[] = {
		[ACCOUNT_NONE] = CATALOG_CONSOLE_STATE_DISABLED,
		[ACCOUNT_PENDING] = CATALOG_CONSOLE_STATE_PENDING,
		[ACCOUNT_ACTIVE] = CATALOG_CONSOLE_STATE_ACTIVE,
		[ACCOUNT_DISABLED] = CATALOG_CONSOLE_STATE_DISABLED,
	};

	page_put_message(page, PAGE_VAR_STATUS, words[status], NULL);
	page_put_flag(page, PAGE_VAR_ACTIVE, status == ACCOUNT_ACTIVE);
	page_put_flag(page, PAGE_VAR_LOCKED, lock != LOCK_NONE);
}

void
console_accounts_put_roles(struct page *page, unsigned roles)
{
	static const struct {
		unsigned role;
		enum catalog_id text;
	} words[] = {
		{ ROLE_ADMINISTRATOR, CATALOG_CONSOLE_ROLE_ADMINISTRATOR },
		{ ROLE_OFFICER, CATALOG_CONSOLE_ROLE_OFFICER },
		{ ROLE_HELPDESK, CATALOG_CONSOLE_ROLE_HELPDESK },
		{ ROLE_AUDITOR, CATALOG_CONSOLE_ROLE_AUDITOR },
		{ ROLE_OPERATOR, CATALOG_CONSOLE_ROLE_OPERATOR },
	};
	char text[400] = "";
	size_t i, n = 0;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((roles & words[i].role) != 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s", n == 0 ? "" : " / ",
			    catalog_text(page_language(page), words[i].text));
	page_put(page, PAGE_VAR_ROLES, text);
}

static void
put_rows(const struct act *act, const struct console_accounts *q,
    struct page *page)
{
	const struct console_accounts_row *row;
	int i;

	for (i = 0; i < q->n; i++) {
		row = &q->rows[i];
		page_row(page, PAGE_VAR_ROWS);
		page_put(page, PAGE_VAR_LOGIN, row->login);
		page_put(page, PAGE_VAR_NAME, row->name);
		if (act->person.is_everywhere)
			page_put(page, PAGE_VAR_ROW_OFFICE, row->office);
		console_accounts_put_state(page, row->status, row->lock);
		console_accounts_put_roles(page, row->roles);
		page_put_flag(page, PAGE_VAR_PRIVILEGED, row->is_privileged);
		page_put_flag(page, PAGE_VAR_ENROLLED, row->is_enrolled);
		page_put_int(page, PAGE_VAR_PHONES, row->phones_n);
		page_row_end(page);
	}
}

/* Which of the states is chosen. */
static void
put_state(struct page *page, const char *state)
{
	static const struct {
		const char *word;
		enum page_var var;
	} choices[] = {
		{ "active", PAGE_VAR_S_ACTIVE },
		{ "pending", PAGE_VAR_S_PENDING },
		{ "disabled", PAGE_VAR_S_DISABLED },
		{ "locked", PAGE_VAR_S_LOCKED },
		{ "unenrolled", PAGE_VAR_S_UNENROLLED },
	};
	size_t i;

	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		page_put_flag(page, choices[i].var,
		    state != NULL && strcmp(state, choices[i].word) == 0);
}

void
console_accounts_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_accounts *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_ACCOUNTS, &page, out) != 0)
		return;
	console_put_search(act, &q->console, page, &q->in, &q->pages);
	put_state(page, q->in.state);
	put_rows(act, q, page);
	page_put_flag(
	    page, PAGE_VAR_MAY_CHANGE, rights_may(act, RIGHTS_ACCOUNT));
	console_give(&q->console, page, PAGE_CONSOLE_ACCOUNTS, out);
}
