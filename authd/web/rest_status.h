/*
 * rest_status.h: the question /v1/status.
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_STATUS_H
#define AUTHD_WEB_REST_STATUS_H

#include "authd/web/route.h"

struct rest_status {
	struct engine_status now;
	const char *version, *config; /* given by the server */
};

int rest_status_ask(struct engine *e, void *call);
int rest_status_render(const struct act *act, void *call, json_t *o);

#endif /* AUTHD_WEB_REST_STATUS_H */
