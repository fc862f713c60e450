/*
 * clock.h: the only place that asks the system for the time.
 * Room: base.  Process: all.  Threads: any.
 * Unit tests link tests/fakes/clock_fake.c instead of clock.c.
 * Unit test: tests/unit/test_clock.c
 */
#ifndef AUTHD_BASE_CLOCK_H
#define AUTHD_BASE_CLOCK_H

#include <stdint.h>

#include "authd/base/err.h"

#define CLOCK_BOOT_ID_LEN 36 /* a UUID in text, without NUL */

/**
 * clock_wall_ms():
 * Return CLOCK_REALTIME in milliseconds since 1970-01-01 UTC.
 */
int64_t clock_wall_ms(void);

/**
 * clock_boot_ms():
 * Return CLOCK_BOOTTIME in milliseconds: never set back, counts while the
 * machine sleeps, starts anew at each boot.
 */
int64_t clock_boot_ms(void);

/**
 * clock_boot_id(id):
 * Store the kernel's id of this boot in ${id} as text with NUL. Opens a file
 * under /proc: call before a sandbox closes it.
 * Return: 0 or ERR_SYS.
 */
int clock_boot_id(char id[CLOCK_BOOT_ID_LEN + 1]) CHECKED;

#endif /* AUTHD_BASE_CLOCK_H */
