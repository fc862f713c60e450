/*
 * portal_mine.h: a person's own page: phones, terminals, where one is logged in,
 * logins and refusals; and the page on which what is lost is stopped.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/72-my-page.sh and, in a browser, 80-browser.sh
 */
#ifndef AUTHD_WEB_PORTAL_MINE_H
#define AUTHD_WEB_PORTAL_MINE_H

#include "authd/core/mine.h"
#include "authd/core/password_own.h"
#include "authd/web/portal_who.h"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_mine {
	struct portal portal;
	struct session_view who;
	struct mine mine;
	struct mine_stop stop; /* borrows of the form */
	struct password_own own;
	bool is_stopped;
};

int portal_mine_take(const struct exchange_in *in, struct act *act, void *call);
int portal_mine_look(struct core *c, struct act *act, void *call);

/* GET /mine, GET /mine/stop: phone=ID or terminal=ID is chosen already */
void portal_mine_give(
    const struct act *act, void *call, int r, struct exchange_out *out);
void portal_mine_give_choice(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /mine/stop: p.ID, t.ID, sessions, password */
int portal_mine_take_stop(
    const struct exchange_in *in, struct act *act, void *call);
int portal_mine_start(struct core *c, struct work *w, void *call);
int portal_mine_hash(struct core *c, void *call);
int portal_mine_settle(struct core *c, struct act *act, void *call);
int portal_mine_give_back(struct core *c, struct act *act, void *call);
void portal_mine_give_stopped(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /mine/end: session */
int portal_mine_end(struct core *c, struct act *act, void *call);
void portal_mine_give_ended(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_MINE_H */
