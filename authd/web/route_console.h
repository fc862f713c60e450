/*
 * route_console.h: the routes of the console: more of portal.sock.
 * Room: web.  Process: front.  Threads: any; the table never changes.
 * Proved by tests/e2e/74-console.sh, which reads the lines of the table
 *
 * Each line says what a person needs to be allowed; one that says nothing is
 * refused to everybody. What is not here is no page.
 */
#ifndef AUTHD_WEB_ROUTE_CONSOLE_H
#define AUTHD_WEB_ROUTE_CONSOLE_H

#include "authd/web/route.h"

/** route_console_table(n): borrow them; their number in ${n}. */
const struct route *route_console_table(size_t *n);

#endif /* AUTHD_WEB_ROUTE_CONSOLE_H */
