#include <stdio.h>
#include <string.h>

#include "authd/web/console_terminal.h"

#define LIST   "/console/terminals"
#define PREFIX "d."

int
console_terminal_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_terminal *q = call;
	const char *id;
	int r;

	if ((r = console_take(in, act, &q->console)) != 0)
		return (r);
	/* where whoever has to log in, or enter a code, goes on */
	if ((id = form_get(&q->console.portal.form, "id")) != NULL)
		console_address(q->console.back, sizeof(q->console.back),
		    q->console.route->path, "id", id);
	return (0);
}

static const char *
field(const struct console_terminal *q, const char *name)
{
	return (form_get(&q->console.portal.form, name));
}

int
console_terminal_look(struct core *c, struct act *act, void *call)
{
	struct console_terminal *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	return (terminals_show(c, act, field(q, "id"), &q->view));
}

static bool
is(const char *text, const char *word)
{
	return (text != NULL && strcmp(text, word) == 0);
}

/* The login that was typed, if any: here it is a field, not what is asked for. */
static int
take_login(struct core *c, struct act *act, const struct console_terminal *q,
    struct terminals_input *in)
{
	const char *login = field(q, "login");
	struct account a;
	int r;

	if (login == NULL || login[0] == '\0')
		return (0);
	in->admit = login;
	r = account_find(c, act, login, &a);
	if (r == ERR_NOTFOUND ||
	    (r == 0 && !id_equal(&a.office, &q->view.terminal.office)))
		return (act_refuse(act, ERR_INVALID, "unknown_login",
		    "The terminal's office has no account with this login."));
	return (r);
}

int
console_terminal_set(struct core *c, struct act *act, void *call)
{
	struct console_terminal *q = call;
	const struct form *f = &q->console.portal.form;
	struct terminals_input in = { .label = field(q, "label"),
		.owner = field(q, "owner"),
		.admit_all = is(field(q, "admits"), "all"),
		.admit_listed = is(field(q, "admits"), "named") };
	struct terminals_view v;
	size_t i;
	int r;

	if ((r = console_terminal_look(c, act, call)) != 0 || !q->console.is_in)
		return (r);
	if ((r = take_login(c, act, q, &in)) != 0 ||
	    (r = terminals_set(c, act, field(q, "id"), &in, &v)) != 0)
		return (r);
	for (i = 0; r == 0 && i < f->n; i++) {
		struct terminals_input drop = { .drop = f->fields[i].name +
			    strlen(PREFIX) };

		if (strncmp(f->fields[i].name, PREFIX, strlen(PREFIX)) == 0)
			r = terminals_set(c, act, field(q, "id"), &drop, &v);
	}
	if (r == 0)
		q->view = v;
	return (r);
}

/* What was typed, else what there is. */
static bool
is_chosen(const struct console_terminal *q, const char *name, const char *value,
    bool is_now)
{
	const char *typed = field(q, name);

	return (typed != NULL ? strcmp(typed, value) == 0 : is_now);
}

static void
put_admitted(const struct console_terminal *q, struct page *page)
{
	const struct terminals_view *v = &q->view;
	char name[sizeof(PREFIX) + LOGIN_MAX];
	int i;

	for (i = 0; i < v->admitted_n && i < TERMINALS_ADMITTED_MAX; i++) {
		snprintf(name, sizeof(name), PREFIX "%s", v->admitted[i]);
		page_row(page, PAGE_VAR_ROWS);
		page_put(page, PAGE_VAR_LOGIN, v->admitted[i]);
		page_put_flag(page, PAGE_VAR_CHOSEN, field(q, name) != NULL);
		page_row_end(page);
	}
	page_put_flag(
	    page, PAGE_VAR_MORE, v->admitted_n > TERMINALS_ADMITTED_MAX);
}

static void
give(const struct act *act, const struct console_terminal *q,
    enum catalog_id refused, struct exchange_out *out)
{
	const struct terminal *t = &q->view.terminal;
	const char *label = field(q, "label");
	char id[ID_TEXT + 1];
	struct page *page;

	if (console_page(act, &q->console, CATALOG_CONSOLE_SET_TERMINAL, &page,
		out) != 0)
		return;
	if (refused != CATALOG_IDS)
		page_put_message(page, PAGE_VAR_NOTICE, refused, NULL);
	id_put_text(&t->id, id);
	page_put(page, PAGE_VAR_ID, id);
	page_put(page, PAGE_VAR_LABEL, label != NULL ? label : t->label);
	page_put(page, PAGE_VAR_VALUE, field(q, "login"));
	page_put_flag(page, PAGE_VAR_PRIVATE,
	    is_chosen(q, "owner", "private", t->is_private));
	page_put_flag(
	    page, PAGE_VAR_ALL, is_chosen(q, "admits", "all", t->admits_all));
	page_put_flag(page, PAGE_VAR_OWN,
	    id_equal(&t->id, &q->console.who.row.terminal));
	put_admitted(q, page);
	portal_give(&q->console.portal, page, PAGE_CONSOLE_TERMINAL_SET,
	    refused == CATALOG_IDS ? 200 : 422, out);
}

void
console_terminal_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	if (!console_is_answered(act, call, r, out))
		give(act, call, CATALOG_IDS, out);
}

void
console_terminal_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_terminal *q = call;
	enum catalog_id refused;

	if (q != NULL && r != 0 && q->console.is_in &&
	    (refused = console_problem(act, r)) != CATALOG_IDS) {
		give(act, q, refused, out);
		return;
	}
	if (!console_is_answered(act, call, r, out))
		console_done(act, &q->console, CATALOG_CONSOLE_SET_TERMINAL_DONE,
		    q->view.terminal.label, LIST, out);
}
