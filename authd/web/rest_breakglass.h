/*
 * rest_breakglass.h: the question /v1/breakglass/report.
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_BREAKGLASS_H
#define AUTHD_WEB_REST_BREAKGLASS_H

#include "authd/core/breakglass.h"
#include "authd/web/route.h"

extern const char *const rest_breakglass_members[];

/* The call is a struct breakglass. */
int rest_breakglass_parse(struct json_in *in, struct act *act, void *call);
int rest_breakglass_report(struct core *c, struct act *act, void *call);
int rest_breakglass_render(const struct act *act, void *call, json_t *o);

#endif /* AUTHD_WEB_REST_BREAKGLASS_H */
