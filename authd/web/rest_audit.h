/*
 * rest_audit.h: the questions /v1/audit/...
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_AUDIT_H
#define AUTHD_WEB_REST_AUDIT_H

#include "authd/core/auditlog.h"
#include "authd/web/route.h"

struct rest_audit {
	struct auditlog_query q;
	json_t *rows;
	int rows_n;
	int64_t last;
};

extern const char *const rest_audit_list_members[];
extern const char *const rest_audit_show_members[];

int rest_audit_parse_list(struct json_in *in, struct act *act, void *call);
int rest_audit_parse_show(struct json_in *in, struct act *act, void *call);
int rest_audit_list(struct core *c, struct act *act, void *call);
int rest_audit_render_list(const struct act *act, void *call, json_t *o);
int rest_audit_render_show(const struct act *act, void *call, json_t *o);
void rest_audit_clear(void *call);

#endif /* AUTHD_WEB_REST_AUDIT_H */
