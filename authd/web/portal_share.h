/*
 * portal_share.h: one cookie for all applications below cookie_domain, for
 * proxies' files that know of no way between hosts: /.sekisho/share?rd=URL.
 * Room: web.  Process: front.  Threads: as in route.h.
 * Proved by tests/e2e/72-shared-cookie.sh
 *
 * Off unless cookie_domain is set. Who is logged in on the portal and has proven
 * enough is given a session of its own kind, which counts in every listed
 * application below that name and nowhere else, never on the portal. URL is one
 * of these applications or nothing.
 */
#ifndef AUTHD_WEB_PORTAL_SHARE_H
#define AUTHD_WEB_PORTAL_SHARE_H

#include "authd/core/authz.h"
#include "authd/web/handover_url.h"
#include "authd/web/portal.h"

struct portal_share {
	struct portal portal;
	char host[HOST_MAX + 1]; /* asked of */
	char url[URLCHECK_MAX + 1];
	struct urlcheck at; /* of url */
	/* out */
	enum { SHARE_LOGIN = 0, SHARE_CODE, SHARE_LOST, SHARE_DONE } next;
	char domain[HOST_MAX + 1];
	char token[TOKEN_LEN + 1];
};

int portal_share_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_share_run(struct core *c, struct act *act, void *call);
void portal_share_give(
    const struct act *act, void *call, int r, struct exchange_out *out);
void portal_share_clear(void *call);

/** portal_share_is_sent(c, p): was the start page asked as PORTAL/?rd=URL, as
 * files of other portals do, and is there a shared cookie? */
bool portal_share_is_sent(const struct core *c, const struct portal *p);

/** portal_share_give_to(p, out): then it is led to the address above. */
void portal_share_give_to(const struct portal *p, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_SHARE_H */
