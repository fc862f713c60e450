/*
 * rest_recovery.h: the questions /v1/recovery/...
 * Room: web.  Process: front.  Threads: see route.h.
 */
#ifndef AUTHD_WEB_REST_RECOVERY_H
#define AUTHD_WEB_REST_RECOVERY_H

#include <jansson.h>

#include "authd/api/json.h"
#include "authd/core/recovery.h"

struct rest_recovery {
	const char *login; /* borrowed of the body */
	struct recovery_codes codes;
	int left;
};

extern const char *const rest_recovery_members[];

int rest_recovery_parse(struct json_in *in, struct act *act, void *call);
int rest_recovery_create(struct core *c, struct act *act, void *call);
int rest_recovery_count(struct core *c, struct act *act, void *call);
int rest_recovery_render_create(const struct act *act, void *call, json_t *o);
int rest_recovery_render_count(const struct act *act, void *call, json_t *o);

/** rest_recovery_put(o, codes): `recovery_codes`, unless there are none. */
int rest_recovery_put(json_t *o, const struct recovery_codes *codes) CHECKED;

#endif /* AUTHD_WEB_REST_RECOVERY_H */
