/*
 * portal_pickup.h: a terminal's certificate is fetched by a ticket: once, as the
 * encrypted file it was made as, with the steps for the device at hand first.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/75-pickup.sh
 *
 * Whoever comes here holds the ticket by a cookie (portal_ticket.h). The file is
 * read and the ticket used up in one transaction: of what runs in parallel one
 * gets it.
 */
#ifndef AUTHD_WEB_PORTAL_PICKUP_H
#define AUTHD_WEB_PORTAL_PICKUP_H

#include "authd/core/ticket.h"
#include "authd/web/portal.h"

/* What is in the person's hand, as its browser says. */
enum portal_pickup_device {
	PORTAL_PICKUP_WINDOWS = 0, /* or not known */
	PORTAL_PICKUP_MAC,
	PORTAL_PICKUP_PHONE, /* iPhone, iPad */
	PORTAL_PICKUP_ANDROID,
	PORTAL_PICKUP_LINUX,
	PORTAL_PICKUP_DEVICES
};

/* The file is no secret without its passphrase; wiped all the same. */
struct portal_pickup {
	struct portal portal;
	char holder[TOKEN_LEN + 1];
	struct ticket_view view;
	bool is_held;
	enum portal_pickup_device device;
	bool is_old; /* reads compatible files only */
	char name[2 * ID_LEN + 1]; /* of the certificate, as devices show it */
	enum ticket_file kind;
	size_t len;
	uint8_t file[TICKET_FILE_MAX];
};

/** portal_pickup_device(agent, n, is_old): what a User-Agent of ${n} bytes says;
 * any other is PORTAL_PICKUP_WINDOWS. */
enum portal_pickup_device portal_pickup_device(
    const char *agent, size_t n, bool *is_old);

/* GET /pickup */
int portal_pickup_take(
    const struct exchange_in *in, struct act *act, void *call);
int portal_pickup_look(struct core *c, struct act *act, void *call);
void portal_pickup_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /pickup: file (standard, compatible) */
int portal_pickup_take_file(
    const struct exchange_in *in, struct act *act, void *call);
int portal_pickup_fetch(struct core *c, struct act *act, void *call);
void portal_pickup_give_file(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_PORTAL_PICKUP_H */
