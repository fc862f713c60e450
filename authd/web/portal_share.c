#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/web/cookie.h"
#include "authd/web/hook_authz.h"
#include "authd/web/portal_enter.h"
#include "authd/web/portal_fresh.h"
#include "authd/web/portal_share.h"

int
portal_share_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_share *q = call;
	const char *host, *rd;
	size_t n;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	if (strcmp(in->method, "GET") != 0)
		return (act_refuse(act, ERR_INVALID, "bad_method",
		    "This is not looked at, it is gone to."));
	if (exchange_in_header(in, "Host", &host, &n) != 1 ||
	    urlcheck_host(host, n, q->host) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_host",
		    "The proxy tells no host name."));
	rd = form_get(&q->portal.form, "rd");
	if (rd == NULL || text_copy(q->url, sizeof(q->url), rd) != 0 ||
	    urlcheck_url(q->url, strlen(q->url), &q->at) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_rd",
		    "This is no address of an application."));
	return (0);
}

int
portal_share_run(struct core *c, struct act *act, void *call)
{
	struct portal_share *q = call;
	struct app app, shared;
	struct session_view v;
	struct session row;
	bool wants_code;
	int r;

	if (!portal_enter_is_portal(c, q->host) ||
	    c->policy->cookie_domain[0] == '\0')
		return (ERR_NOTFOUND);
	if (!session_shared(c, q->at.host, &shared))
		return (ERR_DENIED);
	r = c->store->ops->app_find(c->store, q->at.host, &app);
	if (r != 0)
		return (r == ERR_NOTFOUND ? ERR_DENIED : r);
	memcpy(q->domain, c->policy->cookie_domain, sizeof(q->domain));
	if ((r = session_find(
		 c, q->portal.session, NULL, &act->now, &v)) != 0 ||
	    !v.is_live || portal_enter_wants_login(c, &v, &app, &act->now))
		return (r);
	wants_code = authz_missing(&app, &v.row, q->at.target, q->at.path_len,
			 &act->now) != 0;
	q->next = wants_code    ? SHARE_CODE
	    : q->portal.is_lost ? SHARE_LOST
				: SHARE_DONE;
	if (q->next != SHARE_DONE)
		return (0);
	r = session_enter(c, act, &v.row, &shared, q->token, &row);
	mem_wipe(&row, sizeof(row));
	return (r);
}

/* This very address again, with or without its mark. */
static void
put_own(const struct portal_share *q, bool is_lost,
    char out[HANDOVER_URL_MAX + 1])
{
	handover_url_share("", &q->at, is_lost, out);
}

static void
give_lost(
    const struct act *act, const struct portal_share *q, struct exchange_out *out)
{
	char again[HANDOVER_URL_MAX + 1];

	put_own(q, false, again);
	portal_enter_give_lost(act, &q->portal, again, out);
}

void
portal_share_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_share *q = call;
	char again[HANDOVER_URL_MAX + 1];

	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	put_own(q, q->portal.is_lost, again);
	switch (q->next) {
	case SHARE_DONE:
		break;
	case SHARE_LOST:
		give_lost(act, q, out);
		return;
	case SHARE_CODE:
		portal_give_to(&q->portal, PORTAL_FRESH_PATH, again, out);
		return;
	case SHARE_LOGIN:
		portal_give_to(&q->portal, "/login", again, out);
		return;
	}
	cookie_share(out, HOOK_AUTHZ_SHARED, q->token, q->domain);
	out->status = 303;
	exchange_out_header(out, "Location", q->url);
}

void
portal_share_clear(void *call)
{
	struct portal_share *q = call;

	mem_wipe(q->token, sizeof(q->token));
	portal_clear(call);
}

bool
portal_share_is_sent(const struct core *c, const struct portal *p)
{
	return (c->policy->cookie_domain[0] != '\0' &&
	    form_get(&p->form, "rd") != NULL);
}

void
portal_share_give_to(const struct portal *p, struct exchange_out *out)
{
	const char *rd = form_get(&p->form, "rd");
	char to[HANDOVER_URL_MAX + 1];
	struct urlcheck at;

	if (urlcheck_url(rd, strlen(rd), &at) != 0)
		snprintf(to, sizeof(to), "/");
	else
		handover_url_share("", &at, p->is_lost, to);
	portal_give_to(p, to, "", out);
}
