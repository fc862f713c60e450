#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/render/escape.h"
#include "authd/web/cookie.h"
#include "authd/web/handover_url.h"
#include "authd/web/portal.h"
#include "authd/web/proxied.h"

#include <icon_name.h>
#include <script_name.h>
#include <style_name.h>

#define HTML "text/html; charset=utf-8"

bool
portal_is_local(const char *s)
{
	size_t i;

	if (s[0] != '/' || s[1] == '/' || strlen(s) > PORTAL_TO_MAX)
		return (false);
	for (i = 0; s[i] != '\0'; i++)
		if ((uint8_t)s[i] <= ' ' || (uint8_t)s[i] >= 0x7f ||
		    strchr("\\\"<>^`{|}#", s[i]) != NULL)
			return (false);
	return (true);
}

/* PATH?to=TO. */
static void
put_address(char *out, size_t size, const char *path, const char *to)
{
	char part[PORTAL_TO_MAX * 6 + 1];
	size_t n = escape_put(ESCAPE_URL_PART, to, strlen(to), part);
	int written;

	part[n] = '\0';
	written =
	    snprintf(out, size, "%s%s%s", path, n == 0 ? "" : "?to=", part);
	if (written < 0 || (size_t)written >= size)
		out[0] = '\0';
}

static void
take_language(const struct exchange_in *in, struct portal *p)
{
	char choice[8];
	const char *accept;
	size_t n;
	bool has_choice =
	    cookie_get(in, PORTAL_LANGUAGE, choice, sizeof(choice)) == 0;

	if (exchange_in_header(in, "Accept-Language", &accept, &n) != 1)
		accept = NULL;
	p->language = catalog_choose(
	    has_choice ? choice : NULL, accept, accept == NULL ? 0 : n);
}

static int
take_form(const struct exchange_in *in, struct act *act, struct portal *p)
{
	bool is_post = strcmp(in->method, "POST") == 0;
	const char *to;
	int r;

	if (is_post)
		r = form_read(in->body, in->body_len, &p->form);
	else
		r = form_read(in->query,
		    in->query == NULL ? 0 : strlen(in->query), &p->form);
	if (r != 0)
		return (act_refuse(act, r, "bad_form",
		    "The form is malformed, too long or names a field twice."));
	to = form_get(&p->form, "to");
	if (to != NULL && portal_is_local(to) &&
	    text_copy(p->to, sizeof(p->to), to) != 0)
		p->to[0] = '\0';
	put_address(p->here, sizeof(p->here), in->path, p->to);
	p->is_lost = form_get(&p->form, "lost") != NULL ||
	    handover_url_is_lost(p->to);
	if (!is_post)
		return (0);
	r = formkey_check(in, p->key, p->session, form_get(&p->form, "token"));
	p->is_forged = r == ERR_DENIED;
	if (p->is_forged)
		return (act_refuse(act, ERR_DENIED, "forged",
		    "The form is not of a page shown to this browser now."));
	return (r);
}

int
portal_take(const struct exchange_in *in, struct act *act, struct portal *p)
{
	int r;

	take_language(in, p);
	flash_take(in, &p->flash);
	if (cookie_get(in, PORTAL_COOKIE, p->session, sizeof(p->session)) != 0)
		p->session[0] = '\0';
	if ((r = formkey_take(in, p->key, &p->is_key_new)) != 0)
		return (r);
	if ((r = proxied_source(in, act)) != 0)
		return (r);
	return (take_form(in, act, p));
}

void
portal_clear(void *call)
{
	struct portal *p = call;

	form_clear(&p->form);
	mem_wipe(p->session, sizeof(p->session));
	mem_wipe(p->key, sizeof(p->key));
}

int
portal_page(const struct act *act, const struct portal *p,
    enum catalog_id title, struct page **out)
{
	enum catalog_language language = p == NULL ? CATALOG_JA : p->language;
	char token[FORMKEY_TOKEN_LEN + 1];
	struct page *page;
	int r;

	if ((r = page_new(language, &page)) != 0)
		return (r);
	page_put(page, PAGE_VAR_STYLE, "/static/" STYLE_NAME);
	page_put(page, PAGE_VAR_ICON, "/static/" ICON_NAME);
	page_put_message(page, PAGE_VAR_TITLE, title, NULL);
	page_put(page, PAGE_VAR_REQUEST_ID, act->request_id);
	if (p != NULL && p->key[0] != '\0') {
		if ((r = formkey_token(p->key, p->session, token)) != 0) {
			page_free(page);
			return (r);
		}
		page_put(page, PAGE_VAR_TOKEN, token);
		mem_wipe(token, sizeof(token));
		page_put(page, PAGE_VAR_HERE, p->here);
		page_put(page, PAGE_VAR_TO, p->to);
		page_put(page, PAGE_VAR_OTHER_CODE,
		    language == CATALOG_JA ? "en" : "ja");
		page_put(page, PAGE_VAR_OTHER_NAME,
		    language == CATALOG_JA ? "English" : "日本語");
	}
	*out = page;
	return (0);
}

void
portal_script(struct page *page)
{
	page_put(page, PAGE_VAR_SCRIPT, "/static/" SCRIPT_NAME);
}

static void
set_key(const struct portal *p, struct exchange_out *out)
{
	if (p != NULL && p->is_key_new && p->key[0] != '\0')
		cookie_set(out, FORMKEY_COOKIE, p->key);
}

void
portal_give(const struct portal *p, struct page *page,
    enum page_template template, int status, struct exchange_out *out)
{
	struct page_text text;

	/* a status of 0 is answered 500 */
	if (page_render(page, template, &text) == 0) {
		out->status = status;
		exchange_out_body(out, HTML, text.at, text.len);
		set_key(p, out);
		page_text_free(&text);
	}
	page_free(page);
}

void
portal_give_to(const struct portal *p, const char *path, const char *to,
    struct exchange_out *out)
{
	char address[PORTAL_TO_MAX * 3 + 100];

	put_address(address, sizeof(address), path, to);
	out->status = 303;
	exchange_out_header(
	    out, "Location", address[0] == '\0' ? "/" : address);
	set_key(p, out);
}

void
portal_give_lost(
    const struct portal *p, const char *path, struct exchange_out *out)
{
	char to[PORTAL_TO_MAX + 1];
	int n = snprintf(to, sizeof(to), "%s?" HANDOVER_LOST_MARK, path);

	portal_give_to(
	    p, "/login", n < 0 || (size_t)n >= sizeof(to) ? "" : to, out);
}

void
portal_give_on(const struct act *act, const struct portal *p,
    enum catalog_id title, struct exchange_out *out)
{
	static const char between[] = "/.sekisho/";
	struct page *page;

	if (strncmp(p->to, between, sizeof(between) - 1) != 0) {
		portal_give_to(p, p->to[0] == '\0' ? "/" : p->to, "", out);
		return;
	}
	if (portal_page(act, p, title, &page) != 0)
		return;
	page_put(page, PAGE_VAR_HERE, NULL);
	page_put(page, PAGE_VAR_REFRESH, p->to);
	page_put_message(page, PAGE_VAR_TEXT, CATALOG_GOING_TEXT, NULL);
	page_put(page, PAGE_VAR_LINK, p->to);
	page_put_message(page, PAGE_VAR_LINK_TEXT, CATALOG_GOING_LINK, NULL);
	portal_give(p, page, PAGE_MESSAGE, 200, out);
}

static const struct {
	enum flash_kind kind;
	enum catalog_id what, more;
} told[] = {
	{ FLASH_LOST, CATALOG_LOST_TITLE, CATALOG_LOST_TEXT },
	{ FLASH_LOGIN_REFUSED, CATALOG_LOGIN_REFUSED,
	    CATALOG_LOGIN_REFUSED_MORE },
	{ FLASH_LOGIN_OVER, CATALOG_LOGIN_OVER, CATALOG_LOGIN_OVER_MORE },
	{ FLASH_CODE_REFUSED, CATALOG_CODE_REFUSED, CATALOG_CODE_REFUSED_MORE },
	{ FLASH_CODE_USED, CATALOG_CODE_USED, CATALOG_CODE_USED_MORE },
	{ FLASH_RECOVERY_REFUSED, CATALOG_CODE_RECOVERY_REFUSED,
	    CATALOG_CODE_RECOVERY_REFUSED_MORE },
	{ FLASH_CHANGE_REFUSED, CATALOG_CHANGE_REFUSED,
	    CATALOG_CHANGE_REFUSED_MORE },
	{ FLASH_PASSWORD_DIFFER, CATALOG_PASSWORD_DIFFER,
	    CATALOG_PASSWORD_DIFFER_MORE },
	{ FLASH_PASSWORD_REFUSED, CATALOG_PASSWORD_REFUSED,
	    CATALOG_PASSWORD_REFUSED_MORE },
	{ FLASH_STOP_REFUSED, CATALOG_STOP_REFUSED, CATALOG_STOP_REFUSED_MORE },
	{ FLASH_NOTHING_CHOSEN, CATALOG_STOP_NOTHING,
	    CATALOG_STOP_NOTHING_MORE },
	{ FLASH_LAST_ADMINISTRATOR, CATALOG_STOP_LAST, CATALOG_STOP_LAST_MORE },
	{ FLASH_LABEL_BAD, CATALOG_PHONE_LABEL_BAD,
	    CATALOG_PHONE_LABEL_BAD_MORE },
	{ FLASH_PHONE_LIMIT, CATALOG_PHONE_LIMIT, CATALOG_PHONE_LIMIT_MORE },
	{ FLASH_SCAN_REFUSED, CATALOG_SCAN_REFUSED, CATALOG_SCAN_REFUSED_MORE },
	{ FLASH_SCAN_OTHER, CATALOG_SCAN_OTHER, CATALOG_SCAN_OTHER_MORE },
	{ FLASH_SCAN_AGAIN, CATALOG_SCAN_REMADE, CATALOG_SCAN_REMADE_MORE },
	{ FLASH_SCAN_NONE, CATALOG_SCAN_NONE, CATALOG_SCAN_NONE_MORE },
	{ FLASH_ENROL_CHANGED, CATALOG_ENROL_CHANGED,
	    CATALOG_ENROL_CHANGED_MORE },
	{ FLASH_TICKET_REFUSED, CATALOG_TICKET_REFUSED,
	    CATALOG_TICKET_REFUSED_MORE },
	{ FLASH_TICKET_RECOVERY, CATALOG_TICKET_REFUSED,
	    CATALOG_TICKET_REFUSED_MORE },
	{ FLASH_CODES_NOT_KEPT, CATALOG_CODES_NOT_KEPT,
	    CATALOG_CODES_NOT_KEPT_MORE },
};

/* What was done. */
static const struct {
	enum flash_kind kind;
	enum catalog_id what, more; /* more CATALOG_IDS: nothing */
} done[] = {
	{ FLASH_PASSWORD_DONE, CATALOG_PASSWORD_DONE,
	    CATALOG_PASSWORD_DONE_TEXT },
	{ FLASH_SESSION_ENDED, CATALOG_MINE_ENDED, CATALOG_IDS },
	{ FLASH_PHONE_DONE, CATALOG_PHONE_DONE, CATALOG_PHONE_DONE_MORE },
	{ FLASH_PHONE_REPLACED, CATALOG_PHONE_DONE, CATALOG_PHONE_REPLACED },
	{ FLASH_CODES_KEPT, CATALOG_CODES_KEPT, CATALOG_CODES_KEPT_MORE },
	{ FLASH_ENROL_PASSWORD, CATALOG_ENROL_PASSWORD_DONE,
	    CATALOG_ENROL_PASSWORD_DONE_MORE },
};

void
portal_put_flash(
    const struct portal *p, struct page *page, struct exchange_out *out)
{
	const struct flash *f = &p->flash;
	const char *args[CATALOG_ARGS_MAX] = { NULL };
	char number[16];
	size_t i;

	if (f->kind == FLASH_NONE && p->is_lost) {
		page_put_message(
		    page, PAGE_VAR_NOTICE, CATALOG_LOST_TITLE, NULL);
		page_put_message(
		    page, PAGE_VAR_NOTICE_MORE, CATALOG_LOST_TEXT, NULL);
	}
	if (f->kind == FLASH_NONE)
		return;
	flash_told(out, f);
	/* the one that was refused is asked for, not this one */
	page_put(page, PAGE_VAR_REQUEST_ID, f->request_id);
	args[0] = f->text;
	for (i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		if (done[i].kind != f->kind)
			continue;
		page_put_message(page, PAGE_VAR_DONE, done[i].what, args);
		if (done[i].more != CATALOG_IDS)
			page_put_message(
			    page, PAGE_VAR_DONE_MORE, done[i].more, args);
	}
	if (f->kind == FLASH_DONE && f->number < CATALOG_IDS)
		page_put_message(page, PAGE_VAR_DONE,
		    (enum catalog_id)f->number, args);
	if (f->kind == FLASH_REFUSED && f->number < CATALOG_IDS)
		page_put_message(page, PAGE_VAR_NOTICE,
		    (enum catalog_id)f->number, args);
	snprintf(number, sizeof(number), "%d", f->number);
	args[0] = number;
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		if (told[i].kind != f->kind)
			continue;
		page_put_message(page, PAGE_VAR_NOTICE, told[i].what, args);
		page_put_message(
		    page, PAGE_VAR_NOTICE_MORE, told[i].more, args);
	}
}

void
portal_tell(const struct act *act, enum flash_kind kind, int number,
    const char *text, struct exchange_out *out)
{
	struct flash f = { .kind = kind, .number = number };

	if (text_copy(f.request_id, sizeof(f.request_id), act->request_id) !=
		0 ||
	    text_copy(f.text, sizeof(f.text), text) != 0)
		out->is_broken = true;
	else
		flash_set(out, &f);
}

static const struct {
	int r;
	int status;
	enum catalog_id title, text;
} errors[] = {
	{ ERR_INVALID, 400, CATALOG_ERROR_BAD_TITLE, CATALOG_ERROR_BAD },
	{ ERR_LIMIT, 400, CATALOG_ERROR_BAD_TITLE, CATALOG_ERROR_BAD },
	{ ERR_DENIED, 403, CATALOG_ERROR_DENIED_TITLE, CATALOG_ERROR_DENIED },
	{ ERR_NOTFOUND, 404, CATALOG_ERROR_NONE_TITLE, CATALOG_ERROR_NONE },
	{ ERR_BUSY, 503, CATALOG_ERROR_BUSY_TITLE, CATALOG_ERROR_BUSY },
	{ ERR_TIMEOUT, 503, CATALOG_ERROR_BUSY_TITLE, CATALOG_ERROR_BUSY },
};

/* Nothing was done with what was sent: the page was open for too long. */
static void
give_expired(
    const struct act *act, const struct portal *p, struct exchange_out *out)
{
	struct page *page;

	if (portal_page(act, p, CATALOG_EXPIRED_TITLE, &page) != 0)
		return;
	page_put(page, PAGE_VAR_HERE, NULL);
	page_put_message(page, PAGE_VAR_TEXT, CATALOG_EXPIRED_TEXT, NULL);
	page_put_message(page, PAGE_VAR_MORE, CATALOG_EXPIRED_MORE, NULL);
	page_put(page, PAGE_VAR_LINK, "/login");
	page_put_message(
	    page, PAGE_VAR_LINK_TEXT, CATALOG_FRAME_TO_LOGIN, NULL);
	portal_give(p, page, PAGE_MESSAGE, 403, out);
}

void
portal_give_error(const struct act *act, const struct portal *p, int r,
    struct exchange_out *out)
{
	enum catalog_id title = CATALOG_ERROR_BROKEN_TITLE;
	enum catalog_id text = CATALOG_ERROR_BROKEN;
	struct page *page;
	int status = 503;
	size_t i;

	if (p != NULL && p->is_forged) {
		give_expired(act, p, out);
		return;
	}
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].r == r) {
			status = errors[i].status;
			title = errors[i].title;
			text = errors[i].text;
		}
	if (portal_page(act, p, title, &page) != 0)
		return;
	/* what cannot be shown here cannot be shown in another language */
	page_put(page, PAGE_VAR_HERE, NULL);
	page_put_message(page, PAGE_VAR_TEXT, text, NULL);
	page_put(page, PAGE_VAR_LINK, "/");
	page_put_message(page, PAGE_VAR_LINK_TEXT, CATALOG_FRAME_HOME, NULL);
	portal_give(p, page, PAGE_MESSAGE, status, out);
}
