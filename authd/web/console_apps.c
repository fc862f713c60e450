#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/authz.h"
#include "authd/web/console_apps.h"
#include "authd/web/console_impact.h"
#include "authd/web/console_words.h"

#define LIST "/console/apps"

/* --- what is asked --- */

/* Words of a field, one blank between: a text area has lines. */
static int
take_words(const struct console_apps *q, const char *name, char *out,
    size_t size, const char **in)
{
	const char *value = form_get(&q->console.portal.form, name);
	size_t i;

	if (value == NULL)
		return (0);
	if (text_copy(out, size, value) != 0)
		return (ERR_INVALID);
	for (i = 0; out[i] != '\0'; i++)
		if (out[i] == '\r' || out[i] == '\n' || out[i] == '\t' ||
		    out[i] == ',')
			out[i] = ' ';
	*in = out;
	return (0);
}

static void
take_factors(struct console_apps *q)
{
	static const char *const names[] = { "password", "code", "terminal" };
	size_t i, n = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (form_get(&q->console.portal.form, names[i]) != NULL)
			n += (size_t)snprintf(q->factors + n,
			    sizeof(q->factors) - n, "%s%s", n > 0 ? " " : "",
			    names[i]);
	q->in.factors = q->factors;
}

static int
take_rule(struct console_apps *q)
{
	const struct form *f = &q->console.portal.form;
	const char *level = form_get(f, "level");

	q->in.host = form_get(f, "host");
	q->is_forced = form_get(f, "force") != NULL;
	q->has_rule = level != NULL;
	if (!q->has_rule)
		return (0);
	take_factors(q);
	q->in.name = form_get(f, "name");
	if (q->in.name != NULL && q->in.name[0] == '\0')
		q->in.name = q->in.host; /* as the command line has it */
	/* anything but a level is refused by the rule */
	q->in.level = strlen(level) == 1 ? level[0] - '0' : -1;
	q->in.idle = form_get(f, "idle");
	q->in.absolute = form_get(f, "absolute");
	if (take_words(q, "networks", q->networks, sizeof(q->networks),
		&q->in.networks) != 0 ||
	    take_words(q, "groups", q->groups, sizeof(q->groups),
		&q->in.groups) != 0 ||
	    take_words(q, "offices", q->offices, sizeof(q->offices),
		&q->in.offices) != 0 ||
	    take_words(
		q, "paths", q->paths, sizeof(q->paths), &q->in.paths) != 0)
		return (ERR_INVALID);
	return (0);
}

int
console_apps_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_apps *q = call;
	int r, n;

	if ((r = console_take(in, act, &q->console)) != 0)
		return (r);
	if (take_rule(q) != 0)
		return (act_refuse(act, ERR_INVALID, "too_long",
		    "A list of the form is too long."));
	/* What is refused goes back into the form, as it was typed. */
	if (q->has_rule && in->query != NULL) {
		n = snprintf(q->console.back, sizeof(q->console.back),
		    LIST "/set?%s", in->query);
		if (n < 0 || (size_t)n >= sizeof(q->console.back) ||
		    !portal_is_local(q->console.back))
			q->console.back[0] = '\0';
	} else if (q->has_rule)
		memcpy(q->console.back, LIST, sizeof(LIST));
	else if (q->in.host != NULL)
		console_address(q->console.back, sizeof(q->console.back),
		    LIST "/show", "host", q->in.host);
	return (0);
}

/* --- what is found --- */

/* Does anybody of the office of who looks get in? Else it is not theirs. */
static bool
is_shown(const struct act *act, const struct console_apps *q,
    const struct app *app)
{
	return (act->person.is_everywhere ||
	    authz_has_word(app->offices, q->console.who.office.code));
}

struct listing {
	const struct act *act;
	struct console_apps *q;
};

static int
on_app(void *arg, const struct app *row)
{
	struct listing *l = arg;

	if (is_shown(l->act, l->q, row))
		l->q->rows[l->q->n++] = *row;
	return (0);
}

int
console_apps_look(struct core *c, struct act *act, void *call)
{
	struct console_apps *q = call;
	struct listing l = { act, q };
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	q->rows = calloc(CONSOLE_APPS_MAX, sizeof(*q->rows));
	if ((q->console.owned[1] = q->rows) == NULL)
		return (ERR_NOMEM);
	return (app_list(c, act, "", CONSOLE_APPS_MAX, on_app, &l));
}

/* The one that is meant. */
static int
find(struct core *c, struct act *act, struct console_apps *q)
{
	int r;

	if ((r = app_find(c, act, q->in.host, &q->app)) != 0)
		return (r);
	if (is_shown(act, q, &q->app))
		return (0);
	memset(&q->app, 0, sizeof(q->app));
	return (act_refuse(act, ERR_NOTFOUND, "no_such_app",
	    "There is no application of this host."));
}

int
console_apps_look_at(struct core *c, struct act *act, void *call)
{
	struct console_apps *q = call;
	int r;

	q->console.back[0] = '\0';
	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	return (find(c, act, q));
}

int
console_apps_edit(struct core *c, struct act *act, void *call)
{
	struct console_apps *q = call;
	int r;

	q->console.back[0] = '\0';
	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	q->is_new = q->in.host == NULL || q->in.host[0] == '\0';
	if (!q->is_new) {
		r = find(c, act, q);
		/* typed for a new one, and refused: typed again */
		q->is_new = r == ERR_NOTFOUND && q->has_rule;
		return (q->is_new ? 0 : r);
	}
	q->app.factors = SESSION_PASSWORD | SESSION_CODE;
	q->app.level = 1;
	return (0);
}

int
console_apps_weigh(struct core *c, struct act *act, void *call)
{
	struct console_apps *q = call;
	struct app after;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	q->impact = calloc(1, sizeof(*q->impact));
	if ((q->console.owned[0] = q->impact) == NULL)
		return (ERR_NOMEM);
	r = app_look_ahead(c, act, &q->in, &q->app, &after, &q->is_new);
	if (r != 0)
		return (r);
	return (impact_app(
	    c, act, q->is_new ? NULL : &q->app, &after, q->impact));
}

int
console_apps_weigh_removal(struct core *c, struct act *act, void *call)
{
	struct console_apps *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	q->impact = calloc(1, sizeof(*q->impact));
	if ((q->console.owned[0] = q->impact) == NULL)
		return (ERR_NOMEM);
	if ((r = find(c, act, q)) != 0 ||
	    (r = impact_app(c, act, &q->app, NULL, q->impact)) != 0)
		return (r);
	/* that nobody gets in is what is asked for */
	q->impact->administrators_lost = false;
	return (0);
}

/* --- changes --- */

int
console_apps_change(struct core *c, struct act *act, void *call)
{
	struct console_apps *q = call;
	struct app before;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	if ((r = console_reason(act, &q->console)) != 0)
		return (r);
	r = app_find(c, act, q->in.host, &before);
	q->is_new = r == ERR_NOTFOUND;
	if (r != 0 && !q->is_new)
		return (r);
	return (q->is_new ? app_add(c, act, &q->in, &q->app)
			  : change_app_set(
				c, act, &q->in, q->is_forced, &q->app));
}

int
console_apps_remove(struct core *c, struct act *act, void *call)
{
	struct console_apps *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	if ((r = console_reason(act, &q->console)) != 0)
		return (r);
	return (change_app_remove(c, act, q->in.host, q->is_forced, &q->app));
}

/* --- what is shown --- */

static void
put_seconds(struct page *page, enum page_var var, int64_t ms)
{
	char text[24] = "";

	if (ms > 0 && ms % 3600000 == 0)
		snprintf(text, sizeof(text), "%lldh", (long long)ms / 3600000);
	else if (ms > 0 && ms % 60000 == 0)
		snprintf(text, sizeof(text), "%lldm", (long long)ms / 60000);
	else if (ms > 0)
		snprintf(text, sizeof(text), "%llds", (long long)ms / 1000);
	page_put(page, var, text);
}

static void
put_app(const struct act *act, struct page *page, const struct app *app)
{
	page_put(page, PAGE_VAR_HOST, app->host);
	page_put(page, PAGE_VAR_NAME, app->name);
	page_put_int(page, PAGE_VAR_LEVEL, app->level);
	console_words_put_factors(page, PAGE_VAR_FACTORS, app->factors);
	page_put_flag(page, PAGE_VAR_ONE_KIND, app_is_one_kind(app));
	page_put(page, PAGE_VAR_NETWORKS, app->networks);
	page_put(page, PAGE_VAR_GROUPS, app->groups);
	page_put(page, PAGE_VAR_PATHS, app->paths);
	put_seconds(page, PAGE_VAR_IDLE, app->idle_ms);
	put_seconds(page, PAGE_VAR_ABSOLUTE, app->absolute_ms);
	/* the codes of other offices are no business of this one */
	if (act->person.is_everywhere)
		page_put(page, PAGE_VAR_OFFICES, app->offices);
	page_put_flag(page, PAGE_VAR_SOME_OFFICES, app->offices[0] != '\0');
}

void
console_apps_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_apps *q = call;
	struct page *page;
	int i;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_APPS, &page, out) != 0)
		return;
	for (i = 0; i < q->n; i++) {
		page_row(page, PAGE_VAR_ROWS);
		put_app(act, page, &q->rows[i]);
		page_row_end(page);
	}
	page_put_flag(
	    page, PAGE_VAR_MAY_CHANGE, rights_may(act, RIGHTS_RULES));
	console_give(&q->console, page, PAGE_CONSOLE_APPS, out);
}

void
console_apps_give_one(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_apps *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_APP, &page, out) != 0)
		return;
	put_app(act, page, &q->app);
	page_put_flag(
	    page, PAGE_VAR_MAY_CHANGE, rights_may(act, RIGHTS_RULES));
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	console_give(&q->console, page, PAGE_CONSOLE_APP, out);
}

/* As it was typed, so that it can be mended or sent. */
static void
put_typed(const struct console_apps *q, struct page *page)
{
	static const enum page_var levels[] = { PAGE_VAR_L_1, PAGE_VAR_L_2,
		PAGE_VAR_L_3, PAGE_VAR_L_4, PAGE_VAR_L_5 };
	const struct app_input *in = &q->in;
	int i, level = q->has_rule ? in->level : q->app.level;
	unsigned factors = q->app.factors;

	page_put_int(page, PAGE_VAR_LEVEL, level);
	if (q->has_rule) {
		factors =
		    (authz_has_word(q->factors, "password") ? SESSION_PASSWORD
							    : 0) |
		    (authz_has_word(q->factors, "code") ? SESSION_CODE : 0) |
		    (authz_has_word(q->factors, "terminal") ? SESSION_TERMINAL
							    : 0);
		page_put(page, PAGE_VAR_HOST, in->host);
		page_put(page, PAGE_VAR_NAME, in->name);
		page_put(page, PAGE_VAR_NETWORKS, in->networks);
		page_put(page, PAGE_VAR_GROUPS, in->groups);
		page_put(page, PAGE_VAR_OFFICES, in->offices);
		page_put(page, PAGE_VAR_PATHS, in->paths);
		page_put(page, PAGE_VAR_IDLE, in->idle);
		page_put(page, PAGE_VAR_ABSOLUTE, in->absolute);
		/* an empty list has every word */
		if (q->factors[0] == '\0')
			factors = 0;
	}
	page_put_flag(
	    page, PAGE_VAR_F_PASSWORD, (factors & SESSION_PASSWORD) != 0);
	page_put_flag(page, PAGE_VAR_F_CODE, (factors & SESSION_CODE) != 0);
	page_put_flag(
	    page, PAGE_VAR_F_TERMINAL, (factors & SESSION_TERMINAL) != 0);
	for (i = 0; i < 5; i++)
		page_put_flag(page, levels[i], level == i + 1);
	page_put_flag(page, PAGE_VAR_NEW, q->is_new);
}

void
console_apps_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_apps *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call,
		q->is_new ? CATALOG_CONSOLE_APP_ADD : CATALOG_CONSOLE_APP_SET,
		&page, out) != 0)
		return;
	put_app(act, page, &q->app);
	put_typed(q, page);
	console_give(&q->console, page, PAGE_CONSOLE_APP_SET, out);
}

void
console_apps_give_impact(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_apps *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_IMPACT_PAGE, &page, out) != 0)
		return;
	put_typed(q, page);
	page_put(page, PAGE_VAR_BACK, q->console.back);
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	console_impact_put(page, q->impact, act->person.is_everywhere);
	console_give(&q->console, page, PAGE_CONSOLE_APP_IMPACT, out);
}

void
console_apps_give_removal(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_apps *q = call;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_APP_REMOVE, &page, out) != 0)
		return;
	put_app(act, page, &q->app);
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	console_impact_put(page, q->impact, act->person.is_everywhere);
	console_give(&q->console, page, PAGE_CONSOLE_APP_REMOVE, out);
}

void
console_apps_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_apps *q = call;

	if (console_is_answered(act, call, r, out))
		return;
	console_done(act, &q->console,
	    q->has_rule ? CATALOG_CONSOLE_APP_DONE : CATALOG_CONSOLE_APP_GONE,
	    q->app.host, LIST, out);
}
