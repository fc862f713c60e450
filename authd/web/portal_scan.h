/*
 * portal_scan.h: the page with the QR code of a new phone, and what its first
 * code came to.
 * Room: web.  Process: front.  Threads: any; no state.
 * Proved by tests/e2e/73-enrol-pages.sh and, in a browser, 81-enrol-browser.sh
 */
#ifndef AUTHD_WEB_PORTAL_SCAN_H
#define AUTHD_WEB_PORTAL_SCAN_H

#include "authd/core/enrolment.h"
#include "authd/web/portal.h"

/**
 * portal_scan_give(act, p, state, secret, self, start, back, out):
 * The page. The code goes to ${self}; a new QR code, once its time is over, is
 * made at ${start} (a page and a form); ${back} leads away from it.
 */
struct portal_scan_at {
	const char *self, *start;
	const char *back;     /* NULL: nowhere */
	const char *here;     /* its own address, with what belongs to it */
	const char *replaces; /* id of a phone, or NULL */
	const char *login;    /* whose phone it will be */
	const char *contact;  /* whom to ask */
	bool is_first;        /* of the steps of a first ticket */
};
void portal_scan_give(const struct act *act, const struct portal *p,
    enum enrol_state state, const struct enrol_secret *secret,
    const struct portal_scan_at *at, struct exchange_out *out);

/** portal_scan_tell(act, result, out): have the page say why it is shown again,
 * of a result that is not yet the end. */
void portal_scan_tell(const struct act *act, enum enrolment_result result,
    struct exchange_out *out);

/** portal_scan_put_qr(page, text): values qr_side, qr_path, to be drawn. */
int portal_scan_put_qr(struct page *page, const char *text) CHECKED;

#endif /* AUTHD_WEB_PORTAL_SCAN_H */
