/*
 * hook_cert.h: the proxy asks whether a client's certificate is alive: 200 with
 * whose terminal it is, or 403.
 * Room: web.  Process: front.  Threads: as in route.h.
 * Unit test: tests/unit/test_hook_cert.c
 */
#ifndef AUTHD_WEB_HOOK_CERT_H
#define AUTHD_WEB_HOOK_CERT_H

#include "authd/core/terminal.h"
#include "authd/web/route.h"

struct hook_cert {
	const char *why; /* there is none: a word for the log; NULL: there is */
	uint8_t der[CERT_DER_MAX];
	size_t der_len;
	struct terminal_answer answer;
};

int hook_cert_take(const struct exchange_in *in, struct act *act, void *call);
int hook_cert_run(struct core *c, struct act *act, void *call);
void hook_cert_give(
    const struct act *act, void *call, int r, struct exchange_out *out);
const char *hook_cert_outcome(const void *call);

#endif /* AUTHD_WEB_HOOK_CERT_H */
