/*
 * portal_enrol_password.h: with a ticket one chooses the own password.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-enrol-tickets.sh and, in a browser, 81-enrol-browser.sh
 */
#ifndef AUTHD_WEB_PORTAL_ENROL_PASSWORD_H
#define AUTHD_WEB_PORTAL_ENROL_PASSWORD_H

#include "authd/web/portal_enrol.h"

/* GET /enrol/password: taken and looked up by portal_enrol.h */
void portal_enrol_password_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /enrol/password: new, again */
int portal_enrol_password_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_enrol_password_start(struct core *c, struct work *w, void *call);
int portal_enrol_password_hash(struct core *c, void *call);
int portal_enrol_password_settle(struct core *c, struct act *act, void *call);
void portal_enrol_password_give_set(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_ENROL_PASSWORD_H */
