/*
 * rest_source.h: the questions /v1/source/...
 * Room: web.  Process: front.  Threads: see route.h. Both are the writer's:
 * sources are known to its thread alone.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_SOURCE_H
#define AUTHD_WEB_REST_SOURCE_H

#include "authd/core/source_rule.h"
#include "authd/web/route.h"

struct rest_source {
	const char *consumer, *address; /* borrowed of the body */
	size_t limit;
	struct source_view *rows;
	size_t rows_n;
};

extern const char *const rest_source_list_members[];
extern const char *const rest_source_unlock_members[];

int rest_source_parse_list(struct json_in *in, struct act *act, void *call);
int rest_source_parse_unlock(struct json_in *in, struct act *act, void *call);
int rest_source_list(struct core *c, struct act *act, void *call);
int rest_source_unlock(struct core *c, struct act *act, void *call);
int rest_source_render_list(const struct act *act, void *call, json_t *o);
int rest_source_render_unlock(const struct act *act, void *call, json_t *o);
void rest_source_clear(void *call);

#endif /* AUTHD_WEB_REST_SOURCE_H */
