/*
 * rest_office.h: the questions /v1/office/...
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_OFFICE_H
#define AUTHD_WEB_REST_OFFICE_H

#include "authd/core/office.h"
#include "authd/web/route.h"

struct rest_office {
	struct office_input in;
	char networks[LIST_TEXT_MAX + 1];
	const char *after;
	int limit;
	struct office out;
	json_t *rows; /* of a list */
	int rows_n;
	char last[OFFICE_CODE_MAX + 1];
};

extern const char *const rest_office_input_members[];
extern const char *const rest_office_code_members[];
extern const char *const rest_office_list_members[];

int rest_office_parse_add(struct json_in *in, struct act *act, void *call);
int rest_office_parse_set(struct json_in *in, struct act *act, void *call);
int rest_office_parse_code(struct json_in *in, struct act *act, void *call);
int rest_office_parse_list(struct json_in *in, struct act *act, void *call);
int rest_office_add(struct core *c, struct act *act, void *call);
int rest_office_set(struct core *c, struct act *act, void *call);
int rest_office_show(struct core *c, struct act *act, void *call);
int rest_office_disable(struct core *c, struct act *act, void *call);
int rest_office_enable(struct core *c, struct act *act, void *call);
int rest_office_list(struct core *c, struct act *act, void *call);
int rest_office_render(const struct act *act, void *call, json_t *o);
int rest_office_render_list(const struct act *act, void *call, json_t *o);
void rest_office_clear(void *call);

#endif /* AUTHD_WEB_REST_OFFICE_H */
