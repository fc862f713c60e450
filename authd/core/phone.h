/*
 * phone.h: the phones an account has: list, revoke, resynchronise.
 * Room: core.  Process: front.  Threads: changes on the writer's.
 * Unit test: tests/unit/test_phone.c
 */
#ifndef AUTHD_CORE_PHONE_H
#define AUTHD_CORE_PHONE_H

#include "authd/core/verify.h"

/** phone_list(c, act, login, fn, arg): all, oldest first, revoked ones too. */
int phone_list(struct core *c, struct act *act, const char *login,
    store_phone_fn *fn, void *arg) CHECKED;

/** phone_find(c, act, device, out, account): by its id alone, whoever's it is;
 * ERR_NOTFOUND (no_such_phone). */
int phone_find(struct core *c, struct act *act, const char *device,
    struct phone *out, struct account *account) CHECKED;

/**
 * phone_revoke(c, act, login, device, out):
 * Every answer after this refuses its codes. ${device} is an id in text; NULL
 * means the only phone. ERR_NOTFOUND (no_such_phone), ERR_WRONG_STATE (revoked,
 * not_one_phone).
 */
int phone_revoke(struct core *c, struct act *act, const char *login,
    const char *device, struct phone *out) CHECKED;

/**
 * phone_resync(c, act, login, code, next_code, verdict, out):
 * Two consecutive codes within KEEPER_OFFSET_MAX steps set a phone's own
 * offset; the stored last step is never lowered. Counted and locked as a
 * verification by consumer resync.
 * Source: RFC 4226 section 7.4.
 */
int phone_resync(struct core *c, struct act *act, const char *login,
    const char *code, const char *next_code, enum verdict *verdict,
    struct phone *out) CHECKED;

#endif /* AUTHD_CORE_PHONE_H */
