#include <stdio.h>
#include <string.h>

#include "authd/core/app.h"
#include "authd/core/authz.h"
#include "authd/core/recovery.h"
#include "authd/core/source_address.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_home.h"
#include "authd/web/portal_share.h"

int
portal_home_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_home *q = call;

	return (portal_take(in, act, &q->portal));
}

#define APPS_LOOKED_AT 1000

/* Told for 30 days: what others changed, not what one did oneself. */
static int
look_changes(struct core *c, struct act *act, struct portal_home *q)
{
	bool is_own, has_used = false;
	struct mine mine;
	int i, r;

	if ((r = mine_changes(c, act, &q->who, &mine)) != 0)
		return (r);
	/* the newest first: a ticket that one has used since is no news */
	for (i = 0; i < mine.changes_n; i++) {
		is_own =
		    strcmp(mine.changes[i].actor, q->who.account.login) == 0;
		has_used = has_used ||
		    (is_own &&
			strcmp(mine.changes[i].action, "ticket.use") == 0);
		if (!is_own &&
		    !(has_used &&
			strcmp(mine.changes[i].action, "ticket.create") == 0))
			q->is_changed = true;
	}
	q->has_unkept = mine.has_unkept;
	return (0);
}

struct offer {
	const struct act *act;
	struct portal_home *call;
};

/* Those one gets into from here, as far as that can be said beforehand. */
static int
on_app(void *arg, const struct app *app)
{
	const struct offer *o = arg;
	struct portal_home *q = o->call;

	if (q->apps_n < PORTAL_HOME_APPS &&
	    authz_obstacle(app, &q->who.account, &q->who.office) == NULL &&
	    (app->networks[0] == '\0' ||
		source_address_in(o->act->source, app->networks)))
		q->apps[q->apps_n++] = *app;
	return (0);
}

int
portal_home_look(struct core *c, struct act *act, void *call)
{
	struct portal_home *q = call;
	struct offer o = { act, q };
	int r;

	if ((q->is_sent = portal_share_is_sent(c, &q->portal)))
		return (0);
	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live ||
	    (r = app_list(c, act, NULL, APPS_LOOKED_AT, on_app, &o)) != 0 ||
	    (r = recovery_count(c, &q->who.account, &q->recovery_left)) != 0)
		return (r);
	q->has_console = q->who.account.roles != 0;
	return (look_changes(c, act, q));
}

static void
put_apps(const struct portal_home *q, struct page *page)
{
	char url[HOST_MAX + 16];
	int i;

	for (i = 0; i < q->apps_n; i++) {
		snprintf(url, sizeof(url), "https://%s/", q->apps[i].host);
		page_row(page, PAGE_VAR_APPS);
		page_put(page, PAGE_VAR_APP, q->apps[i].name);
		page_put(page, PAGE_VAR_APP_HOST, q->apps[i].host);
		page_put(page, PAGE_VAR_APP_URL, url);
		page_row_end(page);
	}
}

void
portal_home_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_home *q = call;
	struct page *page;

	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	if (q->is_sent) {
		portal_share_give_to(&q->portal, out);
		return;
	}
	if (!q->who.is_live) {
		portal_give_to(&q->portal, "/login", "", out);
		return;
	}
	if (portal_page(act, &q->portal, CATALOG_HOME_PAGE, &page) != 0)
		return;
	portal_put_flash(&q->portal, page, out);
	page_put(page, PAGE_VAR_NAME, q->who.account.name);
	page_put(page, PAGE_VAR_LOGIN, q->who.account.login);
	page_put(page, PAGE_VAR_OFFICE, q->who.office.name);
	page_put_int(page, PAGE_VAR_RECOVERY_LEFT, q->recovery_left);
	page_put_flag(page, PAGE_VAR_RECOVERY_LOW,
	    q->recovery_left < PORTAL_HOME_RECOVERY_LOW);
	put_apps(q, page);
	page_put_flag(page, PAGE_VAR_CHANGED, q->is_changed);
	page_put_flag(page, PAGE_VAR_UNKEPT, q->has_unkept);
	page_put_flag(page, PAGE_VAR_CONSOLE, q->has_console);
	portal_give(&q->portal, page, PAGE_HOME, 200, out);
}

int
portal_home_leave(struct core *c, struct act *act, void *call)
{
	struct portal_home *q = call;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live)
		return (r);
	return (session_logout(c, act, &q->who.row));
}

void
portal_home_give_left(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_home *q = call;

	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	cookie_end(out, PORTAL_COOKIE);
	exchange_out_header(out, "Clear-Site-Data", "\"cache\"");
	portal_give_to(&q->portal, "/logout", "", out);
}

void
portal_home_give_out(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_home *q = call;
	struct page *page;

	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	if (q->who.is_live) {
		/* it is the button that logs out, not the address */
		portal_give_to(&q->portal, "/", "", out);
		return;
	}
	if (portal_page(act, &q->portal, CATALOG_OUT_TITLE, &page) != 0)
		return;
	page_put_message(page, PAGE_VAR_TEXT, CATALOG_OUT_TEXT, NULL);
	page_put(page, PAGE_VAR_LINK, "/login");
	page_put_message(
	    page, PAGE_VAR_LINK_TEXT, CATALOG_FRAME_TO_LOGIN, NULL);
	portal_give(&q->portal, page, PAGE_MESSAGE, 200, out);
}
