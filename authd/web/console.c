#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/render/escape.h"
#include "authd/web/console.h"
#include "authd/web/portal_fresh.h"
#include "authd/web/portal_who.h"

/* What stands at the head of every page; who may not do it does not see it. */
static const struct {
	const char *path;
	enum rights_doing need;
	enum catalog_id text;
} nav[] = {
	{ "/console", RIGHTS_LOOK, CATALOG_CONSOLE_OVERVIEW },
	{ "/console/accounts", RIGHTS_LOOK, CATALOG_CONSOLE_ACCOUNTS },
	{ "/console/tickets", RIGHTS_LOOK, CATALOG_CONSOLE_TICKETS },
	{ "/console/phones", RIGHTS_LOOK, CATALOG_CONSOLE_PHONES },
	{ "/console/terminals", RIGHTS_LOOK, CATALOG_CONSOLE_TERMINALS },
	{ "/console/sessions", RIGHTS_LOOK, CATALOG_CONSOLE_SESSIONS },
	{ "/console/apps", RIGHTS_LOOK, CATALOG_CONSOLE_APPS },
	{ "/console/audit", RIGHTS_LOG, CATALOG_CONSOLE_AUDIT },
};

/* What the rules refuse, in words. */
static const struct {
	const char *code;
	enum catalog_id text;
} problems[] = {
	{ "last_administrator", CATALOG_CONSOLE_LAST_ADMINISTRATOR },
	{ "own_account", CATALOG_CONSOLE_OWN_ACCOUNT },
	{ "root_only", CATALOG_CONSOLE_ROOT_ONLY },
	{ "bad_reason", CATALOG_CONSOLE_BAD_REASON },
	{ "bad_search", CATALOG_CONSOLE_BAD_SEARCH },
	{ "login_taken", CATALOG_CONSOLE_LOGIN_TAKEN },
	{ "bad_login", CATALOG_CONSOLE_BAD_LOGIN },
	{ "bad_unix_user", CATALOG_CONSOLE_BAD_LOGIN },
	{ "forbidden_login", CATALOG_CONSOLE_FORBIDDEN_LOGIN },
	{ "bad_name", CATALOG_CONSOLE_BAD_NAME },
	{ "bad_date", CATALOG_CONSOLE_BAD_DATE },
	{ "bad_phone_number", CATALOG_CONSOLE_BAD_PHONE_NUMBER },
	{ "bad_email", CATALOG_CONSOLE_BAD_EMAIL },
	{ "bad_group", CATALOG_CONSOLE_BAD_GROUP },
	{ "no_such_office", CATALOG_CONSOLE_NO_SUCH_OFFICE },
	{ "unknown_login", CATALOG_CONSOLE_NO_SUCH_ACCOUNT },
	{ "locks_out_self", CATALOG_IMPACT_SELF },
	{ "locks_out_administrators", CATALOG_IMPACT_ADMINISTRATORS },
	{ "app_taken", CATALOG_CONSOLE_APP_TAKEN },
	{ "bad_host", CATALOG_CONSOLE_BAD_HOST },
	{ "bad_factors", CATALOG_CONSOLE_BAD_FACTORS },
	{ "bad_network", CATALOG_CONSOLE_BAD_NETWORK },
	{ "bad_office", CATALOG_CONSOLE_NO_SUCH_OFFICE },
	{ "bad_time", CATALOG_CONSOLE_BAD_TIME },
	{ "bad_path", CATALOG_CONSOLE_BAD_PATH },
	{ "bad_label", CATALOG_CONSOLE_BAD_LABEL },
	{ "bad_hours", CATALOG_CONSOLE_BAD_HOURS },
	{ "already_enrolled", CATALOG_CONSOLE_ALREADY_ENROLLED },
	{ "not_enrolled", CATALOG_CONSOLE_NOT_ENROLLED },
	{ "no_password", CATALOG_CONSOLE_NO_PASSWORD },
	{ "password_due", CATALOG_CONSOLE_NO_PASSWORD },
	{ "no_portal_url", CATALOG_CONSOLE_NO_PORTAL_URL },
	{ "ticket_over", CATALOG_CONSOLE_TICKET_OVER },
	{ "label_taken", CATALOG_CONSOLE_LABEL_TAKEN },
	{ "terminal_lost", CATALOG_CONSOLE_TERMINAL_OVER },
	{ "too_many_phones", CATALOG_CONSOLE_TOO_MANY_PHONES },
	{ "nothing_chosen", CATALOG_CONSOLE_NOTHING_CHOSEN },
	{ "revoked", CATALOG_CONSOLE_REVOKED_BEFORE },
};

int
console_take(const struct exchange_in *in, struct act *act, struct console *q)
{
	int r;

	q->route = in->route;
	q->is_get = strcmp(in->method, "POST") != 0;
	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	/* the language changes on this very page */
	if (q->is_get && in->query != NULL) {
		char here[sizeof(q->portal.here)];
		int n = snprintf(
		    here, sizeof(here), "%s?%s", in->path, in->query);

		if (n > 0 && (size_t)n < sizeof(here) && portal_is_local(here))
			memcpy(q->portal.here, here, (size_t)n + 1);
	}
	return (0);
}

int
console_take_chosen(const struct exchange_in *in, struct act *act,
    struct console *q, const char *list)
{
	int r;

	if ((r = console_take(in, act, q)) != 0)
		return (r);
	if (strcmp(q->route->path, list) != 0 &&
	    text_copy(q->back, sizeof(q->back), list) != 0)
		return (ERR_INVALID);
	return (0);
}

void
console_clear(void *call)
{
	struct console *q = call;

	free(q->owned[0]);
	free(q->owned[1]);
	portal_clear(call);
}

int
console_enter(struct core *c, struct act *act, struct console *q)
{
	const struct account *a = &q->who.account;
	int r;

	q->is_in = q->wants_code = false;
	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	act->person.is_set = true;
	act->person.office = a->office;
	act->person.account = a->id;
	act->person.roles = a->roles;
	act->person.is_everywhere = (a->roles & ROLE_OPERATOR) != 0;
	if (!rights_enter(act))
		return (ERR_NOTFOUND);
	if (q->route == NULL || !rights_may(act, q->route->need))
		return (ERR_DENIED);
	q->wants_code = q->route->is_final &&
	    !portal_fresh_is(&q->who, act, PORTAL_FRESH_MS);
	q->is_in = !q->wants_code;
	return (0);
}

enum catalog_id
console_problem(const struct act *act, int r)
{
	size_t i;

	for (i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (strcmp(problems[i].code, act->problem.code) == 0)
			return (problems[i].text);
	return (r == ERR_INVALID || r == ERR_EXISTS ||
			(r == ERR_WRONG_STATE && act->problem.code[0] != '\0')
		? CATALOG_CONSOLE_REFUSED
		: CATALOG_IDS);
}

/* A page that is looked at, from which to go on. */
static const char *
way_back(const struct console *q)
{
	if (q->is_get)
		return (q->portal.here);
	return (q->back[0] != '\0' ? q->back : q->route->path);
}

bool
console_is_answered(const struct act *act, struct console *q, int r,
    struct exchange_out *out)
{
	enum catalog_id id;

	if (q != NULL && r != 0 && q->back[0] != '\0' &&
	    (id = console_problem(act, r)) != CATALOG_IDS) {
		portal_tell(act, FLASH_REFUSED, (int)id, "", out);
		portal_give_to(&q->portal, q->back, "", out);
		return (true);
	}
	if (r != 0)
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
	else if (!q->who.is_live) {
		/* what a form brought was not done */
		if (!q->is_get)
			portal_tell(act, FLASH_LOST, 0, "", out);
		portal_give_to(&q->portal, "/login", way_back(q), out);
	} else if (q->wants_code)
		portal_fresh_ask(&q->portal, way_back(q), out);
	else
		return (false);
	return (true);
}

/* Is the page this entry's, or one below it? */
static bool
is_at(const char *path, const char *entry)
{
	size_t n = strlen(entry);

	return (strncmp(path, entry, n) == 0 &&
	    (path[n] == '\0' ||
		(path[n] == '/' && strcmp(entry, CONSOLE_HOME) != 0)));
}

static void
put_nav(const struct act *act, const struct console *q, struct page *page)
{
	size_t i;

	for (i = 0; i < sizeof(nav) / sizeof(nav[0]); i++) {
		if (!rights_may(act, nav[i].need))
			continue;
		page_row(page, PAGE_VAR_NAV);
		page_put(page, PAGE_VAR_NAV_PATH, nav[i].path);
		page_put_message(page, PAGE_VAR_NAV_TEXT, nav[i].text, NULL);
		page_put_flag(page, PAGE_VAR_NAV_HERE,
		    is_at(q->route->path, nav[i].path));
		page_row_end(page);
	}
}

int
console_page(const struct act *act, const struct console *q,
    enum catalog_id title, struct page **page, struct exchange_out *out)
{
	int r;

	if ((r = portal_page(act, &q->portal, title, page)) != 0)
		return (r);
	page_put_flag(*page, PAGE_VAR_WIDE, true);
	page_put(*page, PAGE_VAR_WHO, q->who.account.name);
	page_put(*page, PAGE_VAR_WHO_OFFICE,
	    act->person.is_everywhere ? NULL : q->who.office.name);
	put_nav(act, q, *page);
	portal_put_flash(&q->portal, *page, out);
	return (0);
}

void
console_give(const struct console *q, struct page *page,
    enum page_template template, struct exchange_out *out)
{
	portal_give(&q->portal, page, template, 200, out);
}

void
console_done(const struct act *act, const struct console *q,
    enum catalog_id id, const char *arg, const char *path,
    struct exchange_out *out)
{
	portal_tell(act, FLASH_DONE, (int)id, arg, out);
	portal_give_to(&q->portal, path, "", out);
}

void
console_done_all(const struct act *act, const struct console *q,
    enum catalog_id id, int n, const char *path, struct exchange_out *out)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", n);
	console_done(act, q, id, number, path, out);
}

/* ${at}NAME=VALUE behind what is there; false when it does not fit. */
static bool
add_field(char *out, size_t size, const char *name, const char *value)
{
	char part[NAME_MAX_BYTES * 6 + 1];
	size_t at = strlen(out), n = strlen(value);
	int written;

	if (n > NAME_MAX_BYTES)
		return (false);
	n = escape_put(ESCAPE_URL_PART, value, n, part);
	part[n] = '\0';
	written = snprintf(out + at, size - at, "%c%s=%s",
	    strchr(out, '?') == NULL ? '?' : '&', name, part);
	return (written > 0 && (size_t)written < size - at);
}

void
console_address(char *out, size_t size, const char *path, const char *name,
    const char *value)
{
	if (text_copy(out, size, path) != 0 ||
	    !add_field(out, size, name, value))
		out[0] = '\0';
}

void
console_search(const struct console *q, struct search_input *in)
{
	const struct form *f = &q->portal.form;
	const char *page = form_get(f, "page");
	char *end;
	long n = 1;

	in->text = form_get(f, "q");
	in->state = form_get(f, "state");
	in->office = form_get(f, "office");
	if (in->office != NULL && in->office[0] == '\0')
		in->office = NULL;
	if (page != NULL && page[0] != '\0') {
		n = strtol(page, &end, 10);
		if (*end != '\0' || n < 1 || n > SEARCH_MAX)
			n = 0; /* refused by the search */
	}
	in->page = (int)n;
}

/* The same search, another page of it. */
static void
put_other_page(const struct console *q, struct page *page, enum page_var var,
    const struct search_input *in, int number)
{
	char address[PORTAL_TO_MAX + 1], text[16];
	bool fits = true;

	snprintf(text, sizeof(text), "%d", number);
	fits = text_copy(address, sizeof(address), q->route->path) == 0 &&
	    add_field(address, sizeof(address), "page", text);
	if (in->text != NULL && in->text[0] != '\0')
		fits = fits &&
		    add_field(address, sizeof(address), "q", in->text);
	if (in->state != NULL && in->state[0] != '\0')
		fits = fits &&
		    add_field(address, sizeof(address), "state", in->state);
	if (in->office != NULL)
		fits = fits &&
		    add_field(address, sizeof(address), "office", in->office);
	page_put(page, var, fits ? address : NULL);
}

void
console_put_search(const struct act *act, const struct console *q,
    struct page *page, const struct search_input *in,
    const struct search_pages *pages)
{
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	page_put(page, PAGE_VAR_Q, in->text);
	page_put(page, PAGE_VAR_OFFICE, in->office);
	page_put_int(page, PAGE_VAR_TOTAL, pages->total);
	page_put_flag(page, PAGE_VAR_MORE, pages->total >= SEARCH_MAX);
	page_put_flag(page, PAGE_VAR_PART, pages->is_part);
	page_put_int(page, PAGE_VAR_LOOKED, SEARCH_MAX);
	page_put_int(page, PAGE_VAR_PAGE_NOW, pages->page);
	page_put_int(page, PAGE_VAR_PAGE_LAST, pages->pages);
	page_put_flag(page, PAGE_VAR_PAGES, pages->pages > 1);
	if (pages->page > 1)
		put_other_page(
		    q, page, PAGE_VAR_PREVIOUS, in, pages->page - 1);
	if (pages->page < pages->pages)
		put_other_page(q, page, PAGE_VAR_NEXT, in, pages->page + 1);
}

int
console_chosen(struct act *act, const struct console *q, const char *prefix,
    const char *ids[SEARCH_PAGE], int *n)
{
	const struct form *f = &q->portal.form;
	size_t i, len = strlen(prefix);

	*n = 0;
	for (i = 0; i < f->n; i++) {
		if (strncmp(f->fields[i].name, prefix, len) != 0)
			continue;
		if (*n == SEARCH_PAGE)
			return (act_refuse(act, ERR_INVALID, "too_many",
			    "So many cannot be chosen at once."));
		ids[(*n)++] = f->fields[i].name + len;
	}
	if (*n == 0)
		return (act_refuse(act, ERR_INVALID, "nothing_chosen",
		    "Nothing was chosen."));
	return (0);
}

int
console_reason(struct act *act, const struct console *q)
{
	const char *reason = form_get(&q->portal.form, "reason");

	if (reason == NULL || !text_is_name(reason) ||
	    text_copy(act->reason, sizeof(act->reason), reason) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_reason",
		    "A reason is 1 to 200 bytes of UTF-8 without control "
		    "characters."));
	return (0);
}
