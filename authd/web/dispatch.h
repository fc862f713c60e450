/*
 * dispatch.h: what libmicrohttpd calls for each request, from its head to its
 * answer: gate, route, body, work, answer.
 * Room: web.  Process: front.  Threads: the connection's.
 * Proved by tests/unit/test_server.c and test_exchange.c
 */
#ifndef AUTHD_WEB_DISPATCH_H
#define AUTHD_WEB_DISPATCH_H

#include <microhttpd.h>

/** dispatch_run(): an MHD_AccessHandlerCallback; ${cls} is a struct listener,
 * ${context} a struct request. */
enum MHD_Result dispatch_run(void *cls, struct MHD_Connection *c,
    const char *url, const char *method, const char *version, const char *body,
    size_t *body_len, void **context);

#endif /* AUTHD_WEB_DISPATCH_H */
