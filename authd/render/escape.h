/*
 * escape.h: a text from anywhere, written so that it stays a text where it
 * stands in a page.
 * Room: render.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_escape.c
 */
#ifndef AUTHD_RENDER_ESCAPE_H
#define AUTHD_RENDER_ESCAPE_H

#include <stddef.h>

enum escape_place {
	ESCAPE_TEXT = 0,  /* between tags */
	ESCAPE_ATTRIBUTE, /* between double quotes */
	/* A whole address between double quotes: a path of our own (/ and not
	 * //), https:, otpauth:, mailto: or tel:. Any other becomes "#". */
	ESCAPE_URL,
	ESCAPE_URL_PART /* a part of one: all but RFC 3986's unreserved is %XX */
};

/** escape_most(n): how many bytes ${n} bytes may become at most. */
size_t escape_most(size_t n);

/**
 * escape_put(place, in, n, out):
 * Write the ${n} bytes at ${in} to ${out}, which has room for escape_most(n).
 * A byte that is no UTF-8, and a control character that HTML does not take,
 * becomes U+FFFD. Return: the bytes written; no NUL.
 * Source: HTML Living Standard 13.1.4 and 13.2.5; RFC 3986 section 2.3.
 */
size_t escape_put(enum escape_place place, const char *in, size_t n, char *out);

#endif /* AUTHD_RENDER_ESCAPE_H */
