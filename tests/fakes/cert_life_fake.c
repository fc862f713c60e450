/*
 * cert_life_fake.c: cert_life.h without certificates, for tests of the engine.
 */
#include <string.h>

#include "authd/core/cert_life.h"

int
cert_life_uses(struct core *c, const struct act *act, bool is_all)
{
	(void)c;
	(void)act;
	(void)is_all;
	return (0);
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
