#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "authd/core/backed.h"
#include "authd/core/journal.h"

#define KEY "backup_ms"

int
backed_note(struct core *c, struct act *act)
{
	const struct journal_entry e = { .action = "backup.create",
		.result = "done" };
	char text[24];
	int r;

	snprintf(text, sizeof(text), "%" PRId64, act->now.wall_ms);
	if ((r = c->store->ops->meta_put(c->store, KEY, text)) != 0)
		return (r);
	return (journal_add(c->journal, act, &e));
}

int
backed_when(struct core *c, int64_t *ms)
{
	char text[24], *end;
	long long n;
	int r;

	*ms = 0;
	r = c->store->ops->meta_get(c->store, KEY, text, sizeof(text));
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	n = strtoll(text, &end, 10);
	if (*end != '\0' || n < 0)
		return (ERR_CORRUPT);
	*ms = n;
	return (0);
}
