#include <stdlib.h>
#include <string.h>

#include "tests/fakes/store_mem_impl.h"

static struct password *
find_password(
    struct store *s, const struct id *office, const struct id *account)
{
	struct password *p;
	size_t i;

	for (i = 0; i < store_mem_count(s, PASSWORDS); i++) {
		p = store_mem_at(s, PASSWORDS, i);
		if (id_equal(&p->office, office) &&
		    id_equal(&p->account, account))
			return (p);
	}
	return (NULL);
}

static bool
is_past_of(const struct store_mem_past *p, const struct id *office,
    const struct id *account)
{
	return (id_equal(&p->was.office, office) &&
	    id_equal(&p->was.account, account));
}

static int
op_password_get(struct store *s, const struct id *office,
    const struct id *account, struct password *out)
{
	const struct password *p = find_password(s, office, account);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && p == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *p;
	return (r);
}

/* The key of the history is the account, both times and the hash. */
static void
remember(struct store *s, const struct password *was, int64_t now_ms)
{
	struct store_mem_past next = { .was = *was, .replaced_ms = now_ms };
	const struct store_mem_past *p;
	size_t i;

	next.was.is_temporary = false;
	next.was.checked_ms = 0;
	for (i = 0; i < store_mem_count(s, PASTS); i++) {
		p = store_mem_at(s, PASTS, i);
		if (is_past_of(p, &was->office, &was->account) &&
		    p->replaced_ms == now_ms &&
		    p->was.changed_ms == was->changed_ms &&
		    strcmp(p->was.hash, was->hash) == 0)
			return;
	}
	store_mem_add(s, PASTS, &next);
}

static void
forget(struct store *s, const struct id *office, const struct id *account,
    int64_t before_ms)
{
	const struct store_mem_past *p;
	size_t i;

	for (i = store_mem_count(s, PASTS); i-- > 0;) {
		p = store_mem_at(s, PASTS, i);
		if (is_past_of(p, office, account) &&
		    p->replaced_ms < before_ms)
			store_mem_remove(s, PASTS, i);
	}
}

static int
op_password_put(
    struct store *s, const struct password *row, int64_t forget_before_ms)
{
	struct password *p;
	int r;

	if (!rows_password_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (!store_mem_people_has(s, &row->office, &row->account))
		return (ERR_NOTFOUND);
	p = find_password(s, &row->office, &row->account);
	if (p != NULL && strcmp(p->hash, row->hash) != 0)
		remember(s, p, row->changed_ms);
	if (p != NULL)
		*p = *row;
	else
		store_mem_add(s, PASSWORDS, row);
	forget(s, &row->office, &row->account, forget_before_ms);
	return (0);
}

static bool
is_newer(const struct store_mem_past *a, const struct store_mem_past *b)
{
	if (a->replaced_ms != b->replaced_ms)
		return (a->replaced_ms > b->replaced_ms);
	if (a->was.changed_ms != b->was.changed_ms)
		return (a->was.changed_ms > b->was.changed_ms);
	return (strcmp(a->was.hash, b->was.hash) > 0);
}

static int
op_password_history(struct store *s, const struct id *office,
    const struct id *account, store_password_fn *fn, void *arg)
{
	const struct store_mem_past *p, *best, *last = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && !store_mem_people_has(s, office, account))
		return (ERR_NOTFOUND);
	for (; r == 0; last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, PASTS); i++) {
			p = store_mem_at(s, PASTS, i);
			if (is_past_of(p, office, account) &&
			    (last == NULL || is_newer(last, p)) &&
			    (best == NULL || is_newer(p, best)))
				best = p;
		}
		if (best == NULL)
			break;
		r = fn(arg, &best->was);
	}
	return (r);
}

static void
remove_recoveries(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct store_mem_recovery *c;
	size_t i;

	for (i = store_mem_count(s, RECOVERIES); i-- > 0;) {
		c = store_mem_at(s, RECOVERIES, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account))
			store_mem_remove(s, RECOVERIES, i);
	}
}

static int
op_recovery_replace(struct store *s, const struct id *office,
    const struct id *account, const uint8_t (*macs)[RECOVERY_MAC_LEN], int n,
    int64_t now_ms)
{
	struct store_mem_recovery row = { .office = *office,
		.account = *account };
	int i, r;

	if (!rows_recovery_ok(macs, n) || now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (!store_mem_people_has(s, office, account))
		return (ERR_NOTFOUND);
	remove_recoveries(s, office, account);
	for (i = 0; i < n; i++) {
		memcpy(row.mac, macs[i], sizeof(row.mac));
		store_mem_add(s, RECOVERIES, &row);
	}
	return (0);
}

static int
op_recovery_use(struct store *s, const struct id *office,
    const struct id *account, const uint8_t mac[RECOVERY_MAC_LEN],
    int64_t now_ms, bool *took)
{
	struct store_mem_recovery *c;
	size_t i;
	int r;

	*took = false;
	if (now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	if (!store_mem_people_has(s, office, account))
		return (ERR_NOTFOUND);
	for (i = 0; i < store_mem_count(s, RECOVERIES); i++) {
		c = store_mem_at(s, RECOVERIES, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account) &&
		    memcmp(c->mac, mac, sizeof(c->mac)) == 0 &&
		    c->used_ms == 0) {
			c->used_ms = now_ms;
			*took = true;
		}
	}
	return (0);
}

static int
op_recovery_count(struct store *s, const struct id *office,
    const struct id *account, int *left)
{
	const struct store_mem_recovery *c;
	int r = store_mem_may_read(s);
	size_t i;

	*left = 0;
	if (r == 0 && !store_mem_people_has(s, office, account))
		r = ERR_NOTFOUND;
	for (i = 0; r == 0 && i < store_mem_count(s, RECOVERIES); i++) {
		c = store_mem_at(s, RECOVERIES, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account) && c->used_ms == 0)
			(*left)++;
	}
	return (r);
}

static struct session *
find_session(struct store *s, const struct id *office, const struct id *account,
    const struct id *id)
{
	struct session *row;
	size_t i;

	for (i = 0; i < store_mem_count(s, SESSIONS); i++) {
		row = store_mem_at(s, SESSIONS, i);
		if (id_equal(&row->id, id) &&
		    (office == NULL ||
			(id_equal(&row->office, office) &&
			    id_equal(&row->account, account))))
			return (row);
	}
	return (NULL);
}

static int
op_session_add(struct store *s, const struct session *row)
{
	int r;

	if (!rows_session_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	if (find_session(s, &row->office, &row->account, &row->id) != NULL)
		return (ERR_EXISTS);
	if (!store_mem_people_has(s, &row->office, &row->account))
		return (ERR_NOTFOUND);
	store_mem_add(s, SESSIONS, row);
	return (0);
}

static int
op_session_find(struct store *s, const uint8_t token[SESSION_HASH_LEN],
    struct session *out)
{
	const struct session *row;
	int r = store_mem_may_read(s);
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; r == 0 && i < store_mem_count(s, SESSIONS); i++) {
		row = store_mem_at(s, SESSIONS, i);
		if (memcmp(row->token, token, SESSION_HASH_LEN) == 0) {
			*out = *row;
			return (0);
		}
	}
	return (r != 0 ? r : ERR_NOTFOUND);
}

static int
op_session_by_id(struct store *s, const struct id *id, struct session *out)
{
	const struct session *row = find_session(s, NULL, NULL, id);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && row == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *row;
	return (r);
}

static int
op_session_set(struct store *s, const struct session *row)
{
	struct session *there;
	int r;

	if (!rows_session_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	there = find_session(s, &row->office, &row->account, &row->id);
	if (there == NULL)
		return (ERR_NOTFOUND);
	memcpy(there->token, row->token, sizeof(there->token));
	there->factors = row->factors;
	there->password_steady = row->password_steady;
	there->code_steady = row->code_steady;
	there->terminal_steady = row->terminal_steady;
	there->device = row->device;
	there->terminal = row->terminal;
	there->seen_ms = row->seen_ms;
	there->seen_steady = row->seen_steady;
	return (0);
}

static int
op_session_seen(struct store *s, const struct session *key, int64_t seen_ms,
    int64_t seen_steady)
{
	struct session *row;
	int r;

	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	row = find_session(s, &key->office, &key->account, &key->id);
	if (row == NULL || row->seen_steady >= seen_steady)
		return (0);
	if (row->seen_ms < seen_ms)
		row->seen_ms = seen_ms;
	row->seen_steady = seen_steady;
	return (0);
}

static int
op_session_list(struct store *s, const struct id *office,
    const struct id *account, const struct id *after, int limit,
    store_session_fn *fn, void *arg)
{
	const struct session *row, *best;
	struct id last = *after;
	struct office there;
	int r = store_mem_may_read(s);
	size_t i;

	if (r == 0 && office != NULL)
		r = s->ops->office_by_id(s, office, &there);
	if (r == 0 && account != NULL &&
	    !store_mem_people_has(s, office, account))
		r = ERR_NOTFOUND;
	for (; r == 0 && limit > 0; limit--) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, SESSIONS); i++) {
			row = store_mem_at(s, SESSIONS, i);
			if ((office == NULL ||
				id_equal(&row->office, office)) &&
			    (account == NULL ||
				id_equal(&row->account, account)) &&
			    memcmp(row->id.b, last.b, ID_LEN) > 0 &&
			    (best == NULL ||
				memcmp(row->id.b, best->id.b, ID_LEN) < 0))
				best = row;
		}
		if (best == NULL)
			break;
		last = best->id;
		r = fn(arg, best);
	}
	return (r);
}

static bool
is_picked(const struct session *row, const struct session_pick *pick)
{
	bool is_account = id_equal(&row->account, &pick->account);

	if (!id_equal(&row->office, &pick->office))
		return (false);
	switch (pick->by) {
	case SESSION_BY_ID:
		return (is_account &&
		    (id_equal(&row->id, &pick->id) ||
			id_equal(&row->parent, &pick->id)));
	case SESSION_BY_OFFICE:
		return (true);
	case SESSION_BY_ACCOUNT:
		return (is_account);
	case SESSION_BY_DEVICE:
		return (is_account && !id_is_zero(&row->device) &&
		    id_equal(&row->device, &pick->device));
	case SESSION_BY_TERMINAL:
		return (!id_is_zero(&row->terminal) &&
		    id_equal(&row->terminal, &pick->device));
	case SESSION_BY_NONE:
		break;
	}
	return (false);
}

static int
op_session_end(struct store *s, const struct session_pick *pick, int *ended)
{
	int n = 0, r;
	size_t i;

	if (ended != NULL)
		*ended = 0;
	if (pick->by <= SESSION_BY_NONE || pick->by > SESSION_BY_TERMINAL)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	for (i = store_mem_count(s, SESSIONS); i-- > 0;)
		if (is_picked(store_mem_at(s, SESSIONS, i), pick)) {
			store_mem_remove(s, SESSIONS, i);
			n++;
		}
	if (ended != NULL)
		*ended = n;
	return (0);
}

static int
op_session_expire(struct store *s, int64_t steady, int limit, int *ended)
{
	const struct session *row;
	size_t i, oldest;
	int r;

	*ended = 0;
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	for (; *ended < limit; (*ended)++) {
		oldest = SIZE_MAX;
		for (i = 0; i < store_mem_count(s, SESSIONS); i++) {
			row = store_mem_at(s, SESSIONS, i);
			if (row->until_steady <= steady &&
			    (oldest == SIZE_MAX ||
				row->until_steady <
				    ((struct session *)store_mem_at(
					 s, SESSIONS, oldest))
					->until_steady))
				oldest = i;
		}
		if (oldest == SIZE_MAX)
			break;
		store_mem_remove(s, SESSIONS, oldest);
	}
	return (0);
}

static struct app *
find_app(struct store *s, const char *host)
{
	struct app *row;
	size_t i;

	for (i = 0; i < store_mem_count(s, APPS); i++) {
		row = store_mem_at(s, APPS, i);
		if (strcmp(row->host, host) == 0)
			return (row);
	}
	return (NULL);
}

static int
op_app_add(struct store *s, const struct app *row)
{
	int r;

	if (!rows_app_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (find_app(s, row->host) != NULL)
		return (ERR_EXISTS);
	store_mem_add(s, APPS, row);
	return (0);
}

static int
op_app_set(struct store *s, const struct app *row)
{
	struct app *there;
	int64_t created_ms;
	int r;

	if (!rows_app_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((there = find_app(s, row->host)) == NULL)
		return (ERR_NOTFOUND);
	created_ms = there->created_ms;
	*there = *row;
	there->created_ms = created_ms;
	return (0);
}

static int
op_app_remove(struct store *s, const char *host)
{
	const struct app *row;
	int r;

	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((row = find_app(s, host)) == NULL)
		return (ERR_NOTFOUND);
	store_mem_remove(s, APPS,
	    (size_t)(row - (struct app *)store_mem_at(s, APPS, 0)));
	return (0);
}

static int
op_app_find(struct store *s, const char *host, struct app *out)
{
	const struct app *row = find_app(s, host);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r == 0 && row == NULL)
		r = ERR_NOTFOUND;
	if (r == 0)
		*out = *row;
	return (r);
}

static int
op_app_list(struct store *s, const char *after, int limit, store_app_fn *fn,
    void *arg)
{
	const struct app *row, *best;
	const char *last = after;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; limit--) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, APPS); i++) {
			row = store_mem_at(s, APPS, i);
			if (strcmp(row->host, last) > 0 &&
			    (best == NULL || strcmp(row->host, best->host) < 0))
				best = row;
		}
		if (best == NULL)
			break;
		last = best->host;
		r = fn(arg, best);
	}
	return (r);
}

void
store_mem_password_remove(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct session_pick all = { .by = SESSION_BY_ACCOUNT,
		.office = *office,
		.account = *account };
	const struct password *p = find_password(s, office, account);

	if (p != NULL)
		store_mem_remove(s, PASSWORDS,
		    (size_t)(p -
			(struct password *)store_mem_at(s, PASSWORDS, 0)));
	forget(s, office, account, INT64_MAX);
	remove_recoveries(s, office, account);
	/* its failures are those of the removal, which was allowed */
	if (op_session_end(s, &all, NULL) != 0)
		abort();
}

void
store_mem_password_fill(struct store_ops *ops)
{
	ops->password_get = op_password_get;
	ops->password_put = op_password_put;
	ops->password_history = op_password_history;
	ops->recovery_replace = op_recovery_replace;
	ops->recovery_use = op_recovery_use;
	ops->recovery_count = op_recovery_count;
	ops->session_add = op_session_add;
	ops->session_find = op_session_find;
	ops->session_by_id = op_session_by_id;
	ops->session_set = op_session_set;
	ops->session_seen = op_session_seen;
	ops->session_list = op_session_list;
	ops->session_end = op_session_end;
	ops->session_expire = op_session_expire;
	ops->app_add = op_app_add;
	ops->app_set = op_app_set;
	ops->app_remove = op_app_remove;
	ops->app_find = op_app_find;
	ops->app_list = op_app_list;
}
