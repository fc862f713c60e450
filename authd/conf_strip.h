/*
 * conf_strip.h: the text of a configuration file without its comments.
 * Process: parent and one-shot modes.  Threads: one.
 * libconfuse 3.3 counts a line with a comment three times, so that its errors
 * name the wrong line; it never sees one therefore.
 * Unit test: tests/unit/test_conf.c
 */
#ifndef AUTHD_CONF_STRIP_H
#define AUTHD_CONF_STRIP_H

#include <stddef.h>

#include "authd/base/err.h"

#define CONF_STRIP_MAX (1024 * 1024)

/**
 * conf_strip_read(path, text, len):
 * Read ${path} and make every comment blank: # and, at the beginning of a word,
 * // to the end of the line; slash-star to star-slash. Lines stay where they
 * are; in quotes nothing is touched. ${text} ends with a line feed and a NUL.
 * Return: 0, ERR_NOTFOUND, ERR_INVALID (too long, a NUL inside, a comment
 *         without end), ERR_NOMEM; said on standard error.
 * Owns: the caller frees ${text}.
 */
int conf_strip_read(const char *path, char **text, size_t *len) CHECKED;

/** conf_strip_text(path, text): the same of what was read; ${path} is for the
 * message. Return: 0, ERR_INVALID (a comment without end). */
int conf_strip_text(const char *path, char *text) CHECKED;

/** conf_strip_quoted(s): where the quoted string that begins at ${s} ends. */
const char *conf_strip_quoted(const char *s);

#endif /* AUTHD_CONF_STRIP_H */
