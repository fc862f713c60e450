#include "authd/web/portal_fresh.h"

bool
portal_fresh_is(
    const struct session_view *who, const struct act *act, int64_t ms)
{
	const struct session *row = &who->row;

	return (who->is_live && row->code_steady != 0 &&
	    act->now.steady_ms - row->code_steady < ms);
}

void
portal_fresh_ask(
    const struct portal *p, const char *back, struct exchange_out *out)
{
	portal_give_to(
	    p, PORTAL_FRESH_PATH, portal_is_local(back) ? back : "", out);
}
