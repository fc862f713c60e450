/*
 * keeper_client_impl.h: what the files of keeper_client share: one call.
 * Room: keeper.  Process: front.
 */
#ifndef AUTHD_KEEPER_KEEPER_CLIENT_IMPL_H
#define AUTHD_KEEPER_KEEPER_CLIENT_IMPL_H

#include <pthread.h>

#include "authd/base/buf.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_msg.h"

struct keeper {
	pthread_mutex_t lock; /* over the three that follow */
	pthread_cond_t ended;
	uint64_t asked, turn; /* turns asked for; the one that is had, from 0 */
	/* the rest is of whoever has the turn, for one call */
	int fd;
	int timeout_ms;
	uint32_t number; /* of the last request */
	uint16_t type;   /* of the request in out */
	struct buf out;
	uint8_t out_memory[KEEPER_PACKET_MAX];
	uint8_t in_memory[KEEPER_PACKET_MAX];
};

/** keeper_client_begin(k): take the turn, in the order of asking: whoever asks
 * again and again lets the others in between. Every call ends with _end(). */
void keeper_client_begin(struct keeper *k);

/** keeper_client_end(k, r): give the turn back; return ${r}. */
int keeper_client_end(struct keeper *k, int r) CHECKED;

/** keeper_client_packet(k, type): begin a request; borrow where it is written. */
struct buf *keeper_client_packet(struct keeper *k, uint16_t type);

/**
 * keeper_client_trip(k, answer):
 * Send the request and wait for its own answer, past late ones; ${answer} is
 * then left behind the header. Its memory may hold a secret: the caller wipes.
 */
int keeper_client_trip(struct keeper *k, struct buf_reader *answer) CHECKED;

/** keeper_client_meaning(k, r): what the keeper's error ${r} is for the
 * caller; logged. */
int keeper_client_meaning(struct keeper *k, int r);

/** keeper_client_whole(k, answer): 0 when all of it was read, else ERR_PROTO. */
int keeper_client_whole(
    struct keeper *k, const struct buf_reader *answer) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_CLIENT_IMPL_H */
