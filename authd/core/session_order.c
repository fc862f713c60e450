#include <inttypes.h>
#include <stdio.h>

#include "authd/core/known.h"
#include "authd/core/session_order.h"

#define KEY_ALL "session_order" /* + .office.CODE */
#define KEY_MAX 64

static void
office_key(const char *code, char out[KEY_MAX])
{
	snprintf(out, KEY_MAX, KEY_ALL ".office.%s", code);
}

int
session_order_end(struct core *c, const struct act *act, const char *office)
{
	char key[KEY_MAX] = KEY_ALL, text[32];

	if (office != NULL)
		office_key(office, key);
	snprintf(text, sizeof(text), "%" PRId64, act->now.steady_ms);
	return (c->store->ops->meta_put(c->store, key, text));
}

int
session_order_swept(struct core *c, const struct session *row,
    const char *office, bool *swept)
{
	int64_t all, own;
	char key[KEY_MAX];
	int r;

	*swept = true;
	office_key(office, key);
	if ((r = known_order(c, KEY_ALL, &all)) != 0 ||
	    (r = known_order(c, key, &own)) != 0)
		return (r);
	*swept = row->created_steady <= all || row->created_steady <= own;
	return (0);
}
