/*
 * terminal_fake.c: no certificate is one of a terminal, for tests of logins
 * that have none. Links instead of authd/core/terminal.c.
 */
#include <string.h>

#include "authd/core/terminal.h"

int
terminal_of(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const struct account *account, struct terminal_answer *out)
{
	(void)c;
	(void)act;
	(void)der;
	(void)len;
	(void)account;
	memset(out, 0, sizeof(*out));
	out->reason = "fake";
	return (0);
}

void
terminal_seen(
    struct core *c, const struct act *act, const struct terminal_answer *a)
{
	(void)c;
	(void)act;
	(void)a;
}
