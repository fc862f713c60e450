#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/app.h"
#include "authd/core/handover.h"
#include "authd/web/cookie.h"
#include "authd/web/hook_authz.h"
#include "authd/web/portal_enter.h"
#include "authd/web/portal_fresh.h"

#define ADDRESS_MAX (HANDOVER_URL_MAX + POLICY_URL_MAX)

/* What is the same of all three. Nothing here changes by a HEAD. */
static int
take(const struct exchange_in *in, struct act *act, struct portal_enter *q)
{
	const char *host;
	size_t n;
	int r;

	if ((r = portal_take(in, act, &q->portal)) != 0)
		return (r);
	if (strcmp(in->method, "GET") != 0)
		return (act_refuse(act, ERR_INVALID, "bad_method",
		    "This is not looked at, it is gone to."));
	if (exchange_in_header(in, "Host", &host, &n) != 1 ||
	    urlcheck_host(host, n, q->host) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_host",
		    "The proxy tells no host name."));
	if (form_get(&q->portal.form, "again") != NULL)
		q->marks |= HANDOVER_AGAIN;
	if (form_get(&q->portal.form, "lost") != NULL)
		q->marks |= HANDOVER_LOST;
	return (0);
}

/* rd on ${host}; what leads nowhere is refused, what is not there is /. */
static int
take_rd(struct portal_enter *q, struct act *act, const char *host)
{
	const char *rd = form_get(&q->portal.form, "rd");

	if (handover_url_rd(rd, host, q->rd) != 0 && rd != NULL)
		return (act_refuse(act, ERR_INVALID, "bad_rd",
		    "This is no address of the application."));
	return (0);
}

static int
need_app(struct core *c, const char *host, struct app *app)
{
	int r = c->store->ops->app_find(c->store, host, app);

	/* the page for what is not permitted: the hosts are no secret, but
	 * they are not told apart either */
	return (r == ERR_NOTFOUND ? ERR_DENIED : r);
}

static int
copy_url(struct core *c, struct portal_enter *q)
{
	return (text_copy(
	    q->portal_url, sizeof(q->portal_url), c->policy->portal_url));
}

int
portal_enter_app(struct core *c, const char *to, struct app *app)
{
	const size_t go = strlen(HANDOVER_GO "?"),
		     share = strlen(HANDOVER_SHARE "?");
	bool is_go = strncmp(to, HANDOVER_GO "?", go) == 0;
	const char *value, *host = NULL;
	struct urlcheck at;
	struct form query;
	int r = ERR_NOTFOUND;

	memset(app, 0, sizeof(*app));
	if (!is_go && strncmp(to, HANDOVER_SHARE "?", share) != 0)
		return (0);
	to += is_go ? go : share;
	if (form_read(to, strlen(to), &query) != 0)
		return (0); /* whoever made it up is not told more */
	if (is_go)
		host = form_get(&query, "app");
	else if ((value = form_get(&query, "rd")) != NULL &&
	    urlcheck_url(value, strlen(value), &at) == 0)
		host = at.host;
	if (host != NULL)
		r = c->store->ops->app_find(c->store, host, app);
	form_clear(&query);
	if (r != 0)
		memset(app, 0, sizeof(*app));
	return (r == ERR_NOTFOUND ? 0 : r);
}

/* --- start, on the application's host --- */

int
portal_enter_take_start(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_enter *q = call;
	int r;

	if ((r = take(in, act, q)) != 0 ||
	    (r = take_rd(q, act, q->host)) != 0)
		return (r);
	return (token_new(q->nonce_text, q->nonce));
}

int
portal_enter_run_start(struct core *c, struct act *act, void *call)
{
	struct portal_enter *q = call;
	struct app app;
	int r;

	if ((r = need_app(c, q->host, &app)) != 0)
		return (r);
	if (c->policy->portal_url[0] == '\0')
		return (act_refuse(act, ERR_WRONG_STATE, "no_portal_url",
		    "Nobody can log in: set portal_url in sekisho.conf."));
	return (copy_url(c, q));
}

static void
go_to(struct exchange_out *out, const char *host_url, const char *rest)
{
	char address[ADDRESS_MAX + 1];
	int n;

	n = snprintf(address, sizeof(address), "%s%s", host_url, rest);
	if (n < 0 || (size_t)n >= sizeof(address)) {
		out->is_broken = true;
		return;
	}
	out->status = 303;
	exchange_out_header(out, "Location", address);
}

void
portal_enter_give_start(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enter *q = call;
	char nonce[TOKEN_LEN + 1], rest[HANDOVER_URL_MAX + 1];

	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	token_put_hash(q->nonce, nonce);
	handover_url_go(q->host, nonce, q->rd, q->marks, rest);
	cookie_set(out, PORTAL_ENTER_NONCE, q->nonce_text);
	go_to(out, q->portal_url, rest);
}

/* --- go, on the portal --- */

int
portal_enter_take_go(const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_enter *q = call;
	const char *app, *nonce;
	int r;

	if ((r = take(in, act, q)) != 0)
		return (r);
	app = form_get(&q->portal.form, "app");
	nonce = form_get(&q->portal.form, "nonce");
	if (app == NULL || urlcheck_host(app, strlen(app), q->app) != 0 ||
	    nonce == NULL || token_get_hash(nonce, q->nonce) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_handover",
		    "This is no address that a start has made."));
	return (take_rd(q, act, q->app));
}

bool
portal_enter_is_portal(const struct core *c, const char *host)
{
	const char *url = c->policy->portal_url;
	struct urlcheck at;

	return (urlcheck_url(url, strlen(url), &at) == 0 &&
	    strcmp(at.host, host) == 0);
}

bool
portal_enter_wants_login(const struct core *c, const struct session_view *v,
    const struct app *app, const struct moment *now)
{
	/* of no path: they ask for codes, and a code alone can be shown */
	unsigned missing = authz_missing(app, &v->row, "", 0, now);

	return ((missing & ~(unsigned)SESSION_CODE) != 0 ||
	    session_left_ms(c, v, app, now) <= 0);
}

int
portal_enter_run_go(struct core *c, struct act *act, void *call)
{
	struct portal_enter *q = call;
	struct handover what;
	struct session_view v;
	struct app app;
	size_t path_len = strcspn(q->rd, "?");
	int r;

	if (!portal_enter_is_portal(c, q->host))
		return (ERR_NOTFOUND);
	if ((r = need_app(c, q->app, &app)) != 0 ||
	    (r = session_find(
		 c, q->portal.session, NULL, &act->now, &v)) != 0)
		return (r);
	if (!v.is_live || portal_enter_wants_login(c, &v, &app, &act->now))
		return (0);
	/* else a code is enough, in the session that goes on */
	q->wants_code =
	    authz_missing(&app, &v.row, q->rd, path_len, &act->now) != 0;
	q->tells_lost = !q->wants_code && (q->marks & HANDOVER_LOST) != 0;
	if (q->wants_code || q->tells_lost)
		return (0);
	memset(&what, 0, sizeof(what));
	memcpy(what.nonce, q->nonce, sizeof(what.nonce));
	memcpy(what.app, app.host, sizeof(what.app));
	what.session = v.row.id;
	if ((r = handover_put(c->handovers, &what, &act->now, q->token)) != 0)
		return (r);
	session_use(c, &v.row, &act->now);
	q->is_done = true;
	return (0);
}

void
portal_enter_give_lost(const struct act *act, const struct portal *p,
    const char *on, struct exchange_out *out)
{
	struct page *page;

	if (portal_page(act, p, CATALOG_LOST_TITLE, &page) != 0)
		return;
	page_put(page, PAGE_VAR_HERE, NULL);
	page_put_message(page, PAGE_VAR_TEXT, CATALOG_LOST_APP, NULL);
	page_put(page, PAGE_VAR_LINK, on);
	page_put_message(page, PAGE_VAR_LINK_TEXT, CATALOG_LOST_GO, NULL);
	portal_give(p, page, PAGE_MESSAGE, 200, out);
}

void
portal_enter_give_go(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enter *q = call;
	char nonce[TOKEN_LEN + 1], rest[HANDOVER_URL_MAX + 1],
	    host[HOST_MAX + 9];

	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	token_put_hash(q->nonce, nonce);
	if (q->tells_lost) {
		handover_url_go(q->app, nonce, q->rd,
		    q->marks & ~HANDOVER_LOST, rest);
		portal_enter_give_lost(act, &q->portal, rest, out);
		return;
	}
	if (!q->is_done) {
		handover_url_go(q->app, nonce, q->rd, q->marks, rest);
		portal_give_to(&q->portal,
		    q->wants_code ? PORTAL_FRESH_PATH : "/login", rest, out);
		return;
	}
	handover_url_finish(
	    q->token, q->rd, (q->marks & HANDOVER_AGAIN) != 0, rest);
	snprintf(host, sizeof(host), "https://%s", q->app);
	go_to(out, host, rest);
}

/* --- finish, on the application's host --- */

int
portal_enter_take_finish(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct portal_enter *q = call;
	char nonce[TOKEN_LEN + 1];
	int r;

	if ((r = take(in, act, q)) != 0 ||
	    (r = take_rd(q, act, q->host)) != 0)
		return (r);
	if (form_take(&q->portal.form, "token", q->handed, sizeof(q->handed)) !=
	    0)
		q->handed[0] = '\0';
	q->has_nonce =
	    cookie_get(in, PORTAL_ENTER_NONCE, nonce, sizeof(nonce)) == 0 &&
	    token_hash(nonce, q->nonce) == 0;
	mem_wipe(nonce, sizeof(nonce));
	return (0);
}

int
portal_enter_run_finish(struct core *c, struct act *act, void *call)
{
	struct portal_enter *q = call;
	struct session parent, row;
	struct id id;
	struct app app;
	int r;

	if ((r = need_app(c, q->host, &app)) != 0)
		return (r);
	/* without a nonce the token is used up all the same */
	if (!handover_take(c->handovers, q->handed, q->nonce, q->host,
		&act->now, &id) ||
	    !q->has_nonce)
		return (0);
	r = c->store->ops->session_by_id(c->store, &id, &parent);
	if (r == 0)
		r = session_enter(c, act, &parent, &app, q->token, &row);
	if (r == ERR_NOTFOUND || r == ERR_WRONG_STATE)
		return (0); /* it has ended meanwhile */
	q->is_done = r == 0;
	return (r);
}

void
portal_enter_give_finish(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct portal_enter *q = call;
	char rest[HANDOVER_URL_MAX + 1], host[HOST_MAX + 9];

	/* A browser that keeps no cookie would go round for ever. */
	if (r == 0 && !q->is_done && (q->marks & HANDOVER_AGAIN) != 0)
		r = ERR_DENIED;
	if (r != 0) {
		portal_give_error(act, q == NULL ? NULL : &q->portal, r, out);
		return;
	}
	snprintf(host, sizeof(host), "https://%s", q->host);
	if (!q->is_done) {
		handover_url_again(q->rd, rest);
		go_to(out, host, rest);
		return;
	}
	cookie_set(out, HOOK_AUTHZ_COOKIE, q->token);
	cookie_end(out, PORTAL_ENTER_NONCE);
	go_to(out, host, q->rd);
}

void
portal_enter_clear(void *call)
{
	struct portal_enter *q = call;

	mem_wipe(q->nonce_text, sizeof(q->nonce_text));
	mem_wipe(q->handed, sizeof(q->handed));
	mem_wipe(q->token, sizeof(q->token));
	portal_clear(call);
}
