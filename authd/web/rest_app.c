#include <stdio.h>

#include "authd/web/rest_app.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_app_input_members[] = { "host", "name", "factors",
	"networks", "level", "groups", "offices", "idle", "absolute", "paths",
	NULL };
const char *const rest_app_set_members[] = { "host", "name", "factors",
	"networks", "level", "groups", "offices", "idle", "absolute", "paths",
	"force", NULL };
const char *const rest_app_host_members[] = { "host", NULL };
const char *const rest_app_list_members[] = { "after", "limit", NULL };

int
rest_app_parse_input(struct json_in *in, struct act *act, void *call)
{
	struct rest_app *q = call;

	(void)act;
	q->in.host = json_in_need(in, "host", JSON_MEMBER_BYTES);
	q->in.name = json_in_text(in, "name", JSON_MEMBER_BYTES);
	q->in.factors =
	    json_in_words(in, "factors", q->factors, sizeof(q->factors));
	q->in.networks =
	    json_in_words(in, "networks", q->networks, sizeof(q->networks));
	q->in.level = (int)json_in_int(in, "level", 1, 5, 0);
	q->in.groups =
	    json_in_words(in, "groups", q->groups, sizeof(q->groups));
	q->in.offices =
	    json_in_words(in, "offices", q->offices, sizeof(q->offices));
	q->in.idle = json_in_text(in, "idle", JSON_MEMBER_BYTES);
	q->in.absolute = json_in_text(in, "absolute", JSON_MEMBER_BYTES);
	q->in.paths = json_in_words(in, "paths", q->paths, sizeof(q->paths));
	return (0);
}

int
rest_app_parse_set(struct json_in *in, struct act *act, void *call)
{
	struct rest_app *q = call;

	q->is_forced = json_in_int(in, "force", 0, 1, 0) == 1;
	return (rest_app_parse_input(in, act, call));
}

int
rest_app_parse_host(struct json_in *in, struct act *act, void *call)
{
	struct rest_app *q = call;

	(void)act;
	q->in.host = json_in_need(in, "host", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_app_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_app *q = call;

	(void)act;
	q->after = json_in_text(in, "after", JSON_MEMBER_BYTES);
	q->limit = (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_app_add(struct core *c, struct act *act, void *call)
{
	struct rest_app *q = call;

	return (app_add(c, act, &q->in, &q->out));
}

int
rest_app_set(struct core *c, struct act *act, void *call)
{
	struct rest_app *q = call;

	return (change_app_set(c, act, &q->in, q->is_forced, &q->out));
}

int
rest_app_show(struct core *c, struct act *act, void *call)
{
	struct rest_app *q = call;

	return (app_find(c, act, q->in.host, &q->out));
}

int
rest_app_remove(struct core *c, struct act *act, void *call)
{
	struct rest_app *q = call;

	return (app_remove(c, act, q->in.host, &q->out));
}

static int
put_app(json_t *o, const struct app *row)
{
	char factors[32];

	snprintf(factors, sizeof(factors), "%s%s%s",
	    row->factors & SESSION_PASSWORD ? "password " : "",
	    row->factors & SESSION_CODE ? "code " : "",
	    row->factors & SESSION_TERMINAL ? "terminal " : "");
	if (json_put_text(o, "host", row->host) != 0 ||
	    json_put_text(o, "name", row->name) != 0 ||
	    json_put_words(o, "factors", factors) != 0 ||
	    json_put_words(o, "networks", row->networks) != 0 ||
	    json_put_int(o, "level", row->level) != 0 ||
	    json_put_words(o, "groups", row->groups) != 0 ||
	    json_put_words(o, "offices", row->offices) != 0 ||
	    json_put_int(o, "idle", row->idle_ms / 1000) != 0 ||
	    json_put_int(o, "absolute", row->absolute_ms / 1000) != 0 ||
	    json_put_words(o, "paths", row->paths) != 0 ||
	    json_put_bool(o, "is_two_factor", !app_is_one_kind(row)) != 0)
		return (ERR_NOMEM);
	return (json_put_time(o, "created_at", row->created_ms));
}

static int
add_row(void *arg, const struct app *row)
{
	struct rest_app *q = arg;
	json_t *o = json_object();

	if (json_array_append_new(q->rows, o) != 0 || put_app(o, row) != 0)
		return (ERR_NOMEM);
	snprintf(q->last, sizeof(q->last), "%s", row->host);
	q->rows_n++;
	return (0);
}

int
rest_app_list(struct core *c, struct act *act, void *call)
{
	struct rest_app *q = call;

	if ((q->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	return (app_list(c, act, q->after, q->limit, add_row, q));
}

int
rest_app_render(const struct act *act, void *call, json_t *o)
{
	struct rest_app *q = call;

	(void)act;
	return (put_app(o, &q->out));
}

int
rest_app_render_removed(const struct act *act, void *call, json_t *o)
{
	struct rest_app *q = call;

	(void)act;
	if (json_put_text(o, "host", q->out.host) != 0)
		return (ERR_NOMEM);
	return (json_put_bool(o, "removed", true));
}

int
rest_app_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_app *q = call;
	const char *next = q->rows_n == q->limit ? q->last : NULL;

	(void)act;
	if (json_object_set(o, "apps", q->rows) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "next", next));
}

void
rest_app_clear(void *call)
{
	struct rest_app *q = call;

	json_decref(q->rows);
}
