/*
 * ticket_world.h: login_world.h with tickets, taken through their steps as the
 * engine does it. What fails here ends the test.
 * Threads: one world at a time, one thread.
 * Link with it: the list of login_world.h, authd/core/ticket.c, ticket_make.c,
 * ticket_prove.c, token.c, and what certificates need.
 */
#ifndef TESTS_FAKES_TICKET_WORLD_H
#define TESTS_FAKES_TICKET_WORLD_H

#include "authd/core/ticket_make.h"
#include "authd/core/ticket_prove.h"
#include "tests/fakes/login_world.h"

/** ticket_world_account(w, office, login, out): an account that has nothing
 * yet. */
void ticket_world_account(struct core_world *w, const char *office,
    const char *login, struct account *out);

/** ticket_world_make(w, login, purpose, label, hours, q): in its transaction;
 * the result. ${q} is cleared by the caller. */
int ticket_world_make(struct core_world *w, const char *login,
    const char *purpose, const char *label, int hours, struct ticket_make *q);

/** ticket_world_secret(w, login, purpose, out): one that must be made; its
 * secret. */
void ticket_world_secret(struct core_world *w, const char *login,
    const char *purpose, char out[TICKET_SECRET_LEN + 1]);

/** ticket_world_prove(w, secret, login, shown, q): all parts of it, none of
 * which must break; ${shown} is a password or a code or "". */
bool ticket_world_prove(struct core_world *w, const char *secret,
    const char *login, const char *shown, struct ticket_prove *q);

/** ticket_world_token(w, secret, login, shown, out): one that must be right. */
void ticket_world_token(struct core_world *w, const char *secret,
    const char *login, const char *shown, char out[TOKEN_LEN + 1]);

/** ticket_world_use(w, token, purpose): hold it and use it up; the result, or
 * ERR_DENIED when it is not held. */
int ticket_world_use(
    struct core_world *w, const char *token, enum ticket_purpose purpose);

/** ticket_world_state(w, secret): what a look at the link says. */
enum ticket_state ticket_world_state(
    struct core_world *w, const char *secret);

#endif /* TESTS_FAKES_TICKET_WORLD_H */
