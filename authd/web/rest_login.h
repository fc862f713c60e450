/*
 * rest_login.h: the question /v1/login, in its three steps.
 * Room: web.  Process: front.  Threads: see route.h.
 */
#ifndef AUTHD_WEB_REST_LOGIN_H
#define AUTHD_WEB_REST_LOGIN_H

#include <jansson.h>

#include "authd/api/json.h"
#include "authd/core/login.h"

extern const char *const rest_login_members[];

/* The call is struct login; each function is a member of struct route. */
int rest_login_parse(struct json_in *in, struct act *act, void *call);
int rest_login_prepare(struct core *c, struct act *act, void *call);
int rest_login_start(struct core *c, struct work *w, void *call);
int rest_login_hash(struct core *c, void *call);
int rest_login_settle(struct core *c, struct act *act, void *call);
int rest_login_give_back(struct core *c, struct act *act, void *call);
int rest_login_render(const struct act *act, void *call, json_t *o);
const char *rest_login_outcome(const void *call);

#endif /* AUTHD_WEB_REST_LOGIN_H */
