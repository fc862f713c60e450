#include <string.h>

#include "authd/web/cookie.h"
#include "authd/web/portal_plain.h"

#include <icon_text.h>
#include <script_text.h>
#include <style_text.h>

#define YEAR (365 * 24 * 3600)

int
portal_plain_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_plain *q = call;

	return (portal_take(in, act, &q->portal));
}

int
portal_plain_run(struct core *c, struct act *act, void *call)
{
	(void)c;
	(void)act;
	(void)call;
	return (0);
}

int
portal_plain_take_static(
    const struct exchange_in *in, struct act *act, void *call)
{
	(void)in;
	(void)act;
	(void)call;
	return (0);
}

/* A text that is what its name says, for ever. */
static void
give_static(const struct act *act, int r, const char *type, const char *text,
    size_t n, struct exchange_out *out)
{
	if (r != 0) {
		portal_give_error(act, NULL, r, out);
		return;
	}
	out->status = 200;
	exchange_out_header(
	    out, "Cache-Control", "public, max-age=31536000, immutable");
	exchange_out_body(out, type, text, n);
}

void
portal_plain_give_style(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	(void)call;
	give_static(act, r, "text/css; charset=utf-8", style_text,
	    sizeof(style_text) - 1, out);
}

void
portal_plain_give_script(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	(void)call;
	give_static(act, r, "text/javascript; charset=utf-8", script_text,
	    sizeof(script_text) - 1, out);
}

void
portal_plain_give_icon(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	(void)call;
	give_static(
	    act, r, "image/svg+xml", icon_text, sizeof(icon_text) - 1, out);
}

int
portal_plain_take_language(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_plain *q = call;
	const char *language;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	language = form_get(&q->portal.form, "language");
	if (language == NULL ||
	    (strcmp(language, "ja") != 0 && strcmp(language, "en") != 0))
		return (act_refuse(act, ERR_INVALID, "bad_language",
		    "A language is ja or en."));
	q->portal.language =
	    strcmp(language, "en") == 0 ? CATALOG_EN : CATALOG_JA;
	return (0);
}

void
portal_plain_give_language(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_plain *q = call;
	const struct portal *p = q == NULL ? NULL : &q->portal;

	if (r != 0) {
		portal_give_error(act, p, r, out);
		return;
	}
	cookie_keep(out, PORTAL_LANGUAGE, catalog_code(p->language), YEAR);
	portal_give_to(p, p->to[0] == '\0' ? "/" : p->to, "", out);
}

void
portal_plain_give_none(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_plain *q = call;

	portal_give_error(
	    act, q == NULL ? NULL : &q->portal, r == 0 ? ERR_NOTFOUND : r, out);
}
