#include <string.h>

#include "authd/web/rest_terminal.h"
#include "authd/web/shape_cert.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_terminal_id_members[] = { "terminal", NULL };
const char *const rest_terminal_list_members[] = { "office", "after", "limit",
	NULL };
const char *const rest_terminal_set_members[] = { "terminal", "admit", "drop",
	"admit_all", "owner", "label", NULL };

int
rest_terminal_parse_id(struct json_in *in, struct act *act, void *call)
{
	struct rest_terminal *q = call;

	(void)act;
	q->terminal = json_in_need(in, "terminal", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_terminal_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_terminal *q = call;

	(void)act;
	q->office = json_in_text(in, "office", JSON_MEMBER_BYTES);
	q->after = json_in_text(in, "after", JSON_MEMBER_BYTES);
	q->limit = (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_terminal_parse_set(struct json_in *in, struct act *act, void *call)
{
	struct rest_terminal *q = call;
	int64_t all = json_in_int(in, "admit_all", 0, 1, -1);

	(void)act;
	q->terminal = json_in_need(in, "terminal", JSON_MEMBER_BYTES);
	q->in.admit = json_in_text(in, "admit", JSON_MEMBER_BYTES);
	q->in.drop = json_in_text(in, "drop", JSON_MEMBER_BYTES);
	q->in.owner = json_in_text(in, "owner", JSON_MEMBER_BYTES);
	q->in.label = json_in_text(in, "label", JSON_MEMBER_BYTES);
	q->in.admit_all = all == 1;
	q->in.admit_listed = all == 0;
	return (0);
}

int
rest_terminal_show(struct core *c, struct act *act, void *call)
{
	struct rest_terminal *q = call;

	return (terminals_show(c, act, q->terminal, &q->view));
}

static int
add_row(void *arg, const struct terminals_view *v)
{
	struct rest_terminal *q = arg;
	json_t *o = json_object();

	if (json_array_append_new(q->rows, o) != 0 ||
	    shape_cert_terminal(o, v) != 0)
		return (ERR_NOMEM);
	id_put_text(&v->terminal.id, q->last);
	q->rows_n++;
	return (0);
}

int
rest_terminal_list(struct core *c, struct act *act, void *call)
{
	struct rest_terminal *q = call;

	if ((q->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	return (
	    terminals_list(c, act, q->office, q->after, q->limit, add_row, q));
}

int
rest_terminal_set(struct core *c, struct act *act, void *call)
{
	struct rest_terminal *q = call;

	return (terminals_set(c, act, q->terminal, &q->in, &q->view));
}

int
rest_terminal_lost(struct core *c, struct act *act, void *call)
{
	struct rest_terminal *q = call;

	return (terminals_lost(c, act, q->terminal, &q->view));
}

int
rest_terminal_render(const struct act *act, void *call, json_t *o)
{
	struct rest_terminal *q = call;

	(void)act;
	return (shape_cert_terminal(o, &q->view));
}

int
rest_terminal_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_terminal *q = call;
	const char *next = q->rows_n == q->limit ? q->last : NULL;

	(void)act;
	if (json_object_set(o, "terminals", q->rows) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "next", next));
}

void
rest_terminal_clear(void *call)
{
	struct rest_terminal *q = call;

	json_decref(q->rows);
}
