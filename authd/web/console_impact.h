/*
 * console_impact.h: whom a change would lock out, as a page shows it before it
 * is made: values of the template console_impact.html.
 * Room: web.  Process: front.  Threads: any; no state.
 * Proved by tests/e2e/74-console-rest.sh
 */
#ifndef AUTHD_WEB_CONSOLE_IMPACT_H
#define AUTHD_WEB_CONSOLE_IMPACT_H

#include "authd/core/impact.h"
#include "authd/render/page.h"

/** console_impact_put(page, i): all of it; people are told with their office
 * where ${is_everywhere}. */
void console_impact_put(
    struct page *page, const struct impact *i, bool is_everywhere);

/** console_impact_put_account(page, i): of one person: to which applications
 * there is no way then, and why. */
void console_impact_put_account(struct page *page, const struct impact *i);

#endif /* AUTHD_WEB_CONSOLE_IMPACT_H */
