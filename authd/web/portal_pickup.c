#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/web/cookie.h"
#include "authd/web/portal_pickup.h"
#include "authd/web/portal_ticket.h"
#include "authd/web/portal_time.h"

#define ANDROID_STANDARD 14 /* from this version on it reads standard files */

/* --- what came in --- */

enum portal_pickup_device
portal_pickup_device(const char *agent, size_t n, bool *is_old)
{
	/* what comes first is asked first: a phone names its ancestors too */
	static const struct {
		const char *word;
		enum portal_pickup_device device;
	} words[] = {
		{ "Android ", PORTAL_PICKUP_ANDROID },
		{ "iPhone", PORTAL_PICKUP_PHONE },
		{ "iPad", PORTAL_PICKUP_PHONE },
		{ "Windows", PORTAL_PICKUP_WINDOWS },
		{ "Macintosh", PORTAL_PICKUP_MAC },
		{ "Linux", PORTAL_PICKUP_LINUX },
		{ "CrOS", PORTAL_PICKUP_LINUX },
	};
	const char *at;
	size_t i;

	*is_old = false;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		at = memmem(agent, n, words[i].word, strlen(words[i].word));
		if (at == NULL)
			continue;
		at += strlen(words[i].word);
		if (words[i].device == PORTAL_PICKUP_ANDROID)
			/* one digit alone is a version below 10 */
			*is_old = at < agent + n && *at >= '1' && *at <= '9' &&
			    (at + 1 == agent + n || at[1] < '0' ||
				at[1] > '9' ||
				(*at - '0') * 10 + at[1] - '0' <
				    ANDROID_STANDARD);
		return (words[i].device);
	}
	return (PORTAL_PICKUP_WINDOWS);
}

int
portal_pickup_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_pickup *q = call;
	const char *agent;
	size_t n;

	if (cookie_get(in, PORTAL_TICKET_COOKIE, q->holder,
		sizeof(q->holder)) != 0)
		q->holder[0] = '\0';
	(void)exchange_in_header(in, "User-Agent", &agent, &n);
	q->device = portal_pickup_device(agent, n, &q->is_old);
	return (portal_take(in, act, &q->portal));
}

int
portal_pickup_take_file(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_pickup *q = call;
	const char *kind;
	int r;

	if ((r = portal_pickup_take(in, act, q)) != 0)
		return (r);
	kind = form_get(&q->portal.form, "file");
	if (kind != NULL && strcmp(kind, "standard") == 0)
		q->kind = TICKET_FILE_STANDARD;
	else if (kind != NULL && strcmp(kind, "compatible") == 0)
		q->kind = TICKET_FILE_COMPATIBLE;
	else
		return (act_refuse(act, ERR_INVALID, "bad_form",
		    "A field of the form is missing."));
	return (0);
}

/* --- the work --- */

/* What the person chooses by, when a browser asks for a certificate. */
static int
find_name(struct core *c, struct portal_pickup *q)
{
	struct cert row;
	int r;

	r = c->store->ops->cert_by_serial(
	    c->store, q->view.ticket.serial, &row);
	if (r == 0)
		text_put_hex(row.holder.b, ID_LEN, q->name);
	return (r);
}

int
portal_pickup_look(struct core *c, struct act *act, void *call)
{
	struct portal_pickup *q = call;
	int r;

	if ((r = ticket_held(c, act, q->holder, TICKET_CERTIFICATE, &q->view,
		 &q->is_held)) != 0)
		return (r);
	if (!q->is_held && q->view.state != TICKET_USED)
		return (0);
	if (q->view.ticket.purpose != TICKET_CERTIFICATE)
		return (0);
	return (find_name(c, q));
}

int
portal_pickup_fetch(struct core *c, struct act *act, void *call)
{
	struct portal_pickup *q = call;
	int r;

	if ((r = portal_pickup_look(c, act, q)) != 0 || !q->is_held)
		return (r);
	if ((r = text_copy(act->actor, sizeof(act->actor),
		 q->view.account.login)) != 0 ||
	    (r = c->store->ops->ticket_file_get(c->store, &q->view.ticket,
		 q->kind, q->file, &q->len)) != 0)
		return (r);
	return (ticket_use(c, act, &q->view));
}

/* --- what is shown --- */

#define STEPS 4

static const struct {
	enum catalog_id title, steps[STEPS]; /* CATALOG_IDS: no more */
} ways[PORTAL_PICKUP_DEVICES] = {
	[PORTAL_PICKUP_WINDOWS] = { CATALOG_PICKUP_WINDOWS,
	    { CATALOG_PICKUP_WINDOWS_A, CATALOG_PICKUP_WINDOWS_B,
		CATALOG_PICKUP_WINDOWS_C, CATALOG_PICKUP_WINDOWS_D } },
	[PORTAL_PICKUP_MAC] = { CATALOG_PICKUP_MAC,
	    { CATALOG_PICKUP_MAC_A, CATALOG_PICKUP_MAC_B, CATALOG_PICKUP_MAC_C,
		CATALOG_IDS } },
	[PORTAL_PICKUP_PHONE] = { CATALOG_PICKUP_PHONE,
	    { CATALOG_PICKUP_PHONE_A, CATALOG_PICKUP_PHONE_B,
		CATALOG_PICKUP_PHONE_C, CATALOG_PICKUP_PHONE_D } },
	[PORTAL_PICKUP_ANDROID] = { CATALOG_PICKUP_ANDROID,
	    { CATALOG_PICKUP_ANDROID_A, CATALOG_PICKUP_ANDROID_B,
		CATALOG_PICKUP_ANDROID_C, CATALOG_IDS } },
	[PORTAL_PICKUP_LINUX] = { CATALOG_PICKUP_LINUX,
	    { CATALOG_PICKUP_LINUX_A, CATALOG_PICKUP_LINUX_B, CATALOG_IDS,
		CATALOG_IDS } },
};

static void
put_way(struct page *page, enum portal_pickup_device device, bool is_open)
{
	static const enum page_var vars[STEPS] = { PAGE_VAR_STEP_A,
		PAGE_VAR_STEP_B, PAGE_VAR_STEP_C, PAGE_VAR_STEP_D };
	int i;

	page_row(page, PAGE_VAR_WAYS);
	page_put_message(page, PAGE_VAR_WAY, ways[device].title, NULL);
	page_put_flag(page, PAGE_VAR_OPEN, is_open);
	for (i = 0; i < STEPS; i++)
		if (ways[device].steps[i] != CATALOG_IDS)
			page_put_message(
			    page, vars[i], ways[device].steps[i], NULL);
	page_row_end(page);
}

/* The one at hand first, and open. */
static void
put_ways(const struct portal_pickup *q, struct page *page)
{
	int i;

	put_way(page, q->device, true);
	for (i = 0; i < PORTAL_PICKUP_DEVICES; i++)
		if (i != (int)q->device)
			put_way(page, (enum portal_pickup_device)i, false);
}

/* It failed, or this browser holds nothing: then it is answered. */
static bool
is_answered(const struct act *act, struct portal_pickup *q, int r,
    struct exchange_out *out)
{
	if (q != NULL && r == ERR_WRONG_STATE &&
	    strcmp(act->problem.code, "ticket_over") == 0) {
		q->view.state = TICKET_USED;
		portal_ticket_give_over(act, &q->portal, &q->view, out);
		return (true);
	}
	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return (true);
	}
	if (q->is_held)
		return (false);
	/* a cookie that holds nothing says nothing of its ticket: to its
	 * link */
	if (q->view.state == TICKET_UNKNOWN)
		q->view.state = TICKET_OPEN;
	portal_ticket_give_over(act, &q->portal, &q->view, out);
	return (true);
}

void
portal_pickup_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_pickup *q = call;
	struct page *page;
	/* whoever fetched it may look at the steps again */
	bool is_done = q != NULL && r == 0 && !q->is_held &&
	    q->view.state == TICKET_USED && q->name[0] != '\0';

	if (!is_done && is_answered(act, q, r, out))
		return;
	if (portal_page(act, &q->portal, CATALOG_PICKUP_TITLE, &page) != 0)
		return;
	portal_script(page);
	page_put_flag(page, PAGE_VAR_FETCHED, is_done);
	page_put(page, PAGE_VAR_LABEL, q->view.ticket.label);
	page_put(page, PAGE_VAR_NAME, q->name);
	page_put_flag(page, PAGE_VAR_OLD, q->is_old);
	page_put(page, PAGE_VAR_CONTACT, q->view.office.contact);
	portal_time_put(page, PAGE_VAR_UNTIL, q->view.expires_ms);
	put_ways(q, page);
	portal_give(&q->portal, page, PAGE_PICKUP, 200, out);
}

void
portal_pickup_give_file(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_pickup *q = call;
	char disposition[80];

	if (is_answered(act, q, r, out))
		return;
	/* the beginning of the name tells two of them apart */
	(void)snprintf(disposition, sizeof(disposition),
	    "attachment; filename=\"sekisho-%.8s.p12\"", q->name);
	out->status = 200;
	exchange_out_header(out, "Content-Disposition", disposition);
	exchange_out_body(out, "application/x-pkcs12", q->file, q->len);
}
