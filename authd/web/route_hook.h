/*
 * route_hook.h: the routes of hook.sock: what the proxy asks whether a request may pass.
 * Room: web.  Process: front.  Threads: any; the table never changes.
 */
#ifndef AUTHD_WEB_ROUTE_HOOK_H
#define AUTHD_WEB_ROUTE_HOOK_H

#include "authd/web/route.h"

/** route_hook_table(n): borrow them; their number in ${n}. */
const struct route *route_hook_table(size_t *n);

#endif /* AUTHD_WEB_ROUTE_HOOK_H */
