/*
 * show.h: what people and programs read on the terminal. Nothing that came
 * from elsewhere is printed with control or direction characters in it.
 * Room: cli.
 * Unit test: tests/unit/test_show.c
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

enum show_kind {
	SHOW_TEXT = 0, /* text, number or truth value */
	SHOW_TIME,     /* RFC 3339 UTC, shown in this machine's time */
	SHOW_LIST      /* list of texts */
};

/* One member of an answer. A list of these ends with a NULL member. */
struct show_field {
	const char *member;
	const char *title;
	enum show_kind kind;
};

/**
 * show_error(fmt, ...):
 * Print `sekisho: ` and the message as one safe line on standard error.
 */
void show_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * show_safe(out, text):
 * Print ${text}; characters that could move the cursor, forge a line or turn
 * the writing around, and bytes that are not UTF-8, as \u001b (\ufffd).
 */
void show_safe(FILE *out, const char *text);

/**
 * show_json(v):
 * Print ${v} as one line on standard output. Without memory for it nothing is
 * printed and standard output has an error, as after a failed write: the
 * program must not end as if it had answered.
 */
void show_json(const json_t *v);

/**
 * show_list(list, member):
 * Print a list that was gathered from pages in the form of an answer, with
 * nothing that follows it.
 */
void show_list(json_t *list, const char *member);

/**
 * show_seconds(text):
 * Seconds since 1970-01-01 UTC of the RFC 3339 time ${text} in UTC, -1 when it
 * is none.
 */
int64_t show_seconds(const char *text);

/**
 * show_time(out, size, text):
 * Write the RFC 3339 time ${text} as 2026-11-22 20:31:27 in this machine's
 * time; what is no such time is copied.
 */
void show_time(char *out, size_t size, const char *text);

/** show_pair(title, value): one aligned line of a title and a value. */
void show_pair(const char *title, const char *value);

/** show_object(o, fields): a line for each member that says something. */
void show_object(const json_t *o, const struct show_field *fields);

/**
 * show_table(list, fields):
 * The objects of ${list} as aligned columns; `none` when it is empty. Wide
 * characters count as two. Nothing is cut.
 */
void show_table(const json_t *list, const struct show_field *fields);

#endif /* CLI_SHOW_H */
