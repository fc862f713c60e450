#include <stdio.h>
#include <string.h>

#include "authd/base/text.h"
#include "tests/fakes/store_mem_impl.h"

static struct counter *
find_counter(struct store *s, const struct id *office, const struct id *account,
    enum counter_kind kind, const char *bucket)
{
	struct counter *c;
	size_t i;

	for (i = 0; i < store_mem_count(s, COUNTERS); i++) {
		c = store_mem_at(s, COUNTERS, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account) && c->kind == kind &&
		    strcmp(c->bucket, bucket) == 0)
			return (c);
	}
	return (NULL);
}

static int
op_counter_get(struct store *s, const struct id *office,
    const struct id *account, enum counter_kind kind, const char *bucket,
    struct counter *out)
{
	const struct counter *c;
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	if (r != 0)
		return (r);
	if ((c = find_counter(s, office, account, kind, bucket)) != NULL) {
		*out = *c;
		return (0);
	}
	if ((r = text_copy(out->bucket, sizeof(out->bucket), bucket)) != 0)
		return (r);
	out->office = *office;
	out->account = *account;
	out->kind = kind;
	return (0);
}

static int
op_counter_put(struct store *s, const struct counter *row)
{
	struct counter *c;
	int r;

	if (!rows_counter_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	c = find_counter(
	    s, &row->office, &row->account, row->kind, row->bucket);
	if (c != NULL)
		*c = *row;
	else
		store_mem_add(s, COUNTERS, row);
	return (0);
}

static bool
is_before(const struct counter *a, const struct counter *b)
{
	if (a->kind != b->kind)
		return (a->kind < b->kind);
	return (strcmp(a->bucket, b->bucket) < 0);
}

static int
op_counter_list(struct store *s, const struct id *office,
    const struct id *account, store_counter_fn *fn, void *arg)
{
	const struct counter *c, *best, *last = NULL;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0; last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, COUNTERS); i++) {
			c = store_mem_at(s, COUNTERS, i);
			if (id_equal(&c->office, office) &&
			    id_equal(&c->account, account) &&
			    (last == NULL || is_before(last, c)) &&
			    (best == NULL || is_before(c, best)))
				best = c;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

static bool
is_key_before(const struct counter *a, const struct counter *b)
{
	int r = memcmp(&a->office, &b->office, sizeof(a->office));

	return (r < 0 ||
	    (r == 0 && memcmp(&a->account, &b->account, sizeof(a->account)) < 0));
}

/* The sum over the buckets of the account of ${key}. */
static struct counter
sum_up(struct store *s, const struct counter *key)
{
	struct counter sum = { .office = key->office, .account = key->account };
	const struct counter *c;
	bool is_first = true;
	size_t i;

	for (i = 0; i < store_mem_count(s, COUNTERS); i++) {
		c = store_mem_at(s, COUNTERS, i);
		if (!id_equal(&c->office, &key->office) ||
		    !id_equal(&c->account, &key->account))
			continue;
		if (c->kind == COUNTER_CODE)
			sum.in_row += c->in_row;
		if (is_first || c->locked_until_steady > sum.locked_until_steady)
			sum.locked_until_steady = c->locked_until_steady;
		is_first = false;
	}
	return (sum);
}

static int
op_counter_locked(struct store *s, const struct id *office, int64_t steady,
    int in_row, int limit, store_counter_fn *fn, void *arg)
{
	const struct counter *c, *best, *last = NULL;
	struct counter sum;
	int r = store_mem_may_read(s);
	size_t i;

	for (; r == 0 && limit > 0; last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, COUNTERS); i++) {
			c = store_mem_at(s, COUNTERS, i);
			if ((office == NULL || id_equal(&c->office, office)) &&
			    (last == NULL || is_key_before(last, c)) &&
			    (best == NULL || is_key_before(c, best)))
				best = c;
		}
		if (best == NULL)
			break;
		sum = sum_up(s, best);
		if (sum.locked_until_steady <= steady && sum.in_row < in_row)
			continue;
		limit--;
		r = fn(arg, &sum);
	}
	return (r);
}

static int
op_counter_clear(
    struct store *s, const struct id *office, const struct id *account)
{
	int r;

	if ((r = store_mem_may_note(s)) == 0)
		store_mem_remove_counters(s, office, account);
	return (r);
}

static const struct audit_row *
find_last(struct store *s, int32_t node)
{
	const struct audit_row *row;
	size_t i;

	for (i = store_mem_count(s, AUDITS); i-- > 0;) {
		row = store_mem_at(s, AUDITS, i);
		if (row->record.node == node)
			return (row);
	}
	return (NULL);
}

static int
op_audit_append(struct store *s, const struct audit_row *row)
{
	const struct audit_row *last = find_last(s, row->record.node);
	struct audit_row next = *row;
	int r;

	if (!rows_audit_ok(row))
		return (ERR_INVALID);
	if ((r = store_mem_may_note(s)) != 0)
		return (r);
	if (row->record.seq != (last == NULL ? 1 : last->record.seq + 1))
		return (ERR_CORRUPT);
	if (!next.has_seal)
		memset(next.seal, 0, sizeof(next.seal));
	store_mem_add(s, AUDITS, &next);
	return (0);
}

static int
op_audit_head(struct store *s, int32_t node, struct audit_head *out)
{
	const struct audit_row *last = find_last(s, node);
	int r = store_mem_may_read(s);

	memset(out, 0, sizeof(*out));
	out->node = node;
	if (r == 0 && last != NULL) {
		out->seq = last->record.seq;
		memcpy(out->hash, last->hash, sizeof(out->hash));
	}
	return (r);
}

static int
op_audit_read(
    struct store *s, int32_t node, int64_t from, store_audit_fn *fn, void *arg)
{
	const struct audit_row *row;
	int r = store_mem_may_read(s);
	size_t i;

	for (i = 0; r == 0 && i < store_mem_count(s, AUDITS); i++) {
		row = store_mem_at(s, AUDITS, i);
		if (row->record.node == node && row->record.seq >= from)
			r = fn(arg, row);
	}
	return (r);
}

static int
op_audit_read_since(
    struct store *s, int32_t node, int64_t at_ms, store_audit_fn *fn, void *arg)
{
	const struct audit_row *row;
	int r = store_mem_may_read(s);
	size_t i;

	for (i = 0; r == 0 && i < store_mem_count(s, AUDITS); i++) {
		row = store_mem_at(s, AUDITS, i);
		if (row->record.node == node && row->record.at_ms >= at_ms)
			r = fn(arg, row);
	}
	return (r);
}

static int
op_audit_get(struct store *s, int32_t node, int64_t seq, struct audit_row *out)
{
	const struct audit_row *row;
	int r = store_mem_may_read(s);
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; r == 0 && i < store_mem_count(s, AUDITS); i++) {
		row = store_mem_at(s, AUDITS, i);
		if (row->record.node == node && row->record.seq == seq) {
			*out = *row;
			return (0);
		}
	}
	return (r == 0 ? ERR_NOTFOUND : r);
}

static bool
fits(const char *wanted, const char *is)
{
	return (wanted[0] == '\0' || strcmp(wanted, is) == 0);
}

/* Is app=HOST one of the words? */
static bool
has_app(const char *host, const char *detail)
{
	char word[HOST_MAX + 8];
	const char *s;
	size_t n;

	if (host[0] == '\0')
		return (true);
	n = (size_t)snprintf(word, sizeof(word), "app=%s", host);
	for (s = strstr(detail, word); s != NULL; s = strstr(s + 1, word))
		if ((s == detail || s[-1] == ' ') &&
		    (s[n] == '\0' || s[n] == ' '))
			return (true);
	return (false);
}

static bool
is_wanted(const struct audit_filter *f, const struct audit_record *rec)
{
	return (fits(f->office, rec->office) &&
	    fits(f->account, rec->account) && fits(f->device, rec->device) &&
	    fits(f->action, rec->action) && fits(f->result, rec->result) &&
	    fits(f->request_id, rec->request_id) &&
	    (f->before_seq == 0 || rec->seq < f->before_seq) &&
	    rec->seq >= f->from_seq && has_app(f->app, rec->detail));
}

/* Newest first is by seq, then by node. */
static bool
is_newer(const struct audit_row *a, const struct audit_row *b)
{
	if (a->record.seq != b->record.seq)
		return (a->record.seq > b->record.seq);
	return (a->record.node > b->record.node);
}

static int
op_audit_list(struct store *s, const struct audit_filter *filter,
    store_audit_fn *fn, void *arg)
{
	const struct audit_row *row, *best, *last = NULL;
	int left = filter->limit, r = store_mem_may_read(s);
	size_t i;

	if (left < 1 || left > AUDIT_LIST_MAX)
		return (ERR_INVALID);
	for (; r == 0 && left > 0; left--, last = best) {
		best = NULL;
		for (i = 0; i < store_mem_count(s, AUDITS); i++) {
			row = store_mem_at(s, AUDITS, i);
			if (is_wanted(filter, &row->record) &&
			    (last == NULL || is_newer(last, row)) &&
			    (best == NULL || is_newer(row, best)))
				best = row;
		}
		if (best == NULL)
			break;
		r = fn(arg, best);
	}
	return (r);
}

bool
store_mem_is_burned(struct store *s, const struct phone *key, int64_t step)
{
	const struct store_mem_burned *b;
	size_t i;

	for (i = 0; i < store_mem_count(s, BURNED); i++) {
		b = store_mem_at(s, BURNED, i);
		if (b->step == step && id_equal(&b->device, &key->device) &&
		    id_equal(&b->account, &key->account) &&
		    id_equal(&b->office, &key->office))
			return (true);
	}
	return (false);
}

/* The phone a row belongs to; NULL when it went with its account. */
static const struct phone *
phone_of(struct store *s, const struct store_mem_burned *b)
{
	const struct phone *p;
	size_t i;

	for (i = 0; i < store_mem_count(s, PHONES); i++) {
		p = store_mem_at(s, PHONES, i);
		if (id_equal(&b->device, &p->device) &&
		    id_equal(&b->account, &p->account) &&
		    id_equal(&b->office, &p->office))
			return (p);
	}
	return (NULL);
}

static int
op_phone_burn(struct store *s, const struct phone *key, int64_t step)
{
	const struct store_mem_burned b = { key->office, key->account,
		key->device, step };
	int r;

	if (step < 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if (phone_of(s, &b) == NULL)
		return (ERR_NOTFOUND);
	if (!store_mem_is_burned(s, key, step))
		store_mem_add(s, BURNED, &b);
	return (0);
}

static int
op_phone_burned_clear(struct store *s)
{
	const struct phone *p;
	size_t i;
	int r = store_mem_may_note(s);

	for (i = store_mem_count(s, BURNED); r == 0 && i-- > 0;) {
		const struct store_mem_burned *b = store_mem_at(s, BURNED, i);

		p = phone_of(s, b);
		if (p == NULL || p->state == PHONE_REVOKED ||
		    p->last_step >= b->step)
			store_mem_remove(s, BURNED, i);
	}
	return (r);
}

void
store_mem_log_fill(struct store_ops *ops)
{
	ops->counter_get = op_counter_get;
	ops->counter_put = op_counter_put;
	ops->counter_list = op_counter_list;
	ops->counter_locked = op_counter_locked;
	ops->counter_clear = op_counter_clear;
	ops->audit_append = op_audit_append;
	ops->audit_head = op_audit_head;
	ops->audit_get = op_audit_get;
	ops->audit_read = op_audit_read;
	ops->audit_read_since = op_audit_read_since;
	ops->audit_list = op_audit_list;
	ops->phone_burn = op_phone_burn;
	ops->phone_burned_clear = op_phone_burned_clear;
}
