#include <string.h>

#include "authd/core/account.h"
#include "authd/core/guard.h"
#include "authd/core/means.h"

struct search {
	struct core *c;
	const struct act *act;
	enum guard_way best;
};

/* Does its terminal open a login? The applications are asked only when it has
 * one and nothing else. */
static int
has_terminal(struct core *c, const struct means *m, bool *is_there)
{
	*is_there = false;
	if (c->policy->takes_certs == 0 || !m->has_terminal || m->phones > 0 ||
	    m->recovery_left > 0)
		return (0);
	return (means_take_terminals(c, NULL, is_there));
}

/* By the counters that logins look at. */
static int
is_locked(struct core *c, const struct act *act, const struct account *a,
    bool *locked)
{
	struct lock password, code;
	int r;

	*locked = true;
	if ((r = lock_load(
		 c, a, COUNTER_PASSWORD, "", &act->now, &password)) != 0 ||
	    (r = lock_load(c, a, COUNTER_CODE, "", &act->now, &code)) != 0)
		return (r);
	*locked = password.kind != LOCK_NONE || code.kind != LOCK_NONE;
	return (0);
}

static int
find_way(struct core *c, const struct act *act, const struct account *a,
    enum guard_way *way)
{
	const struct store_ops *ops = c->store->ops;
	struct office office;
	bool has, has_password;
	struct means m;
	int r;

	*way = GUARD_NO_WAY;
	if ((r = ops->office_by_id(c->store, &a->office, &office)) != 0 ||
	    (r = ops->account_means_of(c->store, &a->office, &a->id,
		 act->now.wall_ms, 0, &m)) != 0 ||
	    (r = has_terminal(c, &m, &has)) != 0)
		return (r);
	has_password = m.has_password;
	m.has_password = true; /* first: would it do with one? */
	if (!means_suffice(&m, has, &office, act->now.wall_ms))
		return (0);
	*way = GUARD_NO_PASSWORD;
	if (!has_password)
		return (0);
	*way = GUARD_LOCKED;
	if ((r = is_locked(c, act, a, &has)) != 0 || has)
		return (r);
	*way = GUARD_ABLE;
	return (0);
}

/* ERR_LIMIT ends the listing: it gets no better. */
static int
weigh(void *arg, const struct account *row)
{
	struct search *s = arg;
	enum guard_way way;
	int r;

	if ((r = find_way(s->c, s->act, row, &way)) != 0)
		return (r);
	if (way > s->best)
		s->best = way;
	return (s->best == GUARD_ABLE ? ERR_LIMIT : 0);
}

static int
find_best(struct core *c, const struct act *act, const struct guard *g,
    enum guard_way *best)
{
	struct search s = { c, act, GUARD_NO_WAY };
	int r;

	r = c->store->ops->account_administrators(
	    c->store, g->is_all ? NULL : &g->office, weigh, &s);
	*best = s.best;
	return (r == ERR_LIMIT ? 0 : r);
}

/* How near the person who asks is to logging in; an account that is no more
 * has no way. */
static int
find_own(struct core *c, const struct act *act, enum guard_way *way)
{
	const struct act_person *p = &act->person;
	struct account a;
	int r;

	*way = GUARD_NO_WAY;
	r = c->store->ops->account_by_id(
	    c->store, &p->office, &p->account, &a);
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	return (find_way(c, act, &a, way));
}

/* Is it his own account, or his own office? */
static bool
is_own(const struct act_person *p, const struct account *a)
{
	return (p->is_set &&
	    (a == NULL ||
		(id_equal(&a->office, &p->office) &&
		    id_equal(&a->id, &p->account))));
}

int
guard_open(struct core *c, const struct act *act, const struct account *a,
    struct guard *g)
{
	int r;

	memset(g, 0, sizeof(*g));
	g->is_own = is_own(&act->person, a);
	if (g->is_own && (r = find_own(c, act, &g->own_before)) != 0)
		return (r);
	if (a != NULL && (a->roles & ROLE_ADMINISTRATOR) == 0)
		return (0);
	g->is_all = a == NULL;
	if (a != NULL)
		g->office = a->office;
	if ((r = find_best(c, act, g, &g->before)) != 0)
		return (r);
	g->is_on = g->before != GUARD_NO_WAY;
	return (0);
}

int
guard_open_office(struct core *c, const struct act *act,
    const struct id *office, struct guard *g)
{
	const struct act_person *p = &act->person;
	int r;

	memset(g, 0, sizeof(*g));
	g->is_own = p->is_set && id_equal(&p->office, office);
	if (g->is_own && (r = find_own(c, act, &g->own_before)) != 0)
		return (r);
	g->office = *office;
	r = find_best(c, act, g, &g->before);
	g->is_on = r == 0 && g->before != GUARD_NO_WAY;
	return (r);
}

int
guard_close(struct core *c, struct act *act, const struct guard *g)
{
	enum guard_way after;
	int r;

	if (g->is_own) {
		if ((r = find_own(c, act, &after)) != 0)
			return (r);
		if (after < g->own_before)
			return (act_refuse(act, ERR_WRONG_STATE, "own_account",
			    "This would lock out the person who asks for it. "
			    "Have another administrator do it."));
	}
	if (!g->is_on)
		return (0);
	if ((r = find_best(c, act, g, &after)) != 0)
		return (r);
	if (after >= g->before)
		return (0);
	return (act_refuse(act, ERR_WRONG_STATE, "last_administrator",
	    g->is_all
		? "This would leave the installation without an administrator "
		  "who can log in. Let one of another office be able to first."
		: "This would leave the office without an administrator who "
		  "can log in. Let another one be able to first; for a lost "
		  "phone or terminal: recovery create, then end it."));
}
