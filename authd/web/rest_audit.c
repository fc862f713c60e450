#include "authd/web/rest_audit.h"
#include "authd/web/shape.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_audit_list_members[] = { "office", "account", "device",
	"action", "result", "before", "limit", NULL };
const char *const rest_audit_show_members[] = { "request_id", NULL };

static const char *
text(struct json_in *in, const char *name)
{
	return (json_in_text(in, name, JSON_MEMBER_BYTES));
}

int
rest_audit_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_audit *a = call;

	(void)act;
	a->q.office = text(in, "office");
	a->q.account = text(in, "account");
	a->q.device = text(in, "device");
	a->q.action = text(in, "action");
	a->q.result = text(in, "result");
	a->q.before = json_in_int(in, "before", 1, INT64_MAX, 0);
	a->q.limit = (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_audit_parse_show(struct json_in *in, struct act *act, void *call)
{
	struct rest_audit *a = call;

	a->q.limit = LIMIT_MAX;
	a->q.request_id = json_in_need(in, "request_id", JSON_MEMBER_BYTES);
	/* an empty one would match every record */
	if (a->q.request_id != NULL && a->q.request_id[0] == '\0')
		return (act_refuse(act, ERR_INVALID, "bad_request_id",
		    "A request id has 26 characters."));
	return (0);
}

static int
add_row(void *arg, const struct audit_row *row)
{
	struct rest_audit *a = arg;
	json_t *o = json_object();

	if (json_array_append_new(a->rows, o) != 0 || shape_record(o, row) != 0)
		return (ERR_NOMEM);
	a->last = row->record.seq;
	a->rows_n++;
	return (0);
}

int
rest_audit_list(struct core *c, struct act *act, void *call)
{
	struct rest_audit *a = call;

	if ((a->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	return (auditlog_list(c, act, &a->q, add_row, a));
}

int
rest_audit_render_show(const struct act *act, void *call, json_t *o)
{
	struct rest_audit *a = call;

	(void)act;
	return (json_object_set(o, "records", a->rows) == 0 ? 0 : ERR_NOMEM);
}

int
rest_audit_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_audit *a = call;
	json_t *next = a->rows_n == a->q.limit && a->last > 1
	    ? json_integer(a->last)
	    : json_null();

	if (json_put_take(o, "next", next) != 0)
		return (ERR_NOMEM);
	return (rest_audit_render_show(act, call, o));
}

void
rest_audit_clear(void *call)
{
	struct rest_audit *a = call;

	json_decref(a->rows);
}
