/*
 * shown.h: the certificate that comes with an attempt to log in: whose terminal
 * is it, and so in which counter do failures count (rule 6.2).
 * Room: core.  Process: front.  Threads: the writer's.
 * Proved by tests/unit/test_login_terminal.c
 */
#ifndef AUTHD_CORE_SHOWN_H
#define AUTHD_CORE_SHOWN_H

#include "authd/core/engine.h"

/* As it came; length 0: none, or one that cannot be read. */
struct shown {
	size_t len;
	uint8_t der[CERT_DER_MAX];
};

/* A live certificate of a terminal that admits the account. */
struct shown_by {
	struct id terminal; /* zero: there is none */
	uint8_t serial[CERT_SERIAL_LEN];
	uint8_t fingerprint[CERT_FINGERPRINT_LEN];
};

/**
 * shown_look(c, act, s, account, by):
 * Is ${s} one of a terminal that admits ${account}, in whatever state that is?
 * The use is noted. ${by} is zero when not, and on an error.
 */
int shown_look(struct core *c, struct act *act, const struct shown *s,
    const struct account *account, struct shown_by *by) CHECKED;

/**
 * shown_again(c, act, by, account):
 * The same in a later step, when it may be revoked or lost: then ${by} is
 * zeroed.
 */
int shown_again(struct core *c, struct act *act, struct shown_by *by,
    const struct account *account) CHECKED;

/** shown_is(by): was there one? */
bool shown_is(const struct shown_by *by);

/** shown_bucket(by, out): its terminal's bucket, or "", the strangers'. */
void shown_bucket(const struct shown_by *by, char out[BUCKET_MAX + 1]);

#endif /* AUTHD_CORE_SHOWN_H */
