#include <string.h>

#include "authd/core/session_keep.h"
#include "authd/core/session_seen.h"

#define EXPIRE_ROWS 500

int
session_keep_tick(struct core *c, const struct moment *now, bool all)
{
	const struct session_seen_row *rows;
	struct session key;
	size_t i, n;
	int ended, r;

	memset(&key, 0, sizeof(key));
	rows = session_seen_take(c->sessions, now, all, &n);
	for (i = 0; i < n; i++) {
		key.office = rows[i].office;
		key.account = rows[i].account;
		key.id = rows[i].id;
		r = c->store->ops->session_seen(
		    c->store, &key, rows[i].seen_ms, rows[i].seen_steady);
		if (r != 0)
			return (r);
	}
	return (c->store->ops->session_expire(
	    c->store, now->steady_ms, EXPIRE_ROWS, &ended));
}

bool
session_keep_ended(struct core *c, int r)
{
	bool is_behind = session_seen_is_behind(c->sessions);

	session_seen_stored(c->sessions, r == 0);
	return (is_behind && r == 0);
}
