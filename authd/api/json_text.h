/*
 * json_text.h: JSON values as text.
 * Room: api.  Process: front, cli, tests.  Threads: any.
 * Unit test: tests/unit/test_json.c
 */
#ifndef AUTHD_API_JSON_TEXT_H
#define AUTHD_API_JSON_TEXT_H

#include <jansson.h>
#include <stddef.h>

/**
 * json_text(v, n):
 * ${v} as compact JSON and a NUL, its length in ${n}; NULL: no memory.
 * json_text_line(v): with blanks, as a person reads it; any value.
 * Owns: the caller, who frees with json_text_free(), which wipes.
 */
char *json_text(const json_t *v, size_t *n);
char *json_text_line(const json_t *v);
void json_text_free(void *text);

#endif /* AUTHD_API_JSON_TEXT_H */
