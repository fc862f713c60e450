/*
 * rest_host.h: the questions that servers ask over the network, by hosts.sock:
 * the same as on authd.sock, but who asks is the host of the certificate that
 * the TLS proxy passes on, checked anew in each question.
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/e2e/73-pam-hosts.sh
 */
#ifndef AUTHD_WEB_REST_HOST_H
#define AUTHD_WEB_REST_HOST_H

#include "authd/core/host.h"
#include "authd/web/rest_account.h"
#include "authd/web/rest_breakglass.h"
#include "authd/web/rest_login.h"
#include "authd/web/rest_verify.h"

struct rest_host {
	uint8_t der[CERT_DER_MAX];
	size_t der_len;  /* 0: no certificate came that can be believed */
	const char *why; /* then, a word for the log */
	uint64_t seen;   /* generation in which it was checked; 0: not yet */
	struct host_answer answer;
};

/* Each call begins with that of the question itself. */
struct rest_host_verify {
	struct verify inner;
	struct rest_host host;
};
struct rest_host_login {
	struct login inner;
	struct rest_host host;
};
struct rest_host_state {
	struct rest_account inner;
	struct rest_host host;
};
struct rest_host_report {
	struct breakglass inner;
	struct rest_host host;
};

/* The certificate in the head, one for each of the calls. */
int rest_host_head_verify(
    const struct exchange_in *in, struct act *act, void *call);
int rest_host_head_login(
    const struct exchange_in *in, struct act *act, void *call);
int rest_host_head_state(
    const struct exchange_in *in, struct act *act, void *call);
int rest_host_head_report(
    const struct exchange_in *in, struct act *act, void *call);

int rest_host_verify_prepare(struct core *c, struct act *act, void *call);
int rest_host_verify_run(struct core *c, struct act *act, void *call);
int rest_host_login_prepare(struct core *c, struct act *act, void *call);
int rest_host_login_start(struct core *c, struct work *w, void *call);
int rest_host_login_settle(struct core *c, struct act *act, void *call);
int rest_host_login_give_back(struct core *c, struct act *act, void *call);
int rest_host_state_run(struct core *c, struct act *act, void *call);
int rest_host_report_run(struct core *c, struct act *act, void *call);

#endif /* AUTHD_WEB_REST_HOST_H */
