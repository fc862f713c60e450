#include <stdlib.h>
#include <string.h>

#include "tests/fakes/store_mem_impl.h"

/* Has the text this part, in whatever case of ASCII? */
static bool
has(const char *text, const char *part)
{
	char lower[NAME_MAX_BYTES + 1];
	size_t i;

	for (i = 0; i < sizeof(lower) - 1 && text[i] != '\0'; i++)
		lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z'
			? text[i] - 'A' + 'a'
			: text[i]);
	lower[i] = '\0';
	return (strstr(lower, part) != NULL);
}

static bool
is_locked(struct store *s, const struct account *a, int64_t now)
{
	const struct counter *c;
	int in_row = 0;
	bool is = false;
	size_t i;

	for (i = 0; i < store_mem_count(s, COUNTERS); i++) {
		c = store_mem_at(s, COUNTERS, i);
		if (!id_equal(&c->office, &a->office) ||
		    !id_equal(&c->account, &a->id))
			continue;
		is = is || c->locked_until_steady > now;
		in_row += c->kind == COUNTER_CODE ? c->in_row : 0;
	}
	return (is || in_row >= IN_ROW_MAX);
}

static bool
is_enrolled(struct store *s, const struct account *a)
{
	const struct phone *p;
	size_t i;

	for (i = 0; i < store_mem_count(s, PHONES); i++) {
		p = store_mem_at(s, PHONES, i);
		if (id_equal(&p->office, &a->office) &&
		    id_equal(&p->account, &a->id) && p->confirmed_ms != 0)
			return (true);
	}
	return (false);
}

static bool
is_picked(struct store *s, const struct account_search *q,
    const struct account *a)
{
	switch (q->pick) {
	case ACCOUNT_PICK_ANY:
		return (true);
	case ACCOUNT_PICK_ACTIVE:
		return (a->disabled_ms == 0 && a->approved_ms != 0);
	case ACCOUNT_PICK_PENDING:
		return (a->disabled_ms == 0 && a->approved_ms == 0);
	case ACCOUNT_PICK_DISABLED:
		return (a->disabled_ms != 0);
	case ACCOUNT_PICK_LOCKED:
		return (is_locked(s, a, q->now_steady));
	case ACCOUNT_PICK_UNENROLLED:
		return (!is_enrolled(s, a));
	}
	return (false);
}

/* A unix name that is not the login is a name of its own. */
static bool
has_second(const struct account *a)
{
	return (a->unix_user[0] != '\0' && strcmp(a->unix_user, a->login) != 0);
}

static size_t
count_names(struct store *s)
{
	const struct account *a;
	size_t i, n = 0;

	for (i = 0; i < store_mem_count(s, ACCOUNTS); i++) {
		a = store_mem_at(s, ACCOUNTS, i);
		n += 1 + has_second(a);
	}
	return (n);
}

/* Is the login among the first so many names, or begins it so? */
static bool
is_looked_at(struct store *s, const char *login, int looked, const char *begins)
{
	const struct account *a;
	int before = 0;
	size_t i;

	if (strncmp(login, begins, strlen(begins)) == 0 && begins[0] != '\0')
		return (true);
	for (i = 0; i < store_mem_count(s, ACCOUNTS); i++) {
		a = store_mem_at(s, ACCOUNTS, i);
		before += strcmp(a->login, login) < 0;
		before += has_second(a) && strcmp(a->unix_user, login) < 0;
	}
	return (before < looked);
}

static int
by_login(const void *a, const void *b)
{
	return (strcmp((*(const struct account *const *)a)->login,
	    (*(const struct account *const *)b)->login));
}

static int
op_account_search(struct store *s, const struct account_search *q,
    store_account_fn *fn, void *arg, struct search_found *out)
{
	size_t i, n = 0, most = store_mem_count(s, ACCOUNTS);
	const struct account **found, *a;
	struct office there;
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && !q->is_all)
		r = s->ops->office_by_id(s, &q->office, &there);
	if (r != 0)
		return (r);
	if ((found = calloc(most + 1, sizeof(*found))) == NULL)
		abort();
	for (i = 0; i < most; i++) {
		a = store_mem_at(s, ACCOUNTS, i);
		if ((q->is_all
			    ? is_looked_at(s, a->login, q->looked, q->login)
			    : id_equal(&a->office, &q->office)) &&
		    (q->text[0] == '\0' || has(a->login, q->login) ||
			has(a->name, q->text) || has(a->kana, q->text)) &&
		    is_picked(s, q, a))
			found[n++] = a;
	}
	qsort(found, n, sizeof(*found), by_login);
	for (i = (size_t)q->offset; r == 0 && i < n &&
	     i < (size_t)(q->offset + q->limit); i++)
		r = fn(arg, found[i]);
	free(found);
	out->total = (int)n;
	out->is_part = q->is_all && count_names(s) > (size_t)q->looked;
	return (r);
}

static const struct account *
owner_of(struct store *s, const struct phone *p)
{
	const struct account *a;
	size_t i;

	for (i = 0; i < store_mem_count(s, ACCOUNTS); i++) {
		a = store_mem_at(s, ACCOUNTS, i);
		if (id_equal(&a->office, &p->office) &&
		    id_equal(&a->id, &p->account))
			return (a);
	}
	abort();
}

static bool
is_sought(struct store *s, const struct device_search *q, const struct phone *p)
{
	const struct account *a = owner_of(s, p);

	if (q->is_all ? !is_looked_at(s, a->login, q->looked, q->login)
		      : !id_equal(&p->office, &q->office))
		return (false);
	if (q->text[0] != '\0' && !has(a->login, q->login) &&
	    !has(a->name, q->text) && !has(a->kana, q->text) &&
	    !has(p->label, q->text))
		return (false);
	switch (q->pick) {
	case DEVICE_PICK_ANY:
		return (true);
	case DEVICE_PICK_LIVE:
		return (p->state == PHONE_ACTIVE);
	case DEVICE_PICK_GONE:
		return (p->state == PHONE_REVOKED);
	case DEVICE_PICK_PENDING:
		return (
		    p->state == PHONE_PENDING && p->expires_ms > q->now_ms);
	}
	return (false);
}

struct found {
	const struct phone *phone;
	const char *login;
};

static int
by_owner(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int r = strcmp(x->login, y->login);

	return (r != 0 ? r
		       : memcmp(&x->phone->device, &y->phone->device,
			     sizeof(x->phone->device)));
}

static int
op_phone_search(struct store *s, const struct device_search *q,
    store_phone_fn *fn, void *arg, struct search_found *out)
{
	size_t i, n = 0, most = store_mem_count(s, PHONES);
	struct found *found;
	struct office there;
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && !q->is_all)
		r = s->ops->office_by_id(s, &q->office, &there);
	if (r != 0)
		return (r);
	if ((found = calloc(most + 1, sizeof(*found))) == NULL)
		abort();
	for (i = 0; i < most; i++) {
		found[n].phone = store_mem_at(s, PHONES, i);
		found[n].login = owner_of(s, found[n].phone)->login;
		n += is_sought(s, q, found[n].phone);
	}
	qsort(found, n, sizeof(*found), by_owner);
	for (i = (size_t)q->offset; r == 0 && i < n &&
	     i < (size_t)(q->offset + q->limit); i++)
		r = fn(arg, found[i].phone);
	free(found);
	out->total = (int)n;
	out->is_part = q->is_all && count_names(s) > (size_t)q->looked;
	return (r);
}

static int
op_phone_by_device(
    struct store *s, const struct id *device, struct phone *out)
{
	const struct phone *p;
	int r = store_mem_may_read(s);
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; r == 0 && i < store_mem_count(s, PHONES); i++) {
		p = store_mem_at(s, PHONES, i);
		if (id_equal(&p->device, device)) {
			*out = *p;
			return (0);
		}
	}
	return (r != 0 ? r : ERR_NOTFOUND);
}

struct seeking {
	const struct device_search *q;
	bool is_found;
};

static int
on_admitted(void *arg, const struct account *a)
{
	struct seeking *k = arg;

	k->is_found = k->is_found || has(a->login, k->q->login) ||
	    has(a->name, k->q->text);
	return (0);
}

struct terminals {
	struct store *s;
	const struct device_search *q;
	store_terminal_fn *fn;
	void *arg;
	int n;
};

/* In the order of their ids. */
static int
on_terminal(void *arg, const struct terminal *t)
{
	struct terminals *l = arg;
	struct seeking k = { l->q, false };
	int r;

	if ((l->q->pick == DEVICE_PICK_LIVE && t->lost_ms != 0) ||
	    (l->q->pick == DEVICE_PICK_GONE && t->lost_ms == 0) ||
	    l->q->pick == DEVICE_PICK_PENDING)
		return (0);
	if (l->q->text[0] != '\0' && !has(t->label, l->q->text)) {
		r = l->s->ops->terminal_admitted(
		    l->s, &t->office, &t->id, on_admitted, &k);
		if (r != 0 || !k.is_found)
			return (r);
	}
	l->n++;
	if (l->n <= l->q->offset || l->n > l->q->offset + l->q->limit)
		return (0);
	return (l->fn(l->arg, t));
}

static int
op_terminal_search(struct store *s, const struct device_search *q,
    store_terminal_fn *fn, void *arg, struct search_found *out)
{
	static const struct id first;
	struct terminals l = { s, q, fn, arg, 0 };
	int r;

	memset(out, 0, sizeof(*out));
	r = s->ops->terminal_list(s, q->is_all ? NULL : &q->office, &first,
	    q->is_all ? q->looked : INT32_MAX, on_terminal, &l);
	out->total = l.n;
	out->is_part = q->is_all &&
	    store_mem_count(s, TERMINALS) > (size_t)q->looked;
	return (r);
}

void
store_mem_search_fill(struct store_ops *ops)
{
	ops->account_search = op_account_search;
	ops->phone_search = op_phone_search;
	ops->phone_by_device = op_phone_by_device;
	ops->terminal_search = op_terminal_search;
}
