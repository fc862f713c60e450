/*
 * portal_check.h: while a new password is typed, the page's script asks which
 * rules it does not meet yet.
 * Room: web.  Process: front.  Threads: as its route.
 * Proved by tests/e2e/73-enrol-pages.sh and, in a browser, 81-enrol-browser.sh
 *
 * Answers {"unmet":["length","kinds","personal","easy"]}, of these what is not
 * met, to whoever may set that password anyway. Of its earlier passwords nothing
 * is said: core/password_preview.h.
 */
#ifndef AUTHD_WEB_PORTAL_CHECK_H
#define AUTHD_WEB_PORTAL_CHECK_H

#include "authd/core/password_preview.h"
#include "authd/web/portal_who.h"

/* Holds a password; wiped by its clear and the caller of it. */
struct portal_check {
	struct portal portal;
	struct session_view who;
	char holder[TOKEN_LEN + 1]; /* of a ticket */
	char fresh[PASSWORD_TEXT_MAX + 2];
	uint32_t reasons;
};

/* POST /password/check, /enrol/password/check: new */
int portal_check_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_check_run(struct core *c, struct act *act, void *call);
int portal_check_run_ticket(struct core *c, struct act *act, void *call);
void portal_check_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_CHECK_H */
