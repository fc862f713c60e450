#include <string.h>

#include "authd/store/store_sqlite_impl.h"

static void
get_terminal(struct ask *a, struct terminal *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	ask_get_id(a, &row->id);
	ask_get_text(a, row->label, sizeof(row->label));
	row->is_private = ask_get_int(a, 0, 1) == 1;
	row->admits_all = ask_get_int(a, 0, 1) == 1;
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	row->lost_ms = ask_get_int(a, 0, INT64_MAX);
	ask_check(a, a->r != 0 || rows_terminal_ok(row));
}

int
store_sqlite_terminal_add(struct store *s, const struct terminal *row)
{
	struct ask a;

	if (!rows_terminal_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_TERMINAL_ADD);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->id);
	ask_put_text(&a, row->label);
	ask_put_int(&a, row->is_private);
	ask_put_int(&a, row->admits_all);
	ask_put_int(&a, row->created_ms);
	ask_put_int(&a, row->lost_ms);
	return (ask_run(&a, NULL));
}

int
store_sqlite_terminal_set(struct store *s, const struct terminal *row)
{
	struct ask a;
	int changed, r;

	if (!rows_terminal_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_TERMINAL_SET);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->id);
	ask_put_text(&a, row->label);
	ask_put_int(&a, row->is_private);
	ask_put_int(&a, row->admits_all);
	ask_put_int(&a, row->lost_ms);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0)
		r = ERR_NOTFOUND;
	return (r);
}

/* The one terminal the question gives. */
static int
get_one(struct ask *a, struct terminal *out)
{
	struct terminal row;
	int r;

	memset(&row, 0, sizeof(row));
	if (ask_row(a))
		get_terminal(a, &row);
	else if (a->r == 0)
		a->r = ERR_NOTFOUND;
	if ((r = ask_close(a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_terminal_get(
    struct store *s, const struct id *terminal, struct terminal *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TERMINAL_GET);
	ask_put_id(&a, terminal);
	return (get_one(&a, out));
}

int
store_sqlite_terminal_by_label(struct store *s, const struct id *office,
    const char *label, struct terminal *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TERMINAL_BY_LABEL);
	ask_put_id(&a, office);
	ask_put_text(&a, label);
	return (get_one(&a, out));
}

static int
give_rows(struct ask *a, store_terminal_fn *fn, void *arg)
{
	struct terminal row;

	while (ask_row(a)) {
		get_terminal(a, &row);
		if (a->r == 0)
			a->r = fn(arg, &row);
	}
	return (ask_close(a));
}

int
store_sqlite_terminal_list(struct store *s, const struct id *office,
    const struct id *after, int limit, store_terminal_fn *fn, void *arg)
{
	struct office there;
	struct ask a;
	int r;

	if (office != NULL &&
	    (r = store_sqlite_office_by_id(s, office, &there)) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s),
	    office != NULL ? ASK_TERMINAL_LIST : ASK_TERMINAL_LIST_ALL);
	if (office != NULL)
		ask_put_id(&a, office);
	ask_put_id(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	return (give_rows(&a, fn, arg));
}

int
store_sqlite_terminal_of_account(struct store *s, const struct id *office,
    const struct id *account, int limit, store_terminal_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TERMINAL_OF_ACCOUNT);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	return (give_rows(&a, fn, arg));
}

int
store_sqlite_terminal_search(struct store *s,
    const struct device_search *search, store_terminal_fn *fn, void *arg,
    struct search_found *found)
{
	struct terminal row;
	struct ask a;
	int r, n = 0;

	memset(found, 0, sizeof(*found));
	if (!store_sqlite_phone_open_search(s, &a, search, ASK_TERMINAL_SEARCH,
		ASK_TERMINAL_SEARCH_ALL, &r))
		return (r);
	for (; ask_row(&a); n++) {
		if (n < search->offset || n - search->offset >= search->limit)
			continue;
		get_terminal(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	if ((r = ask_close(&a)) == 0 && search->is_all)
		r = store_sqlite_account_is_part(
		    s, ASK_TERMINAL_COUNT, search->looked, &found->is_part);
	found->total = n;
	return (r);
}

/* Both must be there, and of this office. */
static int
find_both(struct store *s, const struct id *office, const struct id *terminal,
    const struct id *account)
{
	struct terminal there;
	int r;

	if ((r = store_sqlite_terminal_get(s, terminal, &there)) != 0)
		return (r);
	if (!id_equal(&there.office, office))
		return (ERR_NOTFOUND);
	return (store_sqlite_account_exists(s, office, account));
}

static int
change(struct store *s, enum ask_sql q, const struct id *office,
    const struct id *terminal, const struct id *account)
{
	struct ask a;
	int r;

	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	if ((r = find_both(s, office, terminal, account)) == 0) {
		ask_open(&a, store_sqlite_db(s), q);
		ask_put_id(&a, office);
		ask_put_id(&a, terminal);
		ask_put_id(&a, account);
		r = ask_run(&a, NULL);
	}
	return (store_sqlite_inner_end(s, r));
}

int
store_sqlite_terminal_admit(struct store *s, const struct id *office,
    const struct id *terminal, const struct id *account)
{
	return (change(s, ASK_ADMITTED_ADD, office, terminal, account));
}

int
store_sqlite_terminal_drop(struct store *s, const struct id *office,
    const struct id *terminal, const struct id *account)
{
	return (change(s, ASK_ADMITTED_REMOVE, office, terminal, account));
}

int
store_sqlite_terminal_admitted(struct store *s, const struct id *office,
    const struct id *terminal, store_account_fn *fn, void *arg)
{
	struct terminal there;
	struct account row;
	struct ask a;
	bool is_empty = true;
	int r;

	ask_open(&a, store_sqlite_db(s), ASK_ADMITTED_LIST);
	ask_put_id(&a, office);
	ask_put_id(&a, terminal);
	while (ask_row(&a)) {
		is_empty = false;
		store_sqlite_account_get(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	if ((r = ask_close(&a)) != 0 || !is_empty)
		return (r);
	if ((r = store_sqlite_terminal_get(s, terminal, &there)) == 0 &&
	    !id_equal(&there.office, office))
		r = ERR_NOTFOUND;
	return (r);
}
