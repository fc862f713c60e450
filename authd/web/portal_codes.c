#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/timetext.h"
#include "authd/core/mine.h"
#include "authd/web/portal_codes.h"
#include "authd/web/portal_fresh.h"

#define FILE_MAX 4096

/* --- what came in --- */

int
portal_codes_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_codes *q = call;
	int r;

	if ((r = portal_take(in, act, &q->portal)) == 0)
		q->is_kept = form_get(&q->portal.form, "kept") != NULL;
	return (r);
}

/* Only what has the form of a code comes back. */
int
portal_codes_take_file(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_codes *q = call;
	char folded[RECOVERY_LEN + 1] = "";
	const char *value;
	size_t i;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	for (i = 0; i < q->portal.form.n && r == 0; i++) {
		value = q->portal.form.fields[i].value;
		if (strncmp(q->portal.form.fields[i].name, "code.", 5) != 0)
			continue;
		if (q->codes.n == RECOVERY_MAX ||
		    strlen(value) > RECOVERY_TEXT_MAX ||
		    recovery_fold(value, folded) != 0)
			r = ERR_INVALID;
		else
			memcpy(q->codes.text[q->codes.n++], value,
			    strlen(value) + 1);
	}
	mem_wipe(folded, sizeof(folded));
	if (r != 0 || q->codes.n == 0)
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "These are no recovery codes."));
	return (0);
}

/* --- the work --- */

int
portal_codes_look(struct core *c, struct act *act, void *call)
{
	struct portal_codes *q = call;
	struct mine mine;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live || (r = mine_changes(c, act, &q->who, &mine)) != 0)
		return (r);
	q->has_unkept = mine.has_unkept;
	return (recovery_count(c, &q->who.account, &q->left));
}

int
portal_codes_make(struct core *c, struct act *act, void *call)
{
	struct portal_codes *q = call;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	q->wants_code = !portal_fresh_is(&q->who, act, PORTAL_FRESH_MS);
	if (q->wants_code)
		return (0);
	return (recovery_renew(c, act, q->who.account.login, &q->codes));
}

int
portal_codes_keep(struct core *c, struct act *act, void *call)
{
	struct portal_codes *q = call;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live || !q->is_kept)
		return (r);
	return (recovery_kept(c, act, &q->who.account, q->who.office.code));
}

/* --- what is shown --- */

/* It failed, or nobody is logged in: then it is answered. A page that is sent
 * again after its session has changed is asked for anew, nothing is lost. */
static bool
is_answered(const struct act *act, struct portal_codes *q, int r,
    struct exchange_out *out)
{
	if (r != 0)
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
	else if (!q->who.is_live)
		portal_give_to(&q->portal, "/login", "/codes", out);
	else if (q->wants_code)
		portal_fresh_ask(&q->portal, "/codes", out);
	else
		return (false);
	return (true);
}

void
portal_codes_give_new(const struct act *act, const struct portal *p,
    const struct recovery_codes *codes, const char *login,
    enum portal_codes_why why, struct exchange_out *out)
{
	struct page *page;
	int i;

	if (portal_page(act, p, CATALOG_CODES_TITLE, &page) != 0)
		return;
	/* in another language they could not be shown again */
	page_put(page, PAGE_VAR_HERE, NULL);
	portal_script(page);
	page_put(page, PAGE_VAR_LOGIN, login);
	page_put_message(page, PAGE_VAR_DONE,
	    why == PORTAL_CODES_MADE ? CATALOG_CODES_MADE : CATALOG_CODES_FIRST,
	    NULL);
	page_put_flag(page, PAGE_VAR_FIRST, why == PORTAL_CODES_FIRST);
	for (i = 0; i < codes->n; i++) {
		page_row(page, PAGE_VAR_CODES);
		page_put_int(page, PAGE_VAR_NUMBER, i + 1);
		page_put(page, PAGE_VAR_CODE, codes->text[i]);
		page_row_end(page);
	}
	portal_give(p, page, PAGE_CODES, 200, out);
}

void
portal_codes_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_codes *q = call;
	struct page *page;

	if (is_answered(act, q, r, out) ||
	    portal_page(act, &q->portal, CATALOG_CODES_TITLE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	portal_script(page);
	page_put_int(page, PAGE_VAR_RECOVERY_LEFT, q->left);
	page_put_flag(page, PAGE_VAR_UNKEPT, q->has_unkept);
	portal_give(&q->portal, page, PAGE_CODES_LEFT, 200, out);
}

void
portal_codes_give_made(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_codes *q = call;

	if (!is_answered(act, q, r, out))
		portal_codes_give_new(act, &q->portal, &q->codes,
		    q->who.account.login, PORTAL_CODES_MADE, out);
}

/* The text of the file; ERR_LIMIT when it does not fit. */
static int
write_file(const struct portal_codes *q, const struct act *act, char *out,
    size_t size, size_t *len)
{
	const enum catalog_language language = q->portal.language;
	char day[TIMETEXT_DATE_MAX];
	size_t n = 0;
	int i, k;

	timetext_put_date(act->now.wall_ms, day);
	k = snprintf(out, size, "%s\r\nID: %s  %s\r\n\r\n",
	    catalog_text(language, CATALOG_CODES_FILE_TITLE),
	    q->who.account.login, day);
	for (i = 0; i < q->codes.n && k >= 0 && n + (size_t)k < size; i++) {
		n += (size_t)k;
		k = snprintf(
		    out + n, size - n, "%2d  %s\r\n", i + 1, q->codes.text[i]);
	}
	if (k >= 0 && n + (size_t)k < size) {
		n += (size_t)k;
		k = snprintf(out + n, size - n, "\r\n%s\r\n",
		    catalog_text(language, CATALOG_CODES_FILE_HINT));
	}
	if (k < 0 || n + (size_t)k >= size)
		return (ERR_LIMIT);
	*len = n + (size_t)k;
	return (0);
}

void
portal_codes_give_file(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_codes *q = call;
	char text[FILE_MAX];
	size_t len;

	if (is_answered(act, q, r, out))
		return;
	if (write_file(q, act, text, sizeof(text), &len) == 0) {
		out->status = 200;
		exchange_out_header(out, "Content-Disposition",
		    "attachment; filename=\"sekisho-recovery-codes.txt\"");
		exchange_out_body(out, "text/plain; charset=utf-8", text, len);
	}
	mem_wipe(text, sizeof(text));
}

void
portal_codes_give_kept(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_codes *q = call;

	if (is_answered(act, q, r, out))
		return;
	if (!q->is_kept) {
		portal_tell(act, FLASH_CODES_NOT_KEPT, 0, "", out);
		portal_give_to(&q->portal, "/codes", "", out);
		return;
	}
	portal_tell(act, FLASH_CODES_KEPT, 0, "", out);
	portal_give_to(&q->portal, "/", "", out);
}
