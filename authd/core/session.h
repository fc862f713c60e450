/*
 * session.h: who is logged in, where, by which factors, and until when.
 * Room: core.  Process: front.
 * Threads: session_find() and session_use() from any with a core; the others
 * on the writer's.
 * Unit test: tests/unit/test_session.c
 *
 * A session is opened on the portal by a login, and from it one in each
 * application that is visited: its token counts on that host only. Whoever
 * ends the portal's ends those too (core/session_admin.h). All times run on steady time.
 *
 * A session is no more, at the very next question, once it was ended by itself,
 * with its login, office or all; its account or office is disabled, removed,
 * reset or past its last day; its password was changed or must be; the phone or
 * terminal it was opened with is revoked; its idle or absolute time is over.
 */
#ifndef AUTHD_CORE_SESSION_H
#define AUTHD_CORE_SESSION_H

#include "authd/core/engine.h"
#include "authd/core/token.h"

#define SESSION_EACH_MAX 64 /* of one account: the oldest ends */

/* What a login has just proven. Borrowed for the call. */
struct session_proof {
	unsigned factors;   /* SESSION_PASSWORD and others, rows.h */
	struct id device;   /* the phone whose code it was; zero: none */
	struct id terminal; /* whose certificate it was; zero: none */
};

/* Zero is no session. */
struct session_view {
	bool is_live;
	const char *why; /* not live: a word for the log; else NULL */
	/* Only of a live one; seen_* as in memory: */
	struct session row;
	struct account account;
	struct office office;
	int64_t ends_steady; /* if it is not used any more */
	int64_t last_steady; /* over then, whatever its use */
	int64_t idle_ms;     /* as long it may be unused */
};

/**
 * session_open(c, act, account, proof, token, out):
 * Open one on the portal, in the very transaction that accepted the login;
 * act->source is where the person is. The absolute time begins. ${token} is
 * for the cookie: told once, wipe it.
 * Of ${account} only its ids are looked at.
 * Return: 0; ERR_WRONG_STATE (session_obstacle) when the account could not log
 * in now, has no password or must change it; ERR_INVALID without two factors
 * of different kinds.
 */
int session_open(struct core *c, struct act *act, const struct account *account,
    const struct session_proof *proof, char token[TOKEN_LEN + 1],
    struct session *out) CHECKED;

/**
 * session_raise(c, act, row, proof, token, out):
 * More, or the same once more, was proven in the portal's session ${row}: its
 * token changes, its absolute time goes on.
 * Return: as session_open(); ERR_NOTFOUND when it has ended.
 */
int session_raise(struct core *c, struct act *act, const struct session *row,
    const struct session_proof *proof, char token[TOKEN_LEN + 1],
    struct session *out) CHECKED;

/**
 * session_enter(c, act, parent, app, token, out):
 * From the portal's live session ${parent} open one that counts in ${app} only,
 * instead of an earlier one of the same two. It has proven what its parent has
 * and its absolute time is that of the login.
 * Return: ERR_NOTFOUND when the parent is not live; ERR_WRONG_STATE
 * (too_long_ago) when that login is too long ago for the application.
 */
int session_enter(struct core *c, struct act *act, const struct session *parent,
    const struct app *app, char token[TOKEN_LEN + 1],
    struct session *out) CHECKED;

/**
 * session_find(c, token, app, now, out):
 * The session of this token: the portal's (${app} NULL) or that of ${app}. What
 * is not live is no error: out->is_live is false and out->why says so.
 */
int session_find(struct core *c, const char *token, const struct app *app,
    const struct moment *now, struct session_view *out) CHECKED;

/** session_check(c, row, app, now, out): the same of a row that was found by
 * its id. */
int session_check(struct core *c, const struct session *row,
    const struct app *app, const struct moment *now,
    struct session_view *out) CHECKED;

/**
 * session_shared(c, host, out):
 * Is ${host} below the configured cookie_domain? Then ${out} stands for all
 * applications below it: a session that is entered in it (session_enter())
 * counts in each. False, with ${out} empty, when none is configured.
 */
bool session_shared(
    const struct core *c, const char *host, struct app *out) CHECKED;

/** session_left_ms(c, v, app, now): how long a session that is entered now from
 * the live ${v} in ${app} could last; 0 or less: its login is too long ago. */
int64_t session_left_ms(const struct core *c, const struct session_view *v,
    const struct app *app, const struct moment *now);

/** session_use(c, row, now): it is used now, and with it the portal's. */
void session_use(
    struct core *c, const struct session *row, const struct moment *now);

/**
 * session_logout(c, act, row):
 * The person logs out: the portal's session ends and all that were opened from
 * it, whichever of them ${row} is.
 */
int session_logout(
    struct core *c, struct act *act, const struct session *row) CHECKED;

/** session_factors_text(factors, out): password+code+terminal. */
#define SESSION_FACTORS_TEXT 32
void session_factors_text(unsigned factors, char out[SESSION_FACTORS_TEXT]);

#endif /* AUTHD_CORE_SESSION_H */
