#include <string.h>

#include "tests/fakes/store_mem_impl.h"

static struct terminal *
find_terminal(struct store *s, const struct id *id)
{
	struct terminal *t;
	size_t i;

	for (i = 0; i < store_mem_count(s, TERMINALS); i++) {
		t = store_mem_at(s, TERMINALS, i);
		if (id_equal(&t->id, id))
			return (t);
	}
	return (NULL);
}

static struct terminal *
find_label(struct store *s, const struct id *office, const char *label)
{
	struct terminal *t;
	size_t i;

	for (i = 0; i < store_mem_count(s, TERMINALS); i++) {
		t = store_mem_at(s, TERMINALS, i);
		if (id_equal(&t->office, office) && t->lost_ms == 0 &&
		    strcmp(t->label, label) == 0)
			return (t);
	}
	return (NULL);
}

static int
office_exists(struct store *s, const struct id *office)
{
	const struct office *o;
	size_t i;

	for (i = 0; i < store_mem_count(s, OFFICES); i++) {
		o = store_mem_at(s, OFFICES, i);
		if (id_equal(&o->id, office))
			return (0);
	}
	return (ERR_NOTFOUND);
}

static int
op_terminal_add(struct store *s, const struct terminal *row)
{
	int r;

	if (!rows_terminal_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (find_terminal(s, &row->id) != NULL ||
	    (row->lost_ms == 0 &&
		find_label(s, &row->office, row->label) != NULL))
		return (ERR_EXISTS);
	if ((r = office_exists(s, &row->office)) == 0)
		store_mem_add(s, TERMINALS, row);
	return (r);
}

static int
op_terminal_set(struct store *s, const struct terminal *row)
{
	struct terminal *t, *holder, next = *row;
	int r;

	if (!rows_terminal_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	t = find_terminal(s, &row->id);
	if (t == NULL || !id_equal(&t->office, &row->office))
		return (ERR_NOTFOUND);
	holder = find_label(s, &row->office, row->label);
	if (row->lost_ms == 0 && holder != NULL && holder != t)
		return (ERR_EXISTS);
	next.created_ms = t->created_ms;
	*t = next;
	return (0);
}

static int
give_terminal(struct store *s, const struct terminal *t, struct terminal *out)
{
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && t == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *t;
	return (r);
}

static int
op_terminal_get(struct store *s, const struct id *id, struct terminal *out)
{
	return (give_terminal(s, find_terminal(s, id), out));
}

static int
op_terminal_by_label(struct store *s, const struct id *office,
    const char *label, struct terminal *out)
{
	return (give_terminal(s, find_label(s, office, label), out));
}

static int
op_terminal_list(struct store *s, const struct id *office,
    const struct id *after, int limit, store_terminal_fn *fn, void *arg)
{
	const struct terminal *t, *best;
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && office != NULL)
		r = office_exists(s, office);
	for (; r == 0 && limit > 0; limit--, after = &best->id) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, TERMINALS); i++) {
			t = store_mem_at(s, TERMINALS, i);
			if ((office == NULL || id_equal(&t->office, office)) &&
			    memcmp(t->id.b, after->b, ID_LEN) > 0 &&
			    (best == NULL ||
				memcmp(t->id.b, best->id.b, ID_LEN) < 0))
				best = t;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

/* Where the pair is; the number of pairs when it is not there. */
static size_t
find_pair(struct store *s, const struct id *terminal, const struct id *account)
{
	const struct store_mem_admitted *d;
	size_t i;

	for (i = 0; i < store_mem_count(s, ADMITTED); i++) {
		d = store_mem_at(s, ADMITTED, i);
		if (id_equal(&d->terminal, terminal) &&
		    id_equal(&d->account, account))
			break;
	}
	return (i);
}

static int
may_pair(struct store *s, const struct id *office, const struct id *terminal,
    const struct id *account)
{
	const struct terminal *t = find_terminal(s, terminal);
	int r;

	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (t == NULL || !id_equal(&t->office, office) ||
	    !store_mem_people_has(s, office, account))
		return (ERR_NOTFOUND);
	return (0);
}

static int
op_terminal_admit(struct store *s, const struct id *office,
    const struct id *terminal, const struct id *account)
{
	struct store_mem_admitted row = { *office, *terminal, *account };
	int r;

	if ((r = may_pair(s, office, terminal, account)) == 0 &&
	    find_pair(s, terminal, account) == store_mem_count(s, ADMITTED))
		store_mem_add(s, ADMITTED, &row);
	return (r);
}

static int
op_terminal_drop(struct store *s, const struct id *office,
    const struct id *terminal, const struct id *account)
{
	size_t at;
	int r;

	if ((r = may_pair(s, office, terminal, account)) == 0 &&
	    (at = find_pair(s, terminal, account)) <
		store_mem_count(s, ADMITTED))
		store_mem_remove(s, ADMITTED, at);
	return (r);
}

void
store_mem_terminal_forget(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct store_mem_admitted *d;
	size_t i;

	for (i = store_mem_count(s, ADMITTED); i-- > 0;) {
		d = store_mem_at(s, ADMITTED, i);
		if (id_equal(&d->office, office) &&
		    id_equal(&d->account, account))
			store_mem_remove(s, ADMITTED, i);
	}
}

static int
op_terminal_of_account(struct store *s, const struct id *office,
    const struct id *account, int limit, store_terminal_fn *fn, void *arg)
{
	const struct terminal *t, *best;
	struct id after = { { 0 } };
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; limit--) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, TERMINALS); i++) {
			t = store_mem_at(s, TERMINALS, i);
			if (id_equal(&t->office, office) && t->lost_ms == 0 &&
			    find_pair(s, &t->id, account) <
				store_mem_count(s, ADMITTED) &&
			    memcmp(&t->id, &after, sizeof(after)) > 0 &&
			    (best == NULL ||
				memcmp(&t->id, &best->id, sizeof(after)) < 0))
				best = t;
		}
		if (best == NULL)
			break;
		after = best->id;
		r = fn(arg, best);
	}
	return (r);
}

static int
op_terminal_admitted(struct store *s, const struct id *office,
    const struct id *terminal, store_account_fn *fn, void *arg)
{
	const struct terminal *t = find_terminal(s, terminal);
	const struct account *a, *best;
	const char *after = "";
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && (t == NULL || !id_equal(&t->office, office)))
		return (ERR_NOTFOUND);
	for (; r == 0; after = best->login) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, ACCOUNTS); i++) {
			a = store_mem_at(s, ACCOUNTS, i);
			if (id_equal(&a->office, office) &&
			    find_pair(s, terminal, &a->id) <
				store_mem_count(s, ADMITTED) &&
			    strcmp(a->login, after) > 0 &&
			    (best == NULL || strcmp(a->login, best->login) < 0))
				best = a;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

/* 0, 1 for a live certificate of ${terminal}, 2 for one that is kept too. */
static int
weigh_terminal(struct store *s, const struct id *terminal, int64_t at_ms,
    int64_t kept_ms)
{
	const struct cert *c;
	int weight = 0;
	size_t i;

	for (i = 0; i < store_mem_count(s, CERTS); i++) {
		c = store_mem_at(s, CERTS, i);
		if (!id_equal(&c->holder, terminal) || c->revoked_ms != 0 ||
		    c->not_after_ms <= at_ms)
			continue;
		if (c->first_seen_ms > 0 || c->issued_ms >= kept_ms)
			return (2);
		weight = 1;
	}
	return (weight);
}

static bool
admits(struct store *s, const struct terminal *t, const struct account *a)
{
	const struct store_mem_admitted *d;
	size_t i;

	if (t->admits_all)
		return (id_equal(&t->office, &a->office));
	for (i = 0; i < store_mem_count(s, ADMITTED); i++) {
		d = store_mem_at(s, ADMITTED, i);
		if (id_equal(&d->terminal, &t->id) &&
		    id_equal(&d->account, &a->id))
			return (true);
	}
	return (false);
}

static void
later(struct means *m, int64_t used_ms)
{
	if (used_ms > m->used_ms)
		m->used_ms = used_ms;
}

static void
fill_means(struct store *s, int64_t at_ms, int64_t kept_ms, struct means *m)
{
	const struct account *a = &m->account;
	const struct store_mem_recovery *v;
	const struct terminal *t;
	const struct session *n;
	const struct phone *p;
	const struct password *w;
	int64_t seen = -1;
	int weight;
	size_t i;

	for (i = 0; i < store_mem_count(s, PASSWORDS); i++) {
		w = store_mem_at(s, PASSWORDS, i);
		m->has_password |= id_equal(&w->account, &a->id);
	}
	for (i = 0; i < store_mem_count(s, PHONES); i++) {
		p = store_mem_at(s, PHONES, i);
		if (!id_equal(&p->account, &a->id))
			continue;
		m->phones += p->state == PHONE_ACTIVE;
		m->was_enrolled |= p->confirmed_ms > 0;
		later(m, p->last_used_ms);
	}
	for (i = 0; i < store_mem_count(s, RECOVERIES); i++) {
		v = store_mem_at(s, RECOVERIES, i);
		if (!id_equal(&v->account, &a->id))
			continue;
		m->recovery_left += v->used_ms == 0;
		later(m, v->used_ms);
	}
	for (i = 0; i < store_mem_count(s, SESSIONS); i++) {
		n = store_mem_at(s, SESSIONS, i);
		if (!id_equal(&n->account, &a->id))
			continue;
		later(m, n->seen_ms);
		if (n->seen_steady > seen)
			memcpy(m->source, n->source, sizeof(m->source));
		if (n->seen_steady > seen)
			seen = n->seen_steady;
	}
	for (i = 0; i < store_mem_count(s, TERMINALS); i++) {
		t = store_mem_at(s, TERMINALS, i);
		if (t->lost_ms != 0 || !admits(s, t, a))
			continue;
		weight = weigh_terminal(s, &t->id, at_ms, kept_ms);
		m->has_terminal |= weight > 0;
		m->has_kept_terminal |= weight > 1;
	}
}

struct meaning {
	struct store *s;
	int64_t at_ms, kept_ms;
	store_means_fn *fn;
	void *arg;
};

static int
give_means(void *arg, const struct account *row)
{
	struct meaning *g = arg;
	struct means m = { .account = *row };

	fill_means(g->s, g->at_ms, g->kept_ms, &m);
	return (g->fn(g->arg, &m));
}

static int
op_account_means(struct store *s, const struct id *office, const char *after,
    int limit, int64_t at_ms, int64_t kept_ms, store_means_fn *fn, void *arg)
{
	struct meaning g = { s, at_ms, kept_ms, fn, arg };

	return (
	    s->ops->account_list(s, office, after, limit, give_means, &g));
}

static int
op_account_means_of(struct store *s, const struct id *office,
    const struct id *account, int64_t at_ms, int64_t kept_ms,
    struct means *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	r = s->ops->account_by_id(s, office, account, &out->account);
	if (r == 0)
		fill_means(s, at_ms, kept_ms, out);
	return (r);
}

void
store_mem_terminal_fill(struct store_ops *ops)
{
	ops->account_means = op_account_means;
	ops->account_means_of = op_account_means_of;
	ops->terminal_add = op_terminal_add;
	ops->terminal_set = op_terminal_set;
	ops->terminal_get = op_terminal_get;
	ops->terminal_by_label = op_terminal_by_label;
	ops->terminal_list = op_terminal_list;
	ops->terminal_admit = op_terminal_admit;
	ops->terminal_drop = op_terminal_drop;
	ops->terminal_admitted = op_terminal_admitted;
	ops->terminal_of_account = op_terminal_of_account;
}
