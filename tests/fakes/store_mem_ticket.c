#include <string.h>

#include "tests/fakes/store_mem_impl.h"

static struct ticket *
find(struct store *s, const struct ticket *key)
{
	struct ticket *t;
	size_t i;

	for (i = 0; i < store_mem_count(s, TICKETS); i++) {
		t = store_mem_at(s, TICKETS, i);
		if (id_equal(&t->office, &key->office) &&
		    id_equal(&t->account, &key->account) &&
		    id_equal(&t->id, &key->id))
			return (t);
	}
	return (NULL);
}

enum by { BY_SECRET, BY_HOLDER, BY_ID };

static int
get(struct store *s, enum by by, const void *key, struct ticket *out)
{
	static const uint8_t zero[SESSION_HASH_LEN];
	const struct ticket *t;
	int r = store_mem_may_read(s);
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; r == 0 && i < store_mem_count(s, TICKETS); i++) {
		t = store_mem_at(s, TICKETS, i);
		if ((by == BY_SECRET &&
			memcmp(t->secret, key, SESSION_HASH_LEN) == 0) ||
		    (by == BY_HOLDER &&
			memcmp(t->holder, zero, SESSION_HASH_LEN) != 0 &&
			memcmp(t->holder, key, SESSION_HASH_LEN) == 0) ||
		    (by == BY_ID && id_equal(&t->id, key))) {
			*out = *t;
			return (0);
		}
	}
	return (r != 0 ? r : ERR_NOTFOUND);
}

static int
op_ticket_find(struct store *s, const uint8_t secret[SESSION_HASH_LEN],
    struct ticket *out)
{
	return (get(s, BY_SECRET, secret, out));
}

static int
op_ticket_held(struct store *s, const uint8_t holder[SESSION_HASH_LEN],
    struct ticket *out)
{
	return (get(s, BY_HOLDER, holder, out));
}

static int
op_ticket_by_id(struct store *s, const struct id *id, struct ticket *out)
{
	return (get(s, BY_ID, id, out));
}

static int
op_ticket_add(struct store *s, const struct ticket *row)
{
	const struct ticket *t;
	size_t i;
	int r;

	if (!rows_ticket_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	for (i = 0; i < store_mem_count(s, TICKETS); i++) {
		t = store_mem_at(s, TICKETS, i);
		if (memcmp(t->secret, row->secret, sizeof(t->secret)) == 0)
			return (ERR_EXISTS);
	}
	if (find(s, row) != NULL)
		return (ERR_EXISTS);
	if (!store_mem_people_has(s, &row->office, &row->account))
		return (ERR_NOTFOUND);
	store_mem_add(s, TICKETS, row);
	return (0);
}

static int
op_ticket_set(struct store *s, const struct ticket *row)
{
	struct ticket *t;
	int r;

	if (!rows_ticket_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((t = find(s, row)) == NULL)
		return (ERR_NOTFOUND);
	if (t->state != TICKET_OPEN)
		return (ERR_WRONG_STATE);
	t->failures = row->failures;
	memcpy(t->holder, row->holder, sizeof(t->holder));
	t->held_steady = row->held_steady;
	t->proved = row->proved;
	t->device = row->device;
	return (0);
}

static bool
is_of(const struct store_mem_file *f, const struct ticket *key)
{
	return (id_equal(&f->office, &key->office) &&
	    id_equal(&f->account, &key->account) &&
	    id_equal(&f->ticket, &key->id));
}

static void
remove_files(struct store *s, const struct ticket *key)
{
	size_t i;

	for (i = store_mem_count(s, TICKET_FILES); i-- > 0;)
		if (is_of(store_mem_at(s, TICKET_FILES, i), key))
			store_mem_remove(s, TICKET_FILES, i);
}

static int
op_ticket_end(struct store *s, const struct ticket *key,
    enum ticket_state state, int64_t now_ms, bool *took)
{
	struct ticket *t;
	int r;

	*took = false;
	if (state <= TICKET_OPEN || state > TICKET_EXPIRED || now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((t = find(s, key)) == NULL)
		return (ERR_NOTFOUND);
	if (t->state != TICKET_OPEN)
		return (0);
	t->state = state;
	t->ended_ms = now_ms;
	remove_files(s, key);
	*took = true;
	return (0);
}

static int
op_ticket_list(struct store *s, const struct id *office,
    const struct id *account, const struct id *after, int limit,
    store_ticket_fn *fn, void *arg)
{
	const struct ticket *row, *best;
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
		for (i = 0; i < store_mem_count(s, TICKETS); i++) {
			row = store_mem_at(s, TICKETS, i);
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
is_later(const struct ticket *a, const struct ticket *b)
{
	if (a->until_steady != b->until_steady)
		return (a->until_steady > b->until_steady);
	return (memcmp(a->id.b, b->id.b, ID_LEN) > 0);
}

static int
op_ticket_due(struct store *s, int64_t steady, int limit, store_ticket_fn *fn,
    void *arg)
{
	const struct ticket *row, *best, *last = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; limit--, last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, TICKETS); i++) {
			row = store_mem_at(s, TICKETS, i);
			if (row->state == TICKET_OPEN &&
			    row->until_steady <= steady &&
			    (last == NULL || is_later(row, last)) &&
			    (best == NULL || is_later(best, row)))
				best = row;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static int
op_ticket_forget(struct store *s, int64_t before_ms, int limit, int *gone)
{
	const struct ticket *row;
	size_t i;
	int r;

	*gone = 0;
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	for (i = 0; i < store_mem_count(s, TICKETS) && *gone < limit;) {
		row = store_mem_at(s, TICKETS, i);
		if (row->state != TICKET_OPEN && row->ended_ms < before_ms) {
			store_mem_remove(s, TICKETS, i);
			(*gone)++;
		} else
			i++;
	}
	return (0);
}

static const struct store_mem_file *
find_file(struct store *s, const struct ticket *key, enum ticket_file kind)
{
	const struct store_mem_file *f;
	size_t i;

	for (i = 0; i < store_mem_count(s, TICKET_FILES); i++) {
		f = store_mem_at(s, TICKET_FILES, i);
		if (is_of(f, key) && f->kind == kind)
			return (f);
	}
	return (NULL);
}

static int
op_ticket_file_put(struct store *s, const struct ticket *key,
    enum ticket_file kind, const uint8_t *file, size_t n)
{
	struct store_mem_file f = { .office = key->office,
		.account = key->account,
		.ticket = key->id,
		.kind = kind,
		.n = n };
	const struct ticket *t;
	int r;

	if (kind <= TICKET_FILE_NONE || kind > TICKET_FILE_COMPATIBLE ||
	    n == 0 || n > TICKET_FILE_MAX)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((t = find(s, key)) == NULL)
		return (ERR_NOTFOUND);
	if (t->state != TICKET_OPEN)
		return (ERR_WRONG_STATE);
	if (find_file(s, key, kind) != NULL)
		return (ERR_EXISTS);
	memcpy(f.at, file, n);
	store_mem_add(s, TICKET_FILES, &f);
	return (0);
}

static int
op_ticket_file_get(struct store *s, const struct ticket *key,
    enum ticket_file kind, uint8_t *out, size_t *n)
{
	const struct store_mem_file *f = find_file(s, key, kind);
	int r = store_mem_may_read(s);

	*n = 0;
	if (r == 0 && f == NULL)
		r = ERR_NOTFOUND;
	if (r != 0)
		return (r);
	memcpy(out, f->at, f->n);
	*n = f->n;
	return (0);
}

void
store_mem_ticket_remove(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct ticket *t;
	size_t i;

	for (i = store_mem_count(s, TICKETS); i-- > 0;) {
		t = store_mem_at(s, TICKETS, i);
		if (!id_equal(&t->office, office) ||
		    !id_equal(&t->account, account))
			continue;
		remove_files(s, t);
		store_mem_remove(s, TICKETS, i);
	}
}

void
store_mem_ticket_fill(struct store_ops *ops)
{
	ops->ticket_add = op_ticket_add;
	ops->ticket_find = op_ticket_find;
	ops->ticket_held = op_ticket_held;
	ops->ticket_by_id = op_ticket_by_id;
	ops->ticket_set = op_ticket_set;
	ops->ticket_end = op_ticket_end;
	ops->ticket_list = op_ticket_list;
	ops->ticket_due = op_ticket_due;
	ops->ticket_forget = op_ticket_forget;
	ops->ticket_file_put = op_ticket_file_put;
	ops->ticket_file_get = op_ticket_file_get;
}
