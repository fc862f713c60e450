#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/core/auditlog.h"
#include "authd/core/office.h"
#include "authd/core/urlcheck.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

static int
take(char *out, size_t size, const char *in)
{
	return (in == NULL ? 0 : text_copy(out, size, in));
}

/* Request ids are read out on the telephone: capitals are the same. */
static int
take_request_id(char *out, size_t size, const char *in)
{
	int r = take(out, size, in);

	for (; r == 0 && *out != '\0'; out++)
		if (*out >= 'A' && *out <= 'Z')
			*out = (char)(*out - 'A' + 'a');
	return (r);
}

int
auditlog_list(struct core *c, struct act *act, const struct auditlog_query *q,
    store_audit_fn *fn, void *arg)
{
	const struct id *only;
	struct audit_filter f;
	struct office own;
	int r;

	memset(&f, 0, sizeof(f));
	f.limit = q->limit == 0 ? LIMIT_DEFAULT : q->limit;
	f.before_seq = q->before;
	f.from_seq = q->from;
	if (f.limit < 1 || f.limit > LIMIT_MAX || f.before_seq < 0 ||
	    f.from_seq < 0)
		return (act_refuse(act, ERR_INVALID, "bad_limit",
		    "The limit is 1 to 1000, before a record's number."));
	if ((q->office != NULL && fold_office(q->office, f.office) != 0) ||
	    (q->account != NULL && fold_login(q->account, f.account) != 0) ||
	    take(f.device, sizeof(f.device), q->device) != 0 ||
	    take(f.action, sizeof(f.action), q->action) != 0 ||
	    take(f.result, sizeof(f.result), q->result) != 0 ||
	    (q->app != NULL && q->app[0] != '\0' &&
		urlcheck_host(q->app, strlen(q->app), f.app) != 0) ||
	    take_request_id(
		f.request_id, sizeof(f.request_id), q->request_id) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_filter",
		    "A filter is not of the form of what it filters."));
	if (act->person.is_set) {
		/* of one's own office, whichever was asked for */
		if ((r = office_scope(c, act, q->office, &own, &only)) != 0)
			return (r);
		if (only != NULL)
			memcpy(f.office, own.code, sizeof(f.office));
	}
	return (c->store->ops->audit_list(c->store, &f, fn, arg));
}

static int
keep_newest(void *arg, const struct audit_row *row)
{
	struct audit_record *newest = arg;

	*newest = row->record;
	return (0);
}

int
auditlog_seq_at(struct core *c, int64_t at_ms, int64_t *out)
{
	const struct audit_filter last = { .limit = 1 };
	struct audit_record newest;
	struct audit_row row;
	int64_t low = 1, high, middle;
	int r;

	*out = 1;
	memset(&newest, 0, sizeof(newest));
	r = c->store->ops->audit_list(c->store, &last, keep_newest, &newest);
	if (r != 0)
		return (r);
	/* low: the first that may be; high: known to be, or one more than all */
	high = newest.seq + 1;
	while (low < high) {
		middle = low + (high - low) / 2;
		r = c->store->ops->audit_get(
		    c->store, newest.node, middle, &row);
		if (r != 0 && r != ERR_NOTFOUND)
			return (r);
		/* what is there no more is older than what is */
		if (r == ERR_NOTFOUND || row.record.at_ms < at_ms)
			low = middle + 1;
		else
			high = middle;
	}
	*out = low;
	return (0);
}
