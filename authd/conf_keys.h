/*
 * conf_keys.h: the one table of what can be set in sekisho.conf: names,
 * defaults, limits, explanations. Reading, showing and the annotated file
 * that init writes all follow it.
 * Process: parent and one-shot modes.  Threads: one.
 * Unit test: tests/unit/test_conf.c
 */
#ifndef AUTHD_CONF_KEYS_H
#define AUTHD_CONF_KEYS_H

#include <stdint.h>
#include <stdio.h>

#include "authd/conf.h"

enum conf_kind {
	CONF_NUMBER, /* int32_t within min..max */
	CONF_MS32,   /* a duration as int32_t milliseconds */
	CONF_MS64,   /* a duration as int64_t milliseconds */
	CONF_NAME,   /* UTF-8 text as people read it */
	CONF_USER,   /* a user or group of the system */
	CONF_PATH,
	CONF_STORE,  /* sqlite:PATH */
	CONF_URL,    /* http://..., or empty */
	CONF_PORTAL, /* https://HOST[:PORT], or empty */
	CONF_DOMAIN, /* a name above hosts of one owner, or empty */
	CONF_LOGINS, /* a list of logins */
	CONF_LOG_LEVEL
};

struct conf_key {
	const char *name;
	enum conf_kind kind;
	const char *def;  /* as written in the file, without quotes */
	int64_t min, max; /* numbers; durations in milliseconds */
	size_t at;        /* offset in struct conf */
	size_t size;      /* bytes there, with NUL */
	const char *about;
};

/** conf_keys_all(n): borrow the table; ${n} is its length. */
const struct conf_key *conf_keys_all(size_t *n);

/** conf_keys_find(name): borrow one row; NULL when there is none. */
const struct conf_key *conf_keys_find(const char *name);

/**
 * conf_keys_show(c, f):
 * Write every value of ${c} to ${f} as a file that conf_read() takes.
 */
void conf_keys_show(const struct conf *c, FILE *f);

/* One line that is set in a file that init writes. */
struct conf_line {
	const char *name, *value;
};

/**
 * conf_keys_template(lines, n, f):
 * Write the annotated sekisho.conf: every default as a comment, except the
 * ${n} keys of ${lines}, which are set.
 */
void conf_keys_template(const struct conf_line *lines, size_t n, FILE *f);

#endif /* AUTHD_CONF_KEYS_H */
