/*
 * cert.h: certificates that were issued: shown, listed, revoked.
 * Room: core.  Process: front.  Threads: changes on the writer's.
 * Unit test: tests/unit/test_cert.c
 */
#ifndef AUTHD_CORE_CERT_H
#define AUTHD_CORE_CERT_H

#include "authd/core/engine.h"

#define CERT_SERIAL_TEXT (2 * CERT_SERIAL_LEN)

enum cert_state {
	CERT_STATE_NONE = 0,
	CERT_LIVE,
	CERT_NOT_YET,
	CERT_EXPIRED,
	CERT_REVOKED
};

/* A certificate with what people want to see beside it. */
struct cert_view {
	struct cert cert;
	enum cert_state state;
	struct terminal terminal;           /* of a terminal's */
	char office[OFFICE_CODE_MAX + 1];   /* of a terminal's */
	char host[HOST_NAME_MAX_BYTES + 1]; /* of a host's */
};

typedef int cert_fn(void *arg, const struct cert_view *v);

/** cert_serial_put(serial, out): upper-case hex without separators. */
void cert_serial_put(
    const uint8_t serial[CERT_SERIAL_LEN], char out[CERT_SERIAL_TEXT + 1]);

/** cert_serial_get(text, out): hex of either case, as openssl prints it,
 * leading zeros left out. Return: 0 or ERR_INVALID. */
int cert_serial_get(const char *text, uint8_t out[CERT_SERIAL_LEN]) CHECKED;

/** cert_state_text(s), cert_reason_text(r): words of the API; never NULL. */
const char *cert_state_text(enum cert_state s);
const char *cert_reason_text(enum cert_reason r);

/** cert_reason_get(text, out): the word's reason; NULL text: unspecified. */
int cert_reason_get(const char *text, enum cert_reason *out) CHECKED;

/**
 * cert_find(c, act, serial, out):
 * By its serial as typed. ERR_NOTFOUND (no_such_certificate), for what is no
 * serial too.
 */
int cert_find(struct core *c, struct act *act, const char *serial,
    struct cert *out) CHECKED;

/** cert_show(c, act, serial, out): with state and holder. */
int cert_show(struct core *c, struct act *act, const char *serial,
    struct cert_view *out) CHECKED;

/** cert_view(c, act, row, out): the same for one that was read. */
int cert_view(struct core *c, const struct act *act, const struct cert *row,
    struct cert_view *out) CHECKED;

/** cert_view_begin(act, row, out): the same but for terminal, office and host,
 * which the caller knows. */
void cert_view_begin(
    const struct act *act, const struct cert *row, struct cert_view *out);

/**
 * cert_list(c, act, office, terminal, after, limit, fn, arg):
 * The oldest first, from above the serial ${after} (NULL or "": the first), of
 * a terminal (an id in text), of an office (a typed code), or (both NULL) of
 * all, hosts too. ERR_NOTFOUND (no_such_office, no_such_terminal,
 * no_such_certificate).
 */
int cert_list(struct core *c, struct act *act, const char *office,
    const char *terminal, const char *after, int limit, cert_fn *fn,
    void *arg) CHECKED;

/**
 * cert_revoke(c, act, serial, reason, out):
 * For ever, and every answer after this refuses it. ERR_NOTFOUND
 * (no_such_certificate), ERR_WRONG_STATE (revoked).
 */
int cert_revoke(struct core *c, struct act *act, const char *serial,
    enum cert_reason reason, struct cert_view *out) CHECKED;

/**
 * cert_revoke_row(c, act, row, reason, by):
 * The same for a certificate that was read; ${by} is a word for the log: what
 * brought it about (NULL: an order). One that is revoked already stays as it
 * is.
 */
int cert_revoke_row(struct core *c, const struct act *act,
    const struct cert *row, enum cert_reason reason, const char *by) CHECKED;

/**
 * cert_revoke_holder(c, act, office, holder, before, reason, by):
 * All live ones of a terminal or (office all zero) a host; ${before} (or
 * NULL): only those issued before this one.
 */
int cert_revoke_holder(struct core *c, const struct act *act,
    const struct id *office, const struct id *holder, const struct cert *before,
    enum cert_reason reason, const char *by) CHECKED;

#endif /* AUTHD_CORE_CERT_H */
