#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/core/auditlog.h"
#include "authd/core/office.h"

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
	if (f.limit < 1 || f.limit > LIMIT_MAX || f.before_seq < 0)
		return (act_refuse(act, ERR_INVALID, "bad_limit",
		    "The limit is 1 to 1000, before a record's number."));
	if ((q->office != NULL && fold_office(q->office, f.office) != 0) ||
	    (q->account != NULL && fold_login(q->account, f.account) != 0) ||
	    take(f.device, sizeof(f.device), q->device) != 0 ||
	    take(f.action, sizeof(f.action), q->action) != 0 ||
	    take(f.result, sizeof(f.result), q->result) != 0 ||
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
