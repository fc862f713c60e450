/*
 * urlcheck.h: the addresses that proxies and browsers name, taken only in the
 * one spelling that everybody reads alike.
 * Room: core.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_urlcheck.c
 *
 * A proxy, the hook and the application each take an address apart, and where
 * they differ a rule is passed by. So none of what can be read in two ways is
 * read here at all. (V36, V37, V38, V46; FACTS 3.2)
 */
#ifndef AUTHD_CORE_URLCHECK_H
#define AUTHD_CORE_URLCHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"

#define URLCHECK_MAX 4096

struct urlcheck {
	char host[HOST_MAX + 1]; /* lower case, with its port unless 443 */
	const char *target;      /* path and query, within what was read */
	size_t target_len;
	size_t path_len; /* of the path alone */
};

/**
 * urlcheck_host(in, n, out):
 * A host name: labels of [a-z0-9-] of 1 to 63, at most 253 together, no dot at
 * its end, no digits alone as its last label; optionally a port, of which 443
 * is left out. Upper case is folded. No address, no other script, no user.
 * Return: 0 or ERR_INVALID with ${out} empty.
 */
int urlcheck_host(const char *in, size_t n, char out[HOST_MAX + 1]) CHECKED;

/**
 * urlcheck_target(in, n, path_len):
 * A path, optionally ? and a query. Refused in the path: what is not from /,
 * // and segments of . or .. (with ; behind them too), a backslash, anything
 * but visible ASCII, characters that must be escaped, % without two hex
 * digits, and an escape of a control character, / \ . % or of a letter, digit
 * or - _ ~, which need none. Everywhere: #, blanks, control and 8-bit bytes.
 * Return: 0 or ERR_INVALID.
 */
int urlcheck_target(const char *in, size_t n, size_t *path_len) CHECKED;

/**
 * urlcheck_url(in, n, out):
 * https:// (in lower case), a host and, unless nothing follows it, a target;
 * at most URLCHECK_MAX bytes. Nothing following is the path /.
 */
int urlcheck_url(const char *in, size_t n, struct urlcheck *out) CHECKED;

/**
 * urlcheck_under(path, n, prefix):
 * Does the path begin with ${prefix} whatever the case of its letters? Escapes
 * of bytes above ASCII are the same in either case.
 */
bool urlcheck_under(const char *path, size_t n, const char *prefix) CHECKED;

#endif /* AUTHD_CORE_URLCHECK_H */
