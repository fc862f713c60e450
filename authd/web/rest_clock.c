#include "authd/web/rest_clock.h"

const char *const rest_clock_members[] = { NULL };

int
rest_clock_parse(struct json_in *in, struct act *act, void *call)
{
	(void)in;
	(void)act;
	(void)call;
	return (0);
}

int
rest_clock_render(const struct act *act, void *call, json_t *o)
{
	const struct rest_status *s = call;
	const struct keeper_hello *k = &s->now.keeper;
	int64_t behind_ms = k->high_water_ms - k->wall_ms;

	(void)act;
	if (json_put_bool(o, "clock_ok", s->now.is_clock_ok) != 0 ||
	    json_put_time(o, "time", k->wall_ms) != 0 ||
	    json_put_time(o, "high_water", k->high_water_ms) != 0 ||
	    json_put_int(o, "behind_ms", behind_ms < 0 ? 0 : behind_ms) != 0)
		return (ERR_NOMEM);
	return (json_put_time(o, "steady", s->now.now.steady_ms));
}

int
rest_clock_confirm(struct core *c, struct act *act, void *call)
{
	return (clockset_confirm(c, act, call));
}

int
rest_clock_render_confirm(const struct act *act, void *call, json_t *o)
{
	const struct clockset *s = call;

	(void)act;
	if (json_put_bool(o, "clock_ok", true) != 0 ||
	    json_put_time(o, "time", s->wall_ms) != 0 ||
	    json_put_time(o, "high_water_before", s->high_water_ms) != 0)
		return (ERR_NOMEM);
	return (json_put_int(o, "phones", s->phones));
}
