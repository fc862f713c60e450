#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/web/cert_header.h"
#include "authd/web/cookie.h"
#include "authd/web/handover_url.h"
#include "authd/web/hook_authz.h"
#include "authd/web/proxied.h"

#define METHOD_MAX 32
#define VALUE_MAX  (2 * NAME_MAX_BYTES + EMAIL_MAX) /* before escaping */

/* The one field of this name; false when it is not there once, or is empty, or
 * does not fit. */
static bool
take_one(
    const struct exchange_in *in, const char *name, char *out, size_t size)
{
	const char *value;
	size_t n;

	out[0] = '\0';
	if (exchange_in_header(in, name, &value, &n) != 1 || n == 0 ||
	    n >= size || memchr(value, '\0', n) != NULL)
		return (false);
	memcpy(out, value, n);
	out[n] = '\0';
	return (true);
}

static bool
take_method(const struct exchange_in *in, const char *name, struct hook_authz *q)
{
	char method[METHOD_MAX], *s;

	if (!take_one(in, name, method, sizeof(method)))
		return (false);
	for (s = method; *s != '\0'; s++)
		if (!(*s >= 'A' && *s <= 'Z') && *s != '-' && *s != '_')
			return (false);
	q->is_get =
	    strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	return (true);
}

/* The client's certificate, if there is one that is believed. */
static int
take_cert(const struct exchange_in *in, struct hook_authz *q)
{
	uint8_t der[CERT_DER_MAX];
	size_t n;

	(void)cert_header_take(in, der, &n);
	if (n == 0)
		return (0);
	if ((q->der = malloc(n)) == NULL)
		return (log_fr(ERR_NOMEM, "a client's certificate"));
	memcpy(q->der, der, n);
	q->der_len = n;
	return (0);
}

/* What is the same for every proxy; ${url} is what the browser asked for. */
static int
take_rest(const struct exchange_in *in, const char *url, struct act *act,
    struct hook_authz *q)
{
	if (q->bad == NULL && (q->url = strdup(url)) == NULL)
		return (log_fr(ERR_NOMEM, "an address"));
	if (q->bad == NULL &&
	    urlcheck_url(q->url, strlen(q->url), &q->at) != 0)
		q->bad = "bad_url";
	if (q->bad == NULL && proxied_source(in, act) != 0)
		q->bad = "bad_source";
	if (cookie_get(
		in, HOOK_AUTHZ_COOKIE, q->token, sizeof(q->token)) != 0) {
		q->is_shared = cookie_get(in, HOOK_AUTHZ_SHARED, q->token,
				   sizeof(q->token)) == 0;
		if (!q->is_shared)
			q->token[0] = '\0';
	}
	return (take_cert(in, q));
}

int
hook_authz_take_original(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct hook_authz *q = call;
	char url[URLCHECK_MAX + 1];

	if (!take_one(in, "X-Original-URL", url, sizeof(url)))
		q->bad = "no_url";
	else if (!take_method(in, "X-Original-Method", q))
		q->bad = "no_method";
	return (take_rest(in, url, act, q));
}

int
hook_authz_take_forward(
    const struct exchange_in *in, struct act *act, void *call)
{
	struct hook_authz *q = call;
	char scheme[8], host[HOST_MAX + 5], uri[URLCHECK_MAX + 1];
	char url[URLCHECK_MAX + 1] = "";
	const char *accept;
	size_t n;
	int len;

	if (!take_one(in, "X-Forwarded-Proto", scheme, sizeof(scheme)) ||
	    strcmp(scheme, "https") != 0)
		q->bad = "no_https";
	else if (!take_one(in, "X-Forwarded-Host", host, sizeof(host)) ||
	    strchr(host, '/') != NULL)
		q->bad = "no_host";
	else if (!take_one(in, "X-Forwarded-Uri", uri, sizeof(uri)) ||
	    uri[0] != '/')
		q->bad = "no_uri";
	else if (!take_method(in, "X-Forwarded-Method", q))
		q->bad = "no_method";
	else {
		len = snprintf(url, sizeof(url), "https://%s%s", host, uri);
		if (len < 0 || (size_t)len >= sizeof(url))
			q->bad = "no_uri";
	}
	q->wants_page = q->is_get &&
	    exchange_in_header(in, "Accept", &accept, &n) == 1 &&
	    memmem(accept, n, "text/html", 9) != NULL;
	return (take_rest(in, url, act, q));
}

static struct authz_in
asked(const struct hook_authz *q, const struct act *act)
{
	const struct authz_in in = {
		.host = q->at.host,
		.path = q->at.target,
		.path_len = q->at.path_len,
		.source = act->source,
		.token = q->token,
		.der = q->der,
		.der_len = q->der_len,
	};

	return (in);
}

bool
hook_authz_recall(struct core *c, struct act *act, void *call)
{
	struct hook_authz *q = call;
	const struct authz_in in = asked(q, act);

	/* the cookie of all hosts is looked at by hook_authz_run() */
	q->is_recalled = q->bad == NULL && !q->is_shared &&
	    authz_recall(c, act, &in, &q->authz);
	return (q->is_recalled);
}

int
hook_authz_run(struct core *c, struct act *act, void *call)
{
	struct hook_authz *q = call;
	const struct authz_in in = asked(q, act);
	struct app shared;
	int r;

	if (q->bad != NULL) {
		q->authz.why = q->bad;
		return (0);
	}
	if (session_shared(c, q->at.host, &shared) &&
	    (r = text_copy(q->portal, sizeof(q->portal),
		 c->policy->portal_url)) != 0)
		return (r);
	/* what is planted there when no such cookie is given is not read */
	if (q->is_shared && q->portal[0] == '\0')
		q->token[0] = '\0';
	return (authz_run(c, act, &in, &q->authz));
}

/*
 * A value that everybody reads alike: visible ASCII as it is; every other byte,
 * and %, as %XX. Nothing is left out. (documented in API.md)
 */
static void
put_value(struct exchange_out *out, const char *name, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	char value[3 * VALUE_MAX + 1];
	size_t at = 0;

	for (; *text != '\0' && at + 3 < sizeof(value); text++) {
		if (*text > ' ' && *text < 0x7f && *text != '%') {
			value[at++] = *text;
			continue;
		}
		value[at++] = '%';
		value[at++] = hex[(uint8_t)*text >> 4];
		value[at++] = hex[(uint8_t)*text & 15];
	}
	value[at] = '\0';
	if (*text != '\0')
		out->is_broken = true; /* never half a name */
	exchange_out_header(out, name, value);
}

/* Groups are words of [A-Za-z0-9._-]: with commas between, as is usual. */
static void
put_groups(struct exchange_out *out, const char *groups)
{
	char value[LIST_TEXT_MAX + 1], *s;

	snprintf(value, sizeof(value), "%s", groups);
	for (s = value; (s = strchr(s, ' ')) != NULL;)
		*s = ',';
	exchange_out_header(out, "Remote-Groups", value);
}

static void
give_who(const struct authz_grant *who, struct exchange_out *out)
{
	const char level[2] = { (char)('0' + who->level), '\0' };
	char terminal[ID_TEXT + 1] = "";

	if (!id_is_zero(&who->terminal))
		id_put_text(&who->terminal, terminal);
	exchange_out_header(out, "Remote-User", who->login);
	put_groups(out, who->groups);
	put_value(out, "Remote-Name", who->name);
	put_value(out, "Remote-Email", who->email);
	exchange_out_header(out, "Remote-Office", who->code);
	exchange_out_header(out, "Remote-Level", level);
	exchange_out_header(out, "Remote-Terminal", terminal);
}

void
hook_authz_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	const struct hook_authz *q = call;
	char location[HANDOVER_URL_MAX + 1];

	(void)act;
	exchange_out_header(out, "Vary", "*");
	if (r != 0) {
		out->status = 503; /* a proxy lets nothing through then */
		exchange_out_header(out, "Retry-After", "1");
		return;
	}
	switch (q->authz.verdict) {
	case AUTHZ_ACCEPT:
		out->status = 200;
		out->is_same = true;
		give_who(q->authz.grant, out);
		return;
	case AUTHZ_LOGIN:
		out->status = q->wants_page ? 302 : 401;
		if (q->portal[0] != '\0')
			handover_url_share(
			    q->portal, &q->at, !q->is_get, location);
		else
			handover_url_start(&q->at, !q->is_get, location);
		exchange_out_header(out, "Location", location);
		return;
	case AUTHZ_REFUSE:
		break;
	}
	out->status = 403;
}

/* Of what is said in an acceptance nothing depends on the request. */
bool
hook_authz_again(
    void *call, void (*use)(void *answer, void *arg), void *arg)
{
	struct hook_authz *q = call;

	return (q->is_recalled && authz_kept_use(q->authz.grant, use, arg));
}

bool
hook_authz_keep(void *call, void *answer, void (*drop)(void *answer))
{
	struct hook_authz *q = call;

	/* many are asked for once only */
	return (q->is_recalled &&
	    authz_kept_make(q->authz.grant, answer, drop));
}

const char *
hook_authz_outcome(const void *call)
{
	const struct hook_authz *q = call;

	return (q->authz.verdict == AUTHZ_ACCEPT ? "accept" : "refuse");
}

void
hook_authz_clear(void *call)
{
	struct hook_authz *q = call;

	authz_kept_drop(q->authz.grant);
	/* its query may open something */
	if (q->url != NULL)
		mem_wipe(q->url, strlen(q->url));
	free(q->url);
	free(q->der);
}
