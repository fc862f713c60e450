#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "tests/fakes/ca_rig.h"
#include "tests/fakes/keeper_fake.h"
#include "tests/fakes/keeper_fake_cert.h"

#define RATE 1000

struct part {
	pthread_mutex_t lock;
	struct ca_rig rig;
	struct keeper_ca *ca;
	struct keeper_state state;
	int fd;
};

static void
end(void *arg)
{
	struct part *p = arg;

	keeper_ca_free(p->ca);
	ca_rig_close(&p->rig);
	close(p->fd);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static int
begin(uint32_t rate, struct part **out)
{
	struct part *p = calloc(1, sizeof(*p));
	int r;

	*out = NULL;
	if (p == NULL)
		return (ERR_NOMEM);
	pthread_mutex_init(&p->lock, NULL);
	p->fd = memfd_create("keeper.state", MFD_CLOEXEC);
	if ((r = keeper_state_create(p->fd, 1)) != 0 ||
	    (r = keeper_state_open(&p->state, p->fd)) != 0 ||
	    (r = ca_rig_make(&p->rig, clock_wall_ms())) != 0 ||
	    (r = keeper_ca_rig_open(&p->rig, &p->state, rate, &p->ca)) !=
		0) {
		end(p);
		return (r);
	}
	*out = p;
	return (0);
}

int
keeper_fake_cert_rate(struct keeper *k, uint32_t rate)
{
	void **at = keeper_fake_part(k, end);
	struct part *p;
	int r;

	if ((r = begin(rate, &p)) != 0)
		return (r);
	if (*at != NULL)
		end(*at);
	*at = p;
	return (0);
}

/* The part, locked; the knobs' error before anything else. */
static int
take(struct keeper *k, struct part **out)
{
	const struct keeper_fake_knobs *knobs = keeper_fake_knobs(k);
	static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
	void **at = keeper_fake_part(k, end);
	int r = 0;

	*out = NULL;
	if (knobs->fail_all != 0)
		return (knobs->fail_all);
	if (knobs->fail_cert != 0)
		return (knobs->fail_cert);
	pthread_mutex_lock(&first);
	if (*at == NULL)
		r = keeper_fake_cert_rate(k, RATE);
	*out = *at;
	pthread_mutex_unlock(&first);
	if (r == 0)
		pthread_mutex_lock(&(*out)->lock);
	return (r);
}

static int
give(struct part *p, int r)
{
	pthread_mutex_unlock(&p->lock);
	return (r);
}

int
keeper_client_cert_issue(struct keeper *k, const struct keeper_cert_ask *ask,
    struct keeper_cert *out)
{
	struct part *p;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = take(k, &p)) != 0)
		return (r);
	return (give(p, keeper_ca_issue(p->ca, ask, out)));
}

int
keeper_client_cert_ca(struct keeper *k, struct keeper_ca_info *out)
{
	struct part *p;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = take(k, &p)) != 0)
		return (r);
	return (give(p, keeper_ca_info(p->ca, out)));
}
