/*
 * flat.h: JSON for programs that may link nothing: read one object of
 * scalars, and write one.
 * Room: api.  Process: any program that loads pam_sekisho.so.
 * Threads: one object one thread.
 * Links libc only. Never logs, allocates nothing, keeps nothing.
 * Unit test: tests/unit/test_flat.c; fuzzed beside jansson: fuzz_json.c
 */
#ifndef AUTHD_API_FLAT_H
#define AUTHD_API_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/buf.h"
#include "authd/base/err.h"

#define FLAT_MAX         4096 /* bytes of an object */
#define FLAT_MEMBERS_MAX 32

enum flat_kind {
	FLAT_NOTHING = 0, /* there is no such member */
	FLAT_TEXT,
	FLAT_INT,
	FLAT_TRUE,
	FLAT_FALSE,
	FLAT_NULL
};

struct flat_member {
	enum flat_kind kind;
	const char *name;
	const char *text; /* of FLAT_TEXT */
	int64_t number;   /* of FLAT_INT */
};

/* An object that was read. Wipe with flat_close(): it may hold a secret. */
struct flat {
	int n;
	struct flat_member at[FLAT_MEMBERS_MAX];
	size_t used;
	char pool[FLAT_MAX]; /* names and texts, each with its NUL */
};

/**
 * flat_open(f, p, n):
 * Read ${n} bytes at ${p} as one JSON object whose members are texts, whole
 * numbers of 64 bits, true, false or null.
 * Shapes: at most FLAT_MAX bytes of UTF-8 and FLAT_MEMBERS_MAX members, no
 *         member twice, no NUL and no lone surrogate in a text, nothing but
 *         white space after it. Lists, objects, fractions and exponents are
 *         refused: no answer that is read here has them.
 * Return: 0, or ERR_PROTO with ${f} wiped and empty.
 * Source: RFC 8259 sections 2 to 7.
 */
int flat_open(struct flat *f, const void *p, size_t n) CHECKED;
/** flat_close(f): wipe; every text it gave is gone. */
void flat_close(struct flat *f);

/** flat_kind(f, name): what kind of member that is. */
enum flat_kind flat_kind(const struct flat *f, const char *name);

/** flat_text(f, name): borrow a text; NULL: none, or no text. */
const char *flat_text(const struct flat *f, const char *name);

/**
 * flat_int(f, name, min, max, out):
 * True when the member is a whole number from ${min} to ${max}, then in ${out}.
 */
bool flat_int(const struct flat *f, const char *name, int64_t min, int64_t max,
    int64_t *out) CHECKED;

/*
 * Writing into a bounded buffer, which remembers that something did not fit.
 */
void flat_put_open(struct buf *b);
/** flat_put_text(b, name, s): ${name} is a literal, ${s} is UTF-8. */
void flat_put_text(struct buf *b, const char *name, const char *s);
void flat_put_int(struct buf *b, const char *name, int64_t v);
/**
 * flat_put_close(b): end the object and put a NUL after it.
 * Return: 0, or ERR_LIMIT when it did not fit or a text was not UTF-8.
 */
int flat_put_close(struct buf *b) CHECKED;

#endif /* AUTHD_API_FLAT_H */
