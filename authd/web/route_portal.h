/*
 * route_portal.h: the routes of portal.sock: what people meet: pages and /.sekisho/.
 * Room: web.  Process: front.  Threads: any; the table never changes.
 */
#ifndef AUTHD_WEB_ROUTE_PORTAL_H
#define AUTHD_WEB_ROUTE_PORTAL_H

#include "authd/web/route.h"

/** route_portal_table(n): borrow them; their number in ${n}. */
const struct route *route_portal_table(size_t *n);

#endif /* AUTHD_WEB_ROUTE_PORTAL_H */
