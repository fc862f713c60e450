#include <stdio.h>

#include "authd/web/rest_session.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_session_list_members[] = { "login", "office", "after",
	"limit", NULL };
const char *const rest_session_end_members[] = { "session", "login", "office",
	"all", NULL };

int
rest_session_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_session *q = call;

	(void)act;
	q->asked.login = json_in_text(in, "login", JSON_MEMBER_BYTES);
	q->asked.office = json_in_text(in, "office", JSON_MEMBER_BYTES);
	q->asked.after = json_in_text(in, "after", JSON_MEMBER_BYTES);
	q->asked.limit =
	    (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_session_parse_end(struct json_in *in, struct act *act, void *call)
{
	struct rest_session *q = call;

	(void)act;
	q->target.id = json_in_text(in, "session", JSON_MEMBER_BYTES);
	q->target.login = json_in_text(in, "login", JSON_MEMBER_BYTES);
	q->target.office = json_in_text(in, "office", JSON_MEMBER_BYTES);
	q->target.is_all = json_in_int(in, "all", 0, 1, 0) == 1;
	return (0);
}

/* The wall time at which steady time will be ${steady}. */
static int64_t
wall_of(const struct moment *now, int64_t steady)
{
	return (now->wall_ms + steady - now->steady_ms);
}

static int
put_session(const struct rest_session *q, const struct session_view *v,
    json_t *o)
{
	char id[ID_TEXT + 1], parent[ID_TEXT + 1] = "",
	    factors[SESSION_FACTORS_TEXT], *s;

	id_put_text(&v->row.id, id);
	if (!id_is_zero(&v->row.parent))
		id_put_text(&v->row.parent, parent);
	session_factors_text(v->row.factors, factors);
	for (s = factors; *s != '\0'; s++)
		if (*s == '+')
			*s = ' ';
	if (json_put_text(o, "session", id) != 0 ||
	    json_put_text(o, "parent", parent[0] == '\0' ? NULL : parent) !=
		0 ||
	    json_put_text(o, "login", v->account.login) != 0 ||
	    json_put_text(o, "office", v->office.code) != 0 ||
	    json_put_text(
		o, "app", v->row.app[0] == '\0' ? NULL : v->row.app) != 0 ||
	    json_put_words(o, "factors", factors) != 0 ||
	    json_put_text(o, "source", v->row.source) != 0 ||
	    json_put_time(o, "created_at", v->row.created_ms) != 0 ||
	    json_put_time(o, "last_used",
		wall_of(&q->now, v->row.seen_steady)) != 0)
		return (ERR_NOMEM);
	return (json_put_time(o, "ends_at", wall_of(&q->now, v->ends_steady)));
}

static int
add_row(void *arg, const struct session_view *v)
{
	struct rest_session *q = arg;
	json_t *o = json_object();

	if (json_array_append_new(q->rows, o) != 0)
		return (ERR_NOMEM);
	return (put_session(q, v, o));
}

int
rest_session_list(struct core *c, struct act *act, void *call)
{
	struct rest_session *q = call;

	if ((q->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	q->now = act->now;
	return (session_admin_list(c, act, &q->asked, add_row, q, q->last));
}

int
rest_session_end(struct core *c, struct act *act, void *call)
{
	struct rest_session *q = call;

	return (session_admin_end(c, act, &q->target, &q->ended));
}

int
rest_session_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_session *q = call;

	(void)act;
	if (json_object_set(o, "sessions", q->rows) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "next", q->last[0] == '\0' ? NULL : q->last));
}

int
rest_session_render_end(const struct act *act, void *call, json_t *o)
{
	struct rest_session *q = call;

	(void)act;
	/* of an office or all nobody has counted */
	if (q->ended >= 0 && json_put_int(o, "count", q->ended) != 0)
		return (ERR_NOMEM);
	return (json_put_bool(o, "ended", true));
}

void
rest_session_clear(void *call)
{
	struct rest_session *q = call;

	json_decref(q->rows);
}
