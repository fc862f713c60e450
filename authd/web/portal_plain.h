/*
 * portal_plain.h: what the portal shows to anybody: the style sheet, the
 * script, the icon, the choice of the language, the page for addresses that
 * are none.
 * Room: web.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_portal.c
 */
#ifndef AUTHD_WEB_PORTAL_PLAIN_H
#define AUTHD_WEB_PORTAL_PLAIN_H

#include "authd/web/portal.h"

struct portal_plain {
	struct portal portal;
};

int portal_plain_take(
    const struct exchange_in *in, struct act *act, void *call);
/** portal_plain_run(): these ask the store nothing. */
int portal_plain_run(struct core *c, struct act *act, void *call);

/* GET /static/STYLE_NAME, SCRIPT_NAME, ICON_NAME: may be kept for a year; the name
 * changes with the text. */
int portal_plain_take_static(
    const struct exchange_in *in, struct act *act, void *call);
void portal_plain_give_style(
    const struct act *act, void *call, int r, struct exchange_out *out);
void portal_plain_give_script(
    const struct act *act, void *call, int r, struct exchange_out *out);
void portal_plain_give_icon(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /language: language=ja|en, to=PATH: kept for a year in a cookie. */
int portal_plain_take_language(
    const struct exchange_in *in, struct act *act, void *call);
void portal_plain_give_language(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* Any other path. */
void portal_plain_give_none(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_PLAIN_H */
