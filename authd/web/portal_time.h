/*
 * portal_time.h: times as people read them on a page, in Asia/Tokyo.
 * Room: web.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_portal_time.c
 */
#ifndef AUTHD_WEB_PORTAL_TIME_H
#define AUTHD_WEB_PORTAL_TIME_H

#include <stdint.h>

#include "authd/render/page.h"

/** portal_time_put(page, var, ms): 2026年11月26日 15:04, or 2026-11-26 15:04 in
 * English; no value for 0. */
void portal_time_put(struct page *page, enum page_var var, int64_t ms);

/** portal_time_put_date(page, var, ms): the day alone. */
void portal_time_put_date(struct page *page, enum page_var var, int64_t ms);

#endif /* AUTHD_WEB_PORTAL_TIME_H */
