#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/web/portal_who.h"

int
portal_who(struct core *c, struct act *act, const struct portal *p,
    struct session_view *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if (p->session[0] == '\0')
		return (0);
	if ((r = session_find(c, p->session, NULL, &act->now, out)) != 0 ||
	    !out->is_live)
		return (r);
	session_use(c, &out->row, &act->now);
	return (text_copy(act->actor, sizeof(act->actor), out->account.login));
}

int
portal_who_end(struct core *c, struct act *act, const struct portal *p)
{
	struct session_view v;
	int r;

	if (p->session[0] == '\0')
		return (0);
	r = session_find(c, p->session, NULL, &act->now, &v);
	if (r == 0 && v.is_live)
		r = session_logout(c, act, &v.row);
	mem_wipe(&v, sizeof(v));
	return (r);
}
