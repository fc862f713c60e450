/*
 * portal_who.h: who is logged in on the portal.
 * Room: web.  Process: front.  Threads: any with a core.
 * Proved by tests/e2e/71-login-pages.sh
 */
#ifndef AUTHD_WEB_PORTAL_WHO_H
#define AUTHD_WEB_PORTAL_WHO_H

#include "authd/core/session.h"
#include "authd/web/portal.h"

/**
 * portal_who(c, act, p, out):
 * The session of the browser's token, used now; what is done from here on is
 * done by its account: act->actor is its login. Not live is no error.
 */
int portal_who(struct core *c, struct act *act, const struct portal *p,
    struct session_view *out) CHECKED;

/** portal_who_end(c, act, p): whoever logs in anew leaves no earlier session of
 * this browser behind. On the writer's. */
int portal_who_end(
    struct core *c, struct act *act, const struct portal *p) CHECKED;

#endif /* AUTHD_WEB_PORTAL_WHO_H */
