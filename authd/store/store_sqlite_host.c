#include <string.h>

#include "authd/store/store_sqlite_impl.h"

static void
get_host(struct ask *a, struct host *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_text(a, row->name, sizeof(row->name));
	ask_get_id(a, &row->id);
	row->rights = (unsigned)ask_get_int(a, 0, INT32_MAX);
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	ask_check(a, a->r != 0 || rows_host_ok(row));
}

int
store_sqlite_host_add(struct store *s, const struct host *row)
{
	struct ask a;

	if (!rows_host_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_HOST_ADD);
	ask_put_text(&a, row->name);
	ask_put_id(&a, &row->id);
	ask_put_int(&a, row->rights);
	ask_put_int(&a, row->created_ms);
	return (ask_run(&a, NULL));
}

int
store_sqlite_host_set(struct store *s, const struct host *row)
{
	struct ask a;
	int changed, r;

	if (!rows_host_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_HOST_SET);
	ask_put_text(&a, row->name);
	ask_put_int(&a, row->rights);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0)
		r = ERR_NOTFOUND;
	return (r);
}

/* The one host the question gives. */
static int
get_one(struct ask *a, struct host *out)
{
	struct host row;
	int r;

	memset(&row, 0, sizeof(row));
	if (ask_row(a))
		get_host(a, &row);
	else if (a->r == 0)
		a->r = ERR_NOTFOUND;
	if ((r = ask_close(a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_host_by_name(struct store *s, const char *name, struct host *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_HOST_BY_NAME);
	ask_put_text(&a, name);
	return (get_one(&a, out));
}

int
store_sqlite_host_by_id(struct store *s, const struct id *id, struct host *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_HOST_BY_ID);
	ask_put_id(&a, id);
	return (get_one(&a, out));
}

int
store_sqlite_host_list(
    struct store *s, const char *after, int limit, store_host_fn *fn, void *arg)
{
	struct host row;
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_HOST_LIST);
	ask_put_text(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	while (ask_row(&a)) {
		get_host(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}
