#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/timetext.h"
#include "authd/web/console_edit.h"
#include "authd/web/console_impact.h"

#define ADD "/console/accounts/add"

static bool
is_add(const struct console_edit *q)
{
	return (strcmp(q->console.route->path, ADD) == 0);
}

int
console_edit_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_edit *q = call;
	const char *login;
	int r;

	if ((r = console_take(in, act, &q->console)) != 0)
		return (r);
	/* where whoever has to log in anew goes on */
	if (!is_add(q) &&
	    (login = form_get(&q->console.portal.form, "login")) != NULL)
		console_address(q->console.back, sizeof(q->console.back),
		    q->console.route->path, "login", login);
	return (0);
}

int
console_edit_look(struct core *c, struct act *act, void *call)
{
	struct console_edit *q = call;

	return (console_enter(c, act, &q->console));
}

int
console_edit_look_at(struct core *c, struct act *act, void *call)
{
	struct console_edit *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	return (account_show(c, act,
	    form_get(&q->console.portal.form, "login"), &q->view));
}

static void
take_input(const struct console_edit *q, struct account_input *in)
{
	const struct form *f = &q->console.portal.form;
	const char *level = form_get(f, "level");

	memset(in, 0, sizeof(*in));
	in->login = form_get(f, "login");
	in->name = form_get(f, "name");
	in->kana = form_get(f, "kana");
	in->phone_number = form_get(f, "phone_number");
	in->birth_date = form_get(f, "birth_date");
	in->email = form_get(f, "email");
	in->unix_user = form_get(f, "unix_user");
	in->groups = form_get(f, "groups");
	in->enrol_by = form_get(f, "enrol_by");
	in->leaves_on = form_get(f, "leaves_on");
	if (level != NULL) /* one digit, else one that no level has */
		in->level = strlen(level) == 1 && *level != '0' ? *level - '0'
								: -1;
}

int
console_edit_add(struct core *c, struct act *act, void *call)
{
	struct console_edit *q = call;
	struct account_input in;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	take_input(q, &in);
	in.office = form_get(&q->console.portal.form, "office");
	if (in.office == NULL)
		in.office = q->console.who.office.code;
	return (account_add(c, act, &in, &q->view));
}

/* Does the person get in less afterwards? Then q->impact says where. */
static int
look_first(struct core *c, struct act *act, struct console_edit *q,
    const struct account_input *in)
{
	struct impact *i = calloc(1, sizeof(*i));
	int r;

	if ((q->console.owned[0] = i) == NULL)
		return (ERR_NOMEM);
	r = account_show(c, act, in->login, &q->view);
	if (r == 0)
		r = impact_account_input(c, act, in, i);
	if (r == 0 && i->lost > 0)
		q->impact = i;
	return (r);
}

int
console_edit_set(struct core *c, struct act *act, void *call)
{
	struct console_edit *q = call;
	const struct form *f = &q->console.portal.form;
	struct account_input in;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	take_input(q, &in);
	if (form_get(f, "seen") != NULL)
		return (change_account_set(c, act, &in,
		    form_get(f, "force") != NULL, &q->view));
	if ((r = look_first(c, act, q, &in)) != 0 || q->impact != NULL)
		return (r);
	return (change_account_set(c, act, &in, false, &q->view));
}

/* What was typed, else what there is. */
static void
put_text(const struct console_edit *q, struct page *page, enum page_var var,
    const char *field, const char *is)
{
	const char *typed = form_get(&q->console.portal.form, field);

	page_put(page, var, typed != NULL ? typed : is);
}

static void
put_date(const struct console_edit *q, struct page *page, enum page_var var,
    const char *field, int64_t ms)
{
	char text[TIMETEXT_DATE_MAX] = "";

	if (ms != 0)
		timetext_put_date(ms, text);
	put_text(q, page, var, field, text);
}

static void
put_level(const struct console_edit *q, struct page *page, int level)
{
	static const struct {
		const char *level;
		enum catalog_id text;
	} levels[] = {
		{ "1", CATALOG_CONSOLE_LEVEL_1 },
		{ "2", CATALOG_CONSOLE_LEVEL_2 },
		{ "3", CATALOG_CONSOLE_LEVEL_3 },
		{ "4", CATALOG_CONSOLE_LEVEL_4 },
		{ "5", CATALOG_CONSOLE_LEVEL_5 },
	};
	const char *typed = form_get(&q->console.portal.form, "level");
	char is[16];
	size_t i;

	snprintf(is, sizeof(is), "%d", level == 0 ? 1 : level);
	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		page_row(page, PAGE_VAR_LEVELS);
		page_put(page, PAGE_VAR_LEVEL, levels[i].level);
		page_put_message(
		    page, PAGE_VAR_LEVEL_TEXT, levels[i].text, NULL);
		page_put_flag(page, PAGE_VAR_CHOSEN,
		    strcmp(typed != NULL ? typed : is, levels[i].level) == 0);
		page_row_end(page);
	}
}

static void
put_form(const struct act *act, const struct console_edit *q, struct page *page)
{
	const struct account *a = &q->view.account;

	page_put(page, PAGE_VAR_ACTION, q->console.route->path);
	page_put_flag(page, PAGE_VAR_ADD, is_add(q));
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	put_text(q, page, PAGE_VAR_LOGIN, "login", a->login);
	put_text(q, page, PAGE_VAR_OFFICE, "office",
	    act->person.is_everywhere ? NULL : q->console.who.office.code);
	put_text(q, page, PAGE_VAR_NAME, "name", a->name);
	put_text(q, page, PAGE_VAR_KANA, "kana", a->kana);
	put_text(q, page, PAGE_VAR_PHONE_NUMBER, "phone_number",
	    a->phone_number);
	put_text(q, page, PAGE_VAR_BIRTH_DATE, "birth_date", a->birth_date);
	put_text(q, page, PAGE_VAR_EMAIL, "email", a->email);
	put_text(q, page, PAGE_VAR_UNIX_USER, "unix_user", a->unix_user);
	put_text(q, page, PAGE_VAR_GROUPS, "groups", a->groups);
	put_date(q, page, PAGE_VAR_ENROL_BY, "enrol_by", a->enrol_by_ms);
	put_date(q, page, PAGE_VAR_LEAVES_ON, "leaves_on", a->leaves_on_ms);
	put_level(q, page, a->level);
}

static void
give(const struct act *act, const struct console_edit *q,
    enum catalog_id refused, struct exchange_out *out)
{
	struct page *page;

	if (console_page(act, &q->console,
		is_add(q) ? CATALOG_CONSOLE_ADD : CATALOG_CONSOLE_SET, &page,
		out) != 0)
		return;
	if (refused != CATALOG_IDS)
		page_put_message(page, PAGE_VAR_NOTICE, refused, NULL);
	put_form(act, q, page);
	portal_give(&q->console.portal, page, PAGE_CONSOLE_EDIT,
	    refused == CATALOG_IDS ? 200 : 422, out);
}

void
console_edit_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	if (!console_is_answered(act, call, r, out))
		give(act, call, CATALOG_IDS, out);
}

/* Nothing is changed yet: what it would do, and the form to send again. */
static void
give_impact(
    const struct act *act, const struct console_edit *q, struct exchange_out *out)
{
	const struct form *f = &q->console.portal.form;
	struct page *page;
	size_t i;

	if (console_page(act, &q->console, CATALOG_IMPACT_PAGE, &page, out) != 0)
		return;
	page_put(page, PAGE_VAR_LOGIN, q->view.account.login);
	page_put(page, PAGE_VAR_NAME, q->view.account.name);
	console_impact_put_account(page, q->impact);
	for (i = 0; i < f->n; i++) {
		if (strcmp(f->fields[i].name, "token") == 0)
			continue;
		page_row(page, PAGE_VAR_FIELDS);
		page_put(page, PAGE_VAR_FIELD, f->fields[i].name);
		page_put(page, PAGE_VAR_VALUE, f->fields[i].value);
		page_row_end(page);
	}
	console_give(&q->console, page, PAGE_CONSOLE_EDIT_IMPACT, out);
}

void
console_edit_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_edit *q = call;
	char show[PORTAL_TO_MAX + 1];
	enum catalog_id refused;

	if (q != NULL && r != 0 && q->console.is_in &&
	    (refused = console_problem(act, r)) != CATALOG_IDS) {
		give(act, q, refused, out);
		return;
	}
	if (console_is_answered(act, call, r, out))
		return;
	if (q->impact != NULL) {
		give_impact(act, q, out);
		return;
	}
	console_address(show, sizeof(show), "/console/accounts/show", "login",
	    q->view.account.login);
	console_done(act, &q->console,
	    is_add(q) ? CATALOG_CONSOLE_ADD_DONE : CATALOG_CONSOLE_SET_DONE,
	    q->view.account.name, show, out);
}
