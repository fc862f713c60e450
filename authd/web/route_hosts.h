/*
 * route_hosts.h: the routes of hosts.sock: what programs on other hosts ask, through the proxy.
 * Room: web.  Process: front.  Threads: any; the table never changes.
 */
#ifndef AUTHD_WEB_ROUTE_HOSTS_H
#define AUTHD_WEB_ROUTE_HOSTS_H

#include "authd/web/route.h"

/** route_hosts_table(n): borrow them; their number in ${n}. */
const struct route *route_hosts_table(size_t *n);

#endif /* AUTHD_WEB_ROUTE_HOSTS_H */
