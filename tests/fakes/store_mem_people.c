#include <string.h>

#include "tests/fakes/store_mem_impl.h"

static struct office *
find_office(struct store *s, const struct id *id)
{
	struct office *o;
	size_t i;

	for (i = 0; i < store_mem_count(s, OFFICES); i++) {
		o = store_mem_at(s, OFFICES, i);
		if (id_equal(&o->id, id))
			return (o);
	}
	return (NULL);
}

static struct office *
find_code(struct store *s, const char *code)
{
	struct office *o;
	size_t i;

	for (i = 0; i < store_mem_count(s, OFFICES); i++) {
		o = store_mem_at(s, OFFICES, i);
		if (strcmp(o->code, code) == 0)
			return (o);
	}
	return (NULL);
}

static int
op_office_add(struct store *s, const struct office *row)
{
	int r;

	if (!rows_office_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (find_office(s, &row->id) != NULL || find_code(s, row->code) != NULL)
		return (ERR_EXISTS);
	store_mem_add(s, OFFICES, row);
	return (0);
}

static int
op_office_set(struct store *s, const struct office *row)
{
	struct office *o, next = *row;
	int r;

	if (!rows_office_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((o = find_office(s, &row->id)) == NULL)
		return (ERR_NOTFOUND);
	memcpy(next.code, o->code, sizeof(next.code));
	next.created_ms = o->created_ms;
	*o = next;
	return (0);
}

static int
give_office(struct store *s, const struct office *o, struct office *out)
{
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && o == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *o;
	return (r);
}

static int
op_office_by_code(struct store *s, const char *code, struct office *out)
{
	return (give_office(s, find_code(s, code), out));
}

static int
op_office_by_id(struct store *s, const struct id *id, struct office *out)
{
	return (give_office(s, find_office(s, id), out));
}

static int
op_office_list(struct store *s, const char *after, int limit,
    store_office_fn *fn, void *arg)
{
	const struct office *o, *best = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; limit--, after = best->code) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, OFFICES); i++) {
			o = store_mem_at(s, OFFICES, i);
			if (strcmp(o->code, after) > 0 &&
			    (best == NULL || strcmp(o->code, best->code) < 0))
				best = o;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static struct account *
find_account(struct store *s, const struct id *office, const struct id *account)
{
	struct account *a;
	size_t i;

	for (i = 0; i < store_mem_count(s, ACCOUNTS); i++) {
		a = store_mem_at(s, ACCOUNTS, i);
		if (id_equal(&a->office, office) && id_equal(&a->id, account))
			return (a);
	}
	return (NULL);
}

bool
store_mem_people_has(
    struct store *s, const struct id *office, const struct id *account)
{
	return (find_account(s, office, account) != NULL);
}

/* Who holds the name; "" is nobody's. */
static struct account *
find_name(struct store *s, const char *name)
{
	struct account *a;
	size_t i;

	for (i = 0; i < store_mem_count(s, ACCOUNTS) && name[0] != '\0'; i++) {
		a = store_mem_at(s, ACCOUNTS, i);
		if (strcmp(a->login, name) == 0 ||
		    strcmp(a->unix_user, name) == 0)
			return (a);
	}
	return (NULL);
}

static int
op_account_add(struct store *s, const struct account *row)
{
	int r;

	if (!rows_account_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (find_account(s, &row->office, &row->id) != NULL ||
	    find_name(s, row->login) != NULL ||
	    find_name(s, row->unix_user) != NULL)
		return (ERR_EXISTS);
	if (find_office(s, &row->office) == NULL)
		return (ERR_NOTFOUND);
	store_mem_add(s, ACCOUNTS, row);
	return (0);
}

static int
op_account_set(struct store *s, const struct account *row)
{
	struct account *a, *holder, next = *row;
	int r;

	if (!rows_account_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((a = find_account(s, &row->office, &row->id)) == NULL)
		return (ERR_NOTFOUND);
	holder = find_name(s, row->unix_user);
	if (holder != NULL && holder != a)
		return (ERR_EXISTS);
	memcpy(next.login, a->login, sizeof(next.login));
	next.created_ms = a->created_ms;
	*a = next;
	return (0);
}

static int
op_account_remove(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct phone *p;
	struct account *a;
	size_t i;
	int r;

	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((a = find_account(s, office, account)) == NULL)
		return (ERR_NOTFOUND);
	for (i = store_mem_count(s, PHONES); i-- > 0;) {
		p = store_mem_at(s, PHONES, i);
		if (id_equal(&p->office, office) &&
		    id_equal(&p->account, account))
			store_mem_remove(s, PHONES, i);
	}
	store_mem_remove_counters(s, office, account);
	store_mem_password_remove(s, office, account);
	store_mem_terminal_forget(s, office, account);
	store_mem_ticket_remove(s, office, account);
	i = (size_t)(a - (struct account *)store_mem_at(s, ACCOUNTS, 0));
	store_mem_remove(s, ACCOUNTS, i);
	return (0);
}

static int
op_account_find(struct store *s, const char *name, struct account *out)
{
	const struct account *a = find_name(s, name);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && a == NULL)
		r = ERR_NOTFOUND;
	/* the name's row, and the account's that it leads to */
	if (r == 0 && (r = store_mem_may_read(s)) == 0)
		*out = *a;
	return (r);
}

static int
op_account_by_id(struct store *s, const struct id *office,
    const struct id *account, struct account *out)
{
	const struct account *a = find_account(s, office, account);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && a == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *a;
	return (r);
}

static int
op_account_list(struct store *s, const struct id *office, const char *after,
    int limit, store_account_fn *fn, void *arg)
{
	const struct account *a, *best = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && office != NULL && find_office(s, office) == NULL)
		return (ERR_NOTFOUND);
	for (; r == 0 && limit > 0; limit--, after = best->login) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, ACCOUNTS); i++) {
			a = store_mem_at(s, ACCOUNTS, i);
			if ((office == NULL || id_equal(&a->office, office)) &&
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

static bool
is_account_before(const struct account *a, const struct account *b)
{
	int r = memcmp(&a->office, &b->office, sizeof(a->office));

	return (r < 0 || (r == 0 && memcmp(&a->id, &b->id, sizeof(a->id)) < 0));
}

static int
op_account_administrators(struct store *s, const struct id *office,
    store_account_fn *fn, void *arg)
{
	const struct account *a, *best, *last = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && office != NULL && find_office(s, office) == NULL)
		return (ERR_NOTFOUND);
	for (; r == 0; last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, ACCOUNTS); i++) {
			a = store_mem_at(s, ACCOUNTS, i);
			if ((a->roles & ROLE_ADMINISTRATOR) != 0 &&
			    (office == NULL || id_equal(&a->office, office)) &&
			    (last == NULL || is_account_before(last, a)) &&
			    (best == NULL || is_account_before(a, best)))
				best = a;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static struct phone *
find_phone(struct store *s, const struct id *office, const struct id *account,
    const struct id *device)
{
	struct phone *p;
	size_t i;

	for (i = 0; i < store_mem_count(s, PHONES); i++) {
		p = store_mem_at(s, PHONES, i);
		if (id_equal(&p->office, office) &&
		    id_equal(&p->account, account) &&
		    id_equal(&p->device, device))
			return (p);
	}
	return (NULL);
}

static int
op_phone_add(struct store *s, const struct phone *row)
{
	int r;

	if (!rows_phone_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (find_phone(s, &row->office, &row->account, &row->device) != NULL)
		return (ERR_EXISTS);
	if (find_account(s, &row->office, &row->account) == NULL)
		return (ERR_NOTFOUND);
	store_mem_add(s, PHONES, row);
	return (0);
}

static int
op_phone_get(struct store *s, const struct id *office, const struct id *account,
    const struct id *device, struct phone *out)
{
	const struct phone *p = find_phone(s, office, account, device);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && p == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *p;
	return (r);
}

static bool
is_before(bool is_by_id, const struct phone *a, const struct phone *b)
{
	if (!is_by_id && a->created_ms != b->created_ms)
		return (a->created_ms < b->created_ms);
	return (memcmp(a->device.b, b->device.b, ID_LEN) < 0);
}

/* The active ones by id, or all by age. */
static int
list_phones(struct store *s, bool is_active, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg)
{
	const struct phone *p, *best, *last = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && find_account(s, office, account) == NULL)
		return (ERR_NOTFOUND);
	for (; r == 0; last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, PHONES); i++) {
			p = store_mem_at(s, PHONES, i);
			if (id_equal(&p->office, office) &&
			    id_equal(&p->account, account) &&
			    (!is_active || p->state == PHONE_ACTIVE) &&
			    (last == NULL || is_before(is_active, last, p)) &&
			    (best == NULL || is_before(is_active, p, best)))
				best = p;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static int
op_phone_list(struct store *s, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg)
{
	return (list_phones(s, false, office, account, fn, arg));
}

static int
op_phone_list_active(struct store *s, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg)
{
	return (list_phones(s, true, office, account, fn, arg));
}

/* The phone that a change is about. */
static int
get_phone(struct store *s, const struct phone *key, struct phone **out)
{
	int r;

	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	*out = find_phone(s, &key->office, &key->account, &key->device);
	return (*out == NULL ? ERR_NOTFOUND : 0);
}

static int
op_phone_confirm(struct store *s, const struct phone *key,
    const struct keeper_sealed *sealed, int64_t step, int64_t now_ms)
{
	struct phone *p;
	int r;

	if (sealed->len > SEALED_MAX || step < 0)
		return (ERR_INVALID);
	if ((r = get_phone(s, key, &p)) != 0)
		return (r);
	if (p->state != PHONE_PENDING)
		return (ERR_WRONG_STATE);
	p->state = PHONE_ACTIVE;
	p->sealed = *sealed;
	if (p->last_step < step)
		p->last_step = step;
	p->confirmed_ms = p->last_used_ms = now_ms;
	return (0);
}

static int
op_phone_revoke(struct store *s, const struct phone *key, int64_t now_ms)
{
	struct phone *p;
	int r;

	if ((r = get_phone(s, key, &p)) != 0)
		return (r);
	if (p->state == PHONE_REVOKED)
		return (ERR_WRONG_STATE);
	p->state = PHONE_REVOKED;
	memset(&p->sealed, 0, sizeof(p->sealed));
	p->revoked_ms = now_ms;
	return (0);
}

static int
op_phone_accept(struct store *s, const struct phone *key, int64_t step,
    int64_t now_ms, bool *took)
{
	struct phone *p;
	int r;

	*took = false;
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	p = find_phone(s, &key->office, &key->account, &key->device);
	if (p == NULL)
		return (ERR_NOTFOUND);
	if (p->state != PHONE_ACTIVE || p->last_step >= step ||
	    store_mem_is_burned(s, key, step))
		return (0);
	p->last_step = step;
	p->last_used_ms = now_ms;
	*took = true;
	return (0);
}

static int
op_phone_resync(struct store *s, const struct phone *key, int32_t offset,
    int64_t step, int64_t now_ms, bool *took)
{
	struct phone *p;
	int r;

	if ((r = op_phone_accept(s, key, step, now_ms, took)) != 0 || !*took)
		return (r);
	p = find_phone(s, &key->office, &key->account, &key->device);
	p->offset = offset;
	return (store_mem_may_change(s));
}

/* Nothing is put off. */
static int
op_phone_settle(struct store *s, int limit, bool *is_left)
{
	(void)limit;
	*is_left = false;
	return (store_mem_may_note(s));
}

static int
by_key(const struct phone *a, const struct phone *b)
{
	int r = memcmp(&a->office, &b->office, sizeof(a->office));

	if (r == 0)
		r = memcmp(&a->account, &b->account, sizeof(a->account));
	if (r == 0)
		r = memcmp(&a->device, &b->device, sizeof(a->device));
	return (r);
}

static int
op_phone_ahead(struct store *s, int64_t step, store_phone_fn *fn, void *arg)
{
	const struct phone *p, *best, *after = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0; after = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, PHONES); i++) {
			p = store_mem_at(s, PHONES, i);
			if (p->state == PHONE_ACTIVE &&
			    p->last_step - p->offset > step &&
			    (after == NULL || by_key(p, after) > 0) &&
			    (best == NULL || by_key(p, best) < 0))
				best = p;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static int
op_phone_rewind(struct store *s, const struct phone *key, int64_t step)
{
	struct phone *p;
	int r;

	if (step < 0)
		return (ERR_INVALID);
	if ((r = get_phone(s, key, &p)) != 0)
		return (r);
	if (p->state != PHONE_ACTIVE || p->last_step <= step)
		return (ERR_WRONG_STATE);
	p->last_step = step;
	return (0);
}

void
store_mem_people_fill(struct store_ops *ops)
{
	ops->office_add = op_office_add;
	ops->office_set = op_office_set;
	ops->office_by_code = op_office_by_code;
	ops->office_by_id = op_office_by_id;
	ops->office_list = op_office_list;
	ops->account_add = op_account_add;
	ops->account_set = op_account_set;
	ops->account_remove = op_account_remove;
	ops->account_find = op_account_find;
	ops->account_by_id = op_account_by_id;
	ops->account_list = op_account_list;
	ops->account_administrators = op_account_administrators;
	ops->phone_add = op_phone_add;
	ops->phone_get = op_phone_get;
	ops->phone_list = op_phone_list;
	ops->phone_list_active = op_phone_list_active;
	ops->phone_confirm = op_phone_confirm;
	ops->phone_revoke = op_phone_revoke;
	ops->phone_accept = op_phone_accept;
	ops->phone_resync = op_phone_resync;
	ops->phone_settle = op_phone_settle;
	ops->phone_ahead = op_phone_ahead;
	ops->phone_rewind = op_phone_rewind;
}
