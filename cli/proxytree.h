/*
 * proxytree.h: what holds in a place of a configuration of nginx: inheritance,
 * header fields, where a location passes to.
 * Room: cli.
 * Proved by tests/e2e/37-proxy-check.sh
 */
#ifndef CLI_PROXYTREE_H
#define CLI_PROXYTREE_H

#include "cli/nginxconf.h"

/* Where a location hands requests. */
enum proxytree_target {
	PROXYTREE_NONE = 0, /* nowhere: files, an answer of nginx's own */
	PROXYTREE_APP,
	PROXYTREE_HOOK,  /* hook.sock, or an address with /api/authz/ */
	PROXYTREE_PORTAL /* portal.sock */
};

bool proxytree_is(const struct nginxconf_line *l, const char *name);

/** proxytree_child(block, name): its first directive of that name, or NULL. */
const struct nginxconf_line *proxytree_child(
    const struct nginxconf_line *block, const char *name);

/** proxytree_again(l): the next one of the same name in the same block. */
const struct nginxconf_line *proxytree_again(const struct nginxconf_line *l);

/**
 * proxytree_first(block, name):
 * The first directive ${name} that is in force in ${block}. As in nginx it is
 * taken from the nearest level that has any; proxytree_again() gives the others
 * of that level.
 */
const struct nginxconf_line *proxytree_first(
    const struct nginxconf_line *block, const char *name);

/** proxytree_value(block, name): its first word in force; "" when there is none. */
const char *proxytree_value(const struct nginxconf_line *block, const char *name);

/** proxytree_pass(block): the proxy_pass, fastcgi_pass ... in that very block, or
 * NULL. */
const struct nginxconf_line *proxytree_pass(const struct nginxconf_line *block);

/**
 * proxytree_header(block, pass, name):
 * What ${pass} sends under the name of that field in place of what the client
 * sent; NULL: the client's own.
 */
const char *proxytree_header(const struct nginxconf_line *block,
    const struct nginxconf_line *pass, const char *name);

/** proxytree_upstream(block, pass): the upstream {} it names, or NULL. */
const struct nginxconf_line *proxytree_upstream(
    const struct nginxconf_line *block, const struct nginxconf_line *pass);

enum proxytree_target proxytree_target_of(
    const struct nginxconf_line *block, const struct nginxconf_line *pass);

/** proxytree_server_of(block): the server {} around it. */
const struct nginxconf_line *proxytree_server_of(
    const struct nginxconf_line *block);

/** proxytree_location(server, path): where a request for exactly that path goes,
 * or NULL. Locations by regular expression are not looked at. */
const struct nginxconf_line *proxytree_location(
    const struct nginxconf_line *server, const char *path);

/** proxytree_has_variable(word, name): $name or ${name} is in it. */
bool proxytree_has_variable(const char *word, const char *name);

#endif /* CLI_PROXYTREE_H */
