#include <stdio.h>
#include <string.h>

#include "authd/core/phone.h"
#include "authd/core/recovery.h"
#include "authd/web/console_phones.h"
#include "authd/web/portal_time.h"

#define LIST   "/console/phones"
#define PREFIX "p."

int
console_phones_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_phones *q = call;

	return (console_take_chosen(in, act, &q->console, LIST));
}

static void
put_row(struct console_phones_row *row, const struct phone *p,
    const struct account *a)
{
	memset(row, 0, sizeof(*row));
	id_put_text(&p->device, row->id);
	memcpy(row->label, p->label, sizeof(row->label));
	memcpy(row->login, a->login, sizeof(row->login));
	memcpy(row->name, a->name, sizeof(row->name));
	row->state = p->state;
	row->confirmed_ms = p->confirmed_ms;
	row->last_used_ms = p->last_used_ms;
}

static int
on_phone(void *arg, const struct search_phone *p)
{
	struct console_phones *q = arg;

	if (q->n < SEARCH_PAGE)
		put_row(&q->rows[q->n++], &p->phone, &p->account);
	return (0);
}

int
console_phones_look(struct core *c, struct act *act, void *call)
{
	struct console_phones *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	console_search(&q->console, &q->in);
	if (q->in.state == NULL)
		q->in.state = "active";
	return (search_phones(c, act, &q->in, on_phone, q, &q->pages));
}

/* Does this person, without those that are chosen, have another one? */
struct others {
	const struct console_phones *q;
	int left;
};

static int
count_other(void *arg, const struct phone *p)
{
	struct others *o = arg;
	char id[ID_TEXT + 1];
	int i;

	id_put_text(&p->device, id);
	for (i = 0; i < o->q->n; i++)
		if (strcmp(o->q->rows[i].id, id) == 0)
			return (0);
	o->left++;
	return (0);
}

/* What becomes of its person. */
static int
weigh(struct core *c, const struct act *act, struct console_phones *q,
    struct console_phones_row *row, const struct account *a)
{
	struct others o = { q, 0 };
	int r;

	r = c->store->ops->phone_list_active(
	    c->store, &a->office, &a->id, count_other, &o);
	if (r != 0)
		return (r);
	row->is_last = row->state == PHONE_ACTIVE && o.left == 0;
	row->is_own = id_equal(&a->id, &act->person.account);
	return (recovery_count(c, a, &row->recovery_left));
}

int
console_phones_look_at(struct core *c, struct act *act, void *call)
{
	struct console_phones *q = call;
	const char *ids[SEARCH_PAGE];
	struct account a;
	struct phone p;
	int i, n, r;

	if ((r = console_enter(c, act, &q->console)) != 0 ||
	    !q->console.is_in ||
	    (r = console_chosen(act, &q->console, PREFIX, ids, &n)) != 0)
		return (r);
	for (i = 0; i < n; i++) {
		if ((r = phone_find(c, act, ids[i], &p, &a)) != 0)
			return (r);
		put_row(&q->rows[q->n++], &p, &a);
	}
	for (i = 0; r == 0 && i < n; i++) /* once all are known */
		if ((r = phone_find(c, act, ids[i], &p, &a)) == 0)
			r = weigh(c, act, q, &q->rows[i], &a);
	return (r);
}

int
console_phones_revoke(struct core *c, struct act *act, void *call)
{
	struct console_phones *q = call;
	const char *ids[SEARCH_PAGE];
	struct account a;
	struct phone p;
	int i, r;

	if ((r = console_enter(c, act, &q->console)) != 0 ||
	    !q->console.is_in ||
	    (r = console_chosen(act, &q->console, PREFIX, ids, &q->n)) != 0 ||
	    (r = console_reason(act, &q->console)) != 0)
		return (r);
	for (i = 0; r == 0 && i < q->n; i++)
		if ((r = phone_find(c, act, ids[i], &p, &a)) == 0)
			r = phone_revoke(c, act, a.login, ids[i], &p);
	return (r);
}

static void
put_rows(const struct act *act, const struct console_phones *q,
    struct page *page)
{
	const struct console_phones_row *row;
	int i;

	for (i = 0; i < q->n; i++) {
		row = &q->rows[i];
		page_row(page, PAGE_VAR_ROWS);
		page_put(page, PAGE_VAR_ID, row->id);
		if (row->label[0] != '\0')
			page_put(page, PAGE_VAR_LABEL, row->label);
		else
			page_put_message(
			    page, PAGE_VAR_LABEL, CATALOG_MINE_PHONE, NULL);
		page_put(page, PAGE_VAR_LOGIN, row->login);
		page_put(page, PAGE_VAR_NAME, row->name);
		page_put_flag(
		    page, PAGE_VAR_REVOKED, row->state == PHONE_REVOKED);
		page_put_flag(
		    page, PAGE_VAR_PENDING, row->state == PHONE_PENDING);
		page_put_flag(page, PAGE_VAR_MAY_REVOKE,
		    row->state != PHONE_REVOKED &&
			rights_may(act, RIGHTS_LOST));
		portal_time_put_date(page, PAGE_VAR_SINCE, row->confirmed_ms);
		portal_time_put(page, PAGE_VAR_SEEN, row->last_used_ms);
		page_put_flag(page, PAGE_VAR_LAST, row->is_last);
		page_put_flag(page, PAGE_VAR_OWN, row->is_own);
		page_put_int(
		    page, PAGE_VAR_RECOVERY_LEFT, row->recovery_left);
		page_row_end(page);
	}
}

void
console_phones_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_phones *q = call;
	const char *state;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_PHONES, &page, out) != 0)
		return;
	state = q->in.state;
	console_put_search(act, &q->console, page, &q->in, &q->pages);
	page_put_flag(page, PAGE_VAR_S_ACTIVE, strcmp(state, "active") == 0);
	page_put_flag(page, PAGE_VAR_S_PENDING, strcmp(state, "pending") == 0);
	page_put_flag(page, PAGE_VAR_S_REVOKED, strcmp(state, "revoked") == 0);
	page_put_flag(page, PAGE_VAR_S_ANY, state[0] == '\0');
	page_put_flag(
	    page, PAGE_VAR_MAY_CHOOSE, rights_may(act, RIGHTS_LOST));
	put_rows(act, q, page);
	console_give(&q->console, page, PAGE_CONSOLE_PHONES, out);
}

void
console_phones_give_chosen(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_phones *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_REVOKE_PHONES, &page,
		out) != 0)
		return;
	put_rows(act, q, page);
	console_give(&q->console, page, PAGE_CONSOLE_PHONES_REVOKE, out);
}

void
console_phones_give_revoked(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_phones *q = call;

	if (!console_is_answered(act, call, r, out))
		console_done_all(act, &q->console, CATALOG_CONSOLE_REVOKE_DONE,
		    q->n, LIST, out);
}
