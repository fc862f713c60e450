/*
 * rest_account.h: the questions /v1/account/...
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_ACCOUNT_H
#define AUTHD_WEB_REST_ACCOUNT_H

#include "authd/core/account.h"
#include "authd/web/route.h"

struct rest_account {
	struct account_input in;
	char roles[LIST_TEXT_MAX + 1];
	char groups[LIST_TEXT_MAX + 1];
	const char *after;
	const char *reason; /* of a reset */
	int limit;
	struct account_view out;
	struct account_state state;
	bool needs_password; /* none is set, or it must be another one */
	json_t *rows;       /* of a list */
	struct id *offices; /* whose each row is */
	int rows_n;
	char last[LOGIN_MAX + 1];
};

extern const char *const rest_account_add_members[];
extern const char *const rest_account_set_members[];
extern const char *const rest_account_login_members[];
extern const char *const rest_account_list_members[];
extern const char *const rest_account_reset_members[];

int rest_account_parse_add(struct json_in *in, struct act *act, void *call);
int rest_account_parse_set(struct json_in *in, struct act *act, void *call);
int rest_account_parse_login(struct json_in *in, struct act *act, void *call);
int rest_account_parse_reset(struct json_in *in, struct act *act, void *call);
int rest_account_parse_list(struct json_in *in, struct act *act, void *call);
int rest_account_add(struct core *c, struct act *act, void *call);
int rest_account_set(struct core *c, struct act *act, void *call);
int rest_account_show(struct core *c, struct act *act, void *call);
int rest_account_state(struct core *c, struct act *act, void *call);
int rest_account_disable(struct core *c, struct act *act, void *call);
int rest_account_enable(struct core *c, struct act *act, void *call);
int rest_account_unlock(struct core *c, struct act *act, void *call);
int rest_account_reset(struct core *c, struct act *act, void *call);
int rest_account_remove(struct core *c, struct act *act, void *call);
int rest_account_list(struct core *c, struct act *act, void *call);
int rest_account_render(const struct act *act, void *call, json_t *o);
int rest_account_render_state(const struct act *act, void *call, json_t *o);
int rest_account_render_removed(const struct act *act, void *call, json_t *o);
int rest_account_render_list(const struct act *act, void *call, json_t *o);
void rest_account_clear(void *call);

#endif /* AUTHD_WEB_REST_ACCOUNT_H */
