/*
 * route_pki.h: the routes of pki.sock: what is published: revocation lists and the CA.
 * Room: web.  Process: front.  Threads: any; the table never changes.
 */
#ifndef AUTHD_WEB_ROUTE_PKI_H
#define AUTHD_WEB_ROUTE_PKI_H

#include "authd/web/route.h"

/** route_pki_table(n): borrow them; their number in ${n}. */
const struct route *route_pki_table(size_t *n);

#endif /* AUTHD_WEB_ROUTE_PKI_H */
