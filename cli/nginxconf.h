/*
 * nginxconf.h: a live configuration of nginx, read with its includes into a
 * tree of directives. It reads what nginx reads; what a directive means is
 * proxycheck's affair.
 * Room: cli.
 * Unit test: tests/unit/test_nginxconf.c
 */
#ifndef CLI_NGINXCONF_H
#define CLI_NGINXCONF_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/base/err.h"

#define NGINXCONF_ARGS_MAX  64        /* words of one directive */
#define NGINXCONF_DEPTH_MAX 32        /* blocks in blocks, includes in includes */
#define NGINXCONF_FILE_MAX  (4 << 20) /* bytes of one file */
#define NGINXCONF_MOST      200000    /* directives in all */

/* One directive. The words of `location = /x {` are location, = and /x. */
struct nginxconf_line {
	char **words; /* quotes removed; at least one */
	int n;
	const char *file;
	int line;
	bool is_block;
	struct nginxconf_line *parent; /* NULL: of the whole file */
	struct nginxconf_line *first, *last; /* children, includes in place */
	struct nginxconf_line *next;
};

struct nginxconf;

/**
 * nginxconf_read(path, out, why, size):
 * Read ${path}, a main configuration file or the output of `nginx -T`; in the
 * latter every include is looked for in that output. Relative includes count from
 * the directory of the main file, as in nginx.
 * Return: 0; ERR_IO, ERR_INVALID, ERR_LIMIT, ERR_NOMEM with the reason, file and
 * line in ${why}.
 * Owns: the caller frees with nginxconf_free().
 */
int nginxconf_read(const char *path, struct nginxconf **out, char *why,
    size_t size) CHECKED;

/** nginxconf_free(c): NULL-safe. */
void nginxconf_free(struct nginxconf *c);

/** nginxconf_top(c): borrow the first directive of the whole; NULL: none. */
const struct nginxconf_line *nginxconf_top(const struct nginxconf *c);

#endif /* CLI_NGINXCONF_H */
