/*
 * rest_phone.h: the questions /v1/phone/...
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_PHONE_H
#define AUTHD_WEB_REST_PHONE_H

#include "authd/core/enrol.h"
#include "authd/core/phone.h"
#include "authd/core/recovery.h"
#include "authd/web/route.h"

struct rest_phone {
	const char *login, *label, *device, *code, *next_code;
	bool is_private;
	struct enrol_secret secret; /* of enroll and draw */
	enum verdict verdict;
	struct phone phone;
	struct recovery_codes codes; /* of the first confirmation */
	json_t *rows;                /* of a list */
};

extern const char *const rest_phone_enroll_members[];
extern const char *const rest_phone_login_members[];
extern const char *const rest_phone_confirm_members[];
extern const char *const rest_phone_revoke_members[];
extern const char *const rest_phone_resync_members[];

int rest_phone_parse_enroll(struct json_in *in, struct act *act, void *call);
int rest_phone_parse_login(struct json_in *in, struct act *act, void *call);
int rest_phone_parse_confirm(struct json_in *in, struct act *act, void *call);
int rest_phone_parse_revoke(struct json_in *in, struct act *act, void *call);
int rest_phone_parse_resync(struct json_in *in, struct act *act, void *call);
int rest_phone_enroll(struct core *c, struct act *act, void *call);
int rest_phone_draw(struct core *c, struct act *act, void *call);
int rest_phone_confirm(struct core *c, struct act *act, void *call);
int rest_phone_list(struct core *c, struct act *act, void *call);
int rest_phone_revoke(struct core *c, struct act *act, void *call);
int rest_phone_resync(struct core *c, struct act *act, void *call);
int rest_phone_render_secret(const struct act *act, void *call, json_t *o);
int rest_phone_render_confirm(const struct act *act, void *call, json_t *o);
int rest_phone_render_list(const struct act *act, void *call, json_t *o);
int rest_phone_render(const struct act *act, void *call, json_t *o);
int rest_phone_render_resync(const struct act *act, void *call, json_t *o);
const char *rest_phone_outcome(const void *call);
void rest_phone_clear(void *call);

#endif /* AUTHD_WEB_REST_PHONE_H */
