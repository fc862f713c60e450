/*
 * enrol.h: bring a phone to an account: a new secret, drawn as a QR code, then
 * confirmed by its first code.
 * Room: core.  Process: front.  Threads: the writer's.
 * Unit test: tests/unit/test_enrol.c
 */
#ifndef AUTHD_CORE_ENROL_H
#define AUTHD_CORE_ENROL_H

#include "authd/core/verify.h"

#define ENROL_SECRET_MAX 32 /* base32 of SEED_LEN bytes */
#define ENROL_URI_MAX    2048

/* What is shown once. Wipe after use. */
struct enrol_secret {
	struct phone phone;
	char secret[ENROL_SECRET_MAX + 1]; /* base32, no padding */
	char uri[ENROL_URI_MAX + 1];       /* otpauth://totp/... */
	int64_t expires_ms;
};

/**
 * enrol_start(c, act, login, label, is_private, out):
 * Make a pending phone; an older pending one of the account is void. A NULL
 * label becomes スマートフォン. ERR_LIMIT (too_many_phones) at PHONES_MAX,
 * ERR_WRONG_STATE (account_disabled), ERR_NOTFOUND, ERR_INVALID (bad_label).
 */
int enrol_start(struct core *c, struct act *act, const char *login,
    const char *label, bool is_private, struct enrol_secret *out) CHECKED;

/**
 * enrol_draw(c, act, login, out):
 * Show the pending secret again, within PENDING_MS; ERR_WRONG_STATE (not_pending).
 */
int enrol_draw(struct core *c, struct act *act, const char *login,
    struct enrol_secret *out) CHECKED;

/* Is a phone waiting to be confirmed? */
enum enrol_state {
	ENROL_NONE = 0,
	ENROL_OVER,   /* one was, but its PENDING_MS are over */
	ENROL_WAITING /* one is, and its secret can be shown */
};

/**
 * enrol_look(c, act, login, state, out):
 * The same, told to the very person whose phone it will be, as often as the
 * page is looked at: nothing is changed or noted. Of one that is over only
 * out->phone. Any thread with a core. ERR_NOTFOUND; ERR_WRONG_STATE
 * (account_disabled).
 */
int enrol_look(struct core *c, struct act *act, const char *login,
    enum enrol_state *state, struct enrol_secret *out) CHECKED;

/**
 * enrol_confirm(c, act, login, code, verdict, out):
 * A right code makes the pending phone active and is used up by it; a wrong
 * one changes nothing but the log. ERR_WRONG_STATE (not_pending), ERR_NOTFOUND.
 */
int enrol_confirm(struct core *c, struct act *act, const char *login,
    const char *code, enum verdict *verdict, struct phone *out) CHECKED;

/**
 * enrol_uri(issuer, login, secret, out):
 * Write otpauth://totp/ISSUER:LOGIN?secret=..&issuer=ISSUER&algorithm=SHA1&
 * digits=6&period=30 with blanks as %20. ERR_INVALID when it does not fit.
 */
int enrol_uri(const char *issuer, const char *login, const char *secret,
    char out[ENROL_URI_MAX + 1]) CHECKED;

#endif /* AUTHD_CORE_ENROL_H */
