/*
 * portal_enrol.h: from a slip of paper to being logged in: the pages of tickets
 * that bring a password (TICKET_FIRST, TICKET_PASSWORD) and a phone
 * (TICKET_FIRST, TICKET_PHONE).
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-enrol-tickets.sh and, in a browser, 81-enrol-browser.sh
 *
 * Whoever comes here holds the ticket by a cookie, which the page of its link
 * gave (core/ticket.h says the way of one). The transaction that takes the last
 * step uses the ticket up and opens the session.
 */
#ifndef AUTHD_WEB_PORTAL_ENROL_H
#define AUTHD_WEB_PORTAL_ENROL_H

#include "authd/core/enrolment.h"
#include "authd/core/password_ticket.h"
#include "authd/web/portal.h"
#include "authd/web/portal_rules.h"

#define PORTAL_TICKET_COOKIE "__Host-sekisho-ticket"

#define PORTAL_ENROL_PATH     "/enrol" /* for whoever holds one: on from here */
#define PORTAL_ENROL_PASSWORD PORTAL_ENROL_PATH "/password"
#define PORTAL_ENROL_PHONE    PORTAL_ENROL_PATH "/phone"
#define PORTAL_ENROL_SCAN     PORTAL_ENROL_PATH "/scan"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_enrol {
	struct portal portal;
	char holder[TOKEN_LEN + 1]; /* the ticket's token of this browser */
	struct ticket_view view;
	bool is_held;
	bool is_live; /* not held, but logged in: it was done before */
	/* the password */
	struct password_ticket own;
	bool is_differing; /* the new one, twice */
	struct portal_rules rules;
	/* the phone */
	bool is_label_bad, is_private;
	char label[NAME_MAX_BYTES + 1];
	enum enrol_state state;
	struct enrol_secret secret;
	struct enrolment work; /* borrows of the form */
	/* the end */
	char token[TOKEN_LEN + 1]; /* of the session */
};

int portal_enrol_take(
    const struct exchange_in *in, struct act *act, void *call);
/** portal_enrol_look(c, act, call): for the pages that are looked at. */
int portal_enrol_look(struct core *c, struct act *act, void *call);

/* Shared with the page of the password. */

/** portal_enrol_hold(c, act, q): the ticket that this browser holds, and whose
 * it is: what is done from here on is done by that account. With none, is
 * somebody logged in? */
int portal_enrol_hold(
    struct core *c, struct act *act, struct portal_enrol *q) CHECKED;

/** portal_enrol_brings_password(q), portal_enrol_brings_phone(q): does the held
 * ticket bring one, now? The password comes first. */
bool portal_enrol_brings_password(const struct portal_enrol *q);
bool portal_enrol_brings_phone(const struct portal_enrol *q);

/** portal_enrol_open(c, act, q, factors, device): logged in, by what the ticket
 * has proven and ${factors}, in the transaction that used it up. */
int portal_enrol_open(struct core *c, struct act *act, struct portal_enrol *q,
    unsigned factors, const struct id *device) CHECKED;

/** portal_enrol_is_answered(act, q, r, out): it failed, or nothing is held: then
 * it is answered. */
bool portal_enrol_is_answered(const struct act *act, struct portal_enrol *q,
    int r, struct exchange_out *out);

/** portal_enrol_first_path(q): the page that comes first with this ticket. */
const char *portal_enrol_first_path(const struct portal_enrol *q);

/** portal_enrol_put_person(q, page): for whom it is, and whom to ask. */
void portal_enrol_put_person(const struct portal_enrol *q, struct page *page);

/** portal_enrol_give_in(act, q, what, text, out): in: to the start page, which
 * says what was done. */
void portal_enrol_give_in(const struct act *act, struct portal_enrol *q,
    enum flash_kind what, const char *text, struct exchange_out *out);

/** portal_enrol_bad_form(act): a field of the form is missing. */
int portal_enrol_bad_form(struct act *act) CHECKED;

/* GET /enrol: to the page the held ticket is for */
void portal_enrol_give_first(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /enrol/phone; POST: label, owner */
void portal_enrol_give_phone(
    const struct act *act, void *call, int r, struct exchange_out *out);
int portal_enrol_take_phone(
    const struct exchange_in *in, struct act *act, void *call);
int portal_enrol_begin(struct core *c, struct act *act, void *call);
void portal_enrol_give_begun(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /enrol/scan; POST: code, device */
int portal_enrol_look_scan(struct core *c, struct act *act, void *call);
void portal_enrol_give_scan(
    const struct act *act, void *call, int r, struct exchange_out *out);
int portal_enrol_take_code(
    const struct exchange_in *in, struct act *act, void *call);
int portal_enrol_confirm(struct core *c, struct act *act, void *call);
void portal_enrol_give_confirmed(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_ENROL_H */
