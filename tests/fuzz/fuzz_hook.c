/*
 * Goal of this target: whatever the fields of a proxy's question are, either it
 * is refused, or each that it rests on is there once and a plain reading of them
 * gives the same host and path; the rules are asked of nothing else. Where the
 * answer leads is the very host; what it says of a person, decoded as any program
 * does, is that very text.
 * Links: authd/web/hook_authz.c authd/web/cert_header.c authd/web/exchange.c
 * Links: authd/web/cookie.c authd/web/proxied.c authd/web/handover_url.c
 * Links: authd/render/escape.c authd/core/urlcheck.c authd/core/act.c
 * Links: authd/base/base64.c authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/text.c
 * Links: authd/base/id.c authd/core/authz_kept.c tests/fakes/exchange_rig.c
 *
 * The input: auth-request or forward-auth, a blank, accept, login or refuse; then
 * lines NAME: VALUE.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "authd/web/hook_authz.h"
#include "tests/fakes/exchange_rig.h"
#include "tests/fuzz/fuzz.h"

#define KEY  "0123456789abcdefghijABCDEFGHIJ0123456789"
#define LIST "payroll staff"

static const struct exchange_conf conf = { .cert_header = "X-Cert",
	.proxy_key = KEY };

/* One input, and what the rules were asked. */
struct asked {
	struct exchange_rig rig;
	enum authz_verdict verdict;
	const char *name; /* of the person, for the answer */
	bool is_forward, was_asked;
};

/* The rules run below the hook: they find the input by the core they get. */
struct core_of {
	struct core core;
	struct policy policy;
	struct asked *asked;
};

/* The values of a field, as it came; the number of them. */
static int
values(const struct exchange_in *in, const char *name, const char **out)
{
	size_t i;
	int n = 0;

	for (i = 0; i < in->headers_n; i++) {
		if (strcasecmp(in->headers[i].name, name) != 0)
			continue;
		*out = in->headers[i].value;
		n++;
	}
	return (n);
}

/* The one value, without blanks around it. */
static char *
one(const struct exchange_in *in, const char *name)
{
	const char *at = NULL;
	size_t n;

	FUZZ_CHECK(values(in, name, &at) == 1);
	at += strspn(at, " \t");
	for (n = strlen(at); n > 0 && strchr(" \t", at[n - 1]) != NULL;)
		n--;
	FUZZ_CHECK(n > 0);
	return (fuzz_text(at, n));
}

/* The whole address that the fields name. */
static char *
address(const struct asked *a)
{
	const struct exchange_in *in = &a->rig.in;
	char *proto, *host, *uri, *out;
	size_t n;

	if (!a->is_forward)
		return (one(in, "X-Original-URL"));
	proto = one(in, "X-Forwarded-Proto");
	host = one(in, "X-Forwarded-Host");
	uri = one(in, "X-Forwarded-Uri");
	FUZZ_CHECK(strcmp(proto, "https") == 0);
	n = strlen(host) + strlen(uri) + 9;
	out = malloc(n);
	FUZZ_CHECK(out != NULL);
	snprintf(out, n, "https://%s%s", host, uri);
	free(proto);
	free(host);
	free(uri);
	return (out);
}

/* What the rules are asked is what stands there. */
static void
check_asked(const struct asked *a, const struct authz_in *in)
{
	char *url = address(a), *source, *method;
	const char *host, *path;
	struct in6_addr address_of;
	size_t host_n, path_n;

	FUZZ_CHECK(strncmp(url, "https://", 8) == 0);
	FUZZ_CHECK(strpbrk(url, "#\\ \t") == NULL || strchr(url, '?') != NULL);
	host = url + 8;
	host_n = strcspn(host, "/?#@\\");
	FUZZ_CHECK(host[host_n] == '/' || host[host_n] == '\0');
	path = host[host_n] == '\0' ? "/" : host + host_n;
	path_n = strcspn(path, "?#");
	FUZZ_CHECK(path[path_n] != '#');
	FUZZ_CHECK(path_n == in->path_len && memcmp(path, in->path, path_n) == 0);
	if (host_n > 4 && memcmp(host + host_n - 4, ":443", 4) == 0)
		host_n -= 4;
	FUZZ_CHECK(strlen(in->host) == host_n &&
	    strncasecmp(in->host, host, host_n) == 0);
	/* no path that anybody reads as another one */
	FUZZ_CHECK(memmem(path, path_n, "//", 2) == NULL);
	FUZZ_CHECK(memmem(path, path_n, "/../", 4) == NULL);
	FUZZ_CHECK(memmem(path, path_n, "/./", 3) == NULL);
	FUZZ_CHECK(memchr(path, '\\', path_n) == NULL);
	free(url);
	source = one(&a->rig.in, "X-Forwarded-For");
	FUZZ_CHECK(strcmp(source, in->source) == 0);
	FUZZ_CHECK(inet_pton(AF_INET, source, &address_of) == 1 ||
	    inet_pton(AF_INET6, source, &address_of) == 1);
	free(source);
	method = one(&a->rig.in,
	    a->is_forward ? "X-Forwarded-Method" : "X-Original-Method");
	FUZZ_CHECK(
	    strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == strlen(method));
	free(method);
}

/* A token comes of one cookie field that has it, a certificate of a proxy that
 * has the key. */
static void
check_proof(const struct asked *a, const struct authz_in *in)
{
	const char *at = NULL;
	char value[256];

	if (in->token[0] != '\0') {
		FUZZ_CHECK(values(&a->rig.in, "Cookie", &at) == 1);
		/* its letters may stand before it as well */
		snprintf(value, sizeof(value), "=%s", in->token);
		FUZZ_CHECK(strstr(at, value) != NULL);
	}
	if (in->der_len > 0) {
		FUZZ_CHECK(values(&a->rig.in, "X-Cert", &at) == 1);
		at = one(&a->rig.in, "Sekisho-Proxy-Key");
		FUZZ_CHECK(strcmp(at, KEY) == 0);
		free((char *)at);
	}
}

/* authz_kept.c asks for it. */
int64_t
account_leaves_ms(const struct account *who)
{
	(void)who;
	return (0);
}

static const char *
one_cookie(const struct asked *a)
{
	const char *at = NULL;

	FUZZ_CHECK(values(&a->rig.in, "Cookie", &at) == 1);
	return (at);
}

bool
session_shared(const struct core *c, const char *host, struct app *out)
{
	(void)c;
	(void)host;
	(void)out;
	return (false);
}

int
authz_run(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out)
{
	struct asked *a = ((struct core_of *)c)->asked;
	struct session_view view;
	struct app app;

	(void)act;
	a->was_asked = true;
	check_asked(a, in);
	check_proof(a, in);
	memset(out, 0, sizeof(*out));
	out->verdict = a->verdict;
	if (a->verdict != AUTHZ_ACCEPT)
		return (0);
	memset(&view, 0, sizeof(view));
	memset(&app, 0, sizeof(app));
	snprintf(view.account.login, sizeof(view.account.login), "taro");
	snprintf(
	    view.account.name, sizeof(view.account.name), "%s", a->name);
	snprintf(view.account.groups, sizeof(view.account.groups), LIST);
	snprintf(view.office.code, sizeof(view.office.code), "demo");
	view.account.level = 3;
	return (authz_kept_grant(&app, &view, &out->grant));
}

bool
authz_recall(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out)
{
	struct asked *a = ((struct core_of *)c)->asked;

	(void)act;
	(void)out;
	/* a cookie of all hosts is not for this */
	FUZZ_CHECK(in->token[0] == '\0' ||
	    strstr(one_cookie(a), "__Host-sekisho-app=") != NULL);
	check_asked(a, in);
	check_proof(a, in);
	return (false);
}

/* As a program decodes a value: %XX is a byte. */
static void
check_value(const char *value, const char *want)
{
	unsigned byte;

	for (; *value != '\0'; value++, want++) {
		FUZZ_CHECK(*value > ' ' && *value < 0x7f);
		if (*value != '%') {
			FUZZ_CHECK(*want == *value);
			continue;
		}
		FUZZ_CHECK(sscanf(value + 1, "%2X", &byte) == 1);
		FUZZ_CHECK((unsigned char)*want == byte);
		value += 2;
	}
	FUZZ_CHECK(*want == '\0');
}

static void
check_answer(const struct asked *a, const struct hook_authz *q,
    const struct exchange_out *out)
{
	const char *to = exchange_rig_find(out, "Location");
	char prefix[2 * HOST_MAX + 60];

	FUZZ_CHECK(!out->is_broken && out->body_len == 0);
	FUZZ_CHECK(strcmp(exchange_rig_find(out, "Vary"), "*") == 0);
	FUZZ_CHECK((out->status == 200) ==
	    (a->was_asked && a->verdict == AUTHZ_ACCEPT));
	FUZZ_CHECK((exchange_rig_find(out, "Remote-User") != NULL) ==
	    (out->status == 200));
	FUZZ_CHECK((to != NULL) == (out->status == 401 || out->status == 302));
	if (out->status == 200) {
		check_value(exchange_rig_find(out, "Remote-Name") == NULL
			? ""
			: exchange_rig_find(out, "Remote-Name"),
		    q->authz.grant->name);
		FUZZ_CHECK(strcmp(exchange_rig_find(out, "Remote-Groups"),
			       "payroll,staff") == 0);
	}
	if (to == NULL)
		return;
	FUZZ_CHECK(a->was_asked && a->verdict == AUTHZ_LOGIN);
	FUZZ_CHECK(out->status == 401 || a->is_forward);
	snprintf(prefix, sizeof(prefix), "https://%s/.sekisho/start?rd=https%%3A",
	    q->at.host);
	FUZZ_CHECK(strncmp(to, prefix, strlen(prefix)) == 0);
	for (; *to != '\0'; to++)
		FUZZ_CHECK(*to > ' ' && *to < 0x7f && *to != '"' && *to != '\\');
}

/* The lines into fields; the first is what the rules say. */
static void
take_lines(char *s, struct asked *a)
{
	char *line, *value;

	exchange_rig_begin(&a->rig, "GET", "/", NULL, NULL);
	a->rig.in.conf = &conf;
	a->name = "";
	line = strsep(&s, "\n");
	a->is_forward = strncmp(line, "forward-auth", 12) == 0;
	value = strchr(line, ' ');
	if (value != NULL && strcmp(value, " accept") == 0)
		a->verdict = AUTHZ_ACCEPT;
	else if (value != NULL && strcmp(value, " login") == 0)
		a->verdict = AUTHZ_LOGIN;
	while ((line = strsep(&s, "\n")) != NULL) {
		if ((value = strstr(line, ": ")) == NULL ||
		    a->rig.in.headers_n >= EXCHANGE_RIG_HEADERS)
			continue;
		*value = '\0';
		exchange_rig_header(&a->rig, line, value + 2);
		if (strcasecmp(line, "Remote-Name") == 0)
			a->name = value + 2; /* the person's own, here */
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_text(data, size);
	struct exchange_out out;
	struct hook_authz *q = calloc(1, sizeof(*q));
	struct asked a;
	struct core_of of;
	struct act act;

	FUZZ_CHECK(q != NULL);
	memset(&a, 0, sizeof(a));
	memset(&of, 0, sizeof(of));
	memset(&act, 0, sizeof(act));
	memset(&out, 0, sizeof(out));
	of.asked = &a;
	of.core.policy = &of.policy;
	take_lines(s, &a);
	FUZZ_CHECK((a.is_forward ? hook_authz_take_forward
				 : hook_authz_take_original)(
		       &a.rig.in, &act, q) == 0);
	FUZZ_CHECK(!hook_authz_recall(&of.core, &act, q));
	FUZZ_CHECK(hook_authz_run(&of.core, &act, q) == 0);
	FUZZ_CHECK(a.was_asked == (q->bad == NULL));
	hook_authz_give(&act, q, 0, &out);
	check_answer(&a, q, &out);
	exchange_out_clear(&out);
	hook_authz_clear(q);
	free(q);
	free(s);
	return (0);
}
