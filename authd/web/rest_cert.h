/*
 * rest_cert.h: the questions about certificates: issue, show, revoke, check.
 * Room: web.  Process: front.  Threads: as in route.h.
 * Unit test: tests/unit/test_rest_cert.c
 */
#ifndef AUTHD_WEB_REST_CERT_H
#define AUTHD_WEB_REST_CERT_H

#include "authd/core/cert_issue.h"
#include "authd/core/cert_text.h"
#include "authd/core/crl.h"
#include "authd/core/terminal.h"
#include "authd/web/route.h"

struct rest_cert {
	const char *serial, *office, *terminal, *after, *reason;
	int limit;
	struct cert_view view;
	struct cert_text_ca ca;
	struct crl_list *crl;
	json_t *rows; /* of a list */
	int rows_n;
	char last[CERT_SERIAL_TEXT + 1];
};

/* Issue, sign, renew. Holds secrets. */
struct rest_cert_issue {
	struct cert_issue issue;
	char rights[64];
	uint8_t der[CERT_DER_MAX]; /* the one that is to be renewed */
};

struct rest_cert_check {
	const char *login;
	uint8_t der[CERT_DER_MAX];
	size_t der_len; /* 0: unreadable */
	struct terminal_answer answer;
};

extern const char *const rest_cert_serial_members[];
extern const char *const rest_cert_list_members[];
extern const char *const rest_cert_revoke_members[];
extern const char *const rest_cert_none_members[];
extern const char *const rest_cert_issue_members[];
extern const char *const rest_cert_sign_members[];
extern const char *const rest_cert_renew_members[];
extern const char *const rest_cert_check_members[];

int rest_cert_parse_serial(struct json_in *in, struct act *act, void *call);
int rest_cert_parse_list(struct json_in *in, struct act *act, void *call);
int rest_cert_parse_revoke(struct json_in *in, struct act *act, void *call);
int rest_cert_parse_none(struct json_in *in, struct act *act, void *call);
int rest_cert_parse_issue(struct json_in *in, struct act *act, void *call);
int rest_cert_parse_sign(struct json_in *in, struct act *act, void *call);
int rest_cert_parse_renew(struct json_in *in, struct act *act, void *call);
int rest_cert_parse_check(struct json_in *in, struct act *act, void *call);
int rest_cert_show(struct core *c, struct act *act, void *call);
int rest_cert_list(struct core *c, struct act *act, void *call);
int rest_cert_revoke(struct core *c, struct act *act, void *call);
int rest_cert_crl(struct core *c, struct act *act, void *call);
int rest_cert_ca(struct core *c, struct act *act, void *call);
int rest_cert_check(struct core *c, struct act *act, void *call);
int rest_cert_start(struct core *c, struct work *w, void *call);
int rest_cert_make(struct core *c, void *call);
void rest_cert_sign(struct core *c, void **calls, int *results, int n);
int rest_cert_settle(struct core *c, struct act *act, void *call);
int rest_cert_render(const struct act *act, void *call, json_t *o);
int rest_cert_render_show(const struct act *act, void *call, json_t *o);
int rest_cert_render_list(const struct act *act, void *call, json_t *o);
int rest_cert_render_crl(const struct act *act, void *call, json_t *o);
int rest_cert_render_ca(const struct act *act, void *call, json_t *o);
int rest_cert_render_issue(const struct act *act, void *call, json_t *o);
int rest_cert_render_check(const struct act *act, void *call, json_t *o);
const char *rest_cert_outcome(const void *call);
void rest_cert_clear(void *call);

#endif /* AUTHD_WEB_REST_CERT_H */
