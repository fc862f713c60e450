/*
 * portal_events.h: records of the log in words for the person they are about.
 * Room: web.  Process: front.  Threads: any.
 * Proved by tests/e2e/72-my-page.sh
 */
#ifndef AUTHD_WEB_PORTAL_EVENTS_H
#define AUTHD_WEB_PORTAL_EVENTS_H

#include "authd/core/mine.h"
#include "authd/render/page.h"

/** portal_events_put(page, list, who, events, n): a row of ${list} for each:
 * when, what, where, by_other when somebody else did it, event_id. */
void portal_events_put(struct page *page, enum page_var list,
    const struct session_view *who, const struct mine_event *events, int n);

#endif /* AUTHD_WEB_PORTAL_EVENTS_H */
