/*
 * asker.h: questions over a raw socket of their own, so that the daemon is not
 * judged by its own client, and codes by liboath. Of the tests' programs.
 * Threads: one asker, one thread.
 */
#ifndef TESTS_TORTURE_ASKER_H
#define TESTS_TORTURE_ASKER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASKER_TEXT_MAX 4096
#define ASKER_CODE_LEN 6

struct asker {
	const char *socket;
	int fd; /* -1: not connected */
};

/** asker_reach(c): connected now, or false. */
bool asker_reach(struct asker *c);
void asker_hang_up(struct asker *c);

/** asker_format(out, size, path, body): a request; its length. */
size_t asker_format(
    char *out, size_t size, const char *path, const char *body);

/** asker_send(c, p, n): all of it, or false. */
bool asker_send(struct asker *c, const char *p, size_t n);

/**
 * asker_hear(c, out):
 * Read one answer; its status, or -1 when the connection was lost. The JSON goes
 * to ${out} if wanted; the caller frees it. What is not one answer ends the
 * program with 1.
 */
int asker_hear(struct asker *c, json_t **out);

/** asker_ask(c, path, body, out): the two together; ${out} NULL at -1. */
int asker_ask(
    struct asker *c, const char *path, const char *body, json_t **out);

/** asker_is(j, key, value): that member is that text. */
bool asker_is(const json_t *j, const char *key, const char *value);

/** asker_code(secret, step, code): of a base32 secret. */
void asker_code(
    const char *secret, int64_t step, char code[ASKER_CODE_LEN + 1]);

/** asker_add(c, office, login, more): an account, which may be there already;
 * ${more} is put behind its members. False when that failed, here and below. */
bool asker_add(struct asker *c, const char *office, const char *login,
    const char *more);

/** asker_enrol(c, login, secret): give it a pending phone. */
bool asker_enrol(struct asker *c, const char *login, char secret[64]);

/** asker_confirm(c, login, code): was it accepted? */
bool asker_confirm(struct asker *c, const char *login, const char *code);

#endif /* TESTS_TORTURE_ASKER_H */
