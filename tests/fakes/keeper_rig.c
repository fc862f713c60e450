#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fakes/keeper_rig.h"

static const uint8_t seed_key[KEEPER_SEED_KEY_LEN] = { 1 };
static const uint8_t audit_key[KEEPER_AUDIT_KEY_LEN] = { 2 };
static const uint8_t mac_key[KEEPER_MAC_KEY_LEN] = { 4 };
static const uint8_t rate_key[KEEPER_RATE_KEY_LEN] = { 3 };

int
keeper_rig_open(struct keeper_rig *rig, int state_fd)
{
	int fds[2], r;

	memset(rig, 0, sizeof(*rig));
	if (state_fd == -1) {
		state_fd = memfd_create("keeper.state", 0);
		if ((r = keeper_state_create(state_fd, 1)) != 0)
			return (r);
	}
	rig->state_fd = state_fd;
	if ((r = keeper_state_open(&rig->state, state_fd)) != 0 ||
	    (r = keeper_seed_open_box(seed_key, &rig->box)) != 0 ||
	    (r = keeper_rate_new(rate_key, KEEPER_RATE_MAX, &rig->rate)) != 0 ||
	    (r = keeper_audit_init(
		 &rig->audit, audit_key, &rig->state.data.confirmed)) != 0)
		return (r);
	if ((rig->loop = calloc(1, sizeof(*rig->loop))) == NULL)
		return (ERR_NOMEM);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == -1)
		return (ERR_SYS);
	rig->front_fd = fds[0];
	rig->loop->fd = fds[1];
	rig->loop->box = rig->box;
	rig->loop->rate = rig->rate;
	rig->loop->audit = &rig->audit;
	rig->loop->state = &rig->state;
	rig->loop->mac_key = mac_key;
	return (0);
}

static void *
run(void *arg)
{
	struct keeper_rig *rig = arg;

	rig->result = keeper_loop_run(rig->loop);
	return (NULL);
}

int
keeper_rig_run(struct keeper_rig *rig)
{
	return (
	    pthread_create(&rig->thread, NULL, run, rig) == 0 ? 0 : ERR_SYS);
}

void
keeper_rig_join(struct keeper_rig *rig)
{
	pthread_join(rig->thread, NULL);
}

void
keeper_rig_close(struct keeper_rig *rig)
{
	if (rig->loop != NULL)
		close(rig->loop->fd);
	free(rig->loop);
	keeper_rate_free(rig->rate);
	keeper_seed_close_box(rig->box);
}
