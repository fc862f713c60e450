#include <stdio.h>

#include "authd/core/breakglass.h"
#include "authd/core/journal.h"

int
breakglass_note(
    struct core *c, const struct act *act, const struct breakglass *in)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	const struct journal_entry e = {
		.action = "breakglass.used",
		.result = "accept",
		.reason = "no_answer",
		.detail = detail,
	};

	/* the user is the host's: no account of ours need have that name */
	snprintf(detail, sizeof(detail),
	    "host=%s number=%d at=%s service=%s user=%s", in->host, in->number,
	    in->at, in->service, in->user);
	return (journal_add(c->journal, act, &e));
}
