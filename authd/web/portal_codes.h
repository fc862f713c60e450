/*
 * portal_codes.h: recovery codes: shown once, to be printed, copied or kept as a
 * file before one goes on; new ones after a young code.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/73-enrol-pages.sh and, in a browser, 81-enrol-browser.sh
 *
 * Only a hash of each is stored: what is not kept cannot be shown again. The
 * file is made of what the page sends back.
 */
#ifndef AUTHD_WEB_PORTAL_CODES_H
#define AUTHD_WEB_PORTAL_CODES_H

#include "authd/core/recovery.h"
#include "authd/web/portal_who.h"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_codes {
	struct portal portal;
	struct session_view who;
	bool wants_code;
	int left;
	bool has_unkept; /* mine.h */
	struct recovery_codes codes; /* new, or as sent back */
	bool is_kept;
};

/* Why they are shown. */
enum portal_codes_why {
	PORTAL_CODES_MADE = 1, /* they were asked for */
	PORTAL_CODES_PHONE,    /* the first phone was just brought */
	PORTAL_CODES_FIRST     /* the same, as the last step of a ticket */
};

/** portal_codes_give_new(act, p, codes, login, why, out): the page that shows
 * them; ${p} has the session they belong to. */
void portal_codes_give_new(const struct act *act, const struct portal *p,
    const struct recovery_codes *codes, const char *login,
    enum portal_codes_why why, struct exchange_out *out);

int portal_codes_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_codes_look(struct core *c, struct act *act, void *call);

/* GET /codes: how many are left */
void portal_codes_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /codes: new ones */
int portal_codes_make(struct core *c, struct act *act, void *call);
void portal_codes_give_made(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /codes/file: code.N */
int portal_codes_take_file(
    const struct exchange_in *in, struct act *act, void *call);
void portal_codes_give_file(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /codes/kept: kept */
int portal_codes_keep(struct core *c, struct act *act, void *call);
void portal_codes_give_kept(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_CODES_H */
