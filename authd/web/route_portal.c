#include "authd/base/limits.h"
#include "authd/web/portal_plain.h"
#include "authd/web/route_portal.h"

#include <style_name.h>

/* A page that is looked at. */
#define PAGE(p, s, t, g)                                                       \
	{                                                                      \
		.method = "GET", .path = p, .right = RIGHT_PROXY,              \
		.kind = ROUTE_READ, .size = sizeof(struct s),                  \
		.take = s##_take##t, .run = s##_run, .give = s##_give##g,      \
		.clear = portal_clear                                          \
	}

/* A form that was sent and that changes nothing in the store. */
#define CHOICE(p, s, t)                                                        \
	{                                                                      \
		.method = "POST", .path = p, .right = RIGHT_PROXY,             \
		.kind = ROUTE_READ, .size = sizeof(struct s),                  \
		.body_type = PORTAL_FORM, .body_max = BODY_MAX,                \
		.take = s##_take##t, .run = s##_run, .give = s##_give##t,      \
		.clear = portal_clear                                          \
	}

static const struct route routes[] = {
	PAGE("/static/" STYLE_NAME, portal_plain, _style, _style),
	CHOICE("/language", portal_plain, _language),
	/* all else */
	{ .method = "GET",
	    .path = "/",
	    .is_prefix = true,
	    .right = RIGHT_PROXY,
	    .kind = ROUTE_READ,
	    .size = sizeof(struct portal_plain),
	    .take = portal_plain_take,
	    .run = portal_plain_run,
	    .give = portal_plain_give_none,
	    .clear = portal_clear },
};

const struct route *
route_portal_table(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return (routes);
}
