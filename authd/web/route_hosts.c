#include "authd/web/rest_host.h"
#include "authd/web/route_hosts.h"

/* The peer is the TLS proxy; what a host may, its certificate says. */
#define POST(p, k, l, s, m)                                                    \
	.method = "POST", .path = p, .right = RIGHT_PROXY, .kind = k,          \
	.lane = l, .size = sizeof(s), .members = m

static const struct route routes[] = {
	{ POST("/v1/verify", ROUTE_WRITE, WRITER_LOGIN, struct rest_host_verify,
	      rest_verify_members),
	    .keeps_people = true, .reads_ahead = true,
	    .parse = rest_verify_parse,
	    .head = rest_host_head_verify, .prepare = rest_host_verify_prepare,
	    .run = rest_host_verify_run, .render = rest_verify_render,
	    .outcome = rest_verify_outcome },
	{ POST("/v1/login", ROUTE_WRITE, WRITER_LOGIN, struct rest_host_login,
	      rest_login_members),
	    .parse = rest_login_parse, .head = rest_host_head_login,
	    .prepare = rest_host_login_prepare, .start = rest_host_login_start,
	    .hash = rest_login_hash, .settle = rest_host_login_settle,
	    .give_back = rest_host_login_give_back,
	    .render = rest_login_render, .outcome = rest_login_outcome },
	{ POST("/v1/account/state", ROUTE_READ, WRITER_BULK,
	      struct rest_host_state, rest_account_login_members),
	    .parse = rest_account_parse_login, .head = rest_host_head_state,
	    .run = rest_host_state_run, .render = rest_account_render_state,
	    .clear = rest_account_clear },
	{ POST("/v1/breakglass/report", ROUTE_WRITE, WRITER_BULK,
	      struct rest_host_report, rest_breakglass_members),
	    .parse = rest_breakglass_parse, .head = rest_host_head_report,
	    .run = rest_host_report_run, .render = rest_breakglass_render },
};

const struct route *
route_hosts_table(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return (routes);
}
