/*
 * office.h: offices: the tenants, each with its own accounts.
 * Room: core.  Process: front.  Threads: changes on the writer's.
 * Unit test: tests/unit/test_office.c
 */
#ifndef AUTHD_CORE_OFFICE_H
#define AUTHD_CORE_OFFICE_H

#include "authd/core/engine.h"

/* NULL: not given. Borrowed for the call. ${networks} is blank-separated. */
struct office_input {
	const char *code, *name, *contact, *networks;
};

/**
 * office_add(c, act, in, out):
 * Add an office; code and name are needed. ERR_INVALID (bad_code, bad_name,
 * bad_contact, bad_network), ERR_EXISTS (office_taken).
 */
int office_add(struct core *c, struct act *act, const struct office_input *in,
    struct office *out) CHECKED;

/** office_set(c, act, in, out): change what is given of office in->code. */
int office_set(struct core *c, struct act *act, const struct office_input *in,
    struct office *out) CHECKED;

/** office_find(c, act, code, out): by typed code; ERR_NOTFOUND. */
int office_find(struct core *c, struct act *act, const char *code,
    struct office *out) CHECKED;

/**
 * office_scope(c, act, code, out, only):
 * Of which offices a listing is: the one of the typed ${code}; without one
 * (NULL) all that who asks may see. ${only} is NULL for all, else the id in
 * ${out}. ERR_NOTFOUND (no_such_office).
 */
int office_scope(struct core *c, struct act *act, const char *code,
    struct office *out, const struct id **only) CHECKED;

/**
 * office_enable(c, act, code, is_enabled, out):
 * A disabled office's accounts are refused everywhere from the next answer.
 */
int office_enable(struct core *c, struct act *act, const char *code,
    bool is_enabled, struct office *out) CHECKED;

/** office_list(c, act, after, limit, fn, arg): by code, above ${after}. */
int office_list(struct core *c, struct act *act, const char *after, int limit,
    store_office_fn *fn, void *arg) CHECKED;


#endif /* AUTHD_CORE_OFFICE_H */
