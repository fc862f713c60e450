/*
 * portal_enter.h: a person who is logged in on the portal enters an
 * application on another host: start there, go on the portal, finish there.
 * Room: web.  Process: front.  Threads: as in route.h.
 * Proved by tests/e2e/72-hook.sh
 *
 * start leaves a nonce in the browser, under the application's host, and sends
 * it to the portal with the nonce's hash. go, when somebody is logged in there
 * and has proven enough, answers with a token for that hash, that application
 * and that session; else it sends to the login first, or, when only the code is
 * too old for the page that is wanted, to the page of the code. finish gives a session
 * of its own to the browser that has both, and starts over for any other.
 * The hosts are those of the Host field, which the proxy writes out.
 */
#ifndef AUTHD_WEB_PORTAL_ENTER_H
#define AUTHD_WEB_PORTAL_ENTER_H

#include "authd/core/authz.h"
#include "authd/web/handover_url.h"
#include "authd/web/portal.h"

#define PORTAL_ENTER_NONCE "__Host-sekisho-nonce"

struct portal_enter {
	struct portal portal;
	char host[HOST_MAX + 1]; /* asked of */
	char app[HOST_MAX + 1];  /* go: to be entered */
	char rd[HANDOVER_RD_MAX + 1];
	unsigned marks; /* HANDOVER_AGAIN, _LOST */
	uint8_t nonce[SESSION_HASH_LEN];
	char nonce_text[TOKEN_LEN + 1]; /* start: for the cookie */
	bool has_nonce;
	char handed[TOKEN_LEN + 1]; /* finish: the token that came */
	/* out */
	bool is_done;               /* go, finish: the next step is open */
	bool wants_code;            /* go: it is, after a younger code */
	bool tells_lost;            /* go: it is, when one knows */
	char token[TOKEN_LEN + 1];  /* go: for finish; finish: the session's */
	char portal_url[POLICY_URL_MAX + 1];
};

int portal_enter_take_start(
    const struct exchange_in *in, struct act *act, void *call);
int portal_enter_run_start(struct core *c, struct act *act, void *call);
void portal_enter_give_start(
    const struct act *act, void *call, int r, struct exchange_out *out);

int portal_enter_take_go(
    const struct exchange_in *in, struct act *act, void *call);
int portal_enter_run_go(struct core *c, struct act *act, void *call);
void portal_enter_give_go(
    const struct act *act, void *call, int r, struct exchange_out *out);

int portal_enter_take_finish(
    const struct exchange_in *in, struct act *act, void *call);
int portal_enter_run_finish(struct core *c, struct act *act, void *call);
void portal_enter_give_finish(
    const struct act *act, void *call, int r, struct exchange_out *out);

void portal_enter_clear(void *call);

/** portal_enter_is_portal(c, host): is this the portal's own name? Elsewhere
 * its cookie is nobody's. */
bool portal_enter_is_portal(const struct core *c, const char *host);

/**
 * portal_enter_wants_login(c, v, app, now):
 * Is the login of the live ${v} too long ago for ${app}, or had it too little?
 * Then a login anew leads there. ${v} is left alone until that is done, which
 * ends it: an address that somebody else makes a browser look at logs nobody
 * out. Of no application (host ""): no.
 */
bool portal_enter_wants_login(const struct core *c,
    const struct session_view *v, const struct app *app,
    const struct moment *now);

/** portal_enter_give_lost(act, p, on, out): what was sent to an application is
 * lost: told, before one goes ${on} to its first page. */
void portal_enter_give_lost(const struct act *act, const struct portal *p,
    const char *on, struct exchange_out *out);

/** portal_enter_app(c, to, app): the application that the address ${to} of a go
 * or a share leads to; its host is "" when it leads to none. */
int portal_enter_app(struct core *c, const char *to, struct app *app) CHECKED;

#endif /* AUTHD_WEB_PORTAL_ENTER_H */
