/*
 * account_input.h: check what was typed for an account and put it in its row.
 * Room: core.  Process: front.
 * Unit test: tests/unit/test_account_input.c
 */
#ifndef AUTHD_CORE_ACCOUNT_INPUT_H
#define AUTHD_CORE_ACCOUNT_INPUT_H

#include "authd/core/account.h"

/**
 * account_input_take(p, act, in, row):
 * Check every given member of ${in} but login and office and copy it to ${row}.
 * ERR_INVALID with the problem in ${act}; ${row} may then be changed in part.
 */
int account_input_take(const struct policy *p, struct act *act,
    const struct account_input *in, struct account *row) CHECKED;

/** account_input_forbidden(p, act, login): ERR_INVALID (forbidden_login) when it
 * is on the list of logins too easily guessed. */
int account_input_forbidden(
    const struct policy *p, struct act *act, const char *login) CHECKED;

#endif /* AUTHD_CORE_ACCOUNT_INPUT_H */
