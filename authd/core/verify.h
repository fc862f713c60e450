/*
 * verify.h: decide whether a one-time code is accepted for a login.
 * Room: core.  Process: front.  Threads: the writer's; verify_prepare() also
 * that which reads ahead.
 * Unit test: tests/unit/test_verify.c
 */
#ifndef AUTHD_CORE_VERIFY_H
#define AUTHD_CORE_VERIFY_H

#include "authd/core/recovery.h"
#include "authd/core/shown.h"

enum verdict { VERDICT_REFUSE = 0, VERDICT_ACCEPT = 1 };

struct verify {
	/* in */
	char login[LOGIN_MAX + 1];       /* folded; "" when it was no login */
	char code[CODE_DIGITS + 1];      /* folded; "" when it was no code */
	char consumer[BUCKET_MAX - 1];   /* who checked the first factor:
					* local:SERVICE */
	char recovery[RECOVERY_LEN + 1]; /* a recovery code in the code's place,
					  * folded; "" when it was none */
	struct shown shown; /* the certificate beside it: see shown.h */
	struct id terminal; /* whose live certificate came with it, of one
			     * that admits the account: its own counter;
			     * zero: none */
	bool has_first_factor;           /* checked by Sekisho itself: failures
					* then count for everybody */
	bool is_locked; /* by what the caller knows: not evaluated */
	/* out */
	enum verdict verdict;
	bool used_recovery; /* accepted by a recovery code */
	struct id device;   /* accepted by this phone's code; else zero */
	int recovery_left;  /* how many are left then */
	bool is_guess;      /* refused, and it counts for where it came from */
	bool is_used_code;  /* the code last accepted for one's phone */
	int retry_after;    /* seconds until the next code, with is_used_code */
	/* between prepare and run */
	uint64_t seen; /* engine.h: generation of what was read; 0: nothing was */
	bool is_known;
	struct account account;
	struct office office;
	struct phone phones[PHONES_MAX]; /* the active ones */
	int phones_n;
	struct keeper_check checks[PHONES_MAX]; /* of each its code's, or one
						 * decoy */
	int checks_n;
};

/**
 * verify_prepare(c, act, v):
 * Look up the account and hand its phones' seals and the code to c->checks. An
 * unknown login, or one without a phone, hands over a decoy, so that all take
 * the same path.
 */
int verify_prepare(struct core *c, struct act *act, struct verify *v) CHECKED;

/**
 * verify_run(c, act, v):
 * Decide. A code is accepted at most once per phone; failures are counted in
 * bucket c:CONSUMER and lock that consumer for that account (or in bucket '',
 * with has_first_factor; or in the terminal's own, with terminal); all refusals look
 * alike except the code just used. Every refusal writes one counter row (a
 * decoy where it counts nothing) and every answer one audit record.
 * Return: 0 with v->verdict set; an error leaves VERDICT_REFUSE.
 * Source: RFC 6238 section 5.2; RFC 4226 sections 7.3 and 7.4.
 */
int verify_run(struct core *c, struct act *act, struct verify *v) CHECKED;

#endif /* AUTHD_CORE_VERIFY_H */
