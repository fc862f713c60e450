/*
 * ticket_prove.h: log in to a ticket: its login, and with it what its purpose
 * asks: a phone's ticket the password, a password's one a code or recovery
 * code. Whoever is right holds it.
 * Room: core.  Process: front.
 * Threads: ticket_prove_hash() on a hash worker, the others on the writer's.
 * Unit tests: tests/unit/test_ticket.c, tests/unit/test_ticket_model.c
 *
 * Guesses count three times: for the ticket, which is void after five; for the
 * account in a bucket of its own, so that who finds a slip locks nobody out of
 * the login; and for the source. A wrong login takes the same way as a wrong
 * password or code. A new ticket gives new tries (ticket_make.c).
 */
#ifndef AUTHD_CORE_TICKET_PROVE_H
#define AUTHD_CORE_TICKET_PROVE_H

#include "authd/core/password.h"
#include "authd/core/ticket.h"
#include "authd/core/verify.h"

#define TICKET_PROVE_CONSUMER "ticket"
#define TICKET_PROVE_BUCKET   "c:" TICKET_PROVE_CONSUMER

/* Holds secrets: wipe after use. */
struct ticket_prove {
	/* in */
	char secret[TICKET_SECRET_LEN + 1]; /* folded; "" when it was none */
	char name[LOGIN_MAX + 1];           /* folded; "" when it was none */
	char password[PASSWORD_TEXT_MAX + 2]; /* cut one byte past the longest */
	char code[CODE_DIGITS + 1];         /* folded; "" when it was none */
	char recovery[RECOVERY_LEN + 1];    /* or a recovery code, folded */
	/* out */
	bool is_proven;           /* false refuses */
	struct ticket_view view;  /* view.state as it is after this */
	char token[TOKEN_LEN + 1]; /* of the holder, for a cookie */
	bool is_used_code;         /* as in verify.h */
	int retry_after;
	/* between */
	struct verify verify;
	bool has_verify, is_his, is_blocked, has_slot, is_hashed;
	struct password_known known;
	enum passhash_verdict verdict;
};

/** ticket_prove_prepare(c, act, q): hand the code over to be judged. */
int ticket_prove_prepare(
    struct core *c, struct act *act, struct ticket_prove *q) CHECKED;

/** ticket_prove_start(c, act, q, wants_hash): decide, or take a failure slot
 * for the password, durable before anything is hashed. */
int ticket_prove_start(struct core *c, struct act *act, struct ticket_prove *q,
    bool *wants_hash) CHECKED;

/** ticket_prove_hash(p, k, q): the slow part, without the store. */
int ticket_prove_hash(
    const struct policy *p, struct keeper *k, struct ticket_prove *q) CHECKED;

/** ticket_prove_give_back(c, act, q): instead of ticket_prove_settle(), or after
 * it was undone: the slot was none when nothing was hashed, or the right
 * password. */
int ticket_prove_give_back(
    struct core *c, struct act *act, struct ticket_prove *q) CHECKED;

/** ticket_prove_settle(c, act, q): give the slot back or leave it. */
int ticket_prove_settle(
    struct core *c, struct act *act, struct ticket_prove *q) CHECKED;

#endif /* AUTHD_CORE_TICKET_PROVE_H */
