/*
 * portal_password.h: the page on which one changes the own password.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/71-login-pages.sh and, in a browser, 80-browser.sh
 */
#ifndef AUTHD_WEB_PORTAL_PASSWORD_H
#define AUTHD_WEB_PORTAL_PASSWORD_H

#include "authd/core/password_own.h"
#include "authd/web/portal_rules.h"
#include "authd/web/portal_who.h"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_password {
	struct portal portal;
	struct session_view who;
	struct password_own own;
	struct portal_rules rules;
	bool is_differing; /* the new one, twice */
};

/* GET /password */
int portal_password_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_password_look(struct core *c, struct act *act, void *call);
void portal_password_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /password: old, new, again. */
int portal_password_take_new(
    const struct exchange_in *in, struct act *act, void *call);
int portal_password_start(struct core *c, struct work *w, void *call);
int portal_password_hash(struct core *c, void *call);
int portal_password_settle(struct core *c, struct act *act, void *call);
int portal_password_give_back(struct core *c, struct act *act, void *call);
void portal_password_give_new(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_PASSWORD_H */
