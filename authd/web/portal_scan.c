#include <string.h>

#include "authd/base/mem.h"
#include "authd/render/qr_svg.h"
#include "authd/web/portal_scan.h"
#include "authd/web/portal_time.h"

#define GROUP 4 /* letters of the secret that are read together */

/* ABCD EFGH ... as one reads it out. */
static void
put_secret(struct page *page, const char *secret)
{
	char text[ENROL_SECRET_MAX + ENROL_SECRET_MAX / GROUP + 1];
	size_t i, n = 0;

	for (i = 0; secret[i] != '\0'; i++) {
		if (i > 0 && i % GROUP == 0)
			text[n++] = ' ';
		text[n++] = secret[i];
	}
	text[n] = '\0';
	page_put(page, PAGE_VAR_SECRET, text);
	mem_wipe(text, sizeof(text));
}

int
portal_scan_put_qr(struct page *page, const char *uri)
{
	struct qr_drawing path;
	struct qr_code *q;
	int r;

	if ((r = qr_code_new(uri, &q)) != 0)
		return (r);
	if ((r = qr_svg_path(q, &path)) == 0) {
		page_put_int(page, PAGE_VAR_QR_SIDE, qr_code_side(q));
		page_put(page, PAGE_VAR_QR_PATH, path.at);
		qr_code_drawing_free(&path);
	}
	qr_code_free(q);
	return (r);
}

void
portal_scan_give(const struct act *act, const struct portal *p,
    enum enrol_state state, const struct enrol_secret *secret,
    const struct portal_scan_at *at, struct exchange_out *out)
{
	char device[ID_TEXT + 1];
	struct page *page;

	if (portal_page(act, p, CATALOG_SCAN_TITLE, &page) != 0)
		return;
	portal_put_flash(p, page, out);
	page_put(page, PAGE_VAR_HERE, at->here);
	page_put(page, PAGE_VAR_SELF, at->self);
	page_put(page, PAGE_VAR_START, at->start);
	page_put(page, PAGE_VAR_BACK, at->back);
	page_put(page, PAGE_VAR_REPLACES, at->replaces);
	page_put(page, PAGE_VAR_LOGIN, at->login);
	page_put(page, PAGE_VAR_CONTACT, at->contact);
	page_put_flag(page, PAGE_VAR_FIRST, at->is_first);
	page_put(page, PAGE_VAR_LABEL, secret->phone.label);
	page_put_flag(page, PAGE_VAR_PRIVATE, secret->phone.is_private);
	portal_script(page);
	if (state == ENROL_WAITING) {
		id_put_text(&secret->phone.device, device);
		page_put(page, PAGE_VAR_DEVICE, device);
		page_put(page, PAGE_VAR_OTPAUTH, secret->uri);
		put_secret(page, secret->secret);
		portal_time_put(page, PAGE_VAR_UNTIL, secret->expires_ms);
		if (portal_scan_put_qr(page, secret->uri) != 0) {
			page_free(page);
			return; /* answered 500 */
		}
	}
	portal_give(p, page, PAGE_SCAN, 200, out);
}

void
portal_scan_tell(const struct act *act, enum enrolment_result result,
    struct exchange_out *out)
{
	switch (result) {
	case ENROLMENT_REFUSED:
		portal_tell(act, FLASH_SCAN_REFUSED, 0, "", out);
		break;
	case ENROLMENT_OTHER:
		portal_tell(act, FLASH_SCAN_OTHER, 0, "", out);
		break;
	case ENROLMENT_AGAIN:
		portal_tell(act, FLASH_SCAN_AGAIN, 0, "", out);
		break;
	case ENROLMENT_NONE:
	case ENROLMENT_BEFORE:
	case ENROLMENT_DONE:
		break;
	}
}
