#include <string.h>

#include "authd/store/store_sqlite_impl.h"

/* All zero is stored as NULL, so that it is in no index. */
static void
put_optional(struct ask *a, const uint8_t *p, size_t n)
{
	static const uint8_t zero[SESSION_HASH_LEN];

	if (memcmp(p, zero, n) == 0)
		ask_put_blob(a, NULL, 0);
	else
		ask_put_blob(a, p, n);
}

static void
get_optional(struct ask *a, uint8_t *p, size_t n)
{
	size_t got = ask_get_blob(a, p, n);

	ask_check(a, got == 0 || got == n);
}

static void
put_key(struct ask *a, const struct ticket *key)
{
	ask_put_id(a, &key->office);
	ask_put_id(a, &key->account);
	ask_put_id(a, &key->id);
}

static void
get_ticket(struct ask *a, struct ticket *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	ask_get_id(a, &row->account);
	ask_get_id(a, &row->id);
	row->purpose =
	    (enum ticket_purpose)ask_get_int(a, 0, TICKET_CERTIFICATE);
	row->state = (enum ticket_state)ask_get_int(a, 0, TICKET_EXPIRED);
	get_optional(a, row->secret, sizeof(row->secret));
	ask_get_text(a, row->label, sizeof(row->label));
	get_optional(a, row->serial, sizeof(row->serial));
	row->failures = (int)ask_get_int(a, 0, INT32_MAX);
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	row->until_steady = ask_get_int(a, 1, INT64_MAX);
	row->ended_ms = ask_get_int(a, 0, INT64_MAX);
	get_optional(a, row->holder, sizeof(row->holder));
	row->held_steady = ask_get_int(a, 0, INT64_MAX);
	row->proved = (unsigned)ask_get_int(a, 0, SESSION_FACTORS);
	get_optional(a, row->device.b, sizeof(row->device.b));
	ask_check(a, a->r != 0 || rows_ticket_ok(row));
}

int
store_sqlite_ticket_add(struct store *s, const struct ticket *row)
{
	struct ask a;

	if (!rows_ticket_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_TICKET_ADD);
	put_key(&a, row);
	ask_put_int(&a, row->purpose);
	ask_put_int(&a, row->state);
	ask_put_blob(&a, row->secret, sizeof(row->secret));
	ask_put_text(&a, row->label);
	put_optional(&a, row->serial, sizeof(row->serial));
	ask_put_int(&a, row->failures);
	ask_put_int(&a, row->created_ms);
	ask_put_int(&a, row->until_steady);
	ask_put_int(&a, row->ended_ms);
	put_optional(&a, row->holder, sizeof(row->holder));
	ask_put_int(&a, row->held_steady);
	ask_put_int(&a, row->proved);
	put_optional(&a, row->device.b, sizeof(row->device.b));
	return (ask_run(&a, NULL));
}

/* The one row of an asking whose parameters are put. */
static int
get_one(struct ask *a, struct ticket *out)
{
	struct ticket row;
	int r;

	memset(&row, 0, sizeof(row));
	if (ask_row(a))
		get_ticket(a, &row);
	else if (a->r == 0)
		a->r = ERR_NOTFOUND;
	if ((r = ask_close(a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_ticket_find(struct store *s,
    const uint8_t secret[SESSION_HASH_LEN], struct ticket *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TICKET_FIND);
	ask_put_blob(&a, secret, SESSION_HASH_LEN);
	return (get_one(&a, out));
}

int
store_sqlite_ticket_held(struct store *s,
    const uint8_t holder[SESSION_HASH_LEN], struct ticket *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TICKET_HELD);
	ask_put_blob(&a, holder, SESSION_HASH_LEN);
	return (get_one(&a, out));
}

int
store_sqlite_ticket_by_id(
    struct store *s, const struct id *id, struct ticket *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TICKET_BY_ID);
	ask_put_id(&a, id);
	return (get_one(&a, out));
}

/* Why no open ticket was changed; ERR_WRONG_STATE: it is not open. */
static int
why_not(struct store *s, const struct ticket *key)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TICKET_STATE);
	put_key(&a, key);
	if (ask_row(&a))
		a.r = ERR_WRONG_STATE;
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	return (ask_close(&a));
}

int
store_sqlite_ticket_set(struct store *s, const struct ticket *row)
{
	struct ask a;
	int changed, r;

	if (!rows_ticket_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_TICKET_SET);
	put_key(&a, row);
	ask_put_int(&a, row->failures);
	put_optional(&a, row->holder, sizeof(row->holder));
	ask_put_int(&a, row->held_steady);
	ask_put_int(&a, row->proved);
	put_optional(&a, row->device.b, sizeof(row->device.b));
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0)
		r = why_not(s, row);
	return (r);
}

static int
end(struct store *s, const struct ticket *key, enum ticket_state state,
    int64_t now_ms, bool *took)
{
	struct ask a;
	int changed, r;

	ask_open(&a, store_sqlite_db(s), ASK_TICKET_END);
	put_key(&a, key);
	ask_put_int(&a, state);
	ask_put_int(&a, now_ms);
	if ((r = ask_run(&a, &changed)) != 0)
		return (r);
	if (changed == 0)
		return (
		    (r = why_not(s, key)) == ERR_WRONG_STATE ? 0 : r);
	ask_open(&a, store_sqlite_db(s), ASK_TICKET_FILES_REMOVE);
	put_key(&a, key);
	if ((r = ask_run(&a, NULL)) == 0)
		*took = true;
	return (r);
}

int
store_sqlite_ticket_end(struct store *s, const struct ticket *key,
    enum ticket_state state, int64_t now_ms, bool *took)
{
	int r;

	*took = false;
	if (state <= TICKET_OPEN || state > TICKET_EXPIRED || now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	r = store_sqlite_inner_end(s, end(s, key, state, now_ms, took));
	if (r != 0)
		*took = false;
	return (r);
}

/* Hand every row that is left to ${fn}, and close. */
static int
give(struct ask *a, store_ticket_fn *fn, void *arg, bool *is_empty)
{
	struct ticket row;

	*is_empty = true;
	while (ask_row(a)) {
		*is_empty = false;
		get_ticket(a, &row);
		if (a->r == 0)
			a->r = fn(arg, &row);
	}
	return (ask_close(a));
}

int
store_sqlite_ticket_list(struct store *s, const struct id *office,
    const struct id *account, const struct id *after, int limit,
    store_ticket_fn *fn, void *arg)
{
	struct office there;
	struct ask a;
	bool is_empty;
	int r;

	ask_open(&a, store_sqlite_db(s),
	    office == NULL	  ? ASK_TICKET_LIST_ALL
		: account == NULL ? ASK_TICKET_LIST_OFFICE
				  : ASK_TICKET_LIST);
	if (office != NULL)
		ask_put_id(&a, office);
	if (office != NULL && account != NULL)
		ask_put_id(&a, account);
	ask_put_id(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	r = give(&a, fn, arg, &is_empty);
	if (r == 0 && is_empty && office != NULL)
		r = account != NULL
		    ? store_sqlite_account_exists(s, office, account)
		    : store_sqlite_office_by_id(s, office, &there);
	return (r);
}

int
store_sqlite_ticket_due(struct store *s, int64_t steady, int limit,
    store_ticket_fn *fn, void *arg)
{
	struct ask a;
	bool is_empty;

	ask_open(&a, store_sqlite_db(s), ASK_TICKET_DUE);
	ask_put_int(&a, steady);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	return (give(&a, fn, arg, &is_empty));
}

int
store_sqlite_ticket_forget(
    struct store *s, int64_t before_ms, int limit, int *gone)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_TICKET_FORGET);
	ask_put_int(&a, before_ms);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	return (ask_run(&a, gone));
}

int
store_sqlite_ticket_file_put(struct store *s, const struct ticket *key,
    enum ticket_file kind, const uint8_t *file, size_t n)
{
	struct ticket row;
	struct ask a;
	int r;

	if (kind <= TICKET_FILE_NONE || kind > TICKET_FILE_COMPATIBLE ||
	    n == 0 || n > TICKET_FILE_MAX)
		return (ERR_INVALID);
	if ((r = store_sqlite_ticket_by_id(s, &key->id, &row)) != 0)
		return (r);
	if (row.state != TICKET_OPEN)
		return (ERR_WRONG_STATE);
	ask_open(&a, store_sqlite_db(s), ASK_TICKET_FILE_ADD);
	put_key(&a, key);
	ask_put_int(&a, kind);
	ask_put_blob(&a, file, n);
	return (ask_run(&a, NULL));
}

int
store_sqlite_ticket_file_get(struct store *s, const struct ticket *key,
    enum ticket_file kind, uint8_t *out, size_t *n)
{
	struct ask a;
	int r;

	*n = 0;
	ask_open(&a, store_sqlite_db(s), ASK_TICKET_FILE_GET);
	put_key(&a, key);
	ask_put_int(&a, kind);
	if (ask_row(&a))
		*n = ask_get_blob(&a, out, TICKET_FILE_MAX);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		*n = 0;
	return (r);
}
