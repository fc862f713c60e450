/*
 * client.h: ask the daemon one question over its unix socket (HTTP/1.1).
 * Room: api.  Process: cli, and any program that loads pam_sekisho.so.
 * Threads: any; nothing is kept between calls.
 * Links libc only. Never logs, never raises a signal, never blocks longer than
 * it was told, because it runs inside login, sshd and sudo.
 * Unit test: tests/unit/test_client.c
 */
#ifndef AUTHD_API_CLIENT_H
#define AUTHD_API_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"

#define CLIENT_HEAD_MAX 8192 /* status line and header fields of an answer */

/* Input and output of one call. ${body} may hold a secret: wipe after use. */
struct client_answer {
	char *body;      /* in: caller's memory; out: the JSON and a NUL */
	size_t size;     /* in: its bytes, the NUL included */
	bool is_strict;  /* in: only root or the caller's own user may listen */
	bool has_begun;  /* out: something listened and said a first byte, or
			  * it was not asked because it may not listen */
	size_t len;      /* out: bytes of the answer, without the NUL */
	int status;      /* out: 200 or 400..599; 0 when none was read */
	int sys_errno;   /* out: errno of an ERR_SYS, else 0 */
	const char *why; /* out: static text beside an error, else "" */
	char request_id[REQUEST_ID_LEN + 1]; /* out: "" when not told */
};

/**
 * client_call(socket, path, json, timeout_ms, a):
 * Connect to the unix socket ${socket}, send POST ${path} with the JSON text
 * ${json} (NULL: GET without a body), and read the whole answer into ${a}.
 *
 * Shapes: ${path} is a literal of the program such as /v1/verify; ${socket} at
 *         most 107 bytes. An answer is taken only when it is HTTP/1.1 with
 *         status 200 or 400..599, one Content-Length that fits, no transfer or
 *         content coding, type application/json (problem+json for errors), and
 *         exactly as long as it says. A 200 that comes before the question was
 *         sent whole is not an answer to it.
 * Units:  ${timeout_ms} is milliseconds for everything together, connecting,
 *         waiting for a full backlog, sending and reading.
 * Return: 0 with a->status set: whatever the status says is the caller's to
 *         judge; ERR_SYS (cannot connect, connection lost: a->sys_errno),
 *         ERR_TIMEOUT, ERR_PROTO (anything else than the above), ERR_DENIED
 *         (is_strict, and somebody else listens there: nothing was sent to
 *         him). On error a->body is wiped and empty.
 * Source: RFC 9112 sections 2.2, 4, 5, 6.3.
 */
int client_call(const char *socket, const char *path, const char *json,
    int64_t timeout_ms, struct client_answer *a) CHECKED;

#endif /* AUTHD_API_CLIENT_H */
