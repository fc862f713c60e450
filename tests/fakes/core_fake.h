/*
 * core_fake.h: the rules as the web room sees them, with answers a test can
 * foresee, and an engine whose writer a test can hold. Links instead of
 * authd/core/ and authd/store/. Threads: any.
 *
 * Offices: code "none" is not there, "taken" exists, any other is echoed.
 * Accounts: login "none" is not there, "taken" exists, any other is echoed in
 * login, name and email. Login "slow" keeps the writer or reader 20 ms.
 * verify: login taro with 123456 is accepted; 111111 is the code just used;
 * everything else is refused. phone confirm and resync accept 123456.
 */
#ifndef TESTS_FAKES_CORE_FAKE_H
#define TESTS_FAKES_CORE_FAKE_H

#include "authd/core/verify.h"

#define CORE_FAKE_NOW 1795305600000 /* 2026-11-22T00:00:00Z */

enum core_fake_mode {
	CORE_FAKE_RUN = 0, /* the writer works */
	CORE_FAKE_WAIT,    /* jobs stay in the queue: may be withdrawn */
	CORE_FAKE_TAKE     /* the writer took them, and does not end */
};

struct engine *core_fake_new(void);
/** core_fake_free(e): as engine_free(): run what is queued first. */
void core_fake_free(struct engine *e);

void core_fake_set_mode(struct engine *e, enum core_fake_mode mode);
/** core_fake_fail_submit(e, r): engine_submit() answers ${r}. */
void core_fake_fail_submit(struct engine *e, int r);
/** core_fake_fail_run(e, r): every run answers ${r}; a problem is set too. */
void core_fake_fail_run(struct engine *e, int r);

struct core_fake_counts {
	int runs;      /* works run, reads too */
	int dones;     /* done was called */
	int withdrawn; /* engine_withdraw() said true */
	int waiting;   /* in the queue */
	int taken;     /* by the writer and not ended */
};
void core_fake_get(struct engine *e, struct core_fake_counts *out);

/** core_fake_last(e, out): who asked for the last work that was run. */
void core_fake_last(struct engine *e, struct act *out);
/** core_fake_verify(e, login, code, consumer): what verify was last asked. */
void core_fake_verify(struct engine *e, char login[LOGIN_MAX + 1],
    char code[CODE_DIGITS + 1], char consumer[BUCKET_MAX]);

/** core_fake_note(v): the rules' half tells the engine's. */
void core_fake_note(const struct verify *v);

#endif /* TESTS_FAKES_CORE_FAKE_H */
