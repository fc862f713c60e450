/*
 * portal_login.h: the pages that log in: ID and password, then the 6 digits or
 * a recovery code, then, when it is due, a new password.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/71-login-pages.sh and, in a browser, 80-browser.sh
 *
 * Where the proxy passes a terminal's live certificate on, and the application one
 * is on the way to asks for password and terminal, no code is asked.
 * What the rules say is core/login.h. The login under way is a token in a
 * cookie; each answer of a step has the next one. The session is opened in the
 * transaction that accepts.
 */
#ifndef AUTHD_WEB_PORTAL_LOGIN_H
#define AUTHD_WEB_PORTAL_LOGIN_H

#include "authd/core/login.h"
#include "authd/core/token.h"
#include "authd/web/portal.h"
#include "authd/web/portal_rules.h"

#define PORTAL_LOGIN_COOKIE "__Host-sekisho-login"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_login {
	struct portal portal;
	struct login login;
	char typed[NAME_MAX_BYTES + 1];   /* the ID, to be shown again */
	bool is_recovery;                 /* a recovery code was sent */
	bool is_differing;                /* the new password, twice */
	bool is_live;                     /* logged in, not too long ago */
	char app[NAME_MAX_BYTES + 1];     /* where one wants to go; "" none */
	char contact[NAME_MAX_BYTES + 1]; /* the office's, after the first
					   * factor */
	char token[TOKEN_LEN + 1];        /* the session's */
	struct portal_rules rules;
};

int portal_login_take(
    const struct exchange_in *in, struct act *act, void *call);
/** portal_login_look(c, act, call): for the pages that are looked at. */
int portal_login_look(struct core *c, struct act *act, void *call);

/* GET /login, GET /login/code, GET /login/password */
void portal_login_give_first(
    const struct act *act, void *call, int r, struct exchange_out *out);
void portal_login_give_code(
    const struct act *act, void *call, int r, struct exchange_out *out);
void portal_login_give_change(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST to each of them. */
int portal_login_take_first(
    const struct exchange_in *in, struct act *act, void *call);
int portal_login_take_code(
    const struct exchange_in *in, struct act *act, void *call);
int portal_login_take_change(
    const struct exchange_in *in, struct act *act, void *call);
int portal_login_prepare(struct core *c, struct act *act, void *call);
int portal_login_start(struct core *c, struct work *w, void *call);
int portal_login_hash(struct core *c, void *call);
int portal_login_settle(struct core *c, struct act *act, void *call);
int portal_login_give_back(struct core *c, struct act *act, void *call);
void portal_login_give_step(
    const struct act *act, void *call, int r, struct exchange_out *out);
const char *portal_login_outcome(const void *call);

#endif /* AUTHD_WEB_PORTAL_LOGIN_H */
