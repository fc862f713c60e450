/*
 * rest_clock.h: the questions /v1/clock/...
 * Room: web.  Process: front.  Threads: see route.h.
 */
#ifndef AUTHD_WEB_REST_CLOCK_H
#define AUTHD_WEB_REST_CLOCK_H

#include <jansson.h>

#include "authd/core/clockset.h"
#include "authd/web/rest_status.h"

extern const char *const rest_clock_members[];

/* Shown is what the status knows: its call is a struct rest_status. */
int rest_clock_parse(struct json_in *in, struct act *act, void *call);
int rest_clock_render(const struct act *act, void *call, json_t *o);

/* Confirmed: its call is a struct clockset. */
int rest_clock_confirm(struct core *c, struct act *act, void *call);
int rest_clock_render_confirm(const struct act *act, void *call, json_t *o);

#endif /* AUTHD_WEB_REST_CLOCK_H */
