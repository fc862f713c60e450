/*
 * clockset.h: the administrator vouches for a clock that was set back.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit test: tests/unit/test_clockset.c
 *
 * While the clock is below the highest time the keeper has seen, no code is
 * compared. Confirmed, that mark is now, and phones whose last step lies in the
 * future are brought back to now. Every step accepted for a phone stays at or
 * below its last step or in the table of burned ones: none is taken twice.
 */
#ifndef AUTHD_CORE_CLOCKSET_H
#define AUTHD_CORE_CLOCKSET_H

#include "authd/core/engine.h"

struct clockset {
	int64_t wall_ms;       /* now, and the mark */
	int64_t high_water_ms; /* the mark before */
	int64_t phones;        /* that were brought back */
};

/**
 * clockset_confirm(c, act, out):
 * Have the keeper set its mark to now, bring phones back, burn what the log
 * shows accepted for them later. Writes one audit record, clock.confirm.
 * Should the transaction fail, the mark stays set: phones then keep their last
 * step, and it is to be asked again.
 * Return: 0, ERR_KEEPER, ERR_STORE, ERR_NOMEM.
 * Source: DESIGN 4 (time); RFC 6238 section 5.2.
 */
int clockset_confirm(
    struct core *c, struct act *act, struct clockset *out) CHECKED;

#endif /* AUTHD_CORE_CLOCKSET_H */
