/*
 * keeper_state.h: what the keeper remembers over a restart, in one small file.
 * Room: keeper.  Process: keeper; the one-shot modes while no daemon runs.
 * Threads: one. Unit test: tests/unit/test_keeper_state.c
 *
 * Two slots of 512 bytes at 0 and 4096, each with a generation number and a
 * SHA-256 over itself; the newer good one counts and the other is written
 * next, so that a write cut off at any byte leaves the older one. Bytes not yet
 * used are zero. Version 1 had no certificates; it is read, and written as 2.
 */
#ifndef AUTHD_KEEPER_KEEPER_STATE_H
#define AUTHD_KEEPER_KEEPER_STATE_H

#include "authd/audit/audit_chain.h"
#include "authd/keeper/keeper.h"

#define KEEPER_STATE_SLOT_LEN 512
#define KEEPER_STATE_SLOT_GAP 4096
#define KEEPER_STATE_STEP_MS  (10 * 60 * 1000)
#define KEEPER_STATE_BUCKETS  13 /* of five minutes: an hour touches 13 */
#define KEEPER_STATE_BUCKET_MS (5 * 60 * 1000)

/* What is in the file. */
struct keeper_state_data {
	struct audit_head confirmed; /* last audit head known durable */
	struct audit_head gap;       /* seq 0: none accepted */
	int64_t high_water_ms;       /* highest wall time seen; 0: none yet */
	int64_t crl_number;          /* of the last CRL signed; 0: none */
	int64_t issue_bucket;        /* the newest of keeper_quota.h */
	uint32_t issued[KEEPER_STATE_BUCKETS]; /* of bucket b at b modulo */
};

struct keeper_state {
	int fd; /* borrowed */
	uint64_t generation;
	bool is_dirty; /* data differ from the file */
	struct keeper_state_data data;
	/* the high-water rule, not stored: */
	bool has_seen;
	int64_t seen_boot_ms; /* when the mark was last in question */
	bool is_holding;      /* a forward step waits to be believed */
	int64_t hold_wall_ms, hold_boot_ms;
};

/**
 * keeper_state_create(fd, node):
 * Write a fresh state into the empty file ${fd}: the log of ${node} is empty.
 * Return: 0, ERR_EXISTS when the file is not empty, ERR_IO.
 */
int keeper_state_create(int fd, int32_t node) CHECKED;

/**
 * keeper_state_open(s, fd):
 * Read the state and lock the file against a second user; ${fd} is borrowed
 * and the lock lasts as long as its open file.
 * Return: 0, ERR_BUSY, ERR_IO, ERR_CORRUPT when neither slot is whole.
 */
int keeper_state_open(struct keeper_state *s, int fd) CHECKED;

/** keeper_state_save(s): write, durably. Return: 0 or ERR_IO. */
int keeper_state_save(struct keeper_state *s) CHECKED;

/** keeper_state_put_head(s, head): the log is durable up to ${head}. */
void keeper_state_put_head(
    struct keeper_state *s, const struct audit_head *head);

/**
 * keeper_state_see(s, wall_ms, boot_ms):
 * Raise the high-water mark to ${wall_ms}. A wall clock more than
 * KEEPER_STATE_STEP_MS ahead of the mark and of the time that passed since is
 * a forward step: it enters the mark only when it has held for
 * KEEPER_STATE_STEP_MS of ${boot_ms} (CLOCK_BOOTTIME). Here the mark never falls.
 */
void keeper_state_see(struct keeper_state *s, int64_t wall_ms, int64_t boot_ms);

/**
 * keeper_state_is_back(s, wall_ms):
 * True when the wall clock was set back: it is more than KEEPER_BACK_MS below
 * the mark.
 */
bool keeper_state_is_back(const struct keeper_state *s, int64_t wall_ms);

/**
 * keeper_state_confirm(s, wall_ms, boot_ms):
 * Somebody vouches for the clock: set the mark to ${wall_ms}, down or up, end
 * the hold of a forward step, and save it durably.
 * Return: 0; ERR_INVALID for a time that cannot be, ERR_IO: nothing changed.
 */
int keeper_state_confirm(
    struct keeper_state *s, int64_t wall_ms, int64_t boot_ms) CHECKED;

/**
 * keeper_state_read(fd, data):
 * For the one-shot modes: read the state, also while a keeper runs.
 * Return: 0, ERR_IO or ERR_CORRUPT.
 */
int keeper_state_read(int fd, struct keeper_state_data *data) CHECKED;

/**
 * keeper_state_accept_gap(fd, head):
 * For the one-shot modes: from now on the log ends at ${head}, and the state
 * says that a gap was accepted there.
 * Return: 0, ERR_BUSY while a keeper runs, ERR_IO, ERR_CORRUPT, ERR_INVALID
 * for another node's head.
 */
int keeper_state_accept_gap(int fd, const struct audit_head *head) CHECKED;

#endif /* AUTHD_KEEPER_KEEPER_STATE_H */
