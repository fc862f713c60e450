#include "authd/base/limits.h"
#include "authd/web/console_accounts.h"
#include "authd/web/route_console.h"

#define COMMON(m, p, s, n)                                                     \
	.method = m, .path = p, .right = RIGHT_PROXY, .need = RIGHTS_##n,      \
	.size = sizeof(struct s), .clear = portal_clear

/* A page that is looked at. */
#define PAGE(p, n, s, t, look, g)                                              \
	{                                                                      \
		COMMON("GET", p, s, n), .kind = ROUTE_READ, .take = s##_##t,   \
					.run = s##_##look, .give = s##_##g     \
	}

/* One line each, which begin with the address and what is needed: the test
 * reads them as they stand here. */
/* clang-format off */
static const struct route routes[] = {
	PAGE("/console/accounts", LOOK, console_accounts, take, look, give),
};
/* clang-format on */

const struct route *
route_console_table(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return (routes);
}
