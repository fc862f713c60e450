/*
 * server_impl.h: what server.c and dispatch.c share; nobody else includes it.
 * Room: web.  Process: front.
 */
#ifndef AUTHD_WEB_SERVER_IMPL_H
#define AUTHD_WEB_SERVER_IMPL_H

#include <microhttpd.h>

#include "authd/web/peer.h"
#include "authd/web/reaper.h"
#include "authd/web/request.h"
#include "authd/web/server.h"

struct listener {
	struct server *server;
	const struct server_listener *conf;
	struct MHD_Daemon *daemon;
	struct peer_crowd *crowd;
};

struct server {
	struct server_conf conf;
	struct listener listeners[SERVER_LISTENERS_MAX];
	struct engine *engine;
	struct reaper *reaper;
	struct request_counts counts;
	bool is_layout_known;
};

/* One connection, from its accept to its close. */
struct link {
	struct reaper_entry entry;
	struct peer peer;
	char actor[32]; /* unix:UID */
	struct request_stock stock;
};

/** server_link(c): of this connection; NULL when it was turned away. */
struct link *server_link(struct MHD_Connection *c);

#endif /* AUTHD_WEB_SERVER_IMPL_H */
