/*
 * timetext.h: times as people and programs read them (RFC 3339, UTC).
 * Room: base.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_timetext.c
 */
#ifndef AUTHD_BASE_TIMETEXT_H
#define AUTHD_BASE_TIMETEXT_H

#include <stdint.h>

#include "authd/base/err.h"

#define TIMETEXT_MAX      32 /* RFC 3339 with milliseconds, Z and NUL */
#define TIMETEXT_DATE_MAX 11 /* 2026-11-22 and NUL */

/**
 * timetext_put(ms, out):
 * Write ${ms} (milliseconds since 1970-01-01 UTC, years 1970 to 9999) as
 * 2026-11-22T20:31:27.123Z. Outside those years the nearest end is written.
 * Source: RFC 3339 section 5.6.
 */
void timetext_put(int64_t ms, char out[TIMETEXT_MAX]);

/**
 * timetext_get_date(text, ms):
 * Read a calendar date 2026-11-22, which must exist and be after 1970-01-01,
 * and store the first millisecond of that day in Asia/Tokyo (UTC+9, no summer
 * time) in ${ms}.
 * Return: 0 or ERR_INVALID.
 */
int timetext_get_date(const char *text, int64_t *ms) CHECKED;

/**
 * timetext_put_date(ms, out):
 * Write the calendar date in Asia/Tokyo at ${ms}, as 2026-11-22 and a NUL.
 */
void timetext_put_date(int64_t ms, char out[TIMETEXT_DATE_MAX]);

#endif /* AUTHD_BASE_TIMETEXT_H */
