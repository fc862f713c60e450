#include <string.h>

#include "authd/store/store_sqlite_impl.h"

/* A zero id is stored as NULL, so that it is in no index. */
static void
put_optional(struct ask *a, const struct id *id)
{
	if (id_is_zero(id))
		ask_put_blob(a, NULL, 0);
	else
		ask_put_id(a, id);
}

static void
get_optional(struct ask *a, struct id *id)
{
	size_t n;

	memset(id, 0, sizeof(*id));
	n = ask_get_blob(a, id->b, sizeof(id->b));
	ask_check(a, n == 0 || n == sizeof(id->b));
}

static void
get_session(struct ask *a, struct session *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	ask_get_id(a, &row->account);
	ask_get_id(a, &row->id);
	ask_check(a,
	    ask_get_blob(a, row->token, sizeof(row->token)) ==
		sizeof(row->token));
	ask_get_text(a, row->app, sizeof(row->app));
	get_optional(a, &row->parent);
	row->factors = (unsigned)ask_get_int(a, 1, SESSION_FACTORS);
	row->password_ms = ask_get_int(a, 0, INT64_MAX);
	row->password_steady = ask_get_int(a, 0, INT64_MAX);
	row->code_steady = ask_get_int(a, 0, INT64_MAX);
	row->terminal_steady = ask_get_int(a, 0, INT64_MAX);
	get_optional(a, &row->device);
	get_optional(a, &row->terminal);
	ask_get_text(a, row->source, sizeof(row->source));
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	row->seen_ms = ask_get_int(a, 0, INT64_MAX);
	row->login_steady = ask_get_int(a, 1, INT64_MAX);
	row->created_steady = ask_get_int(a, 1, INT64_MAX);
	row->seen_steady = ask_get_int(a, 1, INT64_MAX);
	row->until_steady = ask_get_int(a, 1, INT64_MAX);
	ask_check(a, a->r != 0 || rows_session_ok(row));
}

int
store_sqlite_session_add(struct store *s, const struct session *row)
{
	struct ask a;

	if (!rows_session_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_SESSION_ADD);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->account);
	ask_put_id(&a, &row->id);
	ask_put_blob(&a, row->token, sizeof(row->token));
	ask_put_text(&a, row->app);
	put_optional(&a, &row->parent);
	ask_put_int(&a, row->factors);
	ask_put_int(&a, row->password_ms);
	ask_put_int(&a, row->password_steady);
	ask_put_int(&a, row->code_steady);
	ask_put_int(&a, row->terminal_steady);
	put_optional(&a, &row->device);
	put_optional(&a, &row->terminal);
	ask_put_text(&a, row->source);
	ask_put_int(&a, row->created_ms);
	ask_put_int(&a, row->seen_ms);
	ask_put_int(&a, row->login_steady);
	ask_put_int(&a, row->created_steady);
	ask_put_int(&a, row->seen_steady);
	ask_put_int(&a, row->until_steady);
	return (ask_run(&a, NULL));
}

/* The one row of an asking whose parameters are put. */
static int
get_one(struct ask *a, struct session *out)
{
	struct session row;
	int r;

	memset(&row, 0, sizeof(row));
	if (ask_row(a))
		get_session(a, &row);
	else if (a->r == 0)
		a->r = ERR_NOTFOUND;
	if ((r = ask_close(a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_session_find(struct store *s,
    const uint8_t token[SESSION_HASH_LEN], struct session *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_SESSION_FIND);
	ask_put_blob(&a, token, SESSION_HASH_LEN);
	return (get_one(&a, out));
}

int
store_sqlite_session_by_id(
    struct store *s, const struct id *id, struct session *out)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_SESSION_BY_ID);
	ask_put_id(&a, id);
	return (get_one(&a, out));
}

int
store_sqlite_session_set(struct store *s, const struct session *row)
{
	struct ask a;
	int changed, r;

	if (!rows_session_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_SESSION_SET);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->account);
	ask_put_id(&a, &row->id);
	ask_put_blob(&a, row->token, sizeof(row->token));
	ask_put_int(&a, row->factors);
	ask_put_int(&a, row->password_steady);
	ask_put_int(&a, row->code_steady);
	ask_put_int(&a, row->terminal_steady);
	put_optional(&a, &row->device);
	put_optional(&a, &row->terminal);
	ask_put_int(&a, row->seen_ms);
	ask_put_int(&a, row->seen_steady);
	if ((r = ask_run(&a, &changed)) == 0 && changed == 0)
		r = ERR_NOTFOUND;
	return (r);
}

int
store_sqlite_session_seen(struct store *s, const struct session *key,
    int64_t seen_ms, int64_t seen_steady)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_SESSION_SEEN);
	ask_put_id(&a, &key->office);
	ask_put_id(&a, &key->account);
	ask_put_id(&a, &key->id);
	ask_put_int(&a, seen_ms);
	ask_put_int(&a, seen_steady);
	return (ask_run(&a, NULL));
}

int
store_sqlite_session_list(struct store *s, const struct id *office,
    const struct id *account, const struct id *after, int limit,
    store_session_fn *fn, void *arg)
{
	struct session row;
	struct office there;
	struct ask a;
	bool is_empty = true;
	int r;

	ask_open(&a, store_sqlite_db(s),
	    office == NULL	  ? ASK_SESSION_LIST_ALL
		: account == NULL ? ASK_SESSION_LIST_OFFICE
				  : ASK_SESSION_LIST);
	if (office != NULL)
		ask_put_id(&a, office);
	if (office != NULL && account != NULL)
		ask_put_id(&a, account);
	ask_put_id(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	while (ask_row(&a)) {
		is_empty = false;
		get_session(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	r = ask_close(&a);
	if (r == 0 && is_empty && office != NULL)
		r = account != NULL
		    ? store_sqlite_account_exists(s, office, account)
		    : store_sqlite_office_by_id(s, office, &there);
	return (r);
}

int
store_sqlite_session_end(
    struct store *s, const struct session_pick *pick, int *ended)
{
	static const enum ask_sql sql[] = {
		[SESSION_BY_ID] = ASK_SESSION_END,
		[SESSION_BY_OFFICE] = ASK_SESSION_END_OFFICE,
		[SESSION_BY_ACCOUNT] = ASK_SESSION_END_ACCOUNT,
		[SESSION_BY_DEVICE] = ASK_SESSION_END_DEVICE,
		[SESSION_BY_TERMINAL] = ASK_SESSION_END_TERMINAL,
	};
	struct ask a;

	if (ended != NULL)
		*ended = 0;
	if (pick->by <= SESSION_BY_NONE || pick->by > SESSION_BY_TERMINAL)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), sql[pick->by]);
	ask_put_id(&a, &pick->office);
	if (pick->by != SESSION_BY_TERMINAL && pick->by != SESSION_BY_OFFICE)
		ask_put_id(&a, &pick->account);
	if (pick->by == SESSION_BY_ID)
		ask_put_id(&a, &pick->id);
	if (pick->by == SESSION_BY_DEVICE || pick->by == SESSION_BY_TERMINAL)
		ask_put_id(&a, &pick->device);
	return (ask_run(&a, ended));
}

int
store_sqlite_session_expire(
    struct store *s, int64_t steady, int limit, int *ended)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_SESSION_EXPIRE);
	ask_put_int(&a, steady);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	return (ask_run(&a, ended));
}
