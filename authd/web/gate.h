/*
 * gate.h: refuse every request whose framing or form is not exactly what one
 * of our own clients would send. Looks at what was received, changes nothing.
 * Room: web.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_gate.c
 *
 * What is refused closes its connection, so nothing after it is ever taken as
 * a second request.
 */
#ifndef AUTHD_WEB_GATE_H
#define AUTHD_WEB_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/base/err.h"

#define GATE_HEADERS_MAX 64
#define GATE_JSON        "application/json"
#define GATE_TARGET_MAX  255  /* longer than any path of the API */
#define GATE_URL_MAX     8190 /* of a target that browsers make */

/* What a target may look like. */
enum gate_form {
	GATE_PATH = 0, /* a plain path: all that our own programs send */
	GATE_URL       /* path and query, with what RFC 3986 allows in them */
};

/* Not NUL-terminated as far as the gate is concerned. Borrowed. */
struct gate_header {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

/* A request's head as received, before anything was decoded. Borrowed. */
struct gate_request {
	const char *method;
	enum gate_form form;
	const char *target; /* raw request-target */
	size_t target_len;
	const char *version; /* HTTP/1.1 */
	const struct gate_header *headers;
	size_t headers_n;
};

struct gate_refusal {
	int status;         /* HTTP status */
	const char *code;   /* stable word */
	const char *detail; /* one English sentence */
};

/**
 * gate_check(rq, body_len, no):
 * Check version, target, header fields and framing, and store the declared
 * length of the body. Refused, whatever the path: more than one Host,
 * Content-Length, Content-Type or Expect, no Host in HTTP/1.1, any
 * Transfer-Encoding, a length that is not plain digits, a body with GET or
 * HEAD, a field name outside tchar, a control character in a value, a target
 * that is not of the form, an expectation other than 100-continue.
 * Return: 0, or ERR_INVALID with ${no} filled.
 * Source: RFC 9112 sections 2.2, 3.2, 5.1, 6.1 to 6.3; RFC 9110 sections
 * 5.6.2, 7.2, 10.1.1.
 */
int gate_check(const struct gate_request *rq, size_t *body_len,
    struct gate_refusal *no) CHECKED;

/**
 * gate_body(rq, type, max, body_len, no):
 * Check that a body is announced as the media type ${type}, with no parameter
 * but that it is UTF-8, and without a coding, and is at most ${max} long.
 * Return: 0, or ERR_INVALID with ${no} filled (413, 415).
 */
int gate_body(const struct gate_request *rq, const char *type, size_t max,
    size_t body_len, struct gate_refusal *no) CHECKED;

/* Where libmicrohttpd left the parts of a head in its read buffer. */
struct gate_layout {
	const char *method;
	const char *target;
	size_t target_len;
	const char *version;
	size_t head_len; /* from the method to the end of the empty line */
};

/**
 * gate_layout_ok(at, rq):
 * True when the parts, each followed by the delimiter the grammar asks for,
 * add up to exactly the bytes that were received. libmicrohttpd 0.9.75 takes
 * a bare LF for CRLF, cuts texts at a NUL and glues a folded line to the
 * field's name without telling; each of them leaves a byte that this cannot
 * account for. Only for that version, which parses in place; later ones refuse
 * all three themselves.
 * Left undetected, as they mean the same as what they stand for: NUL LF and NUL
 * CR in the place of a CRLF, any four of NUL, CR and LF in that of the CRLF
 * CRLF at the end, and empty lines before the request line. So is a colon and
 * LF in the place of the empty line, which libmicrohttpd takes for it: nothing
 * of it is left to be seen. nginx refuses such a head and hands nothing on.
 */
bool gate_layout_ok(
    const struct gate_layout *at, const struct gate_request *rq);

#endif /* AUTHD_WEB_GATE_H */
