#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/proxycheck.h"
#include "cli/proxytree.h"

#define LABEL_MAX 300

/* What the daemon says of a person, and nobody else may. */
static const char *const identity[] = { "Remote-User", "Remote-Groups",
	"Remote-Name", "Remote-Email", "Remote-Office", "Remote-Level",
	"Remote-Terminal" };
#define IDENTITY (sizeof(identity) / sizeof(identity[0]))

/* The client chooses these. */
static const char *const chosen[] = { "host", "http_host",
	"http_x_forwarded_host", "http_x_forwarded_for",
	"proxy_add_x_forwarded_for" };

struct check {
	const struct proxycheck_options *options;
	struct proxycheck_tally *tally;
	const struct nginxconf_line *http;
};

static void
label_of(const struct nginxconf_line *block, char out[LABEL_MAX])
{
	size_t at = 0;
	int i;

	out[0] = '\0';
	for (; block->parent != NULL && !proxytree_is(block, "location") &&
	     !proxytree_is(block, "server");)
		block = block->parent;
	for (i = 1; proxytree_is(block, "location") && i < block->n &&
	     at < LABEL_MAX - 1;
	     i++)
		at += (size_t)snprintf(out + at, LABEL_MAX - at, "%s%s",
		    i > 1 ? " " : "", block->words[i]);
}

static void __attribute__((format(printf, 5, 6)))
report(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *at, const char *code, const char *fmt, ...)
{
	char label[LABEL_MAX], detail[500];
	const struct nginxconf_line *server = proxytree_server_of(block);
	struct proxycheck_finding f = { .code = code,
		.location = label,
		.detail = detail };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	label_of(block, label);
	at = at != NULL ? at : block;
	f.file = at->file == NULL ? "" : at->file;
	f.line = at->line;
	f.server = server == NULL ? "" : proxytree_value(server, "server_name");
	c->tally->findings++;
	c->options->fn(c->options->arg, &f);
}

/* --- what is asked --- */

/* The location that auth_request in force here leads to, when it is the hook's;
 * else NULL. */
static const struct nginxconf_line *
hook_of(const struct nginxconf_line *block)
{
	const struct nginxconf_line *server = proxytree_server_of(block), *l;
	const char *path = proxytree_value(block, "auth_request");

	if (server == NULL || path[0] != '/')
		return (NULL);
	l = proxytree_location(server, path);
	if (l == NULL || proxytree_target_of(l, proxytree_pass(l)) !=
		PROXYTREE_HOOK)
		return (NULL);
	return (l);
}

/* Does anything in this block ask the hook, or is the hook's location there? */
static bool
asks(const struct nginxconf_line *block)
{
	const struct nginxconf_line *l;

	if (proxytree_child(block, "auth_request") != NULL &&
	    hook_of(block) != NULL)
		return (true);
	if (proxytree_target_of(block, proxytree_pass(block)) == PROXYTREE_HOOK)
		return (true);
	for (l = block->first; l != NULL; l = l->next)
		if (l->is_block && asks(l))
			return (true);
	return (false);
}

static bool
is_open(const struct check *c, const struct nginxconf_line *location)
{
	size_t i;

	for (i = 0; i < c->options->open_n; i++)
		if (strcmp(c->options->open[i],
			location->words[location->n - 1]) == 0)
			return (true);
	return (false);
}

/* --- rules --- */

static void
check_chosen(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *l)
{
	size_t i;
	int w;

	for (w = 1; w < l->n; w++)
		for (i = 0; i < sizeof(chosen) / sizeof(chosen[0]); i++)
			if (proxytree_has_variable(l->words[w], chosen[i]))
				report(c, block, l, "client_chooses",
				    "the client chooses $%s: write the host "
				    "name out or use $server_name, and "
				    "$remote_addr for where it is",
				    chosen[i]);
}

/* `return`, `rewrite` and what lets people past the question. */
static void
check_bypass(struct check *c, const struct nginxconf_line *block)
{
	const struct nginxconf_line *l;

	for (l = block->first; l != NULL; l = l->next) {
		if (proxytree_is(l, "return"))
			report(c, block, l, "return_before",
			    "return runs before auth_request: everybody gets "
			    "this answer");
		else if (proxytree_is(l, "rewrite"))
			report(c, block, l, "rewrite_before",
			    "rewrite runs before auth_request: the hook judges "
			    "another address than is served, or is not asked");
		else if (proxytree_is(l, "if"))
			check_bypass(c, l);
	}
}

static void
check_satisfy(struct check *c, const struct nginxconf_line *block)
{
	if (strcmp(proxytree_value(block, "satisfy"), "any") == 0)
		report(c, block, proxytree_first(block, "satisfy"),
		    "satisfy_any",
		    "with satisfy any an address or a password of nginx's own "
		    "is enough");
}

static void
check_error_page(struct check *c, const struct nginxconf_line *block,
    bool is_hook)
{
	const struct nginxconf_line *l;
	int i;

	for (l = proxytree_first(block, "error_page"); l != NULL;
	     l = proxytree_again(l))
		for (i = 1; i < l->n - 1; i++)
			if (l->words[i][0] == '=' &&
			    (l->words[i][1] == '2' ||
				(is_hook && l->words[i][1] == '\0')))
				report(c, block, l, "error_page_2xx",
				    "error_page turns a refusal into success");
}

/* Is ${value} empty, fixed, or what auth_request_set took from the hook? */
static bool
is_ours(const struct nginxconf_line *block, const char *value)
{
	const struct nginxconf_line *l;

	if (strchr(value, '$') == NULL)
		return (true);
	for (l = proxytree_first(block, "auth_request_set"); l != NULL;
	     l = proxytree_again(l))
		if (l->n > 2 && strcmp(l->words[1], value) == 0 &&
		    strncmp(l->words[2], "$upstream_http_", 15) == 0)
			return (true);
	return (false);
}

static void
check_identity(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *pass)
{
	const char *name, *value;
	size_t i;

	for (i = 0; i <= IDENTITY; i++) {
		name = i < IDENTITY ? identity[i] : c->options->cert_header;
		value = proxytree_header(block, pass, name);
		if (value == NULL)
			report(c, block, pass, "identity_not_set",
			    "%s is not set here: the application believes what "
			    "the client sends",
			    name);
		else if (i == IDENTITY ? value[0] != '\0'
				       : !is_ours(block, value))
			report(c, block, pass, "identity_not_ours",
			    "%s is not what the hook said, nor empty", name);
	}
}

static void
check_host(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *pass)
{
	static const char *const fields[] = { "Host", "X-Original-URL",
		"X-Forwarded-Host", "X-Forwarded-For" };
	const char *value, *name = proxytree_value(block, "server_name");
	bool needs_name = false;
	size_t i, j;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		value = proxytree_header(block, pass, fields[i]);
		if (value == NULL)
			continue;
		for (j = 0; j < sizeof(chosen) / sizeof(chosen[0]); j++)
			if (proxytree_has_variable(value, chosen[j]))
				report(c, block, pass, "client_chooses",
				    "%s is what the client chooses ($%s)",
				    fields[i], chosen[j]);
		needs_name =
		    needs_name || proxytree_has_variable(value, "server_name");
	}
	if (needs_name &&
	    (name[0] == '\0' || strcspn(name, "~*_") == 0 || name[0] == '.'))
		report(c, block, pass, "no_server_name",
		    "$server_name is used, but the first server_name is no "
		    "host name");
}

/* The address that the hook judges. */
static void
check_original(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *pass)
{
	const char *url = proxytree_header(block, pass, "X-Original-URL");
	const char *method = proxytree_header(block, pass, "X-Original-Method");
	size_t n = url == NULL ? 0 : strlen(url), tail = strlen("$request_uri");

	if (strstr(pass->words[1], "/api/authz/certificate") != NULL)
		return; /* judges no address */
	if (url == NULL || n < tail ||
	    strcmp(url + n - tail, "$request_uri") != 0 ||
	    (strncmp(url, "https://", 8) != 0 &&
		strncmp(url, "$scheme://", 10) != 0))
		report(c, block, pass, "original_url",
		    "X-Original-URL must be "
		    "$scheme://$server_name$request_uri");
	if (method == NULL || strcmp(method, "$request_method") != 0)
		report(c, block, pass, "original_method",
		    "X-Original-Method must be $request_method");
}

static void
check_keepalive(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *pass)
{
	const struct nginxconf_line *u = proxytree_upstream(block, pass);
	const char *connection = proxytree_header(block, pass, "Connection");

	if (u == NULL || proxytree_child(u, "keepalive") == NULL ||
	    strcmp(proxytree_value(block, "proxy_http_version"), "1.1") != 0 ||
	    connection == NULL || connection[0] != '\0')
		report(c, block, pass, "no_keepalive",
		    "each question makes a connection of its own: keepalive in "
		    "an upstream, proxy_http_version 1.1, Connection \"\"");
}

/* The client's certificate, believed with the proxy's key only. */
static void
check_certificate(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *pass)
{
	const char *name = c->options->cert_header;
	const char *value = proxytree_header(block, pass, name);
	const char *key = proxytree_header(block, pass, "Sekisho-Proxy-Key");
	const char *verify = proxytree_value(block, "ssl_verify_client"), *cache;
	bool is_mtls = verify[0] != '\0' && strcmp(verify, "off") != 0;
	bool is_bare =
	    strcmp(proxytree_value(block, "proxy_pass_request_headers"),
		"off") == 0;

	if (!is_mtls) {
		if (is_bare ? value != NULL && value[0] != '\0'
			    : value == NULL || value[0] != '\0')
			report(c, block, pass, "certificate_not_blank",
			    "no certificate is asked for, so %s must be \"\"",
			    name);
		return;
	}
	if (value == NULL || strcmp(value, "$ssl_client_escaped_cert") != 0)
		report(c, block, pass, "certificate_not_set",
		    "%s must be $ssl_client_escaped_cert", name);
	if (key == NULL || key[0] == '\0')
		report(c, block, pass, "no_proxy_key",
		    "without Sekisho-Proxy-Key the certificate is not "
		    "believed: include the file of root's");
	if (strcmp(verify, "optional_no_ca") == 0)
		report(c, block, proxytree_first(block, "ssl_verify_client"),
		    "any_authority",
		    "optional_no_ca lets certificates of anybody through");
	cache = proxytree_value(block, "ssl_session_cache");
	if (strcmp(proxytree_value(block, "ssl_session_tickets"), "off") != 0 ||
	    cache[0] == 's' || cache[0] == 'b') /* shared, builtin */
		report(c, block, proxytree_server_of(block), "session_resumed",
		    "a resumed session may come from a host that asked for no "
		    "certificate: ssl_session_tickets off, ssl_session_cache "
		    "none");
}

static void
check_hook(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *pass)
{
	const char *length = proxytree_header(block, pass, "Content-Length");
	const char *from = proxytree_header(block, pass, "X-Forwarded-For");
	const char *value;
	size_t i;

	if (proxytree_child(block, "internal") == NULL)
		report(c, block, NULL, "hook_not_internal",
		    "clients may ask the hook themselves: internal is missing");
	if (strcmp(proxytree_value(block, "proxy_pass_request_body"), "off") !=
		0 ||
	    length == NULL || length[0] != '\0')
		report(c, block, pass, "hook_body",
		    "proxy_pass_request_body off and Content-Length \"\" are "
		    "needed");
	if (from == NULL || strcmp(from, "$remote_addr") != 0)
		report(c, block, pass, "forwarded_for",
		    "X-Forwarded-For must be $remote_addr alone");
	for (i = 0; i < IDENTITY; i++) {
		value = proxytree_header(block, pass, identity[i]);
		if (strcmp(proxytree_value(block, "proxy_pass_request_headers"),
			"off") != 0 &&
		    (value == NULL || value[0] != '\0'))
			report(c, block, pass, "identity_not_blank",
			    "%s reaches the hook as the client sent it: set it "
			    "to \"\"",
			    identity[i]);
	}
	value = proxytree_value(block, "proxy_cache");
	if (value[0] != '\0' && strcmp(value, "off") != 0)
		report(c, block, proxytree_first(block, "proxy_cache"),
		    "hook_cached", "what the hook says must not be cached");
	check_original(c, block, pass);
	check_host(c, block, pass);
	check_keepalive(c, block, pass);
	check_certificate(c, block, pass);
	check_error_page(c, block, true);
}

/* --- the walk --- */

static void
check_guarded(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *pass)
{
	c->tally->locations++;
	check_bypass(c, block);
	/* what is inherited is told of the server, once */
	if (proxytree_child(block, "satisfy") != NULL)
		check_satisfy(c, block);
	if (proxytree_child(block, "error_page") != NULL)
		check_error_page(c, block, false);
	if (pass == NULL)
		return;
	check_identity(c, block, pass);
	check_host(c, block, pass);
}

static void
check_location(struct check *c, const struct nginxconf_line *block)
{
	const struct nginxconf_line *pass = proxytree_pass(block), *l;
	enum proxytree_target target = proxytree_target_of(block, pass);

	for (l = block->first; l != NULL; l = l->next)
		if (!l->is_block && proxytree_is(l, "proxy_pass"))
			check_chosen(c, block, l);
	if (target == PROXYTREE_HOOK)
		check_hook(c, block, pass);
	else if (target == PROXYTREE_PORTAL) {
		check_host(c, block, pass);
		if (hook_of(block) != NULL)
			report(c, block, pass, "portal_asks",
			    "the portal itself is behind the question: nobody "
			    "can log in; auth_request off");
	} else if (hook_of(block) != NULL)
		check_guarded(c, block, pass);
	else if (pass == NULL && proxytree_child(block, "internal") != NULL)
		; /* a page of nginx's own, for errors */
	else if (!is_open(c, block))
		report(c, block, pass, "not_asked",
		    "anybody may see this: no auth_request of Sekisho's is in "
		    "force");
	for (l = block->first; l != NULL; l = l->next)
		if (proxytree_is(l, "location") ||
		    ((proxytree_is(l, "if") ||
			 proxytree_is(l, "limit_except")) &&
			proxytree_pass(l) != NULL))
			check_location(c, l);
}

static void
check_server(struct check *c, const struct nginxconf_line *server)
{
	const struct nginxconf_line *l;

	c->tally->servers++;
	check_bypass(c, server);
	check_satisfy(c, server);
	check_error_page(c, server, false);
	for (l = proxytree_child(server, "location"); l != NULL;
	     l = proxytree_again(l))
		check_location(c, l);
	if (proxytree_location(server, "/") == NULL && hook_of(server) == NULL)
		report(c, server, NULL, "not_asked",
		    "what no location matches is served without a question");
}

/* Where protected locations of ${block} go is reached past them from ${other}. */
static void
check_elsewhere(struct check *c, const struct nginxconf_line *block,
    const struct nginxconf_line *other)
{
	const struct nginxconf_line *pass = proxytree_pass(block), *there, *l;

	for (l = block->first; l != NULL; l = l->next)
		if (l->is_block)
			check_elsewhere(c, l, other);
	if (proxytree_target_of(block, pass) != PROXYTREE_APP ||
	    hook_of(block) == NULL)
		return;
	there = proxytree_pass(other);
	if (there != NULL && strcmp(there->words[1], pass->words[1]) == 0)
		report(c, other, there, "reached_elsewhere",
		    "the application of %s:%d is reached here without a "
		    "question",
		    pass->file, pass->line);
}

static void
walk_elsewhere(struct check *c, const struct nginxconf_line *block)
{
	const struct nginxconf_line *l;

	if (proxytree_pass(block) != NULL)
		for (l = proxytree_child(c->http, "server"); l != NULL;
		     l = proxytree_again(l))
			check_elsewhere(c, l, block);
	for (l = block->first; l != NULL; l = l->next)
		if (l->is_block)
			walk_elsewhere(c, l);
}

void
proxycheck_run(const struct nginxconf *conf,
    const struct proxycheck_options *options, struct proxycheck_tally *tally)
{
	const struct nginxconf_line nothing = { .n = 0 };
	struct check c = { options, tally, NULL };
	const struct nginxconf_line *top = nginxconf_top(conf), *l, *s;

	memset(tally, 0, sizeof(*tally));
	for (l = top; l != NULL; l = l->next) {
		if (!proxytree_is(l, "http"))
			continue;
		c.http = l;
		for (s = proxytree_child(l, "server"); s != NULL;
		     s = proxytree_again(s)) {
			if (asks(s))
				check_server(&c, s);
			else
				walk_elsewhere(&c, s);
		}
	}
	if (tally->servers == 0)
		report(&c, &nothing, NULL, "nobody_asks",
		    "no server of this configuration asks Sekisho");
}
