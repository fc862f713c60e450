#include "authd/web/hook_cert.h"
#include "authd/web/route_hook.h"

static const struct route routes[] = {
	/* Decides and notes it in memory: nothing of it waits for a writer. */
	{ .method = "GET",
	    .path = "/api/authz/certificate",
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
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
