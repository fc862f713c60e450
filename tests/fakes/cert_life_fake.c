/*
 * cert_life_fake.c: cert_life.h without certificates, for tests of the engine.
 * What was seen is only counted, in meta `uses`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/core/cert_life.h"
#include "authd/core/seen.h"

int
cert_life_uses(struct core *c, const struct act *act)
{
	struct seen_use use;
	char text[32];
	int i;

	(void)act;
	for (i = 0; i < CERT_LIFE_USES_MAX && seen_take(c->seen, &use);)
		i++;
	if (i == 0)
		return (0);
	if (c->store->ops->meta_get(c->store, "uses", text, sizeof(text)) != 0)
		text[0] = '\0';
	snprintf(text, sizeof(text), "%d", atoi(text) + i);
	return (c->store->ops->meta_put(c->store, "uses", text));
}

void
cert_life_uses_ended(struct core *c, int r)
{
	seen_stored(c->seen, r == 0);
}

int
cert_life_count(
    struct core *c, const struct act *act, struct cert_life_counts *out)
{
	(void)c;
	(void)act;
	memset(out, 0, sizeof(*out));
	return (0);
}

int
cert_life_tick(struct core *c, const struct act *act, struct cert_life *life)
{
	(void)c;
	life->looked_ms = act->now.steady_ms;
	return (0);
}
