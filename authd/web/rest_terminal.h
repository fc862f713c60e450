/*
 * rest_terminal.h: the questions about terminals.
 * Room: web.  Process: front.  Threads: as in route.h.
 * Unit test: tests/unit/test_rest_cert.c
 */
#ifndef AUTHD_WEB_REST_TERMINAL_H
#define AUTHD_WEB_REST_TERMINAL_H

#include "authd/core/terminals.h"
#include "authd/web/route.h"

struct rest_terminal {
	const char *terminal, *office, *after;
	int limit;
	struct terminals_input in;
	struct terminals_view view;
	json_t *rows; /* of a list */
	int rows_n;
	char last[ID_TEXT + 1];
};

extern const char *const rest_terminal_id_members[];
extern const char *const rest_terminal_list_members[];
extern const char *const rest_terminal_set_members[];

int rest_terminal_parse_id(struct json_in *in, struct act *act, void *call);
int rest_terminal_parse_list(struct json_in *in, struct act *act, void *call);
int rest_terminal_parse_set(struct json_in *in, struct act *act, void *call);
int rest_terminal_show(struct core *c, struct act *act, void *call);
int rest_terminal_list(struct core *c, struct act *act, void *call);
int rest_terminal_set(struct core *c, struct act *act, void *call);
int rest_terminal_lost(struct core *c, struct act *act, void *call);
int rest_terminal_render(const struct act *act, void *call, json_t *o);
int rest_terminal_render_list(const struct act *act, void *call, json_t *o);
void rest_terminal_clear(void *call);

#endif /* AUTHD_WEB_REST_TERMINAL_H */
