#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/proxytree.h"

/* How each module passes on, and how a field of a request is set for it. */
static const struct {
	const char *pass, *set;
	bool is_param; /* HTTP_REMOTE_USER instead of Remote-User */
} kinds[] = {
	{ "proxy_pass", "proxy_set_header", false },
	{ "grpc_pass", "grpc_set_header", false },
	{ "fastcgi_pass", "fastcgi_param", true },
	{ "uwsgi_pass", "uwsgi_param", true },
	{ "scgi_pass", "scgi_param", true },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

bool
proxytree_is(const struct nginxconf_line *l, const char *name)
{
	return (l->n > 0 && strcmp(l->words[0], name) == 0);
}

static const struct nginxconf_line *
from(const struct nginxconf_line *l, const char *name)
{
	for (; l != NULL; l = l->next)
		if (proxytree_is(l, name))
			return (l);
	return (NULL);
}

const struct nginxconf_line *
proxytree_child(const struct nginxconf_line *block, const char *name)
{
	return (from(block->first, name));
}

const struct nginxconf_line *
proxytree_again(const struct nginxconf_line *l)
{
	return (from(l->next, l->words[0]));
}

const struct nginxconf_line *
proxytree_first(const struct nginxconf_line *block, const char *name)
{
	const struct nginxconf_line *l = NULL;

	for (; block != NULL && l == NULL; block = block->parent)
		l = proxytree_child(block, name);
	return (l);
}

const char *
proxytree_value(const struct nginxconf_line *block, const char *name)
{
	const struct nginxconf_line *l = proxytree_first(block, name);

	return (l == NULL || l->n < 2 ? "" : l->words[1]);
}

const struct nginxconf_line *
proxytree_pass(const struct nginxconf_line *block)
{
	const struct nginxconf_line *l;
	size_t i;

	for (i = 0; i < KINDS; i++)
		if ((l = proxytree_child(block, kinds[i].pass)) != NULL &&
		    l->n > 1)
			return (l);
	return (NULL);
}

/* Remote-User as HTTP_REMOTE_USER. */
static void
as_param(const char *name, char *out, size_t size)
{
	size_t i;

	snprintf(out, size, "HTTP_%s", name);
	for (i = 0; out[i] != '\0'; i++)
		out[i] = out[i] == '-'
		    ? '_'
		    : (char)toupper((unsigned char)out[i]);
}

const char *
proxytree_header(const struct nginxconf_line *block,
    const struct nginxconf_line *pass, const char *name)
{
	const struct nginxconf_line *l;
	char param[80];
	size_t i;

	for (i = 0; i + 1 < KINDS && !proxytree_is(pass, kinds[i].pass); i++)
		;
	if (kinds[i].is_param)
		as_param(name, param, sizeof(param));
	else
		snprintf(param, sizeof(param), "%s", name);
	for (l = proxytree_first(block, kinds[i].set); l != NULL;
	     l = proxytree_again(l))
		if (l->n > 2 && strcasecmp(l->words[1], param) == 0)
			return (l->words[2]);
	return (NULL);
}

/* The name or address in the target, and the length of it. */
static const char *
address_of(const struct nginxconf_line *pass, size_t *n)
{
	const char *s = pass->words[1], *scheme = strstr(s, "://");

	if (scheme != NULL)
		s = scheme + 3;
	*n = strncmp(s, "unix:", 5) == 0 ? 5 + strcspn(s + 5, ":")
					 : strcspn(s, "/");
	return (s);
}

const struct nginxconf_line *
proxytree_upstream(
    const struct nginxconf_line *block, const struct nginxconf_line *pass)
{
	const struct nginxconf_line *u;
	const char *address;
	size_t n;

	address = address_of(pass, &n);
	for (; block->parent != NULL && !proxytree_is(block, "http");)
		block = block->parent;
	for (u = proxytree_child(block, "upstream"); u != NULL;
	     u = proxytree_again(u))
		if (u->n > 1 && strlen(u->words[1]) == n &&
		    strncmp(u->words[1], address, n) == 0)
			return (u);
	return (NULL);
}

enum proxytree_target
proxytree_target_of(
    const struct nginxconf_line *block, const struct nginxconf_line *pass)
{
	const struct nginxconf_line *u, *s;
	const char *at;

	if (pass == NULL)
		return (PROXYTREE_NONE);
	at = pass->words[1];
	u = proxytree_upstream(block, pass);
	if (u != NULL && (s = proxytree_child(u, "server")) != NULL && s->n > 1)
		at = s->words[1];
	if (strstr(at, "/hook.sock") != NULL ||
	    strstr(pass->words[1], "/api/authz/") != NULL)
		return (PROXYTREE_HOOK);
	return (strstr(at, "/portal.sock") != NULL ? PROXYTREE_PORTAL
						   : PROXYTREE_APP);
}

const struct nginxconf_line *
proxytree_server_of(const struct nginxconf_line *block)
{
	while (block != NULL && !proxytree_is(block, "server"))
		block = block->parent;
	return (block);
}

static void
find_location(const struct nginxconf_line *block, const char *path,
    const struct nginxconf_line **best, size_t *len)
{
	const struct nginxconf_line *l;
	const char *prefix;
	size_t n;
	bool is_exact;

	for (l = proxytree_child(block, "location"); l != NULL;
	     l = proxytree_again(l)) {
		prefix = l->words[l->n - 1];
		is_exact = l->n > 2 && strcmp(l->words[1], "=") == 0;
		n = strlen(prefix);
		if (l->n > 2 && l->words[1][0] == '~')
			continue;
		if (is_exact ? strcmp(prefix, path) == 0
			     : strncmp(prefix, path, n) == 0) {
			n += is_exact; /* wins over the same as a prefix */
			if (*best == NULL || n > *len) {
				*best = l;
				*len = n;
			}
		}
		find_location(l, path, best, len);
	}
}

const struct nginxconf_line *
proxytree_location(const struct nginxconf_line *server, const char *path)
{
	const struct nginxconf_line *best = NULL;
	size_t len = 0;

	find_location(server, path, &best, &len);
	return (best);
}

bool
proxytree_has_variable(const char *word, const char *name)
{
	size_t n = strlen(name);
	const char *p;

	for (p = word; (p = strchr(p, '$')) != NULL; p++) {
		if (p[1] == '{' && strncmp(p + 2, name, n) == 0 &&
		    p[2 + n] == '}')
			return (true);
		if (strncmp(p + 1, name, n) == 0 && p[1 + n] != '_' &&
		    !isalnum((unsigned char)p[1 + n]))
			return (true);
	}
	return (false);
}
