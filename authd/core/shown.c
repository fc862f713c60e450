#include <string.h>

#include "authd/core/shown.h"
#include "authd/core/terminal.h"

int
shown_look(struct core *c, struct act *act, const struct shown *s,
    const struct account *account, struct shown_by *by)
{
	struct terminal_answer a;
	int r;

	memset(by, 0, sizeof(*by));
	if (s->len == 0)
		return (0);
	if ((r = terminal_of(c, act, s->der, s->len, account, &a)) != 0)
		return (r);
	terminal_seen(c, act, &a);
	if (a.verdict != TERMINAL_ACCEPT)
		return (0);
	by->terminal = a.terminal.id;
	memcpy(by->serial, a.cert.serial, sizeof(by->serial));
	memcpy(by->fingerprint, a.cert.fingerprint, sizeof(by->fingerprint));
	return (0);
}

int
shown_again(struct core *c, struct act *act, struct shown_by *by,
    const struct account *account)
{
	struct shown s;
	struct cert row;
	int r;

	if (!shown_is(by))
		return (0);
	r = c->store->ops->cert_by_fingerprint(
	    c->store, by->serial, by->fingerprint, &row);
	memset(by, 0, sizeof(*by));
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	s.len = row.der_len;
	memcpy(s.der, row.der, row.der_len);
	return (shown_look(c, act, &s, account, by));
}

bool
shown_is(const struct shown_by *by)
{
	return (!id_is_zero(&by->terminal));
}

void
shown_bucket(const struct shown_by *by, char out[BUCKET_MAX + 1])
{
	if (shown_is(by))
		id_put_text(&by->terminal, out);
	else
		out[0] = '\0';
}
