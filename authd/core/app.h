/*
 * app.h: protected systems: one host name each, and who gets in there by which
 * factors.
 * Room: core.  Process: front.  Threads: changes on the writer's.
 * Unit test: tests/unit/test_app.c
 */
#ifndef AUTHD_CORE_APP_H
#define AUTHD_CORE_APP_H

#include "authd/core/engine.h"

#define APP_AGE_MIN_S 60 /* shorter, and no code is fresh when it arrives */
#define APP_AGE_MAX_S 86400

/* NULL or 0: not given; "" empties. Borrowed. */
struct app_input {
	const char *host, *name;
	const char *factors;  /* blank-separated: password code terminal */
	const char *networks; /* blank-separated CIDRs */
	int level;            /* 1..5 */
	const char *groups, *offices; /* blank-separated */
	const char *idle, *absolute;  /* 90s, 30m, 12h, 7d; "" the class's */
	const char *paths;            /* blank-separated SECONDS=/PREFIX */
};

/**
 * app_add(c, act, in, out):
 * Add one; host is needed. Its name is the host unless given, its factors
 * password and code, its level 1. ERR_EXISTS (app_taken); ERR_INVALID
 * (bad_host, bad_name, bad_factors, bad_network, bad_level, bad_group,
 * bad_office, bad_time, bad_path); ERR_NOTFOUND (no_such_office).
 */
int app_add(struct core *c, struct act *act, const struct app_input *in,
    struct app *out) CHECKED;

/** app_set(c, act, in, out): change what is given of in->host. */
int app_set(struct core *c, struct act *act, const struct app_input *in,
    struct app *out) CHECKED;

/**
 * app_look_ahead(c, act, in, before, after, is_new):
 * What app_set(), or where there is none of this host app_add(), would make of
 * ${before} (zeroed when it is new). Return: as these.
 */
int app_look_ahead(struct core *c, struct act *act, const struct app_input *in,
    struct app *before, struct app *after, bool *is_new) CHECKED;

/** app_find(c, act, host, out): ERR_NOTFOUND (no_such_app). */
int app_find(struct core *c, struct act *act, const char *host,
    struct app *out) CHECKED;

/** app_remove(c, act, host, out): its sessions count nowhere then. */
int app_remove(struct core *c, struct act *act, const char *host,
    struct app *out) CHECKED;

/** app_list(c, act, after, limit, fn, arg): by host. */
int app_list(struct core *c, struct act *act, const char *after, int limit,
    store_app_fn *fn, void *arg) CHECKED;

/**
 * app_code_age(paths, path, n, ms):
 * How old the last code may be for this path (urlcheck_target() took it) by an
 * application's rules ${paths}: the least of the prefixes it begins with, in
 * milliseconds. False: as old as it likes.
 */
bool app_code_age(
    const char *paths, const char *path, size_t n, int64_t *ms) CHECKED;

/** app_is_one_kind(app): its factors are of one kind: two steps, perhaps, but
 * not two factors. (Rule 6.8) */
bool app_is_one_kind(const struct app *app);

#endif /* AUTHD_CORE_APP_H */
