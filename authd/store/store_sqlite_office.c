#include <string.h>

#include "authd/store/store_sqlite_impl.h"

static void
get_office(struct ask *a, struct office *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->id);
	ask_get_text(a, row->code, sizeof(row->code));
	ask_get_text(a, row->name, sizeof(row->name));
	ask_get_text(a, row->contact, sizeof(row->contact));
	ask_get_text(a, row->networks, sizeof(row->networks));
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	row->disabled_ms = ask_get_int(a, 0, INT64_MAX);
	ask_check(a, a->r != 0 || rows_office_ok(row));
}

int
store_sqlite_office_add(struct store *s, const struct office *row)
{
	struct ask a;

	if (!rows_office_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_OFFICE_ADD);
	ask_put_id(&a, &row->id);
	ask_put_text(&a, row->code);
	ask_put_text(&a, row->name);
	ask_put_text(&a, row->contact);
	ask_put_text(&a, row->networks);
	ask_put_int(&a, row->created_ms);
	ask_put_int(&a, row->disabled_ms);
	return (ask_run(&a, NULL));
}

int
store_sqlite_office_set(struct store *s, const struct office *row)
{
	struct ask a;
	int changed, r;

	if (!rows_office_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_OFFICE_SET);
	ask_put_id(&a, &row->id);
	ask_put_text(&a, row->name);
	ask_put_text(&a, row->contact);
	ask_put_text(&a, row->networks);
	ask_put_int(&a, row->disabled_ms);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0)
		r = ERR_NOTFOUND;
	return (r);
}

/* The one office the question gives. */
static int
get_one(struct ask *a, struct office *out)
{
	struct office row;
	int r;

	memset(&row, 0, sizeof(row));
	if (ask_row(a))
		get_office(a, &row);
	else if (a->r == 0)
		a->r = ERR_NOTFOUND;
	if ((r = ask_close(a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_office_by_code(
    struct store *s, const char *code, struct office *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_OFFICE_BY_CODE);
	ask_put_text(&a, code);
	return (get_one(&a, out));
}

int
store_sqlite_office_by_id(
    struct store *s, const struct id *office, struct office *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_OFFICE_BY_ID);
	ask_put_id(&a, office);
	return (get_one(&a, out));
}

int
store_sqlite_office_list(struct store *s, const char *after, int limit,
    store_office_fn *fn, void *arg)
{
	struct office row;
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_OFFICE_LIST);
	ask_put_text(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	while (ask_row(&a)) {
		get_office(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}
