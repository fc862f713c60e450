/*
 * policy.h: the numbers an administrator may choose, as the rules see them.
 * Room: core.  Process: parent fills it, front uses it.  Plain data: it
 * crosses from one to the other in a memfd.
 */
#ifndef AUTHD_CORE_POLICY_H
#define AUTHD_CORE_POLICY_H

#include <stdint.h>

#include "authd/base/limits.h"

#define POLICY_FORBIDDEN_MAX 32
#define POLICY_URL_MAX	     300

struct policy_class {
	int32_t failures_max; /* failures until locked, 1..100 */
	int64_t lock_ms;      /* how long, 1 minute..7 days */
	int64_t idle_ms;      /* of a session, 1 minute..24 hours */
	int64_t absolute_ms;  /* the same, 5 minutes..7 days */
};

struct policy {
	int32_t totp_window; /* steps before and after now: 0 or 1 */
	struct policy_class general;
	struct policy_class privileged;
	int32_t password_cost;	    /* yescrypt, 5..9 */
	int32_t password_composed;  /* 1: upper, lower, digit and symbol */
	int64_t password_reuse_ms;  /* how long an earlier one is refused */
	int32_t takes_certs; /* 1: a proxy may pass certificates on */
	int32_t cert_life_days;   /* of a new certificate, 1..1100 */
	int32_t cert_unused_days; /* never used for so long: revoked; 0: no */
	char portal_url[POLICY_URL_MAX + 1]; /* https://HOST; "" none */
	char cookie_domain[HOST_MAX + 1]; /* shared by all hosts below; "" none */
	char issuer[NAME_MAX_BYTES + 1]; /* shown by authenticator apps */
	/* logins no privileged account may have, folded; "" ends the list */
	char forbidden[POLICY_FORBIDDEN_MAX][LOGIN_MAX + 1];
};

#endif /* AUTHD_CORE_POLICY_H */
