#include <stdint.h>
#include <string.h>

#include "authd/core/account.h"
#include "authd/core/means.h"

#define DAY_MS (24 * 3600 * 1000LL)

struct apps {
	const char *but;
	bool is_found;
};

/* ERR_LIMIT ends the listing: one is enough. */
static int
on_app(void *arg, const struct app *row)
{
	struct apps *a = arg;

	if (row->factors != (SESSION_PASSWORD | SESSION_TERMINAL) ||
	    (a->but != NULL && strcmp(row->host, a->but) == 0))
		return (0);
	a->is_found = true;
	return (ERR_LIMIT);
}

int
means_take_terminals(struct core *c, const char *but, bool *out)
{
	struct apps a = { but, false };
	int r;

	r = c->store->ops->app_list(c->store, "", INT32_MAX, on_app, &a);
	*out = a.is_found;
	return (r == ERR_LIMIT ? 0 : r);
}

bool
means_suffice(const struct means *m, bool by_terminal,
    const struct office *office, int64_t wall_ms)
{
	const struct account *a = &m->account;
	bool has_code = m->phones > 0 || m->recovery_left > 0;

	if (!m->has_password || (!has_code && !by_terminal) ||
	    account_obstacle(a, office, wall_ms) != NULL)
		return (false);
	return (m->was_enrolled || a->enrol_by_ms == 0 ||
	    wall_ms < a->enrol_by_ms + DAY_MS);
}
