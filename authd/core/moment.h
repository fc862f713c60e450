/*
 * moment.h: the two times a rule may need, taken once for each request.
 * Room: core.  Process: front.
 */
#ifndef AUTHD_CORE_MOMENT_H
#define AUTHD_CORE_MOMENT_H

#include <stdint.h>

/* wall_ms: for codes, dates and the log; may jump either way.
 * steady_ms: for durations (locks); never set back, goes on over restarts. */
struct moment {
	int64_t wall_ms;
	int64_t steady_ms;
};

#endif /* AUTHD_CORE_MOMENT_H */
