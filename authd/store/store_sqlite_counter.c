#include <string.h>

#include "authd/base/text.h"
#include "authd/store/store_sqlite_impl.h"

static void
get_counter(struct ask *a, struct counter *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	ask_get_id(a, &row->account);
	row->kind = (enum counter_kind)ask_get_int(a, 0, INT32_MAX);
	ask_get_text(a, row->bucket, sizeof(row->bucket));
	row->failures = (int)ask_get_int(a, 0, INT32_MAX);
	row->in_row = (int)ask_get_int(a, 0, INT32_MAX);
	row->locked_until_steady = ask_get_int(a, INT64_MIN, INT64_MAX);
	ask_check(a, a->r != 0 || rows_counter_ok(row));
}

int
store_sqlite_counter_get(struct store *s, const struct id *office,
    const struct id *account, enum counter_kind kind, const char *bucket,
    struct counter *out)
{
	struct counter row;
	struct ask a;
	int r;

	memset(&row, 0, sizeof(row));
	row.office = *office;
	row.account = *account;
	row.kind = kind;
	if ((r = text_copy(row.bucket, sizeof(row.bucket), bucket)) != 0) {
		memset(out, 0, sizeof(*out));
		return (r);
	}
	ask_open(&a, store_sqlite_db(s), ASK_COUNTER_GET);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	ask_put_int(&a, kind);
	ask_put_text(&a, bucket);
	if (ask_row(&a))
		get_counter(&a, &row);
	if ((r = ask_close(&a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_counter_put(struct store *s, const struct counter *row)
{
	struct ask a;

	if (!rows_counter_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_COUNTER_PUT);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->account);
	ask_put_int(&a, row->kind);
	ask_put_text(&a, row->bucket);
	ask_put_int(&a, row->failures);
	ask_put_int(&a, row->in_row);
	ask_put_int(&a, row->locked_until_steady);
	return (ask_run(&a, NULL));
}

int
store_sqlite_counter_list(struct store *s, const struct id *office,
    const struct id *account, store_counter_fn *fn, void *arg)
{
	struct counter row;
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_COUNTER_LIST);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	while (ask_row(&a)) {
		get_counter(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}

int
store_sqlite_counter_locked(struct store *s, const struct id *office,
    int64_t steady, int in_row, int limit, store_counter_fn *fn, void *arg)
{
	struct counter row;
	struct ask a;

	ask_open(&a, store_sqlite_db(s),
	    office != NULL ? ASK_COUNTER_LOCKED : ASK_COUNTER_LOCKED_ALL);
	ask_put_int(&a, steady);
	ask_put_int(&a, in_row);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	if (office != NULL)
		ask_put_id(&a, office);
	while (ask_row(&a)) {
		memset(&row, 0, sizeof(row));
		ask_get_id(&a, &row.office);
		ask_get_id(&a, &row.account);
		row.in_row = (int)ask_get_int(&a, 0, INT32_MAX);
		row.locked_until_steady =
		    ask_get_int(&a, INT64_MIN, INT64_MAX);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}

int
store_sqlite_counter_clear(
    struct store *s, const struct id *office, const struct id *account)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_COUNTER_CLEAR);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	return (ask_run(&a, NULL));
}
