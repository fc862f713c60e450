#include <stdlib.h>

#include "authd/web/rest_source.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_source_list_members[] = { "limit", NULL };
const char *const rest_source_unlock_members[] = { "consumer", "address",
	NULL };

int
rest_source_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_source *q = call;

	(void)act;
	q->limit =
	    (size_t)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_source_parse_unlock(struct json_in *in, struct act *act, void *call)
{
	struct rest_source *q = call;

	(void)act;
	q->consumer = json_in_need(in, "consumer", JSON_MEMBER_BYTES);
	q->address = json_in_need(in, "address", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_source_list(struct core *c, struct act *act, void *call)
{
	struct rest_source *q = call;

	return (source_list(c->sources, &act->now, &q->rows, &q->rows_n));
}

int
rest_source_unlock(struct core *c, struct act *act, void *call)
{
	struct rest_source *q = call;

	return (source_rule_unlock(c, act, q->consumer, q->address));
}

static int
put_row(const struct moment *now, const struct source_view *row, json_t *o)
{
	int64_t until_ms = row->until_steady == 0
	    ? 0
	    : now->wall_ms + row->until_steady - now->steady_ms;

	if (json_put_text(o, "consumer", row->consumer) != 0 ||
	    json_put_text(o, "address", row->address) != 0 ||
	    json_put_int(o, "failures", row->failures) != 0 ||
	    json_put_int(o, "logins", row->logins) != 0)
		return (ERR_NOMEM);
	return (json_put_time(o, "blocked_until", until_ms));
}

int
rest_source_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_source *q = call;
	json_t *list = json_array(), *row;
	size_t i;

	/* what is put is taken, on failure too */
	if (json_put_take(o, "sources", list) != 0)
		return (ERR_NOMEM);
	for (i = 0; i < q->rows_n && i < q->limit; i++) {
		row = json_object();
		if (json_array_append_new(list, row) != 0 ||
		    put_row(&act->now, &q->rows[i], row) != 0)
			return (ERR_NOMEM);
	}
	return (json_put_int(o, "total", (int64_t)q->rows_n));
}

int
rest_source_render_unlock(const struct act *act, void *call, json_t *o)
{
	struct rest_source *q = call;

	(void)act;
	if (json_put_text(o, "consumer", q->consumer) != 0 ||
	    json_put_text(o, "address", q->address) != 0)
		return (ERR_NOMEM);
	return (json_put_bool(o, "unlocked", true));
}

void
rest_source_clear(void *call)
{
	struct rest_source *q = call;

	free(q->rows);
}
