#include <string.h>

#include "authd/core/recovery.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_home.h"

int
portal_home_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_home *q = call;

	return (portal_take(in, act, &q->portal));
}

/* Told for 30 days: what others changed, not what one did oneself. */
static int
look_changes(struct core *c, struct act *act, struct portal_home *q)
{
	struct mine mine;
	int i, r;

	if ((r = mine_changes(c, act, &q->who, &mine)) != 0)
		return (r);
	for (i = 0; i < mine.changes_n; i++)
		if (strcmp(mine.changes[i].actor, q->who.account.login) != 0)
			q->is_changed = true;
	return (0);
}

int
portal_home_look(struct core *c, struct act *act, void *call)
{
	struct portal_home *q = call;
	int r;

	if ((r = portal_who(c, act, &q->portal, &q->who)) != 0 ||
	    !q->who.is_live ||
	    (r = recovery_count(c, &q->who.account, &q->recovery_left)) != 0)
		return (r);
	return (look_changes(c, act, q));
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
	if (!q->who.is_live) {
		portal_give_to(&q->portal, "/login", "", out);
		return;
	}
	if (portal_page(act, &q->portal, CATALOG_HOME_PAGE, &page) != 0)
		return;
	page_put(page, PAGE_VAR_NAME, q->who.account.name);
	page_put(page, PAGE_VAR_LOGIN, q->who.account.login);
	page_put(page, PAGE_VAR_OFFICE, q->who.office.name);
	page_put_int(page, PAGE_VAR_RECOVERY_LEFT, q->recovery_left);
	page_put_flag(page, PAGE_VAR_RECOVERY_LOW,
	    q->recovery_left < PORTAL_HOME_RECOVERY_LOW);
	page_put_flag(page, PAGE_VAR_CHANGED, q->is_changed);
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
