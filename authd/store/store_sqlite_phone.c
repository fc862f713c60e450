#include <string.h>

#include "authd/store/store_sqlite_impl.h"

static struct store_sqlite *
of(struct store *s)
{
	return ((struct store_sqlite *)s);
}

/* ${seen}: store_sqlite_accepted_seen() before it was asked. */
static void
get_phone(struct store *s, uint64_t seen, struct ask *a, struct phone *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	ask_get_id(a, &row->account);
	ask_get_id(a, &row->device);
	ask_get_text(a, row->label, sizeof(row->label));
	row->state = (enum phone_state)ask_get_int(a, 0, INT32_MAX);
	row->is_private = ask_get_int(a, 0, 1) == 1;
	row->digits = (int)ask_get_int(a, 0, INT32_MAX);
	row->period = (int)ask_get_int(a, 0, INT32_MAX);
	ask_get_text(a, row->algorithm, sizeof(row->algorithm));
	row->sealed.len =
	    (uint16_t)ask_get_blob(a, row->sealed.at, sizeof(row->sealed.at));
	row->offset = (int32_t)ask_get_int(a, INT32_MIN, INT32_MAX);
	row->last_step = ask_get_int(a, 0, INT64_MAX);
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	row->expires_ms = ask_get_int(a, 0, INT64_MAX);
	row->confirmed_ms = ask_get_int(a, 0, INT64_MAX);
	row->last_used_ms = ask_get_int(a, 0, INT64_MAX);
	row->revoked_ms = ask_get_int(a, 0, INT64_MAX);
	ask_check(a, a->r != 0 || rows_phone_ok(row));
	row->seen = seen;
	if (a->r == 0)
		store_sqlite_accepted_show(of(s), row);
}

static void
put_key(struct ask *a, const struct phone *key)
{
	ask_put_id(a, &key->office);
	ask_put_id(a, &key->account);
	ask_put_id(a, &key->device);
}

int
store_sqlite_phone_add(struct store *s, const struct phone *row)
{
	struct ask a;

	if (!rows_phone_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_PHONE_ADD);
	put_key(&a, row);
	ask_put_text(&a, row->label);
	ask_put_int(&a, row->state);
	ask_put_int(&a, row->is_private);
	ask_put_int(&a, row->digits);
	ask_put_int(&a, row->period);
	ask_put_text(&a, row->algorithm);
	ask_put_blob(&a, row->sealed.at, row->sealed.len);
	ask_put_int(&a, row->offset);
	ask_put_int(&a, row->last_step);
	ask_put_int(&a, row->created_ms);
	ask_put_int(&a, row->expires_ms);
	ask_put_int(&a, row->confirmed_ms);
	ask_put_int(&a, row->last_used_ms);
	ask_put_int(&a, row->revoked_ms);
	return (ask_run(&a, NULL));
}

int
store_sqlite_phone_get(struct store *s, const struct id *office,
    const struct id *account, const struct id *device, struct phone *out)
{
	const uint64_t seen = store_sqlite_accepted_seen(of(s));
	struct phone row;
	struct ask a;
	int r;

	memset(&row, 0, sizeof(row));
	ask_open(&a, store_sqlite_db(s), ASK_PHONE_GET);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	ask_put_id(&a, device);
	if (ask_row(&a))
		get_phone(s, seen, &a, &row);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

static int
list(struct store *s, enum ask_sql q, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg)
{
	const uint64_t seen = store_sqlite_accepted_seen(of(s));
	struct phone row;
	struct ask a;
	bool is_empty = true;
	int r;

	ask_open(&a, store_sqlite_db(s), q);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	while (ask_row(&a)) {
		is_empty = false;
		get_phone(s, seen, &a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	r = ask_close(&a);
	if (r == 0 && is_empty)
		r = store_sqlite_account_exists(s, office, account);
	return (r);
}

int
store_sqlite_phone_list(struct store *s, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg)
{
	return (list(s, ASK_PHONE_LIST, office, account, fn, arg));
}

int
store_sqlite_phone_list_active(struct store *s, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg)
{
	return (list(s, ASK_PHONE_LIST_ACTIVE, office, account, fn, arg));
}

int
store_sqlite_phone_by_device(
    struct store *s, const struct id *device, struct phone *out)
{
	const uint64_t seen = store_sqlite_accepted_seen(of(s));
	struct phone row;
	struct ask a;
	int r;

	memset(&row, 0, sizeof(row));
	ask_open(&a, store_sqlite_db(s), ASK_PHONE_BY_DEVICE);
	ask_put_id(&a, device);
	if (ask_row(&a))
		get_phone(s, seen, &a, &row);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

bool
store_sqlite_phone_open_search(struct store *s, struct ask *a,
    const struct device_search *search, enum ask_sql one, enum ask_sql all,
    int *r)
{
	struct office there;

	*r = search->is_all
	    ? 0
	    : store_sqlite_office_by_id(s, &search->office, &there);
	if (*r != 0)
		return (false);
	ask_open(a, store_sqlite_db(s), search->is_all ? all : one);
	ask_put_part(a, search->text);
	ask_put_part(a, search->login);
	ask_put_int(a, search->pick);
	ask_put_int(a, search->now_ms);
	ask_put_int(a, SEARCH_MAX);
	if (search->is_all)
		ask_put_int(a, search->looked);
	else
		ask_put_id(a, &search->office);
	return (true);
}

int
store_sqlite_phone_search(struct store *s, const struct device_search *search,
    store_phone_fn *fn, void *arg, struct search_found *found)
{
	char below[NAME_MAX_BYTES + 2];
	struct phone key, row;
	struct ask a;
	int r, n = 0;

	memset(found, 0, sizeof(*found));
	if (!store_sqlite_phone_open_search(
		s, &a, search, ASK_PHONE_SEARCH, ASK_PHONE_SEARCH_ALL, &r))
		return (r);
	if (search->is_all)
		store_sqlite_account_put_begins(&a, search->login, below);
	for (; ask_row(&a); n++) {
		if (n < search->offset || n - search->offset >= search->limit)
			continue;
		ask_get_id(&a, &key.office);
		ask_get_id(&a, &key.account);
		ask_get_id(&a, &key.device);
		if (a.r == 0)
			a.r = store_sqlite_phone_get(
			    s, &key.office, &key.account, &key.device, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	if ((r = ask_close(&a)) == 0 && search->is_all)
		r = store_sqlite_account_is_part(
		    s, ASK_NAME_COUNT, search->looked, &found->is_part);
	found->total = n;
	return (r);
}

/* Why an update of the phone changed nothing: 0, or it is not there. */
static int
phone_exists(struct store *s, const struct phone *key)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_PHONE_STATE);
	put_key(&a, key);
	if (!ask_row(&a) && a.r == 0)
		a.r = ERR_NOTFOUND;
	return (ask_close(&a));
}

int
store_sqlite_phone_confirm(struct store *s, const struct phone *key,
    const struct keeper_sealed *sealed, int64_t step, int64_t now_ms)
{
	struct ask a;
	int changed, r;

	if (sealed->len > SEALED_MAX || step < 0)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_PHONE_CONFIRM);
	put_key(&a, key);
	ask_put_blob(&a, sealed->at, sealed->len);
	ask_put_int(&a, step);
	ask_put_int(&a, now_ms);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0 &&
	    (r = phone_exists(s, key)) == 0)
		r = ERR_WRONG_STATE;
	return (r);
}

int
store_sqlite_phone_revoke(
    struct store *s, const struct phone *key, int64_t now_ms)
{
	struct ask a;
	int changed, r;

	ask_open(&a, store_sqlite_db(s), ASK_PHONE_REVOKE);
	put_key(&a, key);
	ask_put_blob(&a, "", 0);
	ask_put_int(&a, now_ms);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0 &&
	    (r = phone_exists(s, key)) == 0)
		r = ERR_WRONG_STATE;
	return (r);
}

int
store_sqlite_phone_resync(struct store *s, const struct phone *key,
    int32_t offset, int64_t step, int64_t now_ms, bool *took)
{
	struct ask a;
	bool may;
	int changed, r;

	*took = false;
	if ((r = store_sqlite_accepted_may(of(s), key, step, &may)) != 0 ||
	    !may)
		return (r);
	ask_open(&a, store_sqlite_db(s), ASK_PHONE_RESYNC);
	put_key(&a, key);
	ask_put_int(&a, step);
	ask_put_int(&a, now_ms);
	ask_put_int(&a, offset);
	if ((r = ask_run(&a, &changed)) == 0)
		*took = changed == 1;
	return (r);
}

int
store_sqlite_phone_ahead(
    struct store *s, int64_t step, store_phone_fn *fn, void *arg)
{
	struct phone row;
	struct ask a;
	int r;

	if ((r = store_sqlite_accepted_fold_all(of(s))) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s), ASK_PHONE_AHEAD);
	ask_put_int(&a, step);
	while (ask_row(&a)) {
		get_phone(s, 0, &a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}

int
store_sqlite_phone_rewind(
    struct store *s, const struct phone *key, int64_t step)
{
	struct ask a;
	int changed, r;

	if (step < 0)
		return (ERR_INVALID);
	if ((r = store_sqlite_accepted_fold_all(of(s))) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s), ASK_PHONE_REWIND);
	put_key(&a, key);
	ask_put_int(&a, step);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0 &&
	    (r = phone_exists(s, key)) == 0)
		r = ERR_WRONG_STATE;
	return (r);
}

int
store_sqlite_phone_burn(struct store *s, const struct phone *key, int64_t step)
{
	struct ask a;

	if (step < 0)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_BURNED_ADD);
	put_key(&a, key);
	ask_put_int(&a, step);
	return (ask_run(&a, NULL));
}

int
store_sqlite_phone_burned_clear(struct store *s)
{
	struct ask a;
	bool is_any;
	int r;

	ask_open(&a, store_sqlite_db(s), ASK_BURNED_ANY);
	is_any = ask_row(&a);
	if ((r = ask_close(&a)) != 0 || !is_any)
		return (r);
	if ((r = store_sqlite_accepted_fold_all(of(s))) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s), ASK_BURNED_CLEAR);
	return (ask_run(&a, NULL));
}
