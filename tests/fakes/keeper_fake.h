/*
 * keeper_fake.h: keeper_client.h in memory, for core's unit tests.
 * Links instead of authd/keeper/keeper_client.c; needs audit_record.c,
 * audit_chain.c and a clock (tests/fakes/clock_fake.c). Threads: any.
 *
 * The "sealed" blob holds its seed in clear. The maths are liboath's, the
 * seals are real Ed25519 with a fixed key, so that audit_verify accepts them.
 * There is no limit of checks a minute. Certificates: keeper_fake_cert.h.
 */
#ifndef TESTS_FAKES_KEEPER_FAKE_H
#define TESTS_FAKES_KEEPER_FAKE_H

#include "authd/keeper/keeper_client.h"

/* Everything zero: a keeper in good health. May be changed at any time. */
struct keeper_fake_knobs {
	int fail_all;                /* every call returns this */
	int fail_check;              /* check, confirm and resync return this */
	int good_checks;             /* messages of checks that go well before */
	int fail_seed;               /* seed_new and seed_draw return this */
	int fail_seal;               /* audit_seal returns this */
	bool seals_another;          /* audit_seal tells of a head not asked for */
	int fail_confirm;            /* audit_confirm returns this */
	int fail_mac;                /* mac returns this */
	int fail_cert;               /* all about certificates returns this */
	enum keeper_verdict verdict; /* not zero: of every check; step 0 */
	int64_t high_water_ms;       /* not zero: the mark */
	/* counted by the fake: */
	unsigned checks, decoys, seals, macs;
};

/** keeper_fake_new(out): a keeper without a socket, its log empty, node 1. */
int keeper_fake_new(struct keeper **out) CHECKED;

/**
 * keeper_fake_part(k, end):
 * A place in ${k} for another fake's data; ${end} is called with it, when not
 * NULL, before ${k} is freed.
 */
void **keeper_fake_part(struct keeper *k, void (*end)(void *));

/** keeper_fake_knobs(k): borrow the knobs of ${k}. */
struct keeper_fake_knobs *keeper_fake_knobs(struct keeper *k);

/** keeper_fake_head(k, head): set the confirmed head, as from keeper.state. */
void keeper_fake_head(struct keeper *k, const struct audit_head *head);

/** keeper_fake_gap(k, gap): set the gap that was accepted. */
void keeper_fake_gap(struct keeper *k, const struct audit_head *gap);

/**
 * keeper_fake_code(sealed, wall_ms, shift, out):
 * What the phone with the seed in ${sealed} shows at ${wall_ms}, ${shift}
 * steps later.
 */
void keeper_fake_code(const struct keeper_sealed *sealed, int64_t wall_ms,
    int shift, char out[CODE_DIGITS + 1]);

#endif /* TESTS_FAKES_KEEPER_FAKE_H */
