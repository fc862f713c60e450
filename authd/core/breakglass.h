/*
 * breakglass.h: a server tells that somebody came in without us.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit test: tests/unit/test_breakglass.c
 */
#ifndef AUTHD_CORE_BREAKGLASS_H
#define AUTHD_CORE_BREAKGLASS_H

#include "authd/core/engine.h"

#define BREAKGLASS_HOST_MAX   63
#define BREAKGLASS_WORD_MAX   64
#define BREAKGLASS_NUMBER_MAX 20

/* What the host wrote down at the time; one word each. */
struct breakglass {
	char host[BREAKGLASS_HOST_MAX + 1];
	int number; /* of the code, from 1 */
	char at[BREAKGLASS_WORD_MAX + 1];
	char service[BREAKGLASS_WORD_MAX + 1];
	char user[BREAKGLASS_WORD_MAX + 1];
};

/**
 * breakglass_note(c, act, in):
 * Write the audit record breakglass.used; act->source is where the person came
 * from. A report that comes twice is recorded twice: better than not at all.
 */
int breakglass_note(
    struct core *c, const struct act *act, const struct breakglass *in) CHECKED;

#endif /* AUTHD_CORE_BREAKGLASS_H */
