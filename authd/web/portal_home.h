/*
 * portal_home.h: the start page of who is logged in, and the way out.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/71-login-pages.sh and, in a browser, 80-browser.sh
 */
#ifndef AUTHD_WEB_PORTAL_HOME_H
#define AUTHD_WEB_PORTAL_HOME_H

#include "authd/core/mine.h"
#include "authd/web/portal_who.h"

#define PORTAL_HOME_RECOVERY_LOW 3 /* fewer recovery codes than that are told */

#define PORTAL_HOME_APPS 64 /* shown */

struct portal_home {
	struct portal portal;
	struct session_view who;
	struct app apps[PORTAL_HOME_APPS];
	int apps_n;
	int recovery_left;
	bool is_sent; /* here by an application: portal_share.h */
	bool has_console; /* has a role */
	bool has_unkept; /* recovery codes */
	bool is_changed; /* by an administrator, within 30 days */
};

int portal_home_take(const struct exchange_in *in, struct act *act, void *call);

/* GET / */
int portal_home_look(struct core *c, struct act *act, void *call);
void portal_home_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /logout: ends the session and all that were opened from it. */
int portal_home_leave(struct core *c, struct act *act, void *call);
void portal_home_give_left(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /logout: what is shown then. */
void portal_home_give_out(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_HOME_H */
