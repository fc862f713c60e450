/*
 * cert_life.h: what becomes of certificates by themselves: uses are written
 * down, ends are told, those never used and those replaced are revoked.
 * Room: core.  Process: front.  Threads: the writer's.
 * Unit test: tests/unit/test_cert_life.c
 */
#ifndef AUTHD_CORE_CERT_LIFE_H
#define AUTHD_CORE_CERT_LIFE_H

#include "authd/core/cert.h"

#define CERT_LIFE_USES_MAX 200 /* written down in one transaction */
#define CERT_LIFE_ROUND    100 /* certificates looked at in one */

struct cert_life {
	int64_t looked_ms; /* steady: when ends were looked for; 0: never */
	bool is_more;      /* there was more than a round */
};

/**
 * cert_life_uses(c, act):
 * Write down what core->seen holds, CERT_LIFE_USES_MAX of it. The first use of
 * a certificate, a use after CERT_LIFE_PAUSE_MS without one, and every refusal
 * are in the log too; the first use of a terminal's newer certificate revokes
 * its older ones as superseded.
 */
int cert_life_uses(struct core *c, const struct act *act) CHECKED;

/** cert_life_uses_ended(c, r): after its transaction; 0: it is committed, else
 * the same uses come again. */
void cert_life_uses_ended(struct core *c, int r);

#define CERT_LIFE_PAUSE_MS (12 * 3600 * 1000LL)

/**
 * cert_life_tick(c, act, life):
 * Once an hour: tell of ends in 90, 60, 30 and 10 days, each once; revoke what
 * was not used for policy->cert_unused_days after its issue (0: never).
 */
int cert_life_tick(
    struct core *c, const struct act *act, struct cert_life *life) CHECKED;

struct cert_life_counts {
	int within[ENGINE_ENDS]; /* 10, 30, 60, 90 days */
};
/**
 * cert_life_count(c, act, out): for status: how many live ones end soon; each
 * is counted once, by the nearest.
 */
int cert_life_count(struct core *c, const struct act *act,
    struct cert_life_counts *out) CHECKED;

#endif /* AUTHD_CORE_CERT_LIFE_H */
