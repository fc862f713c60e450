/*
 * rest_password.h: the questions /v1/password/...
 * Room: web.  Process: front.  Threads: see route.h.
 */
#ifndef AUTHD_WEB_REST_PASSWORD_H
#define AUTHD_WEB_REST_PASSWORD_H

#include <jansson.h>

#include "authd/api/json.h"
#include "authd/core/password.h"

struct rest_password {
	/* borrowed of the body */
	const char *login, *office, *password, *foreign;
	bool is_all, has_account;
	struct password_known known;
	uint32_t reasons;
	char hash[PASSHASH_MAX + 1];
};

extern const char *const rest_password_check_members[];
extern const char *const rest_password_set_members[];
extern const char *const rest_password_import_members[];
extern const char *const rest_password_reset_members[];

int rest_password_parse_check(struct json_in *in, struct act *act, void *call);
int rest_password_parse_set(struct json_in *in, struct act *act, void *call);
int rest_password_parse_reset(struct json_in *in, struct act *act, void *call);
int rest_password_parse_import(struct json_in *in, struct act *act, void *call);
int rest_password_load(struct core *c, struct work *w, void *call);
int rest_password_judge(struct core *c, void *call);
int rest_password_hash(struct core *c, void *call);
int rest_password_nothing(struct core *c, struct act *act, void *call);
int rest_password_store(struct core *c, struct act *act, void *call);
int rest_password_import(struct core *c, struct act *act, void *call);
int rest_password_reset(struct core *c, struct act *act, void *call);
int rest_password_render(const struct act *act, void *call, json_t *o);
int rest_password_render_done(const struct act *act, void *call, json_t *o);

/**
 * rest_password_put_reasons(o, reasons, is_privileged):
 * `reasons`: the words; `messages`: a sentence for each, Japanese and English.
 */
int rest_password_put_reasons(
    json_t *o, uint32_t reasons, bool is_privileged) CHECKED;

#endif /* AUTHD_WEB_REST_PASSWORD_H */
