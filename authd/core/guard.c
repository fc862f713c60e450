#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/account.h"
#include "authd/core/guard.h"

struct search {
	struct core *c;
	const struct act *act;
	enum guard_way best;
};

static int
find_active(void *arg, const struct phone *row)
{
	bool *is_there = arg;

	(void)row;
	*is_there = true;
	return (0);
}

static int
has_second_factor(struct core *c, const struct account *a, bool *is_there)
{
	int left, r;

	*is_there = false;
	r = c->store->ops->phone_list_active(
	    c->store, &a->office, &a->id, find_active, is_there);
	if (r != 0 || *is_there)
		return (r);
	r = c->store->ops->recovery_count(c->store, &a->office, &a->id, &left);
	*is_there = r == 0 && left > 0;
	return (r);
}

static int
has_password(struct core *c, const struct account *a, bool *is_there)
{
	struct password row;
	int r;

	r = c->store->ops->password_get(c->store, &a->office, &a->id, &row);
	mem_wipe(&row, sizeof(row));
	*is_there = r == 0;
	return (r == ERR_NOTFOUND ? 0 : r);
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
	struct office office;
	bool has;
	int r;

	*way = GUARD_NO_WAY;
	r = c->store->ops->office_by_id(c->store, &a->office, &office);
	if (r != 0 ||
	    account_obstacle(a, &office, act->now.wall_ms) != NULL ||
	    (r = has_second_factor(c, a, &has)) != 0 || !has)
		return (r);
	if ((r = account_late(c, a, act->now.wall_ms, &has)) != 0 || has)
		return (r);
	*way = GUARD_NO_PASSWORD;
	if ((r = has_password(c, a, &has)) != 0 || !has)
		return (r);
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
		  "phone: recovery create, then phone revoke."));
}
