/*
 * clock_fake.h: authd/base/clock.h with times that a test sets.
 * Links instead of authd/base/clock.c. Threads: any.
 * Until it is set, wall time is 2026-11-22T00:00:00Z and boot time 1 hour.
 */
#ifndef TESTS_FAKES_CLOCK_FAKE_H
#define TESTS_FAKES_CLOCK_FAKE_H

#include <stdint.h>

/** clock_fake_set(wall_ms, boot_ms): both clocks stand still there. */
void clock_fake_set(int64_t wall_ms, int64_t boot_ms);

/** clock_fake_pass(ms): time passes: both clocks move on by ${ms}. */
void clock_fake_pass(int64_t ms);

/** clock_fake_step(ms): somebody sets the wall clock; ${ms} may be negative. */
void clock_fake_step(int64_t ms);

/** clock_fake_boot_id(id): the 36 characters that clock_boot_id() gives. */
void clock_fake_boot_id(const char *id);

#endif /* TESTS_FAKES_CLOCK_FAKE_H */
