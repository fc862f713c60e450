/*
 * rest_ticket.h: the questions /v1/ticket/...
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/e2e/75-tickets.sh
 */
#ifndef AUTHD_WEB_REST_TICKET_H
#define AUTHD_WEB_REST_TICKET_H

#include "authd/core/ticket_make.h"
#include "authd/web/route.h"

struct rest_ticket {
	struct ticket_make make; /* create */
	const char *id;          /* void */
	struct ticket_view view;
	struct ticket_asked asked; /* list */
	json_t *rows;
	char last[ID_TEXT + 1];
};

extern const char *const rest_ticket_create_members[];
extern const char *const rest_ticket_list_members[];
extern const char *const rest_ticket_void_members[];

int rest_ticket_parse_create(struct json_in *in, struct act *act, void *call);
int rest_ticket_parse_list(struct json_in *in, struct act *act, void *call);
int rest_ticket_parse_void(struct json_in *in, struct act *act, void *call);

int rest_ticket_start(struct core *c, struct work *w, void *call);
int rest_ticket_make(struct core *c, void *call);
int rest_ticket_settle(struct core *c, struct act *act, void *call);
int rest_ticket_list(struct core *c, struct act *act, void *call);
int rest_ticket_void(struct core *c, struct act *act, void *call);

int rest_ticket_render_create(const struct act *act, void *call, json_t *o);
int rest_ticket_render_list(const struct act *act, void *call, json_t *o);
int rest_ticket_render_void(const struct act *act, void *call, json_t *o);

void rest_ticket_clear(void *call);

#endif /* AUTHD_WEB_REST_TICKET_H */
