#include <stdio.h>
#include <string.h>

#include "authd/core/office.h"
#include "authd/web/console_sessions.h"
#include "authd/web/console_words.h"
#include "authd/web/portal_time.h"

#define LIST "/console/sessions"

/* A field that says something. */
static const char *
field(const struct console_sessions *q, const char *name)
{
	const char *value = form_get(&q->console.portal.form, name);

	return (value == NULL || value[0] == '\0' ? NULL : value);
}

int
console_sessions_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_sessions *q = call;
	int r;

	if ((r = console_take(in, act, &q->console)) != 0)
		return (r);
	q->asked.login = field(q, "login");
	q->asked.office = field(q, "office");
	q->asked.after = field(q, "after");
	q->asked.limit = CONSOLE_SESSIONS_ROWS;
	return (0);
}

static int
on_session(void *arg, const struct session_view *v)
{
	struct console_sessions *q = arg;
	const struct id *own = &q->console.who.row.id;
	struct console_sessions_row *row = &q->rows[q->n++];

	id_put_text(&v->row.id, row->id);
	memcpy(row->login, v->account.login, sizeof(row->login));
	memcpy(row->name, v->account.name, sizeof(row->name));
	memcpy(row->office, v->office.code, sizeof(row->office));
	memcpy(row->app, v->row.app, sizeof(row->app));
	memcpy(row->source, v->row.source, sizeof(row->source));
	row->since_ms = v->row.created_ms;
	row->seen_ms = v->row.seen_ms;
	row->factors = v->row.factors;
	row->is_own =
	    id_equal(&v->row.id, own) || id_equal(&v->row.parent, own);
	return (0);
}

int
console_sessions_look(struct core *c, struct act *act, void *call)
{
	struct console_sessions *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	r = session_admin_list(c, act, &q->asked, on_session, q, q->next);
	/* nobody of this login: nobody is logged in */
	return (r == ERR_NOTFOUND && q->asked.login != NULL ? 0 : r);
}

static void
put_rows(const struct act *act, const struct console_sessions *q,
    struct page *page)
{
	const struct console_sessions_row *row;
	int i;

	for (i = 0; i < q->n; i++) {
		row = &q->rows[i];
		page_row(page, PAGE_VAR_ROWS);
		page_put(page, PAGE_VAR_ID, row->id);
		page_put(page, PAGE_VAR_LOGIN, row->login);
		page_put(page, PAGE_VAR_NAME, row->name);
		page_put(page, PAGE_VAR_APP, row->app);
		page_put(page, PAGE_VAR_SOURCE, row->source);
		portal_time_put(page, PAGE_VAR_SINCE, row->since_ms);
		portal_time_put(page, PAGE_VAR_SEEN, row->seen_ms);
		console_words_put_factors(page, PAGE_VAR_FACTORS, row->factors);
		page_put_flag(page, PAGE_VAR_THIS, row->is_own);
		if (act->person.is_everywhere)
			page_put(page, PAGE_VAR_ROW_OFFICE, row->office);
		page_put_flag(page, PAGE_VAR_MAY_END,
		    rights_may(act, RIGHTS_LOST) && !row->is_own);
		page_row_end(page);
	}
}

/* The page of the list that follows. */
static void
put_next(const struct console_sessions *q, struct page *page)
{
	char address[PORTAL_TO_MAX + 1], more[PORTAL_TO_MAX + 1];

	if (q->next[0] == '\0')
		return;
	console_address(address, sizeof(address), LIST, "after", q->next);
	if (q->asked.login != NULL || q->asked.office != NULL) {
		console_address(more, sizeof(more), address,
		    q->asked.login != NULL ? "login" : "office",
		    q->asked.login != NULL ? q->asked.login : q->asked.office);
		memcpy(address, more, sizeof(address));
	}
	page_put(page, PAGE_VAR_NEXT, address);
}

void
console_sessions_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_sessions *q = call;
	char all[PORTAL_TO_MAX + 1] = "";
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_SESSIONS, &page, out) != 0)
		return;
	put_rows(act, q, page);
	put_next(q, page);
	page_put(page, PAGE_VAR_LOGIN, q->asked.login);
	page_put(page, PAGE_VAR_OFFICE, q->asked.office);
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	if (rights_may(act, RIGHTS_LOST)) {
		page_put_flag(page, PAGE_VAR_MAY_CHOOSE, true);
		if (q->asked.login != NULL && q->n > 0)
			console_address(all, sizeof(all), LIST "/all", "login",
			    q->asked.login);
		else if (q->asked.login == NULL)
			console_address(all, sizeof(all), LIST "/all", "office",
			    q->asked.office != NULL
				? q->asked.office
				: q->console.who.office.code);
		page_put(page, PAGE_VAR_END_ALL, all);
		page_put_flag(
		    page, PAGE_VAR_OF_ONE, q->asked.login != NULL);
	}
	console_give(&q->console, page, PAGE_CONSOLE_SESSIONS, out);
}

/* --- one --- */

int
console_sessions_end(struct core *c, struct act *act, void *call)
{
	struct console_sessions *q = call;
	struct session_target one = { .id = field(q, "session") };
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	if (one.id == NULL)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	r = session_admin_end(c, act, &one, &q->ended);
	/* it has ended by itself meanwhile: that is what was wanted */
	return (r == ERR_NOTFOUND ? 0 : r);
}

void
console_sessions_give_ended(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_sessions *q = call;

	if (console_is_answered(act, call, r, out))
		return;
	console_done(act, &q->console, CATALOG_CONSOLE_SESSION_ENDED, "", LIST,
	    out);
}

/* --- all of an account, or of an office --- */

/* Whose they are; exactly one is named. */
static int
find_whose(struct core *c, struct act *act, struct console_sessions *q)
{
	struct account a;
	struct office o;
	int r;

	if ((q->asked.login == NULL) == (q->asked.office == NULL))
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "Say whose sessions, of a login or an office."));
	q->is_office = q->asked.office != NULL;
	if (q->is_office) {
		if ((r = office_find(c, act, q->asked.office, &o)) != 0)
			return (r);
		snprintf(q->name, sizeof(q->name), "%s", o.name);
		snprintf(q->key, sizeof(q->key), "%s", o.code);
		q->is_own = id_equal(&o.id, &q->console.who.office.id);
		return (0);
	}
	if ((r = account_find(c, act, q->asked.login, &a)) != 0)
		return (r);
	snprintf(q->name, sizeof(q->name), "%s", a.name);
	snprintf(q->key, sizeof(q->key), "%s", a.login);
	q->is_own = id_equal(&a.id, &q->console.who.account.id);
	return (0);
}

int
console_sessions_look_at(struct core *c, struct act *act, void *call)
{
	struct console_sessions *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	return (find_whose(c, act, q));
}

int
console_sessions_end_all(struct core *c, struct act *act, void *call)
{
	struct console_sessions *q = call;
	struct session_target all = { 0 };
	int r;

	/* where who is refused, or asked for a code, goes on */
	console_address(q->console.back, sizeof(q->console.back), LIST "/all",
	    q->asked.office != NULL ? "office" : "login",
	    q->asked.office != NULL	 ? q->asked.office
		: q->asked.login != NULL ? q->asked.login
					 : "");
	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	if ((r = find_whose(c, act, q)) != 0 ||
	    (r = console_reason(act, &q->console)) != 0)
		return (r);
	if (q->is_office)
		all.office = q->key;
	else
		all.login = q->key;
	return (session_admin_end(c, act, &all, &q->ended));
}

void
console_sessions_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_sessions *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out))
		return;
	if (!q->console.is_get) {
		console_done(act, &q->console,
		    q->is_office ? CATALOG_CONSOLE_OFFICE_ENDED
				 : CATALOG_CONSOLE_ACCOUNT_ENDED,
		    q->name, LIST, out);
		return;
	}
	if (console_page(act, call, CATALOG_CONSOLE_END_ALL, &page, out) != 0)
		return;
	page_put(page, PAGE_VAR_NAME, q->name);
	page_put(page, PAGE_VAR_KEY, q->key);
	page_put_flag(page, PAGE_VAR_OF_OFFICE, q->is_office);
	page_put_flag(page, PAGE_VAR_OWN, q->is_own);
	console_give(&q->console, page, PAGE_CONSOLE_SESSIONS_ALL, out);
}
