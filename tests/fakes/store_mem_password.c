#include <string.h>

#include "tests/fakes/store_mem_impl.h"

static struct password *
find_password(
    struct store *s, const struct id *office, const struct id *account)
{
	struct password *p;
	size_t i;

	for (i = 0; i < store_mem_count(s, PASSWORDS); i++) {
		p = store_mem_at(s, PASSWORDS, i);
		if (id_equal(&p->office, office) &&
		    id_equal(&p->account, account))
			return (p);
	}
	return (NULL);
}

static bool
is_past_of(const struct store_mem_past *p, const struct id *office,
    const struct id *account)
{
	return (id_equal(&p->was.office, office) &&
	    id_equal(&p->was.account, account));
}

static int
op_password_get(struct store *s, const struct id *office,
    const struct id *account, struct password *out)
{
	const struct password *p = find_password(s, office, account);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && p == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *p;
	return (r);
}

/* The key of the history is the account, both times and the hash. */
static void
remember(struct store *s, const struct password *was, int64_t now_ms)
{
	struct store_mem_past next = { .was = *was, .replaced_ms = now_ms };
	const struct store_mem_past *p;
	size_t i;

	next.was.is_temporary = false;
	next.was.checked_ms = 0;
	for (i = 0; i < store_mem_count(s, PASTS); i++) {
		p = store_mem_at(s, PASTS, i);
		if (is_past_of(p, &was->office, &was->account) &&
		    p->replaced_ms == now_ms &&
		    p->was.changed_ms == was->changed_ms &&
		    strcmp(p->was.hash, was->hash) == 0)
			return;
	}
	store_mem_add(s, PASTS, &next);
}

static void
forget(struct store *s, const struct id *office, const struct id *account,
    int64_t before_ms)
{
	const struct store_mem_past *p;
	size_t i;

	for (i = store_mem_count(s, PASTS); i-- > 0;) {
		p = store_mem_at(s, PASTS, i);
		if (is_past_of(p, office, account) &&
		    p->replaced_ms < before_ms)
			store_mem_remove(s, PASTS, i);
	}
}

static int
op_password_put(
    struct store *s, const struct password *row, int64_t forget_before_ms)
{
	struct password *p;
	int r;

	if (!rows_password_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (!store_mem_people_has(s, &row->office, &row->account))
		return (ERR_NOTFOUND);
	p = find_password(s, &row->office, &row->account);
	if (p != NULL && strcmp(p->hash, row->hash) != 0)
		remember(s, p, row->changed_ms);
	if (p != NULL)
		*p = *row;
	else
		store_mem_add(s, PASSWORDS, row);
	forget(s, &row->office, &row->account, forget_before_ms);
	return (0);
}

static bool
is_newer(const struct store_mem_past *a, const struct store_mem_past *b)
{
	if (a->replaced_ms != b->replaced_ms)
		return (a->replaced_ms > b->replaced_ms);
	if (a->was.changed_ms != b->was.changed_ms)
		return (a->was.changed_ms > b->was.changed_ms);
	return (strcmp(a->was.hash, b->was.hash) > 0);
}

static int
op_password_history(struct store *s, const struct id *office,
    const struct id *account, store_password_fn *fn, void *arg)
{
	const struct store_mem_past *p, *best, *last = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && !store_mem_people_has(s, office, account))
		return (ERR_NOTFOUND);
	for (; r == 0; last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, PASTS); i++) {
			p = store_mem_at(s, PASTS, i);
			if (is_past_of(p, office, account) &&
			    (last == NULL || is_newer(last, p)) &&
			    (best == NULL || is_newer(p, best)))
				best = p;
		}
		if (best == NULL)
			break;
		r = fn(arg, &best->was);
	}
	return (r);
}

static void
remove_recoveries(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct store_mem_recovery *c;
	size_t i;

	for (i = store_mem_count(s, RECOVERIES); i-- > 0;) {
		c = store_mem_at(s, RECOVERIES, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account))
			store_mem_remove(s, RECOVERIES, i);
	}
}

static int
op_recovery_replace(struct store *s, const struct id *office,
    const struct id *account, const uint8_t (*macs)[RECOVERY_MAC_LEN], int n,
    int64_t now_ms)
{
	struct store_mem_recovery row = { .office = *office,
		.account = *account };
	int i, r;

	if (!rows_recovery_ok(macs, n) || now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (!store_mem_people_has(s, office, account))
		return (ERR_NOTFOUND);
	remove_recoveries(s, office, account);
	for (i = 0; i < n; i++) {
		memcpy(row.mac, macs[i], sizeof(row.mac));
		store_mem_add(s, RECOVERIES, &row);
	}
	return (0);
}

static int
op_recovery_use(struct store *s, const struct id *office,
    const struct id *account, const uint8_t mac[RECOVERY_MAC_LEN],
    int64_t now_ms, bool *took)
{
	struct store_mem_recovery *c;
	size_t i;
	int r;

	*took = false;
	if (now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (!store_mem_people_has(s, office, account))
		return (ERR_NOTFOUND);
	for (i = 0; i < store_mem_count(s, RECOVERIES); i++) {
		c = store_mem_at(s, RECOVERIES, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account) &&
		    memcmp(c->mac, mac, sizeof(c->mac)) == 0 &&
		    c->used_ms == 0) {
			c->used_ms = now_ms;
			*took = true;
		}
	}
	return (0);
}

static int
op_recovery_count(struct store *s, const struct id *office,
    const struct id *account, int *left)
{
	const struct store_mem_recovery *c;
	int r = store_mem_may_read(s);
	size_t i;

	*left = 0;
	if (r == 0 && !store_mem_people_has(s, office, account))
		r = ERR_NOTFOUND;
	for (i = 0; r == 0 && i < store_mem_count(s, RECOVERIES); i++) {
		c = store_mem_at(s, RECOVERIES, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account) && c->used_ms == 0)
			(*left)++;
	}
	return (r);
}

void
store_mem_password_remove(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct password *p = find_password(s, office, account);

	if (p != NULL)
		store_mem_remove(s, PASSWORDS,
		    (size_t)(p -
			(struct password *)store_mem_at(s, PASSWORDS, 0)));
	forget(s, office, account, INT64_MAX);
	remove_recoveries(s, office, account);
}

void
store_mem_password_fill(struct store_ops *ops)
{
	ops->password_get = op_password_get;
	ops->password_put = op_password_put;
	ops->password_history = op_password_history;
	ops->recovery_replace = op_recovery_replace;
	ops->recovery_use = op_recovery_use;
	ops->recovery_count = op_recovery_count;
}
