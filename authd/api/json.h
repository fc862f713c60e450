/*
 * json.h: read one JSON object that came from outside, under fixed rules, and
 * write the values of answers in the house's forms.
 * Room: api.  Process: front and cli.  Threads: any, one object one thread.
 * Unit test: tests/unit/test_json.c
 *
 * The reader remembers its first failure, so a run of getters is checked once
 * at the end with json_in_end(). Texts it gives are borrowed from it.
 */
#ifndef AUTHD_API_JSON_H
#define AUTHD_API_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

#define JSON_DEPTH_MAX    4
#define JSON_CODE_MAX     40   /* a stable word such as unknown_member */
#define JSON_DETAIL_MAX   200  /* one English sentence */
#define JSON_MEMBER_BYTES 4096 /* a text where nothing shorter is asked for */

/**
 * json_init():
 * Seed jansson's hash tables and have all its memory wiped when freed, since
 * codes and new secrets pass through it. Once, by each main, before threads
 * and before any other call of jansson.
 */
void json_init(void);

struct json_in {
	json_t *root;
	int r; /* 0, or the first failure: ERR_INVALID or ERR_NOMEM */
	char code[JSON_CODE_MAX];
	char detail[JSON_DETAIL_MAX];
};

/**
 * json_in_open(in, p, n, members):
 * Read ${n} bytes at ${p} as one JSON object (RFC 8259): UTF-8, nothing after
 * it, no deeper than JSON_DEPTH_MAX, no member twice at any depth, no NUL in a
 * text, and no member that is not in ${members}, a list ended by NULL (NULL:
 * every name is allowed, for answers).
 * Return: 0, ERR_INVALID (bad_json, unknown_member) or ERR_NOMEM.
 * Owns: in->root, freed by json_in_close(), which must follow in any case.
 */
int json_in_open(struct json_in *in, const void *p, size_t n,
    const char *const *members) CHECKED;
/** json_in_close(in): free; wiped when json_init() was called. */
void json_in_close(struct json_in *in);

/** json_in_fail(in, code, detail): note a failure unless there is one. */
void json_in_fail(struct json_in *in, const char *code, const char *detail);

/**
 * json_in_text(in, name, max):
 * The text of a member of at most ${max} bytes; NULL when it is left out.
 * json_in_need() fails (missing_member) when it is left out.
 */
const char *json_in_text(struct json_in *in, const char *name, size_t max);
const char *json_in_need(struct json_in *in, const char *name, size_t max);

/**
 * json_in_int(in, name, min, max, otherwise):
 * A whole number from ${min} to ${max}; ${otherwise} when it is left out or
 * fails.
 */
int64_t json_in_int(struct json_in *in, const char *name, int64_t min,
    int64_t max, int64_t otherwise);

/**
 * json_in_words(in, name, out, size):
 * A list of texts, joined by single blanks into ${out}; no text may be empty
 * or hold a blank or control character. NULL when it is left out, else ${out}.
 */
const char *json_in_words(
    struct json_in *in, const char *name, char *out, size_t size);

/** json_in_end(in): 0 when nothing failed, else the first failure. */
int json_in_end(const struct json_in *in) CHECKED;

/*
 * Writing. Each adds a member to the object ${o} and returns 0 or ERR_NOMEM
 * (also when ${o} is NULL), so that an object is written as one `||` chain.
 */

/** json_put_text(o, name, s): a text; NULL writes null. */
int json_put_text(json_t *o, const char *name, const char *s) CHECKED;
int json_put_int(json_t *o, const char *name, int64_t v) CHECKED;
int json_put_bool(json_t *o, const char *name, bool v) CHECKED;
/** json_put_time(o, name, ms): RFC 3339 UTC with milliseconds; 0 is null. */
int json_put_time(json_t *o, const char *name, int64_t ms) CHECKED;
/** json_put_date(o, name, ms): the day in Asia/Tokyo; 0 is null. */
int json_put_date(json_t *o, const char *name, int64_t ms) CHECKED;
/** json_put_words(o, name, words): blank-separated words as a list. */
int json_put_words(json_t *o, const char *name, const char *words) CHECKED;
/** json_put_take(o, name, v): hand over ${v}; NULL is no memory. */
int json_put_take(json_t *o, const char *name, json_t *v) CHECKED;

/**
 * json_text(v, n):
 * ${v} as compact JSON and a NUL, its length in ${n}; NULL: no memory.
 * json_text_line(v): with blanks, as a person reads it; any value.
 * Owns: the caller, who frees with json_text_free(), which wipes.
 */
char *json_text(const json_t *v, size_t *n);
char *json_text_line(const json_t *v);
void json_text_free(void *text);

/* Reading answers that we trust to be ours: "" and 0 for what is not there. */
const char *json_of_text(const json_t *o, const char *name);
int64_t json_of_int(const json_t *o, const char *name);
bool json_of_bool(const json_t *o, const char *name);

#endif /* AUTHD_API_JSON_H */
