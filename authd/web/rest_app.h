/*
 * rest_app.h: the questions /v1/app/...
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/e2e/72-hook.sh
 */
#ifndef AUTHD_WEB_REST_APP_H
#define AUTHD_WEB_REST_APP_H

#include "authd/core/change.h"
#include "authd/web/route.h"

struct rest_app {
	struct app_input in;
	char factors[LIST_TEXT_MAX + 1], networks[LIST_TEXT_MAX + 1],
	    groups[LIST_TEXT_MAX + 1], offices[LIST_TEXT_MAX + 1],
	    paths[APP_PATHS_MAX + 1];
	bool is_forced;
	const char *after;
	int limit;
	struct app out;
	json_t *rows; /* of a list */
	int rows_n;
	char last[HOST_MAX + 1];
};

extern const char *const rest_app_input_members[];
extern const char *const rest_app_set_members[];
extern const char *const rest_app_host_members[];
extern const char *const rest_app_list_members[];

int rest_app_parse_input(struct json_in *in, struct act *act, void *call);
int rest_app_parse_set(struct json_in *in, struct act *act, void *call);
int rest_app_parse_host(struct json_in *in, struct act *act, void *call);
int rest_app_parse_list(struct json_in *in, struct act *act, void *call);
int rest_app_add(struct core *c, struct act *act, void *call);
int rest_app_set(struct core *c, struct act *act, void *call);
int rest_app_show(struct core *c, struct act *act, void *call);
int rest_app_remove(struct core *c, struct act *act, void *call);
int rest_app_list(struct core *c, struct act *act, void *call);
int rest_app_render(const struct act *act, void *call, json_t *o);
int rest_app_render_removed(const struct act *act, void *call, json_t *o);
int rest_app_render_list(const struct act *act, void *call, json_t *o);
void rest_app_clear(void *call);

#endif /* AUTHD_WEB_REST_APP_H */
