/*
 * handover.h: a login on its way from the portal's host to an application's:
 * a token in an address, which is good once, for 30 seconds, in the browser
 * that has the nonce, on the host it was made for. In memory only.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit test: tests/unit/test_handover.c
 */
#ifndef AUTHD_CORE_HANDOVER_H
#define AUTHD_CORE_HANDOVER_H

#include "authd/core/moment.h"
#include "authd/core/token.h"

#define HANDOVER_LIFE_MS  30000
#define HANDOVER_MAX      4096 /* under way at once */
#define HANDOVER_EACH_MAX 16   /* of one session: the oldest ends */

struct handover {
	uint8_t nonce[SESSION_HASH_LEN]; /* hash of what the browser has */
	char app[HOST_MAX + 1];
	struct id session; /* the portal's */
};

struct handovers;

int handover_new(struct handovers **out) CHECKED;
void handover_free(struct handovers *h);

/** handover_put(h, in, now, token): ERR_BUSY at HANDOVER_MAX, ERR_SYS,
 * ERR_NOMEM. */
int handover_put(struct handovers *h, const struct handover *in,
    const struct moment *now, char token[TOKEN_LEN + 1]) CHECKED;

/**
 * handover_take(h, token, nonce, app, now, out):
 * Use a token up, whoever shows it: true, and the portal's session in ${out},
 * for the browser and the host it was made for, in time.
 */
bool handover_take(struct handovers *h, const char *token,
    const uint8_t nonce[SESSION_HASH_LEN], const char *app,
    const struct moment *now, struct id *out) CHECKED;

#endif /* AUTHD_CORE_HANDOVER_H */
