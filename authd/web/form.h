/*
 * form.h: what a form of a page sent, or the query of an address, under fixed
 * rules (application/x-www-form-urlencoded).
 * Room: web.  Process: front.  Threads: any; one form, one thread.
 * Unit test: tests/unit/test_form.c
 */
#ifndef AUTHD_WEB_FORM_H
#define AUTHD_WEB_FORM_H

#include <stddef.h>

#include "authd/base/err.h"

#define FORM_FIELDS_MAX 256

struct form_field {
	const char *name, *value; /* NUL-terminated, in the form's memory */
};

/* Holds what was typed: form_clear() wipes it. */
struct form {
	char *memory;
	size_t size;
	struct form_field fields[FORM_FIELDS_MAX];
	size_t n;
};

/**
 * form_read(body, n, out):
 * Take ${n} bytes (at most BODY_MAX) apart. NULL and 0 bytes are a form
 * without fields. Refused: a name twice or empty, a % without two hex digits,
 * a NUL, no UTF-8, a control character other than tab and line ends in a
 * value, any in a name.
 * Return: 0; ERR_INVALID; ERR_LIMIT (too many fields or bytes); ERR_NOMEM.
 * Owns: the caller, who clears ${out} with form_clear(); empty on failure.
 * Source: WHATWG URL Standard section 5.1; OWASP, HTTP parameter pollution.
 */
int form_read(const void *body, size_t n, struct form *out) CHECKED;

/** form_get(f, name): the value, or NULL when there is no such field. */
const char *form_get(const struct form *f, const char *name);

/** form_take(f, name, out, size): copy a value; ERR_NOTFOUND, and
 * ERR_INVALID when it does not fit: then ${out} is empty. */
int form_take(
    const struct form *f, const char *name, char *out, size_t size) CHECKED;

/** form_clear(f): wipe and free. Safe on a zeroed one. */
void form_clear(struct form *f);

#endif /* AUTHD_WEB_FORM_H */
