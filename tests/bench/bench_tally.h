/*
 * bench_tally.h: what a loader counts and how it says it: one line of JSON.
 */
#ifndef TESTS_BENCH_BENCH_TALLY_H
#define TESTS_BENCH_BENCH_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Answers that come before this much of a run are not counted. */
#define TALLY_WARM_NS 300000000

struct tally {
	uint32_t *us; /* of each counted answer */
	size_t n, size;
	size_t accepted, refused, failed;
	int64_t from_ns, until_ns; /* what is counted */
	int64_t last_ns;           /* when the last answer came */
};

int64_t tally_now(void);
/** tally_begin(t, seconds): start the clock. */
void tally_begin(struct tally *t, double seconds);
bool tally_is_over(const struct tally *t);
/** tally_add(t, sent_ns, is_ok, is_accepted): an answer came just now. */
void tally_add(struct tally *t, int64_t sent_ns, bool is_ok, bool is_accepted);
/** tally_print(t, connections, used): the line, and free. */
void tally_print(struct tally *t, int connections, size_t used);

#endif /* TESTS_BENCH_BENCH_TALLY_H */
