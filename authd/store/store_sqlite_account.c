#include <stdio.h>
#include <string.h>

#include "authd/store/store_sqlite_impl.h"

void
store_sqlite_account_get(struct ask *a, struct account *row)
{
	memset(row, 0, sizeof(*row));
	ask_get_id(a, &row->office);
	ask_get_id(a, &row->id);
	ask_get_text(a, row->login, sizeof(row->login));
	ask_get_text(a, row->unix_user, sizeof(row->unix_user));
	ask_get_text(a, row->name, sizeof(row->name));
	ask_get_text(a, row->kana, sizeof(row->kana));
	ask_get_text(a, row->phone_number, sizeof(row->phone_number));
	ask_get_text(a, row->birth_date, sizeof(row->birth_date));
	ask_get_text(a, row->email, sizeof(row->email));
	ask_get_text(a, row->groups, sizeof(row->groups));
	row->class = (enum account_class)ask_get_int(a, 0, INT32_MAX);
	row->level = (int)ask_get_int(a, 0, INT32_MAX);
	row->roles = (unsigned)ask_get_int(a, 0, INT32_MAX);
	row->created_ms = ask_get_int(a, 0, INT64_MAX);
	row->approved_ms = ask_get_int(a, 0, INT64_MAX);
	row->disabled_ms = ask_get_int(a, 0, INT64_MAX);
	row->enrol_by_ms = ask_get_int(a, 0, INT64_MAX);
	row->leaves_on_ms = ask_get_int(a, 0, INT64_MAX);
	row->reset_ms = ask_get_int(a, 0, INT64_MAX);
	ask_check(a, a->r != 0 || rows_account_ok(row));
}

/* Both ASK_ACCOUNT_ADD and _SET begin with these, in this order. */
static void
put_account(struct ask *a, const struct account *row)
{
	ask_put_id(a, &row->office);
	ask_put_id(a, &row->id);
	ask_put_text(a, row->login);
	ask_put_text(a, row->unix_user);
	ask_put_text(a, row->name);
	ask_put_text(a, row->kana);
	ask_put_text(a, row->phone_number);
	ask_put_text(a, row->birth_date);
	ask_put_text(a, row->email);
	ask_put_text(a, row->groups);
	ask_put_int(a, row->class);
	ask_put_int(a, row->level);
	ask_put_int(a, row->roles);
	ask_put_int(a, row->approved_ms);
	ask_put_int(a, row->disabled_ms);
	ask_put_int(a, row->enrol_by_ms);
	ask_put_int(a, row->leaves_on_ms);
	ask_put_int(a, row->reset_ms);
}

/* Take or give back one entry of the name space. */
static int
change_name(struct store *s, enum ask_sql q, const char *name,
    const struct id *office, const struct id *account)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), q);
	ask_put_text(&a, name);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	return (ask_run(&a, NULL));
}

/* The unix-user needs an entry of its own unless it is the login. */
static bool
has_second_name(const char *login, const char *unix_user)
{
	return (unix_user[0] != '\0' && strcmp(login, unix_user) != 0);
}

static int
get_names(struct store *s, const struct id *office, const struct id *account,
    char login[LOGIN_MAX + 1], char unix_user[LOGIN_MAX + 1])
{
	struct ask a;

	login[0] = unix_user[0] = '\0';
	ask_open(&a, store_sqlite_db(s), ASK_ACCOUNT_NAMES);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	if (ask_row(&a)) {
		ask_get_text(&a, login, LOGIN_MAX + 1);
		ask_get_text(&a, unix_user, LOGIN_MAX + 1);
	} else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	return (ask_close(&a));
}

int
store_sqlite_account_exists(
    struct store *s, const struct id *office, const struct id *account)
{
	char login[LOGIN_MAX + 1], unix_user[LOGIN_MAX + 1];

	return (get_names(s, office, account, login, unix_user));
}

static int
add(struct store *s, const struct account *row)
{
	struct ask a;
	int r;

	ask_open(&a, store_sqlite_db(s), ASK_ACCOUNT_ADD);
	put_account(&a, row);
	ask_put_int(&a, row->created_ms);
	if ((r = ask_run(&a, NULL)) != 0)
		return (r);
	r = change_name(s, ASK_NAME_ADD, row->login, &row->office, &row->id);
	if (r == 0 && has_second_name(row->login, row->unix_user))
		r = change_name(
		    s, ASK_NAME_ADD, row->unix_user, &row->office, &row->id);
	return (r);
}

int
store_sqlite_account_add(struct store *s, const struct account *row)
{
	int r;

	if (!rows_account_ok(row))
		return (ERR_INVALID);
	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	return (store_sqlite_inner_end(s, add(s, row)));
}

static int
set(struct store *s, const struct account *row)
{
	char login[LOGIN_MAX + 1], old[LOGIN_MAX + 1];
	struct account next = *row;
	struct ask a;
	int r;

	if ((r = get_names(s, &row->office, &row->id, login, old)) != 0)
		return (r);
	/* The login never changes, whatever the row says. */
	memcpy(next.login, login, sizeof(next.login));
	ask_open(&a, store_sqlite_db(s), ASK_ACCOUNT_SET);
	put_account(&a, &next);
	if ((r = ask_run(&a, NULL)) != 0 || strcmp(old, row->unix_user) == 0)
		return (r);
	if (has_second_name(login, old))
		r = change_name(
		    s, ASK_NAME_REMOVE, old, &row->office, &row->id);
	if (r == 0 && has_second_name(login, row->unix_user))
		r = change_name(
		    s, ASK_NAME_ADD, row->unix_user, &row->office, &row->id);
	return (r);
}

int
store_sqlite_account_set(struct store *s, const struct account *row)
{
	int r;

	if (!rows_account_ok(row))
		return (ERR_INVALID);
	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	return (store_sqlite_inner_end(s, set(s, row)));
}

/* Run a deletion whose key is the account. */
static int
remove_rows(struct store *s, enum ask_sql q, const struct id *office,
    const struct id *account)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), q);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	return (ask_run(&a, NULL));
}

static int
remove_all(struct store *s, const struct id *office, const struct id *account)
{
	/* The account last: the others refer to it. */
	static const enum ask_sql rest[] = { ASK_ADMITTED_REMOVE_ACCOUNT,
		ASK_BURNED_REMOVE, ASK_ACCOUNT_REMOVE_PHONES, ASK_COUNTER_CLEAR,
		ASK_PASSWORD_REMOVE, ASK_PASSWORD_HISTORY_REMOVE,
		ASK_RECOVERY_REMOVE, ASK_SESSION_END_ACCOUNT,
		ASK_TICKET_FILES_REMOVE_ACCOUNT, ASK_TICKET_REMOVE_ACCOUNT,
		ASK_ACCOUNT_REMOVE };
	char login[LOGIN_MAX + 1], unix_user[LOGIN_MAX + 1];
	size_t i;
	int r;

	if ((r = get_names(s, office, account, login, unix_user)) != 0)
		return (r);
	r = change_name(s, ASK_NAME_REMOVE, login, office, account);
	if (r == 0 && has_second_name(login, unix_user))
		r = change_name(s, ASK_NAME_REMOVE, unix_user, office, account);
	for (i = 0; r == 0 && i < sizeof(rest) / sizeof(rest[0]); i++)
		r = remove_rows(s, rest[i], office, account);
	return (r);
}

int
store_sqlite_account_remove(
    struct store *s, const struct id *office, const struct id *account)
{
	int r;

	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	return (store_sqlite_inner_end(s, remove_all(s, office, account)));
}

int
store_sqlite_account_find(
    struct store *s, const char *name, struct account *out)
{
	struct account row;
	struct ask a;
	int r;

	memset(&row, 0, sizeof(row));
	ask_open(&a, store_sqlite_db(s), ASK_ACCOUNT_FIND);
	ask_put_text(&a, name);
	if (ask_row(&a))
		store_sqlite_account_get(&a, &row);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

/* Hand every row that is left to ${fn}, and close. */
static int
give(struct ask *a, store_account_fn *fn, void *arg)
{
	struct account row;

	while (ask_row(a)) {
		store_sqlite_account_get(a, &row);
		if (a->r == 0)
			a->r = fn(arg, &row);
	}
	return (ask_close(a));
}

int
store_sqlite_account_by_id(struct store *s, const struct id *office,
    const struct id *account, struct account *out)
{
	struct account row;
	struct ask a;
	int r;

	memset(&row, 0, sizeof(row));
	ask_open(&a, store_sqlite_db(s), ASK_ACCOUNT_BY_ID);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	if (ask_row(&a))
		store_sqlite_account_get(&a, &row);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}

int
store_sqlite_account_list(struct store *s, const struct id *office,
    const char *after, int limit, store_account_fn *fn, void *arg)
{
	struct office there;
	struct ask a;
	int r;

	if (office != NULL &&
	    (r = store_sqlite_office_by_id(s, office, &there)) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s),
	    office != NULL ? ASK_ACCOUNT_LIST : ASK_ACCOUNT_LIST_ALL);
	if (office != NULL)
		ask_put_id(&a, office);
	ask_put_text(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	return (give(&a, fn, arg));
}

int
store_sqlite_account_administrators(struct store *s, const struct id *office,
    store_account_fn *fn, void *arg)
{
	struct office there;
	struct ask a;
	int r;

	if (office != NULL &&
	    (r = store_sqlite_office_by_id(s, office, &there)) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s),
	    office != NULL ? ASK_ACCOUNT_ADMINISTRATORS
			   : ASK_ACCOUNT_ADMINISTRATORS_ALL);
	if (office != NULL)
		ask_put_id(&a, office);
	return (give(&a, fn, arg));
}

int
store_sqlite_account_is_part(
    struct store *s, enum ask_sql count, int looked, bool *out)
{
	struct ask a;

	*out = false;
	ask_open(&a, store_sqlite_db(s), count);
	ask_put_int(&a, (int64_t)looked + 1);
	if (ask_row(&a))
		*out = ask_get_int(&a, 0, INT64_MAX) > looked;
	return (ask_close(&a));
}

void
store_sqlite_account_put_begins(
    struct ask *a, const char *login, char below[NAME_MAX_BYTES + 2])
{
	/* names are ASCII, all of it below this one */
	(void)snprintf(below, NAME_MAX_BYTES + 2, "%s\x7f", login);
	ask_put_text(a, login);
	ask_put_text(a, below);
}

int
store_sqlite_account_search(struct store *s,
    const struct account_search *search, store_account_fn *fn, void *arg,
    struct search_found *found)
{
	char below[NAME_MAX_BYTES + 2];
	struct account row;
	struct office there;
	struct ask a;
	int r, n = 0;

	memset(found, 0, sizeof(*found));
	if (!search->is_all &&
	    (r = store_sqlite_office_by_id(s, &search->office, &there)) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s),
	    search->is_all ? ASK_ACCOUNT_SEARCH_ALL : ASK_ACCOUNT_SEARCH);
	ask_put_part(&a, search->text);
	ask_put_part(&a, search->login);
	ask_put_int(&a, search->pick);
	ask_put_int(&a, search->now_steady);
	ask_put_int(&a, IN_ROW_MAX);
	ask_put_int(&a, SEARCH_MAX);
	if (!search->is_all)
		ask_put_id(&a, &search->office);
	else {
		ask_put_int(&a, search->looked);
		store_sqlite_account_put_begins(&a, search->login, below);
	}
	for (; ask_row(&a); n++) {
		if (n < search->offset || n - search->offset >= search->limit)
			continue;
		store_sqlite_account_get(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	if ((r = ask_close(&a)) == 0 && search->is_all)
		r = store_sqlite_account_is_part(
		    s, ASK_NAME_COUNT, search->looked, &found->is_part);
	found->total = n;
	return (r);
}

static void
get_means(struct ask *a, struct means *row)
{
	int64_t by_name, used_ms;
	int i;

	memset(row, 0, sizeof(*row));
	store_sqlite_account_get(a, &row->account);
	row->has_password = ask_get_int(a, 0, 1) == 1;
	row->phones = (int)ask_get_int(a, 0, INT32_MAX);
	row->was_enrolled = ask_get_int(a, 0, 1) == 1;
	row->recovery_left = (int)ask_get_int(a, 0, INT32_MAX);
	by_name = ask_get_int(a, 0, 2);
	row->has_terminal = ask_get_int(a, 0, 1) == 1 || by_name > 0;
	row->has_kept_terminal = ask_get_int(a, 0, 1) == 1 || by_name > 1;
	for (i = 0; i < 3; i++) {
		used_ms = ask_get_int(a, 0, INT64_MAX);
		if (used_ms > row->used_ms)
			row->used_ms = used_ms;
	}
	ask_get_text(a, row->source, sizeof(row->source));
}

int
store_sqlite_account_means(struct store *s, const struct id *office,
    const char *after, int limit, int64_t at_ms, int64_t kept_ms,
    store_means_fn *fn, void *arg)
{
	struct office there;
	struct means row;
	struct ask a;
	int r;

	if (office != NULL &&
	    (r = store_sqlite_office_by_id(s, office, &there)) != 0)
		return (r);
	ask_open(&a, store_sqlite_db(s),
	    office != NULL ? ASK_ACCOUNT_MEANS : ASK_ACCOUNT_MEANS_ALL);
	if (office != NULL)
		ask_put_id(&a, office);
	ask_put_text(&a, after);
	ask_put_int(&a, limit < 0 ? 0 : limit);
	ask_put_int(&a, at_ms);
	ask_put_int(&a, kept_ms);
	while (ask_row(&a)) {
		get_means(&a, &row);
		if (a.r == 0)
			a.r = fn(arg, &row);
	}
	return (ask_close(&a));
}

int
store_sqlite_account_means_of(struct store *s, const struct id *office,
    const struct id *account, int64_t at_ms, int64_t kept_ms,
    struct means *out)
{
	struct means row;
	struct ask a;
	int r;

	memset(&row, 0, sizeof(row));
	ask_open(&a, store_sqlite_db(s), ASK_ACCOUNT_MEANS_OF);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	ask_put_int(&a, at_ms);
	ask_put_int(&a, kept_ms);
	if (ask_row(&a))
		get_means(&a, &row);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		memset(&row, 0, sizeof(row));
	*out = row;
	return (r);
}
