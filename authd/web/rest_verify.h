/*
 * rest_verify.h: the question /v1/verify.
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_VERIFY_H
#define AUTHD_WEB_REST_VERIFY_H

#include "authd/core/verify.h"
#include "authd/web/route.h"

extern const char *const rest_verify_members[];

/* The call is a struct verify. */
int rest_verify_parse(struct json_in *in, struct act *act, void *call);
int rest_verify_prepare(struct core *c, struct act *act, void *call);
int rest_verify_run(struct core *c, struct act *act, void *call);
int rest_verify_render(const struct act *act, void *call, json_t *o);
const char *rest_verify_outcome(const void *call);

#endif /* AUTHD_WEB_REST_VERIFY_H */
