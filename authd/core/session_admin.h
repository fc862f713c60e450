/*
 * session_admin.h: sessions as an administrator sees and ends them.
 * Room: core.  Process: front.  Threads: list from any with a core, end on the
 * writer's.
 * Unit test: tests/unit/test_session_admin.c
 */
#ifndef AUTHD_CORE_SESSION_ADMIN_H
#define AUTHD_CORE_SESSION_ADMIN_H

#include "authd/core/session.h"

/* What an administrator ends: exactly one of these. Borrowed. */
struct session_target {
	const char *id, *login, *office;
	bool is_all;
};

/**
 * session_admin_end(c, act, target, ended):
 * End one and what was opened from it, or those of a login: ${ended} says how
 * many were. Of an office or all: one row with a time; ${ended} is then -1.
 * ERR_NOTFOUND (no_such_session, no_such_account, no_such_office), ERR_INVALID
 * (bad_target).
 */
int session_admin_end(struct core *c, struct act *act,
    const struct session_target *target, int *ended) CHECKED;

typedef int session_admin_fn(void *arg, const struct session_view *v);

/**
 * session_admin_list(c, act, in, fn, arg, last):
 * Live ones only, the oldest first. At most in->limit rows are looked at;
 * ${last} is the id of the last one looked at, "" when there are no more.
 */
struct session_asked {
	const char *login, *office; /* one of them, or both NULL: all */
	const char *after;          /* an id; NULL: from the first */
	int limit;
};
int session_admin_list(struct core *c, struct act *act,
    const struct session_asked *in, session_admin_fn *fn, void *arg,
    char last[ID_TEXT + 1]) CHECKED;

#endif /* AUTHD_CORE_SESSION_ADMIN_H */
