/*
 * change.h: changes of a rule that look first whom they lock out.
 * Room: core.  Process: front.  Threads: the writer's.
 * Unit test: tests/unit/test_impact.c
 *
 * A change that takes the way in from the person who makes it, or from every
 * administrator who has it, is refused unless it is forced; what was forced is
 * in the log as impact.force. The guard (core/guard.h) is another matter: it
 * looks at logging in as such, and cannot be forced.
 */
#ifndef AUTHD_CORE_CHANGE_H
#define AUTHD_CORE_CHANGE_H

#include "authd/core/impact.h"

/**
 * change_app_set(c, act, in, is_forced, out), change_app_remove(),
 * change_account_set():
 * As app_set(), app_remove() and account_set().
 * Return: as these; ERR_WRONG_STATE (locks_out_self,
 * locks_out_administrators) unless ${is_forced}. All or nothing with the
 * caller's savepoint.
 * Source: DESIGN 6.9.
 */
int change_app_set(struct core *c, struct act *act, const struct app_input *in,
    bool is_forced, struct app *out) CHECKED;
int change_app_remove(struct core *c, struct act *act, const char *host,
    bool is_forced, struct app *out) CHECKED;
int change_account_set(struct core *c, struct act *act,
    const struct account_input *in, bool is_forced,
    struct account_view *out) CHECKED;

#endif /* AUTHD_CORE_CHANGE_H */
