/*
 * portal_phone.h: from one's own page: another phone, or a new one instead of an
 * old one. Each page asks a young code first (R43).
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/73-enrol-pages.sh and, in a browser, 81-enrol-browser.sh
 */
#ifndef AUTHD_WEB_PORTAL_PHONE_H
#define AUTHD_WEB_PORTAL_PHONE_H

#include "authd/core/enrolment.h"
#include "authd/web/portal_who.h"

/* Holds secrets; wiped by its clear and the caller of it. */
struct portal_phone {
	struct portal portal;
	struct session_view who;
	struct account_view have; /* the phones there are */
	bool wants_code;          /* the last one is too long ago */
	enum enrol_state state;
	struct enrol_secret secret;
	struct enrolment work; /* borrows of the form */
	bool is_label_bad, is_private;
	char label[NAME_MAX_BYTES + 1];
	char at[128]; /* the QR code's page, with the phone that ends */
};

int portal_phone_take(
    const struct exchange_in *in, struct act *act, void *call);

/* GET /mine/phone: replaces=ID is chosen already */
int portal_phone_look(struct core *c, struct act *act, void *call);
void portal_phone_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /mine/phone: label, owner, replaces */
int portal_phone_take_name(
    const struct exchange_in *in, struct act *act, void *call);
int portal_phone_begin(struct core *c, struct act *act, void *call);
void portal_phone_give_begun(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /mine/phone/scan: replaces=ID */
int portal_phone_look_scan(struct core *c, struct act *act, void *call);
void portal_phone_give_scan(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /mine/phone/scan: code, device, replaces */
int portal_phone_take_code(
    const struct exchange_in *in, struct act *act, void *call);
int portal_phone_confirm(struct core *c, struct act *act, void *call);
void portal_phone_give_confirmed(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_PHONE_H */
