/*
 * keeper_child.h: the shipped keeper, started as its parent starts it, with
 * keys and a keeper.state of its own below TMPDIR and us in the front's place.
 */
#ifndef TESTS_TORTURE_KEEPER_CHILD_H
#define TESTS_TORTURE_KEEPER_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "authd/keeper/keeper_keys.h"

#define KEEPER_CHILD_RATE 25 /* certificates an hour */

struct keeper_child {
	const char *program; /* borrowed */
	char dir[192];       /* of the keys, keeper.state and the log */
	uint8_t seed_key[KEEPER_KEYS_LEN], audit_key[KEEPER_KEYS_LEN];
	uint8_t ca_key[KEEPER_KEYS_LEN];
	pid_t pid; /* 0: not running */
	int fd;    /* the front's end of the socket, -1: closed */
};

/* Make the directory and its files. Return: 0 or -1 (said on stderr). */
int keeper_child_new(struct keeper_child *c, const char *program);

/*
 * Start it and wait for its first answer, which it gives behind its filter.
 * A traced one is the caller's tracee from its first instruction on.
 * Return: 0 or -1.
 */
int keeper_child_start(struct keeper_child *c, bool is_traced);

/* Close our end, unless it is closed, and wait; its status of wait(2). */
int keeper_child_wait(struct keeper_child *c);

/* The path of a file in its directory. */
void keeper_child_path(
    const struct keeper_child *c, const char *name, char *out, size_t size);

/* Remove the directory; kills what still runs. */
void keeper_child_free(struct keeper_child *c);

#endif /* TESTS_TORTURE_KEEPER_CHILD_H */
