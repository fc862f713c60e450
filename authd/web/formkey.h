/*
 * formkey.h: was this form sent from a page of ours, to this very browser?
 * Room: web.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_formkey.c
 *
 * Each browser has a secret in a cookie that no other site can read or plant
 * (__Host-). A page's forms carry a hash of it and of the session they belong
 * to; who cannot read our pages does not know it, and after a login or logout
 * it is another. Nothing is stored.
 */
#ifndef AUTHD_WEB_FORMKEY_H
#define AUTHD_WEB_FORMKEY_H

#include <stdbool.h>

#include "authd/base/id.h"
#include "authd/web/exchange.h"

#define FORMKEY_COOKIE    "__Host-sekisho-form"
#define FORMKEY_LEN       REQUEST_ID_LEN /* of the secret: 128 random bits */
#define FORMKEY_TOKEN_LEN 64             /* of what a form carries */

/**
 * formkey_take(in, secret, is_new):
 * The browser's secret, or a new one that its cookie has to be set to.
 * Return: 0, or ERR_SYS without random bytes.
 */
int formkey_take(const struct exchange_in *in, char secret[FORMKEY_LEN + 1],
    bool *is_new) CHECKED;

/** formkey_token(secret, session, out): what the forms of a page carry;
 * ${session} is the session's token, "" when there is none. ERR_NOMEM. */
int formkey_token(const char *secret, const char *session,
    char out[FORMKEY_TOKEN_LEN + 1]) CHECKED;

/**
 * formkey_check(in, secret, session, token):
 * Return: 0 when the form came from a page of ours: ${token} (NULL: none came)
 *         is the right one, and the browser does not say it came from
 *         elsewhere; else ERR_DENIED; ERR_NOMEM.
 * Source: OWASP, CSRF prevention; Fetch Metadata Request Headers.
 */
int formkey_check(const struct exchange_in *in, const char *secret,
    const char *session, const char *token) CHECKED;

#endif /* AUTHD_WEB_FORMKEY_H */
