/*
 * rest_session.h: the questions /v1/session/...
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/e2e/72-hook.sh
 */
#ifndef AUTHD_WEB_REST_SESSION_H
#define AUTHD_WEB_REST_SESSION_H

#include "authd/core/session_admin.h"
#include "authd/web/route.h"

struct rest_session {
	struct session_asked asked;
	struct session_target target;
	int ended;
	struct moment now;
	json_t *rows; /* of a list */
	char last[ID_TEXT + 1];
};

extern const char *const rest_session_list_members[];
extern const char *const rest_session_end_members[];

int rest_session_parse_list(struct json_in *in, struct act *act, void *call);
int rest_session_parse_end(struct json_in *in, struct act *act, void *call);
int rest_session_list(struct core *c, struct act *act, void *call);
int rest_session_end(struct core *c, struct act *act, void *call);
int rest_session_render_list(const struct act *act, void *call, json_t *o);
int rest_session_render_end(const struct act *act, void *call, json_t *o);
void rest_session_clear(void *call);

#endif /* AUTHD_WEB_REST_SESSION_H */
