#include "authd/web/hook_authz.h"
#include "authd/web/hook_cert.h"
#include "authd/web/route_hook.h"

#define AUTHZ(p, t)                                                            \
	{                                                                      \
		.method = "GET", .path = "/api/authz/" p,                      \
		.right = RIGHT_PROXY, .kind = ROUTE_READ, .is_apart = true,    \
		.size = sizeof(struct hook_authz),                             \
		.take = hook_authz_take_##t, .recall = hook_authz_recall,      \
		.run = hook_authz_run, .give = hook_authz_give,                \
		.again = hook_authz_again, .keep = hook_authz_keep,            \
		.outcome = hook_authz_outcome, .clear = hook_authz_clear       \
	}

static const struct route routes[] = {
	AUTHZ("auth-request", original),
	AUTHZ("forward-auth", forward),
	/* Decides and notes it in memory: nothing of it waits for a writer. */
	{ .method = "GET",
	    .path = "/api/authz/certificate",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .is_apart = true,
	    .size = sizeof(struct hook_cert),
	    .take = hook_cert_take,
	    .run = hook_cert_run,
	    .give = hook_cert_give,
	    .outcome = hook_cert_outcome },
};

const struct route *
route_hook_table(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return (routes);
}
