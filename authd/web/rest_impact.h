/*
 * rest_impact.h: the questions /v1/.../impact: who would get in no more if that
 * were changed.
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/e2e/79-impact.sh
 */
#ifndef AUTHD_WEB_REST_IMPACT_H
#define AUTHD_WEB_REST_IMPACT_H

#include "authd/core/impact.h"
#include "authd/web/rest_account.h"
#include "authd/web/rest_app.h"
#include "authd/web/rest_office.h"

/* A change as it would be asked for, and what it would do. One of the first
 * three is what the parser of that change fills: it comes first. */
struct rest_impact {
	union {
		struct rest_app app;
		struct rest_account account;
		struct rest_office office;
		struct impact_policy next;
	} change;
	struct impact out;
};

extern const char *const rest_impact_config_members[];

int rest_impact_parse_config(struct json_in *in, struct act *act, void *call);
int rest_impact_app(struct core *c, struct act *act, void *call);
int rest_impact_account(struct core *c, struct act *act, void *call);
int rest_impact_office(struct core *c, struct act *act, void *call);
int rest_impact_config(struct core *c, struct act *act, void *call);
int rest_impact_render(const struct act *act, void *call, json_t *o);

#endif /* AUTHD_WEB_REST_IMPACT_H */
