/*
 * hook_authz.h: the proxy asks whether a request may go through.
 * Room: web.  Process: front.  Threads: as in route.h.
 * Proved by tests/e2e/72-hook.sh
 *
 * /api/authz/auth-request, for nginx: 200 with who it is, 401 with a Location,
 * or 403; in: X-Original-URL, X-Original-Method, X-Forwarded-For.
 * /api/authz/forward-auth, for Caddy, Traefik, HAProxy: the same, and 302 in
 * place of 401 where a person is looking at a page; in: X-Forwarded-Proto,
 * -Host, -Uri, -Method, -For.
 * Each of these fields must be there exactly once, or it is a 403. What the
 * client says of itself in Remote-* is not read.
 */
#ifndef AUTHD_WEB_HOOK_AUTHZ_H
#define AUTHD_WEB_HOOK_AUTHZ_H

#include "authd/core/authz.h"
#include "authd/core/urlcheck.h"
#include "authd/web/route.h"

#define HOOK_AUTHZ_COOKIE "__Host-sekisho-app"
#define HOOK_AUTHZ_SHARED "__Secure-sekisho" /* below cookie_domain */

struct hook_authz {
	const char *bad; /* what the proxy said that cannot be read; or NULL */
	char *url;          /* owned; NULL: none */
	struct urlcheck at; /* of url */
	bool is_get;        /* GET or HEAD */
	bool wants_page;    /* 302 is of use */
	char token[TOKEN_LEN + 1];
	bool is_shared;  /* it came in the cookie of all hosts */
	char portal[POLICY_URL_MAX + 1]; /* where that is had; "": start */
	uint8_t *der; /* owned */
	size_t der_len;
	struct authz authz;
	bool is_recalled; /* it was let in before */
};

int hook_authz_take_original(
    const struct exchange_in *in, struct act *act, void *call);
int hook_authz_take_forward(
    const struct exchange_in *in, struct act *act, void *call);
bool hook_authz_recall(struct core *c, struct act *act, void *call);
int hook_authz_run(struct core *c, struct act *act, void *call);
void hook_authz_give(
    const struct act *act, void *call, int r, struct exchange_out *out);
bool hook_authz_again(
    void *call, void (*use)(void *answer, void *arg), void *arg);
bool hook_authz_keep(void *call, void *answer, void (*drop)(void *answer));
const char *hook_authz_outcome(const void *call);
void hook_authz_clear(void *call);

#endif /* AUTHD_WEB_HOOK_AUTHZ_H */
