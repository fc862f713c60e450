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

int
store_sqlite_audit_append(struct store *s, const struct audit_row *row)
{
	const struct audit_record *rec = &row->record;
	struct ask a;
	int changed, r;

	if (!rows_audit_ok(row))
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_APPEND);
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
	if ((r = ask_run(&a, &changed)) == 0 && changed != 1)
		r = log_fr(ERR_CORRUPT, "store: audit record %lld is not next",
		    (long long)rec->seq);
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

int
store_sqlite_audit_read(
    struct store *s, int32_t node, int64_t from, store_audit_fn *fn, void *arg)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_AUDIT_READ);
	ask_put_int(&a, node);
	ask_put_int(&a, from);
	return (give_rows(&a, fn, arg));
}

/* The narrowest way in: an index is found by the text, not by the values. */
static enum ask_sql
choose(const struct audit_filter *f)
{
	if (f->request_id[0] != '\0')
		return (ASK_AUDIT_LIST_REQUEST);
	if (f->account[0] != '\0')
		return (f->office[0] != '\0' ? ASK_AUDIT_LIST_BOTH
					     : ASK_AUDIT_LIST_ACCOUNT);
	return (f->office[0] != '\0' ? ASK_AUDIT_LIST_OFFICE : ASK_AUDIT_LIST);
}

int
store_sqlite_audit_list(struct store *s, const struct audit_filter *filter,
    store_audit_fn *fn, void *arg)
{
	struct ask a;

	if (filter->limit < 1 || filter->limit > AUDIT_LIST_MAX)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), choose(filter));
	ask_put_text(&a, filter->office);
	ask_put_text(&a, filter->account);
	ask_put_text(&a, filter->request_id);
	ask_put_int(
	    &a, filter->before_seq == 0 ? INT64_MAX : filter->before_seq);
	ask_put_text(&a, filter->device);
	ask_put_text(&a, filter->action);
	ask_put_text(&a, filter->result);
	ask_put_int(&a, filter->limit);
	return (give_rows(&a, fn, arg));
}
