/*
 * server.h: the HTTP server: one listening socket for each audience.
 * Room: web.  Process: front.  Threads: its own; see each call.
 * Unit test: tests/unit/test_server.c (raw sockets, core_fake.c),
 * tests/unit/test_server_turns.c
 */
#ifndef AUTHD_WEB_SERVER_H
#define AUTHD_WEB_SERVER_H

#include <sys/types.h>

#include "authd/base/err.h"
#include "authd/web/gate.h"
#include "authd/web/peer.h"
#include "authd/web/route.h"
#include "authd/web/secure.h"

struct engine;
struct server;

/* One socket, which answers the routes of its audience and no others. */
struct server_listener {
	int fd;                     /* listening unix socket; taken */
	const struct route *routes; /* borrowed */
	size_t routes_n;
	const struct route *first; /* looked through before them; NULL: none */
	size_t first_n;
	enum gate_form form;      /* of its targets */
	int threads;              /* 1.. */
	bool is_brisk;            /* they come to a processor before others */
	size_t memory; /* of a connection, for a head and what is answered, or
			* a part of a body; 0: by form */
	int connections_max;      /* in all */
	int connections_peer_max; /* of one user, root exempt */
	struct peer_rule rule;    /* who may do what */
	/* fields of every answer that has not its own; borrowed; NULL: none */
	const struct secure_field *always;
	size_t always_n;
};

#define SERVER_LISTENERS_MAX 5

struct server_conf {
	struct server_listener listeners[SERVER_LISTENERS_MAX];
	int listeners_n;
	int request_timeout_ms;  /* see reaper.h */
	const char *config_path; /* told by status; borrowed */
	const char *version;     /* the same */
	const struct exchange_conf *exchange; /* borrowed; NULL: none */
};

/**
 * server_new(conf, engine, out):
 * Start answering. ${engine} is borrowed until server_free(), and must be
 * freed after it. json_init() must have been called.
 * Return: 0, ERR_NOMEM, ERR_SYS.
 */
int server_new(const struct server_conf *conf, struct engine *engine,
    struct server **out) CHECKED;

/**
 * server_free(s):
 * Take no more, let what is under way end for at most half a second, answer
 * 503 to what still waits, close all. A change that the writer has taken goes
 * on in the engine and is only logged. NULL-safe.
 */
void server_free(struct server *s);

#endif /* AUTHD_WEB_SERVER_H */
