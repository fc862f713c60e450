/*
 * portal.h: what every page of the portal shares: in which language, for which
 * browser, with which form; the frame around it; the pages for what went wrong.
 * Room: web.  Process: front.  Threads: as their routes.
 * Unit test: tests/unit/test_portal.c
 *
 * A page's call begins with struct portal. Its take() begins with portal_take(),
 * its give() hands a failure to portal_give_error(), its clear() is or calls
 * portal_clear().
 */
#ifndef AUTHD_WEB_PORTAL_H
#define AUTHD_WEB_PORTAL_H

#include "authd/render/page.h"
#include "authd/web/exchange.h"
#include "authd/web/flash.h"
#include "authd/web/form.h"
#include "authd/web/formkey.h"
#include "authd/web/route.h"

#define PORTAL_COOKIE      "__Host-sekisho" /* the session's token */
#define PORTAL_LANGUAGE    "__Host-sekisho-language"
#define PORTAL_FORM        "application/x-www-form-urlencoded"
#define PORTAL_TO_MAX      2000 /* an address of our own to go to afterwards */
#define PORTAL_SESSION_MAX 43   /* a session's token: TOKEN_LEN */

struct portal {
	enum catalog_language language;
	char key[FORMKEY_LEN + 1]; /* formkey.h */
	bool is_key_new;
	char session[PORTAL_SESSION_MAX + 1]; /* its token, "": none came */
	bool is_forged;   /* a form that is not of a page of ours, now; or of a
			 * session that is over */
	struct form form; /* what was sent, or the query */
	char to[PORTAL_TO_MAX + 1];   /* the field `to' when it is one, or "" */
	char here[PORTAL_TO_MAX * 3]; /* this page's own address */
	struct flash flash;           /* what this page has to tell */
	bool is_lost;                 /* or that a form before was lost */
};

/**
 * portal_take(in, act, p):
 * Read all of that, and where the person is into act->source.
 * Return: 0; ERR_INVALID; ERR_LIMIT; ERR_DENIED when it is forged; ERR_NOMEM;
 * ERR_SYS. What could be read is in ${p} also on failure.
 */
int portal_take(
    const struct exchange_in *in, struct act *act, struct portal *p) CHECKED;

/** portal_clear(call): free and wipe what a struct portal owns. */
void portal_clear(void *call);

/** portal_is_local(s): may we send a browser to ${s}? A path of our own host, of
 * characters of an address only, which no browser takes for another host. */
bool portal_is_local(const char *s);

/**
 * portal_page(act, p, title, out):
 * Begin a page with its frame. ERR_NOMEM.
 * Owns: portal_give() takes it; else page_free().
 */
int portal_page(const struct act *act, const struct portal *p,
    enum catalog_id title, struct page **out) CHECKED;

/** portal_script(page): the page asks for the script. */
void portal_script(struct page *page);

/** portal_give(p, page, template, status, out): finish it; takes ${page}. */
void portal_give(const struct portal *p, struct page *page,
    enum page_template template, int status, struct exchange_out *out);

/** portal_put_flash(p, page, out): what the form before came to. */
void portal_put_flash(
    const struct portal *p, struct page *page, struct exchange_out *out);

/** portal_tell(act, kind, number, text, out): the next page tells it. */
void portal_tell(const struct act *act, enum flash_kind kind, int number,
    const char *text, struct exchange_out *out);

/** portal_give_to(p, path, to, out): have the browser get ${path} next, which
 * is told to go on to ${to} ("": nowhere). */
void portal_give_to(const struct portal *p, const char *path, const char *to,
    struct exchange_out *out);

/**
 * portal_give_on(act, p, title, out):
 * What was asked first is done: on to p->to, or to the start page. What may lead
 * to another host is a page with a link, called ${title}: a policy for forms
 * covers the redirects after one.
 */
void portal_give_on(const struct act *act, const struct portal *p,
    enum catalog_id title, struct exchange_out *out);

/** portal_give_lost(p, path, out): a form came from a session that is over: to
 * the login, which says so, and from there to ${path} of ours, without a query,
 * which says so too. What it carried is not kept. */
void portal_give_lost(
    const struct portal *p, const char *path, struct exchange_out *out);

/** portal_give_error(act, p, r, out): the page for ${r}; ${p} NULL: past the
 * deadline. */
void portal_give_error(const struct act *act, const struct portal *p, int r,
    struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_H */
