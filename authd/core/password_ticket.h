/*
 * password_ticket.h: who holds a ticket that brings a password sets it.
 * Room: core.  Process: front.
 * Threads: password_ticket_hash() on a hash worker, the others on the writer's.
 * Unit test: tests/unit/test_password_ticket.c
 *
 * What the login on the ticket has shown is core/ticket_prove.h. With a ticket
 * for the first time the password is one half, and stays changeable until the
 * phone, the other half, uses the ticket up; with one for a password it is all.
 */
#ifndef AUTHD_CORE_PASSWORD_TICKET_H
#define AUTHD_CORE_PASSWORD_TICKET_H

#include "authd/core/password.h"
#include "authd/core/ticket.h"

/* Zero refuses. */
enum password_ticket_result {
	PASSWORD_TICKET_REFUSED = 0, /* not held, or changed meanwhile */
	PASSWORD_TICKET_UNMET,       /* rules in reasons */
	PASSWORD_TICKET_DONE
};

/* Holds secrets: wipe after use. */
struct password_ticket {
	/* in */
	enum ticket_purpose purpose;       /* TICKET_FIRST or TICKET_PASSWORD */
	char token[TOKEN_LEN + 1];         /* of the holder; "" none */
	char fresh[PASSWORD_TEXT_MAX + 2]; /* cut one byte past the longest */
	/* out */
	enum password_ticket_result result;
	bool is_held;            /* at the last look */
	struct ticket_view view; /* then; else why not */
	uint32_t reasons;
	/* between */
	const struct breach *breach; /* borrowed of the engine */
	struct password_known known;
	char hash[PASSHASH_MAX + 1];
};

/** password_ticket_start(c, act, q): load what is judged. Not held is no
 * error: then nothing follows. */
int password_ticket_start(
    struct core *c, struct act *act, struct password_ticket *q) CHECKED;

/**
 * password_ticket_hash(p, k, q):
 * Judge and hash, without the store. A password that was set with this very
 * ticket may be set once more, so that who begins again is not told to think
 * of another.
 */
int password_ticket_hash(const struct policy *p, struct keeper *k,
    struct password_ticket *q) CHECKED;

/**
 * password_ticket_settle(c, act, q):
 * Store it. TICKET_FIRST: the ticket has proven a password then.
 * TICKET_PASSWORD: it is used up. Return: ERR_WRONG_STATE (ticket_over) when
 * somebody was first.
 */
int password_ticket_settle(
    struct core *c, struct act *act, struct password_ticket *q) CHECKED;

#endif /* AUTHD_CORE_PASSWORD_TICKET_H */
