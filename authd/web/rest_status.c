#include "authd/web/rest_status.h"

int
rest_status_ask(struct engine *e, void *call)
{
	struct rest_status *s = call;

	return (engine_status(e, &s->now));
}

int
rest_status_render(const struct act *act, void *call, json_t *o)
{
	const struct rest_status *s = call;
	const struct engine_status *n = &s->now;

	(void)act;
	if (json_put_bool(o, "ready", n->is_ready) != 0 ||
	    json_put_text(o, "version", s->version) != 0 ||
	    json_put_text(o, "config", s->config) != 0 ||
	    json_put_bool(o, "has_gap", n->has_gap) != 0 ||
	    json_put_int(o, "audit_seq", n->head.seq) != 0 ||
	    json_put_int(o, "node", n->head.node) != 0 ||
	    json_put_time(o, "time", n->now.wall_ms) != 0 ||
	    json_put_time(o, "high_water", n->keeper.high_water_ms) != 0 ||
	    json_put_bool(o, "clock_ok", n->is_clock_ok) != 0 ||
	    json_put_text(o, "key_memory",
		n->keeper.has_secret_memory ? "secret" : "locked") != 0 ||
	    json_put_time(o, "ca_not_after", n->ca_not_after_ms) != 0 ||
	    json_put_int(o, "certs_end_10", n->ends[0]) != 0 ||
	    json_put_int(o, "certs_end_30", n->ends[1]) != 0 ||
	    json_put_int(o, "certs_end_60", n->ends[2]) != 0 ||
	    json_put_int(o, "certs_end_90", n->ends[3]) != 0)
		return (ERR_NOMEM);
	return (0);
}
