#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/store/store_sqlite_impl.h"

static void
get_record(struct ask *a, struct audit_record *rec)
{
	rec->node = (int32_t)ask_get_int(a, 1, INT32_MAX);
	rec->seq = ask_get_int(a, 1, INT64_MAX);
	rec->at_ms = ask_get_int(a, INT64_MIN, INT64_MAX);
	ask_get_text(a, rec->actor, sizeof(rec->actor));
	ask_get_text(a, rec->source, sizeof(rec->source));
	ask_get_text(a, rec->office, sizeof(rec->office));
	ask_get_text(a, rec->account, sizeof(rec->account));
	ask_get_text(a, rec->device, sizeof(rec->device));
	ask_get_text(a, rec->action, sizeof(rec->action));
	ask_get_text(a, rec->result, sizeof(rec->result));
	ask_get_text(a, rec->reason, sizeof(rec->reason));
	ask_get_text(a, rec->request_id, sizeof(rec->request_id));
	ask_get_text(a, rec->detail, sizeof(rec->detail));
}

static void
get_row(struct ask *a, struct audit_row *row)
{
	size_t n;

	memset(row, 0, sizeof(*row));
	get_record(a, &row->record);
	n = ask_get_blob(a, row->hash, sizeof(row->hash));
	ask_check(a, a->r != 0 || n == sizeof(row->hash));
	n = ask_get_blob(a, row->seal, sizeof(row->seal));
	ask_check(a, a->r != 0 || n == 0 || n == sizeof(row->seal));
	row->has_seal = n == sizeof(row->seal);
}

/*
 * Whether the record is the next of its node. Nobody else writes as long as
 * the transaction lasts, so the log is asked before its first record only.
 */
static int
check_next(struct store *base, const struct audit_record *rec)
{
	struct store_sqlite *s = (struct store_sqlite *)base;
	struct audit_head head;
	int r;

	if (s->appended.seq == 0 || s->appended.node != rec->node) {
		r = store_sqlite_audit_head(base, rec->node, &head);
		if (r != 0)
			return (r);
		s->appended.node = rec->node;
		s->appended.seq = head.seq;
	}
	if (rec->seq != s->appended.seq + 1)
		return (
		    log_fr(ERR_CORRUPT, "store: audit record %lld is not next",
			(long long)rec->seq));
	return (0);
}

/* After the last record of a part: how late anything in it is. */
static int
put_time(struct store *s, const struct audit_record *rec)
{
	int64_t part = rec->seq / ASK_AUDIT_PART_RECORDS;
	struct ask a;

	if ((rec->seq + 1) % ASK_AUDIT_PART_RECORDS != 0)
		return (0);
	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_TIME_PUT);
	ask_put_int(&a, rec->node);
	ask_put_int(&a, part);
	ask_put_int(&a, part * ASK_AUDIT_PART_RECORDS);
	ask_put_int(&a, rec->seq);
	return (ask_run(&a, NULL));
}

int
store_sqlite_audit_append(struct store *s, const struct audit_row *row)
{
	const struct audit_record *rec = &row->record;
	struct store_sqlite *own = (struct store_sqlite *)s;
	struct ask a;
	int r;

	if (!rows_audit_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_APPEND);
	if (a.r == 0)
		a.r = check_next(s, rec);
	ask_put_int(&a, rec->node);
	ask_put_int(&a, rec->seq);
	ask_put_int(&a, rec->at_ms);
	ask_put_text(&a, rec->actor);
	ask_put_text(&a, rec->source);
	ask_put_text(&a, rec->office);
	ask_put_text(&a, rec->account);
	ask_put_text(&a, rec->device);
	ask_put_text(&a, rec->action);
	ask_put_text(&a, rec->result);
	ask_put_text(&a, rec->reason);
	ask_put_text(&a, rec->request_id);
	ask_put_text(&a, rec->detail);
	ask_put_blob(&a, row->hash, sizeof(row->hash));
	ask_put_blob(&a, row->has_seal ? row->seal : NULL,
	    row->has_seal ? sizeof(row->seal) : 0);
	if ((r = ask_run(&a, NULL)) == 0)
		r = put_time(s, rec);
	own->appended.seq = r == 0 ? rec->seq : 0;
	return (r);
}

int
store_sqlite_audit_head(struct store *s, int32_t node, struct audit_head *out)
{
	struct audit_head head = { .node = node };
	struct ask a;
	size_t n;
	int r;

	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_HEAD);
	ask_put_int(&a, node);
	if (ask_row(&a)) {
		head.seq = ask_get_int(&a, 1, INT64_MAX);
		n = ask_get_blob(&a, head.hash, sizeof(head.hash));
		ask_check(&a, a.r != 0 || n == sizeof(head.hash));
	}
	if ((r = ask_close(&a)) != 0) {
		memset(&head, 0, sizeof(head));
		head.node = node;
	}
	*out = head;
	return (r);
}

int
store_sqlite_audit_get(
    struct store *s, int32_t node, int64_t seq, struct audit_row *out)
{
	struct ask a;
	int r;

	memset(out, 0, sizeof(*out));
	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_GET);
	ask_put_int(&a, node);
	ask_put_int(&a, seq);
	if (ask_row(&a))
		get_row(&a, out);
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}

static int
give_rows(struct ask *a, store_audit_fn *fn, void *arg)
{
	struct audit_row row;

	while (ask_row(a)) {
		get_row(a, &row);
		if (a->r == 0)
			a->r = fn(arg, &row);
	}
	return (ask_close(a));
}

static int
read_range(struct store *s, int32_t node, int64_t from, int64_t to,
    store_audit_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_READ);
	ask_put_int(&a, node);
	ask_put_int(&a, from);
	ask_put_int(&a, to);
	return (give_rows(&a, fn, arg));
}

int
store_sqlite_audit_read(
    struct store *s, int32_t node, int64_t from, store_audit_fn *fn, void *arg)
{
	return (read_range(s, node, from, INT64_MAX, fn, arg));
}

/* The next whole part from ${part} on that is late enough; -1: none is. */
static int
next_late(struct store *s, int32_t node, int64_t at_ms, int64_t *part)
{
	int64_t found = -1;
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_TIME);
	ask_put_int(&a, node);
	ask_put_int(&a, *part);
	ask_put_int(&a, at_ms);
	if (ask_row(&a))
		found = ask_get_int(&a, 0, INT64_MAX);
	*part = found;
	return (ask_close(&a));
}

int
store_sqlite_audit_read_since(struct store *s, int32_t node, int64_t at_ms,
    store_audit_fn *fn, void *arg)
{
	const int64_t n = ASK_AUDIT_PART_RECORDS;
	struct audit_head head;
	int64_t part = 0;
	int r;

	while ((r = next_late(s, node, at_ms, &part)) == 0 && part >= 0) {
		r = read_range(s, node, part * n, part * n + n - 1, fn, arg);
		if (r != 0)
			return (r);
		part++;
	}
	if (r != 0 || (r = store_sqlite_audit_head(s, node, &head)) != 0)
		return (r);
	/* and the part that is not whole yet */
	return (read_range(s, node, (head.seq + 1) / n * n, INT64_MAX, fn, arg));
}

/* Ask one listing; how many rows it gave is taken off ${left}. */
struct listing {
	store_audit_fn *fn;
	void *arg;
	int left;
};

static int
give_one(void *arg, const struct audit_row *row)
{
	struct listing *l = arg;

	l->left--;
	return (l->fn(l->arg, row));
}

static int
list_one(struct store *s, enum ask_sql q, const struct audit_filter *f,
    int64_t part, struct listing *l)
{
	/* a host has no character that LIKE takes for another */
	char app[HOST_MAX + sizeof("% app= %")] = "";
	struct ask a;

	ask_open(&a, store_sqlite_db(s), q);
	ask_put_text(&a, f->office);
	ask_put_text(&a, f->account);
	ask_put_text(&a, f->request_id);
	ask_put_int(&a, f->before_seq == 0 ? INT64_MAX : f->before_seq);
	ask_put_text(&a, f->device);
	ask_put_text(&a, f->action);
	ask_put_text(&a, f->result);
	ask_put_int(&a, l->left);
	ask_put_int(&a, part);
	ask_put_int(&a, f->from_seq);
	if (f->app[0] != '\0')
		(void)snprintf(app, sizeof(app), "%% app=%s %%", f->app);
	ask_put_text(&a, app);
	return (give_rows(&a, give_one, l));
}

/* The number of the next part of the log below ${part}; -1 when none is. */
static int
next_part(struct store *s, int64_t *part)
{
	int64_t found = -1;
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_PART);
	ask_put_int(&a, *part);
	if (ask_row(&a))
		found = ask_get_int(&a, 0, INT64_MAX);
	*part = found;
	return (ask_close(&a));
}

/* Newest first, part by part, until there is enough. */
static int
list_parts(struct store *s, enum ask_sql q, const struct audit_filter *f,
    struct listing *l)
{
	int64_t part = f->before_seq == 0
	    ? INT64_MAX
	    : f->before_seq / ASK_AUDIT_PART_RECORDS + 1;
	int r;

	while ((r = next_part(s, &part)) == 0 &&
	    part >= f->from_seq / ASK_AUDIT_PART_RECORDS)
		if ((r = list_one(s, q, f, part, l)) != 0 || l->left == 0)
			break;
	return (r);
}

int
store_sqlite_audit_list(struct store *s, const struct audit_filter *filter,
    store_audit_fn *fn, void *arg)
{
	struct listing l = { fn, arg, filter->limit };

	if (filter->limit < 1 || filter->limit > AUDIT_LIST_MAX)
		return (ERR_INVALID);
	/* The narrowest way in. */
	if (filter->request_id[0] != '\0')
		return (list_one(s, ASK_AUDIT_LIST_REQUEST, filter, -1, &l));
	if (filter->account[0] != '\0')
		return (list_parts(s, ASK_AUDIT_LIST_ACCOUNT, filter, &l));
	if (filter->office[0] != '\0')
		return (list_parts(s, ASK_AUDIT_LIST_OFFICE, filter, &l));
	return (list_parts(s, ASK_AUDIT_LIST, filter, &l));
}
