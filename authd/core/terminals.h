/*
 * terminals.h: the terminals of offices: listed, shown, changed, lost.
 * Room: core.  Process: front.  Threads: changes on the writer's.
 * Unit test: tests/unit/test_terminals.c
 */
#ifndef AUTHD_CORE_TERMINALS_H
#define AUTHD_CORE_TERMINALS_H

#include "authd/core/cert.h"

#define TERMINALS_ADMITTED_MAX 64 /* logins that a view shows */

/* A terminal with what people want to see beside it. */
struct terminals_view {
	struct terminal terminal;
	char office[OFFICE_CODE_MAX + 1];
	char admitted[TERMINALS_ADMITTED_MAX][LOGIN_MAX + 1];
	int admitted_n; /* all of them, more than are shown perhaps */
	bool has_cert;
	struct cert cert;      /* the last issued, of the live ones if any */
	enum cert_state state; /* of it */
	int64_t first_seen_ms, last_seen_ms; /* over all its certificates */
	char last_source[AUDIT_SOURCE_MAX + 1];
};

typedef int terminals_fn(void *arg, const struct terminals_view *v);

/* What is to change. NULL, 0: not given. Borrowed for the call. */
struct terminals_input {
	const char *admit, *drop;     /* logins as typed */
	bool admit_all, admit_listed; /* all of the office; only the named */
	const char *owner;            /* company, private */
	const char *label;
};

/** terminals_show(c, act, id, out): ERR_NOTFOUND (no_such_terminal). */
int terminals_show(struct core *c, struct act *act, const char *id,
    struct terminals_view *out) CHECKED;

/**
 * terminals_list(c, act, office, after, limit, fn, arg):
 * The oldest first, from above the id ${after}; ${office} is a typed code,
 * NULL for all.
 */
int terminals_list(struct core *c, struct act *act, const char *office,
    const char *after, int limit, terminals_fn *fn, void *arg) CHECKED;

/** terminals_of(c, act, a, limit, fn, arg): those that name this account and
 * are not lost, the oldest first. */
int terminals_of(struct core *c, struct act *act, const struct account *a,
    int limit, terminals_fn *fn, void *arg) CHECKED;

/**
 * terminals_set(c, act, id, in, out):
 * ERR_NOTFOUND (no_such_terminal, no_such_account: in its office),
 * ERR_INVALID (bad_owner, bad_label), ERR_EXISTS (label_taken),
 * ERR_WRONG_STATE (terminal_lost).
 */
int terminals_set(struct core *c, struct act *act, const char *id,
    const struct terminals_input *in, struct terminals_view *out) CHECKED;

/**
 * terminals_lost(c, act, id, out):
 * Lost or stolen: it admits nobody from the next answer, and its certificates
 * are revoked, what was opened there ends. When and from where it was last seen
 * goes into the log, once for each account it names, whose terminal it was. Lost
 * already: 0, and nothing changes.
 */
int terminals_lost(struct core *c, struct act *act, const char *id,
    struct terminals_view *out) CHECKED;

#endif /* AUTHD_CORE_TERMINALS_H */
