/*
 * ticket_fake.c: ticket.h without tickets, for tests of the engine.
 */
#include "authd/core/ticket.h"

int
ticket_tick(struct core *c, struct act *act)
{
	(void)c;
	(void)act;
	return (0);
}
