/*
 * portal_code.h: in a session that goes on, the code is asked once more: before
 * what cannot be undone, and for pages of applications that want a younger one.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/71-fresh-code.sh and, in a browser, 80-browser.sh
 *
 * A wrong code counts like any of a login (rule 6.2), and the session stays what
 * it was. A right one gives the session another token (R41).
 */
#ifndef AUTHD_WEB_PORTAL_CODE_H
#define AUTHD_WEB_PORTAL_CODE_H

#include "authd/core/verify.h"
#include "authd/web/portal_who.h"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_code {
	struct portal portal;
	struct session_view who;
	struct verify verify;
	bool is_recovery; /* which of the two forms it was */
	char app[NAME_MAX_BYTES + 1]; /* on the way to: its name, or "" */
	char token[TOKEN_LEN + 1];    /* out: the session's new one */
};

/* GET /code */
int portal_code_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_code_look(struct core *c, struct act *act, void *call);
void portal_code_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /code: code or recovery. */
int portal_code_take_sent(
    const struct exchange_in *in, struct act *act, void *call);
int portal_code_prepare(struct core *c, struct act *act, void *call);
int portal_code_run(struct core *c, struct act *act, void *call);
void portal_code_give_sent(
    const struct act *act, void *call, int r, struct exchange_out *out);
const char *portal_code_outcome(const void *call);

#endif /* AUTHD_WEB_PORTAL_CODE_H */
