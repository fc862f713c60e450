/*
 * ticket_make.h: make a ticket for somebody.
 * Room: core.  Process: front.
 * Threads: ticket_make_certificate() on a hash worker, the others on the
 * writer's.
 * Unit test: tests/unit/test_ticket_make.c
 *
 * With TICKET_CERTIFICATE the terminal's key and certificate are made now, so
 * that the passphrase can be told now, on another way than the slip; the
 * file is kept in its encrypted form only.
 */
#ifndef AUTHD_CORE_TICKET_MAKE_H
#define AUTHD_CORE_TICKET_MAKE_H

#include "authd/core/cert_issue.h"
#include "authd/core/policy.h"
#include "authd/core/ticket.h"

#define TICKET_MAKE_HOURS             72
#define TICKET_MAKE_HOURS_CERTIFICATE (7 * 24)
#define TICKET_MAKE_HOURS_MAX         (30 * 24)
#define TICKET_MAKE_LINK                                                       \
	(POLICY_URL_MAX + sizeof(TICKET_PATH) + TICKET_SECRET_LEN)

/* Holds secrets: wipe after use. */
struct ticket_make {
	/* in: borrowed until the last call */
	const char *login;   /* as typed */
	const char *purpose; /* a word */
	const char *label; /* of the phone or terminal; needed for the latter */
	const char *owner; /* of the terminal: company, private; NULL: company */
	int hours;         /* 0: as the purpose has it */
	/* out: told once */
	struct ticket_view view;
	char link[TICKET_MAKE_LINK + 1];
	char passphrase[X509_PKCS12_PASSPHRASE + 1]; /* of a certificate */
	/* between */
	enum ticket_purpose kind;
	struct cert_issue *issue;
};

/**
 * ticket_make_start(c, act, q, wants_make):
 * Check and, unless it is for a certificate, make it. An open one of the same
 * account and purpose (of a certificate: and label) is void from here on, and a
 * lock that wrong tries on it brought about is lifted.
 * ${wants_make}: ticket_make_certificate() and ticket_make_settle() must follow.
 * Return: 0; ERR_INVALID (bad_purpose, bad_label, bad_hours, bad_owner);
 * ERR_NOTFOUND (no_such_account); ERR_WRONG_STATE (no_portal_url;
 * not_approved, disabled, office_disabled, left; already_enrolled,
 * enrol_by_passed, no_password, password_due, not_enrolled; no_ca); ERR_LIMIT
 * (too_many_phones); ERR_EXISTS (label_taken); ERR_DENIED (root_only: the
 * first one of an administrator or operator, by a person).
 */
int ticket_make_start(struct core *c, struct act *act, struct ticket_make *q,
    bool *wants_make) CHECKED;

/** ticket_make_certificate(c, q): the slow part, without the store. */
int ticket_make_certificate(struct core *c, struct ticket_make *q) CHECKED;

/** ticket_make_settle(c, act, q): write both down, the certificate and its
 * ticket. As cert_issue_settle() and ticket_make_start(). */
int ticket_make_settle(
    struct core *c, struct act *act, struct ticket_make *q) CHECKED;

/** ticket_make_clear(q): wipe all of it and free. Safe on a zeroed one. */
void ticket_make_clear(struct ticket_make *q);

#endif /* AUTHD_CORE_TICKET_MAKE_H */
