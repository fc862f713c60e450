/*
 * exchange.h: a request and its answer that are not JSON: pages, forms,
 * certificates, the proxy's hook.
 * Room: web.  Process: front.  Threads: the connection's.
 * Unit test: tests/unit/test_exchange.c
 */
#ifndef AUTHD_WEB_EXCHANGE_H
#define AUTHD_WEB_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/web/gate.h"

struct route; /* authd/web/route.h */

#define EXCHANGE_NAME_MAX 63
#define EXCHANGE_KEY_MAX  128

/* What is configured of what proxies pass on. */
struct exchange_conf {
	char cert_header[EXCHANGE_NAME_MAX + 1]; /* "": none is believed */
	char proxy_key[EXCHANGE_KEY_MAX + 1];    /* "": none is */
};

/* Borrowed until take() returns: a call copies what it keeps, as its request
 * may be gone when the writer gets to it. The gate has passed the head. */
struct exchange_in {
	const char *method; /* a HEAD is a GET whose body nobody gets */
	const char *path;   /* raw, without the query */
	const char *query;  /* raw, after the `?'; NULL: there is none */
	const struct gate_header *headers;
	size_t headers_n;
	const uint8_t *body;
	size_t body_len;
	const struct exchange_conf *conf; /* NULL: nothing is configured */
	const struct route *route;        /* that was found for it */
};

/**
 * exchange_in_header(in, name, value, len):
 * How many fields are called ${name}, in whatever case; the last one's value,
 * without the blanks around it and not NUL-terminated, in ${value}. Of none it
 * is "".
 */
int exchange_in_header(const struct exchange_in *in, const char *name,
    const char **value, size_t *len);

#define EXCHANGE_HEADERS_MAX 32

#define EXCHANGE_TEXTS       1024

struct exchange_header {
	const char *name, *value;
};

/* An answer. Zeroed is a 500 without a body: whoever forgets to fill it in
 * admits nobody. */
struct exchange_out {
	int status; /* 0: 500 */
	struct exchange_header headers[EXCHANGE_HEADERS_MAX];
	size_t headers_n;
	char texts[EXCHANGE_TEXTS]; /* of the fields, as long as there is room */
	size_t texts_n;
	uint8_t *body; /* owned */
	size_t body_len;
	bool is_same;   /* for whoever gets it again: no Sekisho-Request-Id */
	bool is_broken; /* no memory, too many fields, a value with a control
			 * character: answered 500 */
};

/**
 * exchange_out_header(out, name, value):
 * Add a field; both are copied. Cache-Control is no-store unless it is added;
 * Sekisho-Request-Id comes by itself, unless is_same. An empty value is left out:
 * libmicrohttpd takes none. A value that could split the head breaks
 * the whole answer.
 */
void exchange_out_header(
    struct exchange_out *out, const char *name, const char *value);

/** exchange_out_body(out, type, p, n): Content-Type and a copy of the body. */
void exchange_out_body(
    struct exchange_out *out, const char *type, const void *p, size_t n);

/** exchange_out_has(out, name): true when such a field was added. */
bool exchange_out_has(const struct exchange_out *out, const char *name);

/** exchange_out_clear(out): wipe and free what it owns; zero it. */
void exchange_out_clear(struct exchange_out *out);

#endif /* AUTHD_WEB_EXCHANGE_H */
