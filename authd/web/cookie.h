/*
 * cookie.h: cookies of ours, read and set. Their values are words of
 * [A-Za-z0-9._~-]; any other value is none of ours.
 * Room: web.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_cookie.c
 */
#ifndef AUTHD_WEB_COOKIE_H
#define AUTHD_WEB_COOKIE_H

#include "authd/web/exchange.h"

#define COOKIE_VALUE_MAX 512

/**
 * cookie_get(in, name, out, size):
 * The value of the cookie ${name}. One that is there twice, in two Cookie
 * fields, longer than fits or of other characters is none: whoever can plant a
 * second one beside ours must not choose which is believed.
 * Return: 0; ERR_NOTFOUND with ${out} empty.
 * Source: RFC 6265 section 5.4 (order is no rank); FACTS 2.1.
 */
int cookie_get(const struct exchange_in *in, const char *name, char *out,
    size_t size) CHECKED;

/**
 * cookie_set(out, name, value):
 * Set a cookie for this host alone, until the browser closes: Secure,
 * HttpOnly, SameSite=Lax, Path=/. ${name} begins with __Host-. Lax, because
 * people come here from the applications' hosts.
 * Source: RFC 6265bis sections 4.1.2.5 and 4.1.3.2.
 */
void cookie_set(struct exchange_out *out, const char *name, const char *value);

/** cookie_share(out, name, value, domain): the same for every host below
 * ${domain}; ${name} cannot begin with __Host- then. */
void cookie_share(struct exchange_out *out, const char *name, const char *value,
    const char *domain);

/** cookie_keep(out, name, value, seconds): the same, kept for that long. */
void cookie_keep(
    struct exchange_out *out, const char *name, const char *value, int seconds);

/** cookie_end(out, name): have the browser forget it. */
void cookie_end(struct exchange_out *out, const char *name);

#endif /* AUTHD_WEB_COOKIE_H */
