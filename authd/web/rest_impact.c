#include "authd/web/rest_impact.h"

#define DAYS_MAX 100000

const char *const rest_impact_config_members[] = { "takes_certificates",
	"has_portal", "cert_unused_days", NULL };

int
rest_impact_parse_config(struct json_in *in, struct act *act, void *call)
{
	struct rest_impact *q = call;

	(void)act;
	q->change.next.takes_certs =
	    json_in_int(in, "takes_certificates", 0, 1, 0) == 1;
	q->change.next.has_portal =
	    json_in_int(in, "has_portal", 0, 1, 0) == 1;
	q->change.next.cert_unused_days =
	    (int)json_in_int(in, "cert_unused_days", 0, DAYS_MAX, 0);
	return (0);
}

int
rest_impact_app(struct core *c, struct act *act, void *call)
{
	struct rest_impact *q = call;

	return (impact_app_input(c, act, &q->change.app.in, &q->out));
}

int
rest_impact_account(struct core *c, struct act *act, void *call)
{
	struct rest_impact *q = call;

	return (impact_account_input(c, act, &q->change.account.in, &q->out));
}

int
rest_impact_office(struct core *c, struct act *act, void *call)
{
	struct rest_impact *q = call;

	return (impact_office(c, act, q->change.office.in.code, &q->out));
}

int
rest_impact_config(struct core *c, struct act *act, void *call)
{
	struct rest_impact *q = call;

	return (impact_policy(c, act, &q->change.next, &q->out));
}

static int
put_person(json_t *list, const struct impact_person *p)
{
	json_t *o = json_object();

	if (json_array_append_new(list, o) != 0 ||
	    json_put_text(o, "login", p->login) != 0 ||
	    json_put_text(o, "name", p->name) != 0 ||
	    json_put_text(o, "office", p->office) != 0 ||
	    json_put_text(o, "app", p->app[0] == '\0' ? NULL : p->app) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "reason", way_word(p->why)));
}

static int
put_reasons(json_t *o, const struct impact *i)
{
	json_t *reasons = json_object();
	int way, r = json_put_take(o, "reasons", reasons);

	for (way = 0; r == 0 && way < WAY_IN; way++)
		if (i->by[way] > 0)
			r = json_put_int(
			    reasons, way_word((enum way)way), i->by[way]);
	return (r);
}

int
rest_impact_render(const struct act *act, void *call, json_t *o)
{
	const struct impact *i = &((struct rest_impact *)call)->out;
	json_t *people = json_array();
	int k, r = json_put_take(o, "people", people);

	(void)act;
	for (k = 0; r == 0 && k < i->people_n; k++)
		r = put_person(people, &i->people[k]);
	if (r != 0 || json_put_int(o, "accounts", i->accounts) != 0 ||
	    json_put_int(o, "before", i->before) != 0 ||
	    json_put_int(o, "after", i->after) != 0 ||
	    json_put_int(o, "locked_out", i->lost) != 0 ||
	    json_put_int(o, "admitted", i->gained) != 0 ||
	    put_reasons(o, i) != 0 ||
	    json_put_int(o, "unplaced", i->unplaced) != 0 ||
	    json_put_bool(o, "is_partial", i->is_partial) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "refusal", impact_refusal(i)));
}
