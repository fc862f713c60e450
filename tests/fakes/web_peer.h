/*
 * web_peer.h: the real server over a unix socket in a fresh directory, with
 * core_fake.c behind it, and a peer that speaks raw bytes to it.
 * For tests of the web room. Every failure ends the test.
 */
#ifndef TESTS_FAKES_WEB_PEER_H
#define TESTS_FAKES_WEB_PEER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "authd/web/server.h"
#include "tests/fakes/core_fake.h"

struct web {
	struct engine *engine;
	struct server *server;
	struct server_conf conf;
	char dir[64], path[80];
};

/** web_open(w): conf with generous limits, which web_start() uses; change it
 * between the two. */
void web_open(struct web *w);
void web_start(struct web *w);
/** web_stop(w): free the server alone. */
void web_stop(struct web *w);
/** web_close(w): all of it. */
void web_close(struct web *w);

/** web_connect(w): a connected descriptor. */
int web_connect(const struct web *w);
/** web_connect_as(w, uid, gid): as another user, from a child process; must be
 * root. ${group} is the last of 200 supplementary groups; (gid_t)-1: none. */
int web_connect_as(const struct web *w, uid_t uid, gid_t gid, gid_t group);

void web_send(int fd, const void *p, size_t n);
void web_send_text(int fd, const char *text);

struct web_answer {
	int status;
	char head[4096];
	char body[65536]; /* and a NUL */
	size_t body_len;
	json_t *json; /* NULL when the body is none */
};

/** web_get(fd, a): read one answer; false at end-of-file without one. */
bool web_get(int fd, struct web_answer *a);
void web_answer_clear(struct web_answer *a);
/** web_field(a, name): true and the value in ${out}. */
bool web_field(
    const struct web_answer *a, const char *name, char *out, size_t size);
/** web_is_closed(fd, ms): the server closed within ${ms}, and sent no more. */
bool web_is_closed(int fd, int ms);

/** web_post(fd, path, json): send a well-formed question. */
void web_post(int fd, const char *path, const char *json);
/** web_ask(w, path, json, a): on a connection of its own. */
void web_ask(const struct web *w, const char *path, const char *json,
    struct web_answer *a);

/** web_expect(w, path, json, want): the answer is 200 and exactly ${want}, in
 * which "@" stands for a request id. */
void web_expect(
    const struct web *w, const char *path, const char *json, const char *want);
/** web_refuse(w, path, json, status, code): it is such a problem. */
void web_refuse(const struct web *w, const char *path, const char *json,
    int status, const char *code);

/** web_now_ms(): for measuring. */
long web_now_ms(void);

#endif /* TESTS_FAKES_WEB_PEER_H */
