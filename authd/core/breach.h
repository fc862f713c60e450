/*
 * breach.h: the file of leaked passwords, as published by Have I Been Pwned:
 * lines of a SHA-1 in 40 hex digits, optionally `:` and a count, sorted by
 * the hash; LF or CRLF; any size.
 * Room: core.  Process: front.  Threads: any; pread(2) only.
 * Unit test: tests/unit/test_breach.c
 *
 * The descriptor is opened before the sandbox. A file replaced under its name
 * is seen after a restart; one rewritten in place must not change meanwhile.
 */
#ifndef AUTHD_CORE_BREACH_H
#define AUTHD_CORE_BREACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

struct breach;

/**
 * breach_new(fd, out):
 * Take the open file ${fd}, check its first lines, its last one and 64 in
 * between: well-formed, none below the one before.
 * Return: 0; ERR_CORRUPT (empty, or not such a file; logged with the place);
 * ERR_INVALID (no regular file); ERR_IO; ERR_NOMEM.
 * Owns: on success the caller frees with breach_free(), which closes ${fd};
 * on failure ${fd} stays the caller's.
 */
int breach_new(int fd, struct breach **out) CHECKED;

/**
 * breach_has(b, password, n, is_in):
 * Store whether the SHA-1 of these ${n} bytes is in the file.
 * Return: 0; ERR_CORRUPT when a line that was met is malformed or out of
 * order; ERR_IO; ERR_NOMEM. On failure ${is_in} is true.
 */
int breach_has(const struct breach *b, const char *password, size_t n,
    bool *is_in) CHECKED;

/**
 * breach_changed_ms(b, ms):
 * Store the file's modification time now, in milliseconds since 1970: a
 * password checked before it is to be checked again.
 * Return: 0 or ERR_IO.
 */
int breach_changed_ms(const struct breach *b, int64_t *ms) CHECKED;

/** breach_free(b): close and free. NULL-safe. */
void breach_free(struct breach *b);

#endif /* AUTHD_CORE_BREACH_H */
