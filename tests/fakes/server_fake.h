/*
 * server_fake.h: a server for one connection on a unix socket that says what a
 * test tells it: the other side of the API client.
 */
#ifndef TESTS_FAKES_SERVER_FAKE_H
#define TESTS_FAKES_SERVER_FAKE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* What the server does with its one connection. */
struct server_fake {
	const char *say; /* bytes to send */
	size_t n;
	size_t step;      /* bytes at a time; 0: all at once */
	int pause_ms;     /* between steps */
	bool is_deaf;     /* answers without reading the question */
	bool is_hanging;  /* keeps the connection open afterwards */
	bool is_endless;  /* repeats what it says until the client goes */
	char asked[4096]; /* the question as it came */
	char path[64];
	int fd; /* listening */
	int stop[2];
	pthread_t thread;
};

/** server_fake_listen(s, backlog): only listen, at s->path. */
void server_fake_listen(struct server_fake *s, int backlog);
/** server_fake_start(s): listen and serve one connection in a thread. */
void server_fake_start(struct server_fake *s);
/** server_fake_stop(s): let a hanging connection go, end the thread. */
void server_fake_stop(struct server_fake *s);

#endif /* TESTS_FAKES_SERVER_FAKE_H */
