#include <stdio.h>
#include <string.h>

#include "authd/web/console_terminals.h"
#include "authd/web/portal_time.h"

#define LIST   "/console/terminals"
#define PREFIX "t."

int
console_terminals_take(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct console_terminals *q = call;

	return (console_take_chosen(in, act, &q->console, LIST));
}

static int
on_terminal(void *arg, const struct terminals_view *v)
{
	struct console_terminals *q = arg;
	const struct terminal *t = &v->terminal;
	struct console_terminals_row *row;
	size_t n = 0;
	int i;

	if (q->n == SEARCH_PAGE)
		return (0);
	row = &q->rows[q->n++];
	memset(row, 0, sizeof(*row));
	id_put_text(&t->id, row->id);
	memcpy(row->label, t->label, sizeof(row->label));
	row->admits_all = t->admits_all;
	row->admitted_n = v->admitted_n;
	for (i = 0; i < v->admitted_n && i < CONSOLE_TERMINALS_NAMES; i++)
		n += (size_t)snprintf(row->admits + n,
		    sizeof(row->admits) - n, "%s%s", i == 0 ? "" : ", ",
		    v->admitted[i]);
	row->is_private = t->is_private;
	row->is_lost = t->lost_ms != 0;
	row->is_live = v->has_cert && v->state == CERT_LIVE;
	row->not_after_ms = v->has_cert ? v->cert.not_after_ms : 0;
	row->seen_ms = v->last_seen_ms;
	memcpy(row->source, v->last_source, sizeof(row->source));
	row->is_own = id_equal(&t->id, &q->console.who.row.terminal);
	return (0);
}

int
console_terminals_look(struct core *c, struct act *act, void *call)
{
	struct console_terminals *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	console_search(&q->console, &q->in);
	if (q->in.state == NULL)
		q->in.state = "live";
	return (search_terminals(c, act, &q->in, on_terminal, q, &q->pages));
}

int
console_terminals_look_at(struct core *c, struct act *act, void *call)
{
	struct console_terminals *q = call;
	const char *ids[SEARCH_PAGE];
	struct terminals_view v;
	int i, n, r;

	if ((r = console_enter(c, act, &q->console)) != 0 ||
	    !q->console.is_in ||
	    (r = console_chosen(act, &q->console, PREFIX, ids, &n)) != 0)
		return (r);
	for (i = 0; r == 0 && i < n; i++)
		if ((r = terminals_show(c, act, ids[i], &v)) == 0)
			r = on_terminal(q, &v);
	return (r);
}

int
console_terminals_lose(struct core *c, struct act *act, void *call)
{
	struct console_terminals *q = call;
	const char *ids[SEARCH_PAGE];
	struct terminals_view v;
	int i, r;

	if ((r = console_enter(c, act, &q->console)) != 0 ||
	    !q->console.is_in ||
	    (r = console_chosen(act, &q->console, PREFIX, ids, &q->n)) != 0 ||
	    (r = console_reason(act, &q->console)) != 0)
		return (r);
	for (i = 0; r == 0 && i < q->n; i++)
		r = terminals_lost(c, act, ids[i], &v);
	return (r);
}

static void
put_admits(const struct console_terminals_row *row, struct page *page)
{
	const char *args[CATALOG_ARGS_MAX] = { row->admits };
	char more[16];

	if (row->admits_all)
		page_put_message(
		    page, PAGE_VAR_ADMITS, CATALOG_CONSOLE_ADMITS_ALL, NULL);
	else if (row->admitted_n == 0)
		page_put_message(
		    page, PAGE_VAR_ADMITS, CATALOG_CONSOLE_ADMITS_NONE, NULL);
	else if (row->admitted_n <= CONSOLE_TERMINALS_NAMES)
		page_put(page, PAGE_VAR_ADMITS, row->admits);
	else {
		snprintf(more, sizeof(more), "%d",
		    row->admitted_n - CONSOLE_TERMINALS_NAMES);
		args[1] = more;
		page_put_message(
		    page, PAGE_VAR_ADMITS, CATALOG_CONSOLE_ADMITS_MORE, args);
	}
}

static void
put_rows(const struct act *act, const struct console_terminals *q,
    struct page *page)
{
	const struct console_terminals_row *row;
	int i;

	for (i = 0; i < q->n; i++) {
		row = &q->rows[i];
		page_row(page, PAGE_VAR_ROWS);
		page_put(page, PAGE_VAR_ID, row->id);
		page_put(page, PAGE_VAR_LABEL, row->label);
		put_admits(row, page);
		page_put_flag(page, PAGE_VAR_PRIVATE, row->is_private);
		page_put_flag(page, PAGE_VAR_LOST, row->is_lost);
		page_put_flag(page, PAGE_VAR_LIVE, row->is_live);
		page_put_flag(page, PAGE_VAR_OWN, row->is_own);
		page_put_flag(page, PAGE_VAR_MAY_REVOKE,
		    !row->is_lost && rights_may(act, RIGHTS_LOST));
		page_put_flag(page, PAGE_VAR_MAY_SET,
		    !row->is_lost && rights_may(act, RIGHTS_ACCOUNT));
		portal_time_put_date(page, PAGE_VAR_UNTIL, row->not_after_ms);
		portal_time_put(page, PAGE_VAR_SEEN, row->seen_ms);
		page_put(page, PAGE_VAR_SOURCE, row->source);
		page_row_end(page);
	}
}

void
console_terminals_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_terminals *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_TERMINALS, &page, out) !=
		0)
		return;
	console_put_search(act, &q->console, page, &q->in, &q->pages);
	page_put_flag(page, PAGE_VAR_S_LIVE, strcmp(q->in.state, "live") == 0);
	page_put_flag(page, PAGE_VAR_S_LOST, strcmp(q->in.state, "lost") == 0);
	page_put_flag(page, PAGE_VAR_S_ANY, q->in.state[0] == '\0');
	page_put_flag(
	    page, PAGE_VAR_MAY_CHOOSE, rights_may(act, RIGHTS_LOST));
	put_rows(act, q, page);
	console_give(&q->console, page, PAGE_CONSOLE_TERMINALS, out);
}

void
console_terminals_give_chosen(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_terminals *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_LOSE_TERMINALS, &page,
		out) != 0)
		return;
	put_rows(act, q, page);
	console_give(&q->console, page, PAGE_CONSOLE_TERMINALS_LOST, out);
}

void
console_terminals_give_lost(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_terminals *q = call;

	if (!console_is_answered(act, call, r, out))
		console_done_all(act, &q->console, CATALOG_CONSOLE_LOSE_DONE,
		    q->n, LIST, out);
}
