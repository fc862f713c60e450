/*
 * slip.h: the slip of paper that is a ticket: the QR code of its link, the link
 * as text, what it is for, until when, whom to ask; in Japanese with English
 * below. One HTML file without script or reference, for one page A4 or A5.
 * Room: render.  Process: cli, front.  Threads: any.
 * Unit test: tests/unit/test_slip.c
 */
#ifndef AUTHD_RENDER_SLIP_H
#define AUTHD_RENDER_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

#define SLIP_MAX (128 * 1024) /* bytes of any slip, with its NUL */

enum slip_purpose {
	SLIP_FIRST = 1,
	SLIP_PHONE,
	SLIP_PASSWORD,
	SLIP_CERTIFICATE
};

/* All texts are UTF-8 and none is NULL; lengths as in base/limits.h. */
struct slip {
	enum slip_purpose purpose;
	bool is_a5;
	const char *link; /* the secret is in it */
	const char *office_name;
	const char *contact; /* "": not said */
	const char *person;  /* whom to give it to; no login is on it */
	const char *label;   /* of the phone or terminal; "": not said */
	int64_t expires_ms;
};

/**
 * slip_put(s, out, size, len):
 * Write the slip and a NUL into ${out} of ${size} bytes, SLIP_MAX being always
 * enough, and its length into ${len}. It holds the link: the caller wipes it.
 * Times are of Asia/Tokyo.
 * Return: 0; ERR_LIMIT with ${out} wiped when it does not fit; ERR_NOMEM;
 *         ERR_INVALID for a purpose that is none.
 */
int slip_put(const struct slip *s, char *out, size_t size, size_t *len) CHECKED;

#endif /* AUTHD_RENDER_SLIP_H */
