#include <string.h>

#include "authd/base/mem.h"
#include "authd/store/store_sqlite_impl.h"

static void
get_key_and_hash(struct ask *a, struct password *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	ask_get_id(a, &row->account);
	ask_get_text(a, row->hash, sizeof(row->hash));
	row->changed_ms = ask_get_int(a, 0, INT64_MAX);
}

int
store_sqlite_password_get(struct store *s, const struct id *office,
    const struct id *account, struct password *out)
{
	struct ask a;
	int r;

	ask_open(&a, store_sqlite_db(s), ASK_PASSWORD_GET);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	if (ask_row(&a)) {
		get_key_and_hash(&a, out);
		out->is_temporary = ask_get_int(&a, 0, 1) == 1;
		out->checked_ms = ask_get_int(&a, 0, INT64_MAX);
		ask_check(&a, a.r != 0 || rows_password_ok(out));
	} else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		mem_wipe(out, sizeof(*out));
	return (r);
}

/* What is there goes to the history when ${row} brings another hash. */
static int
remember(struct store *s, const struct password *row)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_PASSWORD_HISTORY_ADD);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->account);
	ask_put_text(&a, row->hash);
	ask_put_int(&a, row->changed_ms);
	return (ask_run(&a, NULL));
}

static int
forget(struct store *s, const struct password *row, int64_t before_ms)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_PASSWORD_HISTORY_FORGET);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->account);
	ask_put_int(&a, before_ms);
	return (ask_run(&a, NULL));
}

static int
put(struct store *s, const struct password *row)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_PASSWORD_PUT);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->account);
	ask_put_text(&a, row->hash);
	ask_put_int(&a, row->changed_ms);
	ask_put_int(&a, row->is_temporary);
	ask_put_int(&a, row->checked_ms);
	return (ask_run(&a, NULL));
}

int
store_sqlite_password_put(
    struct store *s, const struct password *row, int64_t forget_before_ms)
{
	int r;

	if (!rows_password_ok(row))
		return (ERR_INVALID);
	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	if ((r = remember(s, row)) == 0 && (r = put(s, row)) == 0)
		r = forget(s, row, forget_before_ms);
	return (store_sqlite_inner_end(s, r));
}

int
store_sqlite_password_history(struct store *s, const struct id *office,
    const struct id *account, store_password_fn *fn, void *arg)
{
	struct password row;
	struct ask a;
	bool is_empty = true;
	int r;

	ask_open(&a, store_sqlite_db(s), ASK_PASSWORD_HISTORY_LIST);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	while (ask_row(&a)) {
		is_empty = false;
		get_key_and_hash(&a, &row);
		ask_check(&a, a.r != 0 || rows_password_ok(&row));
		if (a.r == 0)
			a.r = fn(arg, &row);
		mem_wipe(&row, sizeof(row));
	}
	r = ask_close(&a);
	if (r == 0 && is_empty)
		r = store_sqlite_account_exists(s, office, account);
	return (r);
}
