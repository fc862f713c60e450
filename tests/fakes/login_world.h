/*
 * login_world.h: core_world.h with passwords and logins under way, and a login
 * taken through its parts one by one, so that a test may do something between
 * any two of them. What fails here ends the test.
 * Threads: one world at a time, one thread.
 * Link with it: the list of core_world.h, authd/core/login.c, logins.c,
 * password*.c, passhash*.c (or tests/fakes/passhash_fake.c).
 */
#ifndef TESTS_FAKES_LOGIN_WORLD_H
#define TESTS_FAKES_LOGIN_WORLD_H

#include "authd/core/login.h"
#include "tests/fakes/core_world.h"

/* Three that meet every rule. */
#define LOGIN_WORLD_ONE   "Kx7#vRq2!mWz"
#define LOGIN_WORLD_TWO   "uT4%gNs8?bLe"
#define LOGIN_WORLD_THREE "zH5&yPd3*cJo"
#define LOGIN_WORLD_WRONG "wrong#Vn6+kQx"

/** login_world_start(w): an empty installation, yescrypt at cost 5. */
void login_world_start(struct core_world *w);
void login_world_stop(struct core_world *w);

/**
 * login_world_person(w, office, login, class, out):
 * core_world_person() with the own password LOGIN_WORLD_ONE.
 */
void login_world_person(struct core_world *w, const char *office,
    const char *login, const char *class, struct person *out);

/** login_world_password(w, login, text, is_temporary): set one, unjudged. */
void login_world_password(struct core_world *w, const char *login,
    const char *text, bool is_temporary);

/** login_world_first(l, login, password), _code(l, token, code),
 * _change(l, token, password): what was typed for one step, as the edge
 * hands it over; by service sshd. */
void login_world_first(
    struct login *l, const char *login, const char *password);
void login_world_code(struct login *l, const char *token, const char *code);
void login_world_change(
    struct login *l, const char *token, const char *password);

/**
 * login_world_run(w, l), login_world_hash(w, l), login_world_settle(w, l):
 * The parts of a step, each transaction committed. login_world_run() stores
 * in ${wants} whether the others follow.
 * Return: 0 or why it broke; then it is rolled back.
 */
int login_world_run(struct core_world *w, struct login *l, bool *wants);
int login_world_hash(struct core_world *w, struct login *l);
int login_world_settle(struct core_world *w, struct login *l);

/** login_world_step(w, l): all parts that are due, none of which must break. */
enum login_result login_world_step(struct core_world *w, struct login *l);

/** login_world_try(w, login, password): one first step. */
struct login login_world_try(
    struct core_world *w, const char *login, const char *password);

/** login_world_token(w, p, password, step, out): the token that opens the code
 * step of ${p} or, after its code of now, the step after that. */
void login_world_token(struct core_world *w, const struct person *p,
    const char *password, enum logins_step step,
    char out[LOGINS_TOKEN_LEN + 1]);

/** login_world_counter(w, p, kind): the counter that logins look at. */
struct counter login_world_counter(
    struct core_world *w, const struct person *p, enum counter_kind kind);

#endif /* TESTS_FAKES_LOGIN_WORLD_H */
