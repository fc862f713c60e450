#include <stdio.h>

#include "authd/web/rest_office.h"
#include "authd/web/shape.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_office_input_members[] = { "code", "name", "contact",
	"networks", NULL };
const char *const rest_office_code_members[] = { "code", NULL };
const char *const rest_office_list_members[] = { "after", "limit", NULL };

int
rest_office_parse_set(struct json_in *in, struct act *act, void *call)
{
	struct rest_office *q = call;

	(void)act;
	q->in.code = json_in_need(in, "code", JSON_MEMBER_BYTES);
	q->in.name = json_in_text(in, "name", JSON_MEMBER_BYTES);
	q->in.contact = json_in_text(in, "contact", JSON_MEMBER_BYTES);
	q->in.networks =
	    json_in_words(in, "networks", q->networks, sizeof(q->networks));
	return (0);
}

int
rest_office_parse_add(struct json_in *in, struct act *act, void *call)
{
	json_in_need(in, "code", JSON_MEMBER_BYTES);
	json_in_need(in, "name", JSON_MEMBER_BYTES);
	return (rest_office_parse_set(in, act, call));
}

int
rest_office_parse_code(struct json_in *in, struct act *act, void *call)
{
	struct rest_office *q = call;

	(void)act;
	q->in.code = json_in_need(in, "code", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_office_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_office *q = call;

	(void)act;
	q->after = json_in_text(in, "after", JSON_MEMBER_BYTES);
	if (q->after == NULL)
		q->after = "";
	q->limit = (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_office_add(struct core *c, struct act *act, void *call)
{
	struct rest_office *q = call;

	return (office_add(c, act, &q->in, &q->out));
}

int
rest_office_set(struct core *c, struct act *act, void *call)
{
	struct rest_office *q = call;

	return (office_set(c, act, &q->in, &q->out));
}

int
rest_office_show(struct core *c, struct act *act, void *call)
{
	struct rest_office *q = call;

	return (office_find(c, act, q->in.code, &q->out));
}

int
rest_office_disable(struct core *c, struct act *act, void *call)
{
	struct rest_office *q = call;

	return (office_enable(c, act, q->in.code, false, &q->out));
}

int
rest_office_enable(struct core *c, struct act *act, void *call)
{
	struct rest_office *q = call;

	return (office_enable(c, act, q->in.code, true, &q->out));
}

static int
add_row(void *arg, const struct office *row)
{
	struct rest_office *q = arg;
	json_t *o = json_object();

	if (json_array_append_new(q->rows, o) != 0 || shape_office(o, row) != 0)
		return (ERR_NOMEM);
	snprintf(q->last, sizeof(q->last), "%s", row->code);
	q->rows_n++;
	return (0);
}

int
rest_office_list(struct core *c, struct act *act, void *call)
{
	struct rest_office *q = call;

	if ((q->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	return (office_list(c, act, q->after, q->limit, add_row, q));
}

int
rest_office_render(const struct act *act, void *call, json_t *o)
{
	struct rest_office *q = call;

	(void)act;
	return (shape_office(o, &q->out));
}

int
rest_office_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_office *q = call;
	const char *next = q->rows_n == q->limit ? q->last : NULL;

	(void)act;
	if (json_object_set(o, "offices", q->rows) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "next", next));
}

void
rest_office_clear(void *call)
{
	struct rest_office *q = call;

	json_decref(q->rows);
}
