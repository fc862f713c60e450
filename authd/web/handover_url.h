/*
 * handover_url.h: the addresses a browser is sent to on its way to a login and
 * back: made, and read again.
 * Room: web.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_handover_url.c
 *
 *   https://APP/.sekisho/start?rd=…        by the hook
 *   https://PORTAL/.sekisho/go?app=…&nonce=…&rd=…
 *   https://APP/.sekisho/finish?token=…&rd=…
 * rd is where the person wanted to go. Only a host that is an application is
 * ever gone to, and of rd only its path and query go on.
 */
#ifndef AUTHD_WEB_HANDOVER_URL_H
#define AUTHD_WEB_HANDOVER_URL_H

#include "authd/core/token.h"
#include "authd/core/urlcheck.h"

#define HANDOVER_URL_MAX 2600
#define HANDOVER_RD_MAX  480 /* longer ones lead to the first page instead, so
			      * that no proxy is sent a head it does not take */

#define HANDOVER_START  "/.sekisho/start"
#define HANDOVER_GO     "/.sekisho/go"
#define HANDOVER_FINISH "/.sekisho/finish"
#define HANDOVER_SHARE	"/.sekisho/share"

/**
 * handover_url_start(at, is_lost, out):
 * For a request to ${at}. ${is_lost}: it was no GET; what it carried is lost,
 * and it leads to the first page, on the way to which the person is told.
 */
void handover_url_start(const struct urlcheck *at, bool is_lost,
    char out[HANDOVER_URL_MAX + 1]);

/** handover_url_share(portal, at, is_lost, out): the same with one cookie for
 * all hosts below a name: on ${portal}, an origin or "". */
void handover_url_share(const char *portal, const struct urlcheck *at,
    bool is_lost, char out[HANDOVER_URL_MAX + 1]);

/**
 * handover_url_rd(rd, host, out):
 * Where ${rd} leads on ${host}: a whole address of this very host, or a path of
 * it. NULL, and anything else, leads nowhere: ERR_INVALID with ${out} `/`.
 * (V36)
 */
int handover_url_rd(const char *rd, const char *host,
    char out[HANDOVER_RD_MAX + 1]) CHECKED;

/* What an address may say besides. */
#define HANDOVER_AGAIN 1u /* it was started over once */
#define HANDOVER_LOST  2u /* a request that was no GET led here */

#define HANDOVER_LOST_MARK "lost=1" /* at the end of a query */

/** handover_url_is_lost(to): has an address of ours that mark? */
bool handover_url_is_lost(const char *to);

/* The part behind https://HOST of each; ${rd} is handover_url_rd()'s. */
void handover_url_go(const char *app, const char *nonce, const char *rd,
    unsigned marks, char out[HANDOVER_URL_MAX + 1]);
void handover_url_finish(const char *token, const char *rd, bool is_again,
    char out[HANDOVER_URL_MAX + 1]);
void handover_url_again(const char *rd, char out[HANDOVER_URL_MAX + 1]);

#endif /* AUTHD_WEB_HANDOVER_URL_H */
