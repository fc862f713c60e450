#include <string.h>

#include "authd/base/text.h"
#include "authd/core/lock.h"

static const struct policy_class *
class_policy(const struct core *c, const struct account *a)
{
	/* Anything but a known general account gets the stricter rule. */
	return (a->class == CLASS_GENERAL ? &c->policy->general
					  : &c->policy->privileged);
}

struct rows {
	struct counter own; /* found by its kind and bucket */
	int64_t in_row;     /* of codes, over all buckets */
};

static int
collect(void *arg, const struct counter *row)
{
	struct rows *rows = arg;

	if (row->kind == COUNTER_CODE)
		rows->in_row += row->in_row;
	if (row->kind == rows->own.kind &&
	    strcmp(row->bucket, rows->own.bucket) == 0)
		rows->own = *row;
	return (0);
}

int
lock_load(struct core *c, const struct account *a, enum counter_kind kind,
    const char *bucket, const struct moment *now, struct lock *out)
{
	struct rows rows;
	int r;

	memset(out, 0, sizeof(*out));
	out->kind = LOCK_ADMINISTRATOR; /* until we know better */
	memset(&rows, 0, sizeof(rows));
	rows.own.office = a->office;
	rows.own.account = a->id;
	rows.own.kind = kind;
	if ((r = text_copy(rows.own.bucket, sizeof(rows.own.bucket), bucket)) !=
		0 ||
	    (r = c->store->ops->counter_list(
		 c->store, &a->office, &a->id, collect, &rows)) != 0)
		return (r);
	out->own = rows.own;
	if (kind == COUNTER_CODE && rows.in_row >= IN_ROW_MAX)
		return (0);
	out->kind = LOCK_NONE;
	if (out->own.locked_until_steady > now->steady_ms) {
		out->kind = LOCK_TIMED;
		out->until_steady = out->own.locked_until_steady;
	} else if (out->own.locked_until_steady != 0) {
		out->own.locked_until_steady = 0;
		out->own.failures = 0;
	}
	return (0);
}

int
lock_fail(struct core *c, const struct account *a, struct lock *lock,
    const struct moment *now)
{
	const struct policy_class *p = class_policy(c, a);

	lock->own.failures++;
	lock->own.in_row++;
	if (lock->own.failures >= p->failures_max)
		lock->own.locked_until_steady = now->steady_ms + p->lock_ms;
	return (c->store->ops->counter_put(c->store, &lock->own));
}

int
lock_succeed(struct core *c, struct lock *lock)
{
	if (lock->own.failures == 0 && lock->own.in_row == 0 &&
	    lock->own.locked_until_steady == 0)
		return (0);
	lock->own.failures = 0;
	lock->own.in_row = 0;
	lock->own.locked_until_steady = 0;
	return (c->store->ops->counter_put(c->store, &lock->own));
}

#define FOUND 1 /* ends the listing; no error is positive */

static int
find_counted(void *arg, const struct counter *row)
{
	struct counter *out = arg;

	if (row->kind != out->kind ||
	    (row->failures == 0 && row->in_row == 0 &&
		row->locked_until_steady == 0))
		return (0);
	*out = *row;
	return (FOUND);
}

/* One listing each, since a listing's callback must change nothing. */
int
lock_forget(struct core *c, const struct account *a, enum counter_kind kind)
{
	struct counter row;
	int r;

	for (;;) {
		row.kind = kind;
		r = c->store->ops->counter_list(
		    c->store, &a->office, &a->id, find_counted, &row);
		if (r != FOUND)
			return (r);
		row.failures = row.in_row = 0;
		row.locked_until_steady = 0;
		if ((r = c->store->ops->counter_put(c->store, &row)) != 0)
			return (r);
	}
}

int
lock_renew(struct core *c, struct lock *lock)
{
	if (lock->own.failures == 0 && lock->own.locked_until_steady == 0)
		return (0);
	lock->own.failures = 0;
	lock->own.locked_until_steady = 0;
	return (c->store->ops->counter_put(c->store, &lock->own));
}

int
lock_give_back(struct core *c, const struct account *a,
    enum counter_kind kind, const char *bucket, const struct moment *now)
{
	struct counter *own;
	struct lock lock;
	int r;

	if ((r = lock_load(c, a, kind, bucket, now, &lock)) != 0)
		return (r);
	own = &lock.own;
	/* cleared meanwhile: by a success, an administrator or the time */
	if (own->failures == 0)
		return (lock_decoy(c));
	own->failures--;
	if (own->in_row > 0)
		own->in_row--;
	if (own->failures < class_policy(c, a)->failures_max)
		own->locked_until_steady = 0;
	return (c->store->ops->counter_put(c->store, own));
}

int
lock_decoy(struct core *c)
{
	struct counter row;

	memset(&row, 0, sizeof(row));
	row.kind = COUNTER_CODE;
	/* SQLite writes no page, and syncs nothing, for a row that stays as it
	 * is. */
	row.in_row = (int32_t)(++c->decoys & 0x3fffffff);
	return (c->store->ops->counter_put(c->store, &row));
}

struct summary {
	int64_t sum, until_steady, now_steady;
};

static int
add_summary(void *arg, const struct counter *row)
{
	struct summary *s = arg;

	if (row->kind == COUNTER_CODE)
		s->sum += row->in_row;
	if (row->locked_until_steady > s->now_steady &&
	    row->locked_until_steady > s->until_steady)
		s->until_steady = row->locked_until_steady;
	return (0);
}

int
lock_summary(struct core *c, const struct account *a, const struct moment *now,
    enum lock_kind *kind, int64_t *until_ms)
{
	struct summary s = { 0, 0, now->steady_ms };
	int r;

	r = c->store->ops->counter_list(
	    c->store, &a->office, &a->id, add_summary, &s);
	if (r != 0)
		return (r);
	*kind = LOCK_NONE;
	*until_ms = 0;
	if (s.sum >= IN_ROW_MAX)
		*kind = LOCK_ADMINISTRATOR;
	else if (s.until_steady != 0) {
		*kind = LOCK_TIMED;
		*until_ms = now->wall_ms + s.until_steady - now->steady_ms;
	}
	return (0);
}
