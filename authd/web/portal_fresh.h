/*
 * portal_fresh.h: before what cannot be undone, a page wants a code that is
 * young.
 * Room: web.  Process: front.  Threads: any; no state.
 * Proved by tests/e2e/71-fresh-code.sh
 *
 *	in run()	if (!portal_fresh_is(&q->who, act, PORTAL_FRESH_MS))
 *				q->wants_code = true, and nothing is done;
 *	in give()	if (q->wants_code)
 *				portal_fresh_ask(&q->portal, "/mine", out);
 *
 * The person enters one code (or recovery code) in the session that goes on, and
 * is sent back to be asked again: what a form carried is not kept.
 */
#ifndef AUTHD_WEB_PORTAL_FRESH_H
#define AUTHD_WEB_PORTAL_FRESH_H

#include "authd/core/session.h"
#include "authd/web/portal.h"

#define PORTAL_FRESH_PATH "/code"
#define PORTAL_FRESH_MS	  (5 * 60 * INT64_C(1000)) /* what most pages want */

/** portal_fresh_is(who, act, ms): was the last code of this live session entered
 * less than ${ms} ago? Of no live session, and of one without a code: no. */
bool portal_fresh_is(const struct session_view *who, const struct act *act,
    int64_t ms) CHECKED;

/**
 * portal_fresh_ask(p, back, out):
 * 303 to the page of the code, which leads to ${back}: a path of ours, perhaps
 * with a query, that is looked at (GET). Any other leads to the start page.
 */
void portal_fresh_ask(
    const struct portal *p, const char *back, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_FRESH_H */
