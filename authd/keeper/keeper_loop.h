/*
 * keeper_loop.h: the keeper's side of the socket: one request, one answer.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit tests: tests/unit/test_keeper.c, tests/unit/test_keeper_msg.c
 *
 * Whatever cannot be read or is not in the table is answered with an error and
 * logged (at most 20 lines a minute); nothing a front sends ends the keeper.
 */
#ifndef AUTHD_KEEPER_KEEPER_LOOP_H
#define AUTHD_KEEPER_KEEPER_LOOP_H

#include "authd/keeper/keeper_audit.h"
#include "authd/keeper/keeper_ca.h"
#include "authd/keeper/keeper_mac.h"
#include "authd/keeper/keeper_rate.h"
#include "authd/keeper/keeper_seed.h"
#include "authd/keeper/keeper_state.h"

#define KEEPER_LOOP_SAVE_MS 1000  /* keeper.state at most this often */
#define KEEPER_LOOP_IDLE_MS 60000 /* the clock at least this often */

/* All parts are borrowed and set by the caller; the rest begins as zero. */
struct keeper_loop {
	int fd; /* SOCK_SEQPACKET to the front */
	struct keeper_seed_box *box;
	struct keeper_rate *rate;
	struct keeper_audit *audit;
	struct keeper_state *state;
	struct keeper_ca *ca; /* NULL: no certificates */
	const uint8_t *mac_key; /* of KEEPER_MAC_KEY_LEN bytes */
	bool has_secret_memory;
	/* the loop's own: */
	int64_t saved_boot_ms;  /* last write of keeper.state */
	int64_t logged_boot_ms; /* begin of the minute of logged_lines */
	unsigned logged_lines;
	uint8_t in[KEEPER_PACKET_MAX];
	uint8_t out[KEEPER_PACKET_MAX];
};

/**
 * keeper_loop_answer(k, n):
 * Answer the request of ${n} bytes in k->in; the answer is in k->out.
 * Return: its length, always at least a header and an error number.
 */
size_t keeper_loop_answer(struct keeper_loop *k, size_t n) CHECKED;

/**
 * keeper_loop_run(k):
 * Serve until the front closes its end; then write keeper.state.
 * Return: 0 after end-of-file, ERR_IO when the state could not be written,
 *         ERR_SYS when the socket broke in another way.
 */
int keeper_loop_run(struct keeper_loop *k) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_LOOP_H */
