#include <string.h>

#include "authd/store/store_sqlite_impl.h"

static void
get_app(struct ask *a, struct app *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_text(a, row->host, sizeof(row->host));
	ask_get_text(a, row->name, sizeof(row->name));
	row->factors = (unsigned)ask_get_int(a, 1, SESSION_FACTORS);
	ask_get_text(a, row->networks, sizeof(row->networks));
	row->level = (int)ask_get_int(a, 1, 5);
	ask_get_text(a, row->groups, sizeof(row->groups));
	ask_get_text(a, row->offices, sizeof(row->offices));
	row->idle_ms = ask_get_int(a, 0, INT64_MAX);
	row->absolute_ms = ask_get_int(a, 0, INT64_MAX);
	ask_get_text(a, row->paths, sizeof(row->paths));
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	ask_check(a, a->r != 0 || rows_app_ok(row));
}

static void
put_app(struct ask *a, const struct app *row)
{
	ask_put_text(a, row->host);
	ask_put_text(a, row->name);
	ask_put_int(a, row->factors);
	ask_put_text(a, row->networks);
	ask_put_int(a, row->level);
	ask_put_text(a, row->groups);
	ask_put_text(a, row->offices);
	ask_put_int(a, row->idle_ms);
	ask_put_int(a, row->absolute_ms);
	ask_put_text(a, row->paths);
}

int
store_sqlite_app_add(struct store *s, const struct app *row)
{
	struct ask a;

	if (!rows_app_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_APP_ADD);
	put_app(&a, row);
	ask_put_int(&a, row->created_ms);
	return (ask_run(&a, NULL));
}

/* The end of a change of one row. */
static int
run_one(struct ask *a)
{
	int changed, r;

	if ((r = ask_run(a, &changed)) == 0 && changed == 0)
		r = ERR_NOTFOUND;
	return (r);
}

int
store_sqlite_app_set(struct store *s, const struct app *row)
{
	struct ask a;

	if (!rows_app_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_APP_SET);
	put_app(&a, row);
	return (run_one(&a));
}

int
store_sqlite_app_remove(struct store *s, const char *host)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_APP_REMOVE);
	ask_put_text(&a, host);
	return (run_one(&a));
}

int
store_sqlite_app_find(struct store *s, const char *host, struct app *out)
{
	struct app row;
	struct ask a;
	int r;

	memset(&row, 0, sizeof(row));
	ask_open(&a, store_sqlite_db(s), ASK_APP_FIND);
	ask_put_text(&a, host);
	if (ask_row(&a))
		get_app(&a, &row);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_app_list(struct store *s, const char *after, int limit,
    store_app_fn *fn, void *arg)
{
	struct app row;
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_APP_LIST);
	ask_put_text(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	while (ask_row(&a)) {
		get_app(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}
