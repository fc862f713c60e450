/*
 * portal_ticket.h: the page of a ticket's link, and the login on it.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/75-tickets.sh
 *
 * The address is looked at by mail programs and previews as well: a GET changes
 * nothing. Its POST is a login (core/ticket_prove.h); whoever is right gets the
 * holder's token in PORTAL_TICKET_COOKIE and goes on to PORTAL_ENROL_PATH or,
 * for a certificate, PORTAL_TICKET_PICKUP, whose addresses hold no secret.
 */
#ifndef AUTHD_WEB_PORTAL_TICKET_H
#define AUTHD_WEB_PORTAL_TICKET_H

#include "authd/core/ticket_prove.h"
#include "authd/web/portal_enrol.h"

#define PORTAL_TICKET_PICKUP "/pickup"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_ticket {
	struct portal portal;
	struct ticket_prove prove;
	char typed[NAME_MAX_BYTES + 1]; /* the ID, to be shown again */
	bool is_recovery;               /* a recovery code was sent */
};

/* GET /ticket/SECRET */
int portal_ticket_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_ticket_look(struct core *c, struct act *act, void *call);
void portal_ticket_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /ticket: ticket, login, and password or code or recovery */
int portal_ticket_take_login(
    const struct exchange_in *in, struct act *act, void *call);
int portal_ticket_prepare(struct core *c, struct act *act, void *call);
int portal_ticket_start(struct core *c, struct work *w, void *call);
int portal_ticket_hash(struct core *c, void *call);
int portal_ticket_settle(struct core *c, struct act *act, void *call);
int portal_ticket_give_back(struct core *c, struct act *act, void *call);
void portal_ticket_give_login(
    const struct act *act, void *call, int r, struct exchange_out *out);
const char *portal_ticket_outcome(const void *call);

/**
 * portal_ticket_give_over(act, p, view, out):
 * The page for a ticket that does nothing for this browser now: used, void,
 * expired or unknown; one that is open wants its link opened once more. The
 * holder's cookie ends.
 */
void portal_ticket_give_over(const struct act *act, const struct portal *p,
    const struct ticket_view *view, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_TICKET_H */
