/*
 * secure.h: header fields that every answer to a browser has, whatever it is.
 * Room: web.  Process: front.  Threads: any; the table never changes.
 * Unit test: tests/unit/test_portal.c
 */
#ifndef AUTHD_WEB_SECURE_H
#define AUTHD_WEB_SECURE_H

#include <stddef.h>

struct secure_field {
	const char *name, *value;
	const char *except; /* not to paths that begin so; NULL: to all */
};

/**
 * secure_portal(n): those of portal.sock, their number in ${n}.
 * What is under /.sekisho/ is shown on an application's host, about which we
 * promise nothing for later: no Strict-Transport-Security there.
 * Source: OWASP ASVS 3.4.1 to 3.4.8; Content Security Policy Level 3.
 */
const struct secure_field *secure_portal(size_t *n);

#endif /* AUTHD_WEB_SECURE_H */
