/*
 * keeper_rig.h: a whole keeper behind its socket, for tests: the real parts
 * with fixed keys, keeper.state in a memory file.
 */
#ifndef TESTS_FAKES_KEEPER_RIG_H
#define TESTS_FAKES_KEEPER_RIG_H

#include <pthread.h>

#include "authd/keeper/keeper_loop.h"

struct keeper_rig {
	struct keeper_seed_box *box;
	struct keeper_rate *rate;
	struct keeper_audit audit;
	struct keeper_state state;
	struct keeper_loop *loop;
	int state_fd;
	int front_fd; /* the front's end; the caller closes it */
	int result;   /* of keeper_loop_run() */
	pthread_t thread;
};

/**
 * keeper_rig_open(rig, state_fd):
 * Make the parts, not running; ${state_fd} -1: a fresh state of node 1.
 */
int keeper_rig_open(struct keeper_rig *rig, int state_fd) CHECKED;
/** keeper_rig_run(rig): run the loop in a thread of its own. */
int keeper_rig_run(struct keeper_rig *rig) CHECKED;
/** keeper_rig_join(rig): wait for its end, which the front's end brings. */
void keeper_rig_join(struct keeper_rig *rig);
/** keeper_rig_close(rig): free all but the state's descriptor. */
void keeper_rig_close(struct keeper_rig *rig);

#endif /* TESTS_FAKES_KEEPER_RIG_H */
