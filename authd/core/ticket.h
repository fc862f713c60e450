/*
 * ticket.h: slips of paper that do one thing, once: what is known of one, who
 * holds one, using it up, ending it.
 * Room: core.  Process: front.  Threads: look, held, show and list from any
 * with a core; everything else on the writer's.
 * Unit tests: tests/unit/test_ticket.c, tests/unit/test_ticket_model.c
 *
 * Made by core/ticket_make.h. The way of one, as pages go it:
 *
 * 1. GET of its link: ticket_look(). Nothing changes, whoever looks at it: a
 *    person, a mail program, a preview. What is not TICKET_OPEN has a page
 *    that says so; only what is said of ticket_look() may be shown.
 * 2. POST of what its purpose asks: core/ticket_prove.h. Five wrong ones and it
 *    is void. A right one gives a token for this browser's cookie, which holds
 *    the ticket for TICKET_HOLD_MS, for this purpose only. Whoever shows the
 *    right thing anew holds it then, and the browser before no more. From
 *    here on the secret of the link is not needed.
 * 3. Each later page: ticket_held() with the cookie's token and the purpose the
 *    page is for. Not held: back to the link.
 * 4. The work that grants something (the password stored, the phone
 *    confirmed, the file read) runs on the writer, in this order, in ONE
 *    transaction: ticket_held(); what is granted; ticket_use() of that very
 *    view. ticket_use() is one conditional UPDATE: of whatever runs in
 *    parallel one takes it, for the others it fails, which undoes what they
 *    have done. When slow work comes between (a hash), ask ticket_held() in
 *    start and again in settle, and use it in settle.
 *    What is no grant leaves it open: a wrong code, unmet password rules; with
 *    TICKET_FIRST the password, which may be set anew until the phone is
 *    confirmed: the phone uses it up.
 * 5. view.ticket.proved and .device say what the login on it has shown
 *    (SESSION_PASSWORD for TICKET_PHONE, SESSION_CODE for TICKET_PASSWORD): with
 *    what was granted they are the factors of a session_open().
 */
#ifndef AUTHD_CORE_TICKET_H
#define AUTHD_CORE_TICKET_H

#include "authd/core/account.h"
#include "authd/core/token.h"

#define TICKET_SECRET_LEN      26 /* 128 bits, as id_new_token() */
#define TICKET_HOLD_MS         (30 * 60 * INT64_C(1000))
#define TICKET_KEEP_MS         (30 * 24 * 3600 * INT64_C(1000)) /* ended ones */
#define TICKET_FAILURES_MAX    5
#define TICKET_ROUND           50 /* of each kind in one tick */
#define TICKET_PATH            "/ticket/" /* and the secret; on portal_url */

/* A ticket with what people want to see beside it. */
struct ticket_view {
	enum ticket_state state; /* now; TICKET_UNKNOWN: there is none */
	const char *why;         /* not open: a word for the log; else NULL */
	struct ticket ticket;
	int64_t expires_ms; /* wall time */
	struct account account;
	struct office office;
};

/** ticket_purpose_text(p), ticket_state_text(s): words of the API; never
 * NULL. */
const char *ticket_purpose_text(enum ticket_purpose p);
const char *ticket_state_text(enum ticket_state s);

/** ticket_purpose_get(text, out): ERR_INVALID for any other word. */
int ticket_purpose_get(const char *text, enum ticket_purpose *out) CHECKED;

/** ticket_secret_fold(in, n, out): as typed from paper: in either case, blanks
 * and hyphens between, o for 0, i or l for 1. ERR_INVALID with ${out} empty: it
 * is none. */
int ticket_secret_fold(
    const char *in, size_t n, char out[TICKET_SECRET_LEN + 1]) CHECKED;

/** ticket_secret_hash(secret, hash): what stands for it in the store.
 * ERR_INVALID, ERR_NOMEM. */
int ticket_secret_hash(
    const char *secret, uint8_t hash[SESSION_HASH_LEN]) CHECKED;

/**
 * ticket_look(c, act, secret, out):
 * The ticket of a secret (folded; "" is none). What is unknown is no error.
 * Before the login was right a page may show state, ticket.purpose,
 * expires_ms and of the office name and contact; nothing of the account.
 * TICKET_VOID is also one that does not fit its account now: TICKET_FIRST when
 * a phone was enrolled otherwise, any when the account may not log in.
 */
int ticket_look(struct core *c, struct act *act, const char *secret,
    struct ticket_view *out) CHECKED;

/**
 * ticket_held(c, act, token, purpose, out, is_held):
 * The ticket that this browser's token holds, and does it, now, for
 * ${purpose}? A token that holds nothing is no error; out->state then says why
 * (TICKET_OPEN: its time is over, or the purpose another), and nothing of
 * ${out} may be shown but what ticket_look() names.
 */
int ticket_held(struct core *c, struct act *act, const char *token,
    enum ticket_purpose purpose, struct ticket_view *out, bool *is_held) CHECKED;

/**
 * ticket_use(c, act, held):
 * It is used up, with this transaction; ${held} is of ticket_held() that said
 * so in the same one. Audited. ERR_WRONG_STATE (ticket_over): somebody was
 * first; the caller hands that on, so that its work is undone.
 * Source: DESIGN 6.9; V27.
 */
int ticket_use(struct core *c, struct act *act,
    const struct ticket_view *held) CHECKED;

/** ticket_show(c, act, id, out): by its id in text. ERR_NOTFOUND
 * (no_such_ticket). */
int ticket_show(struct core *c, struct act *act, const char *id,
    struct ticket_view *out) CHECKED;

/** ticket_void(c, act, id, out): nobody gets in with it any more, and what was
 * to be fetched is gone: its certificate is revoked. ERR_NOTFOUND
 * (no_such_ticket), ERR_WRONG_STATE (ticket_over) when it has ended. */
int ticket_void(struct core *c, struct act *act, const char *id,
    struct ticket_view *out) CHECKED;

/* NULL, 0: not given. */
struct ticket_asked {
	const char *office, *login; /* as typed; one of them, or neither: all */
	bool is_all;                /* ended ones too, for TICKET_KEEP_MS */
	const char *after;          /* an id in text */
	int limit;
};
typedef int ticket_fn(void *arg, const struct ticket_view *v);

/**
 * ticket_list(c, act, asked, fn, arg, last):
 * The oldest first. ${last} is the id from which the next listing goes on, ""
 * when this was all. ERR_NOTFOUND (no_such_office, no_such_account,
 * no_such_ticket).
 */
int ticket_list(struct core *c, struct act *act,
    const struct ticket_asked *asked, ticket_fn *fn, void *arg,
    char last[ID_TEXT + 1]) CHECKED;

/** ticket_end(c, act, v, state, why): for ticket_make.c and ticket_prove.c: an
 * open one becomes TICKET_VOID or TICKET_EXPIRED; ended already is 0. */
int ticket_end(struct core *c, const struct act *act,
    const struct ticket_view *v, enum ticket_state state,
    const char *why) CHECKED;

/** ticket_tick(c, act): from time to time, on the writer: those whose time is
 * over end, with their certificates; what ended long ago is forgotten. */
int ticket_tick(struct core *c, struct act *act) CHECKED;

#endif /* AUTHD_CORE_TICKET_H */
