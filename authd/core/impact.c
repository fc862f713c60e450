#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/core/account_input.h"
#include "authd/core/impact.h"
#include "authd/core/means.h"
#include "authd/core/office.h"

#define DAY_MS (24 * 3600 * 1000LL)

/* One look from the beginning to the end. */
struct look {
	struct core *c;
	const struct act *act;
	struct way_rule before, after;
	int64_t kept_ms;
	struct impact *out;
	/* the accounts come office by office, mostly */
	struct office office;
	bool has_office;
	/* rules of all applications, when it is not about one */
	struct app *apps;
	size_t apps_n;
};

const char *
impact_refusal(const struct impact *i)
{
	if (i->asker_lost)
		return ("locks_out_self");
	return (i->administrators_lost ? "locks_out_administrators" : NULL);
}

/* --- what comes together --- */

static enum way
weigh(const struct look *l, const struct way_rule *rule, const struct means *m,
    bool *is_known)
{
	return (
	    way_find(rule, m, &l->office, l->act->now.wall_ms, is_known));
}

static int
find_office(struct look *l, const struct id *id)
{
	int r;

	if (l->has_office && id_equal(&l->office.id, id))
		return (0);
	r = l->c->store->ops->office_by_id(l->c->store, id, &l->office);
	l->has_office = r == 0;
	return (r);
}

static void
put_person(struct look *l, const struct account *a, const struct app *app,
    enum way why)
{
	struct impact *out = l->out;
	struct impact_person *p;

	out->by[why]++;
	if (strcmp(l->act->actor, a->login) == 0)
		out->asker_lost = true;
	if (out->people_n == IMPACT_PEOPLE_MAX)
		return;
	p = &out->people[out->people_n++];
	memcpy(p->login, a->login, sizeof(p->login));
	memcpy(p->name, a->name, sizeof(p->name));
	memcpy(p->office, l->office.code, sizeof(p->office));
	if (app != NULL)
		memcpy(p->app, app->host, sizeof(p->app));
	p->why = why;
}

/* The same account by both rules; true when it does not get in any more. */
static bool
compare(struct look *l, const struct means *before, const struct means *after)
{
	bool is_known, is_placed;
	enum way was = weigh(l, &l->before, before, &is_known);
	enum way is = weigh(l, &l->after, after, &is_placed);

	l->out->before += was == WAY_IN;
	l->out->after += is == WAY_IN;
	l->out->gained += was != WAY_IN && is == WAY_IN;
	l->out->unplaced += is == WAY_IN && !is_placed;
	if (was != WAY_IN || is == WAY_IN)
		return (false);
	l->out->lost++;
	put_person(l, &before->account,
	    is == WAY_LOGIN ? NULL : l->before.app, is);
	return (true);
}

static int
on_app(void *arg, const struct means *m)
{
	struct look *l = arg;
	int r;

	if ((r = find_office(l, &m->account.office)) != 0)
		return (r);
	l->out->accounts++;
	(void)compare(l, m, m);
	return (0);
}

/* Everybody, or those of one office. */
static int
look_at(struct look *l, const struct id *office, store_means_fn *fn)
{
	int room = IMPACT_ACCOUNTS_MAX + 1 - l->out->accounts;
	int r;

	r = l->c->store->ops->account_means(l->c->store, office, "", room,
	    l->act->now.wall_ms, l->kept_ms, fn, l);
	if (l->out->accounts > IMPACT_ACCOUNTS_MAX)
		l->out->is_partial = true;
	return (r);
}

/* --- administrators --- */

struct search {
	struct look *l;
	bool was, is;
};

static int
on_administrator(void *arg, const struct account *row)
{
	struct search *s = arg;
	struct look *l = s->l;
	struct means m;
	bool is_known;
	int r;

	if ((r = find_office(l, &row->office)) != 0 ||
	    (r = l->c->store->ops->account_means_of(l->c->store, &row->office,
		 &row->id, l->act->now.wall_ms, l->kept_ms, &m)) != 0)
		return (r);
	s->was |= weigh(l, &l->before, &m, &is_known) == WAY_IN;
	s->is |= weigh(l, &l->after, &m, &is_known) == WAY_IN;
	return (s->is ? ERR_LIMIT : 0); /* ends it: one is enough */
}

static int
look_at_administrators(struct look *l, bool *is_lost)
{
	struct search s = { l, false, false };
	int r;

	r = l->c->store->ops->account_administrators(
	    l->c->store, NULL, on_administrator, &s);
	*is_lost = s.was && !s.is;
	return (r == ERR_LIMIT ? 0 : r);
}

/* --- a rule of an application --- */

/* ${but}: the application the rule is of, NULL when it is of none. */
static int
begin(struct look *l, struct core *c, const struct act *act,
    const struct app *but, struct impact *out)
{
	bool by_terminal;
	int r;

	memset(l, 0, sizeof(*l));
	memset(out, 0, sizeof(*out));
	l->c = c;
	l->act = act;
	l->out = out;
	l->before.takes_certs = l->after.takes_certs =
	    c->policy->takes_certs != 0;
	r = means_take_terminals(
	    c, but == NULL ? NULL : but->host, &by_terminal);
	l->before.takes_terminals = l->after.takes_terminals =
	    r == 0 && by_terminal;
	return (r);
}

static void
set_apps(struct look *l, const struct app *before, const struct app *after)
{
	l->before.app = before;
	l->before.is_closed = before == NULL;
	l->after.app = after;
	l->after.is_closed = after == NULL;
}

int
impact_app(struct core *c, const struct act *act, const struct app *before,
    const struct app *after, struct impact *out)
{
	struct look l;
	int r;

	if ((r = begin(&l, c, act, before == NULL ? after : before, out)) != 0)
		return (r);
	set_apps(&l, before, after);
	if ((r = look_at(&l, NULL, on_app)) != 0 || before == NULL)
		return (r);
	return (look_at_administrators(&l, &out->administrators_lost));
}

int
impact_app_input(struct core *c, struct act *act, const struct app_input *in,
    struct impact *out)
{
	struct app before, after;
	bool is_new;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = app_look_ahead(c, act, in, &before, &after, &is_new)) != 0)
		return (r);
	return (impact_app(c, act, is_new ? NULL : &before, &after, out));
}

/* The account of who asks, if it is one. */
static int
find_asker(struct core *c, const struct act *act, struct means *m, bool *is_one)
{
	struct account a;
	int r;

	*is_one = false;
	if (strchr(act->actor, ':') != NULL)
		return (0); /* unix:UID; no login has it */
	r = c->store->ops->account_find(c->store, act->actor, &a);
	if (r == 0)
		r = c->store->ops->account_means_of(c->store, &a.office, &a.id,
		    act->now.wall_ms, 0, m);
	*is_one = r == 0;
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
impact_app_refusal(struct core *c, const struct act *act,
    const struct app *before, const struct app *after, const char **why)
{
	struct impact *out = calloc(1, sizeof(*out));
	struct means m;
	struct look l;
	bool is_one;
	int r = ERR_NOMEM;

	*why = "locks_out_administrators"; /* until we know better */
	if (out == NULL)
		return (ERR_NOMEM);
	if ((r = begin(&l, c, act, before == NULL ? after : before, out)) != 0)
		goto out;
	set_apps(&l, before, after);
	if ((r = find_asker(c, act, &m, &is_one)) != 0)
		goto out;
	if (is_one && (r = on_app(&l, &m)) != 0)
		goto out;
	r = look_at_administrators(&l, &out->administrators_lost);
	if (r == 0)
		*why = impact_refusal(out);
out:
	free(out);
	return (r);
}

/* --- all applications: an account, an office, the configuration --- */

static int
keep_app(void *arg, const struct app *row)
{
	struct look *l = arg;

	l->apps[l->apps_n++] = *row;
	return (0);
}

static int
load_apps(struct look *l)
{
	l->apps = calloc(IMPACT_APPS_MAX, sizeof(*l->apps));
	if (l->apps == NULL)
		return (ERR_NOMEM);
	return (l->c->store->ops->app_list(
	    l->c->store, "", IMPACT_APPS_MAX, keep_app, l));
}

static int
look_at_account(
    struct look *l, const struct account *before, const struct account *after)
{
	struct means was, will;
	size_t i;
	int r;

	if ((r = find_office(l, &before->office)) != 0 ||
	    (r = l->c->store->ops->account_means_of(l->c->store,
		 &before->office, &before->id, l->act->now.wall_ms, 0, &was)) !=
		0)
		return (r);
	will = was;
	was.account = *before;
	will.account = *after;
	l->out->accounts = 1;
	set_apps(l, NULL, NULL);
	l->before.is_closed = l->after.is_closed = false;
	/* who cannot log in gets nowhere: that is told once */
	if (compare(l, &was, &will))
		return (0);
	l->out->before = l->out->after = l->out->gained = 0;
	for (i = 0; i < l->apps_n; i++) {
		set_apps(l, &l->apps[i], &l->apps[i]);
		(void)compare(l, &was, &will);
	}
	return (0);
}

int
impact_account_refusal(struct core *c, const struct act *act,
    const struct account *before, const struct account *after,
    const char **why)
{
	struct impact *out;
	struct look l;
	int r;

	*why = NULL;
	/* Others may lose their way in; that is what the change is for, and
	 * the guard looks after administrators. */
	if (strcmp(act->actor, before->login) != 0)
		return (0);
	*why = "locks_out_self";
	if ((out = calloc(1, sizeof(*out))) == NULL)
		return (ERR_NOMEM);
	if ((r = begin(&l, c, act, NULL, out)) == 0 &&
	    (r = load_apps(&l)) == 0 &&
	    (r = look_at_account(&l, before, after)) == 0)
		*why = impact_refusal(out);
	free(l.apps);
	free(out);
	return (r);
}

int
impact_account_input(struct core *c, struct act *act,
    const struct account_input *in, struct impact *out)
{
	struct account before, after;
	struct look l;
	int r;

	if ((r = begin(&l, c, act, NULL, out)) != 0 ||
	    (r = account_find(c, act, in->login, &before)) != 0)
		return (r);
	after = before;
	if (in->office != NULL)
		return (act_refuse(act, ERR_INVALID, "fixed",
		    "An account's office never changes."));
	if ((r = account_input_take(c->policy, act, in, &after)) == 0 &&
	    (r = load_apps(&l)) == 0)
		r = look_at_account(&l, &before, &after);
	free(l.apps);
	return (r);
}

int
impact_office(
    struct core *c, struct act *act, const char *code, struct impact *out)
{
	struct office office;
	struct look l;
	int r;

	if ((r = begin(&l, c, act, NULL, out)) != 0 ||
	    (r = office_find(c, act, code, &office)) != 0)
		return (r);
	l.after.is_closed = true;
	return (look_at(&l, &office.id, on_app));
}

/* Counted once: by the first application it loses. */
static int
on_policy(void *arg, const struct means *m)
{
	struct look *l = arg;
	bool is_known;
	size_t i;
	int r;

	if ((r = find_office(l, &m->account.office)) != 0)
		return (r);
	l->out->accounts++;
	l->before.app = l->after.app = NULL;
	if (compare(l, m, m))
		return (0);
	for (i = 0; i < l->apps_n; i++) {
		l->before.app = l->after.app = &l->apps[i];
		if (weigh(l, &l->before, m, &is_known) != WAY_IN ||
		    weigh(l, &l->after, m, &is_known) == WAY_IN)
			continue;
		l->out->lost++;
		put_person(l, &m->account, &l->apps[i],
		    weigh(l, &l->after, m, &is_known));
		break;
	}
	return (0);
}

void
impact_policy_of(const struct policy *p, struct impact_policy *out)
{
	out->takes_certs = p->takes_certs != 0;
	out->has_portal = p->portal_url[0] != '\0';
	out->cert_unused_days = p->cert_unused_days;
}

int
impact_policy(struct core *c, const struct act *act,
    const struct impact_policy *next, struct impact *out)
{
	struct look l;
	int r;

	if ((r = begin(&l, c, act, NULL, out)) != 0)
		return (r);
	l.before.is_closed = c->policy->portal_url[0] == '\0';
	l.after.is_closed = !next->has_portal;
	l.after.takes_certs = next->takes_certs;
	l.after.keeps_used = next->cert_unused_days > 0;
	l.kept_ms = next->cert_unused_days > 0
	    ? act->now.wall_ms - next->cert_unused_days * DAY_MS
	    : 0;
	if ((r = load_apps(&l)) == 0)
		r = look_at(&l, NULL, on_policy);
	l.before.app = l.after.app = NULL;
	if (r == 0)
		r = look_at_administrators(&l, &out->administrators_lost);
	free(l.apps);
	return (r);
}
