/*
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_state.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/id.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_pem.c certs/x509_extend.c
 * Links: certs/x509_profile.c certs/x509_url.c certs/x509_issue.c
 * Links: certs/x509_scalar.c certs/x509_root.c certs/x509_key.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c
 * Links: tests/fakes/ca_rig.c tests/fakes/keeper_ca_rig.c
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/keeper/keeper_crl.h"
#include "authd/keeper/keeper_ocsp.h"
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
	r = keeper_ca_issue(p->ca, ask, out);
	keeper_ca_rest(p->ca);
	return (give(p, r));
}

void
keeper_client_cert_orders(
    struct keeper *k, struct keeper_cert_order *orders, int n)
{
	int i;

	for (i = 0; i < n; i++)
		orders[i].r = keeper_client_cert_issue(
		    k, orders[i].ask, orders[i].out);
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

int
keeper_client_cert_crl(struct keeper *k, const struct keeper_crl_ask *ask,
    struct keeper_crl *out)
{
	const struct keeper_cert_msg_part first = { .part = 0 };
	const uint8_t *at;
	struct part *p;
	size_t i, n, done;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = take(k, &p)) != 0)
		return (r);
	r = keeper_crl_part(p->ca, &first);
	for (i = 0; r == 0 && i < ask->n; i++)
		r = keeper_crl_add(p->ca, &ask->entries[i]);
	if (r == 0)
		r = keeper_crl_sign(p->ca, ask, out);
	if (r == 0 && (out->der = malloc(out->len)) == NULL)
		r = ERR_NOMEM;
	for (done = 0; r == 0 && done < out->len; done += n) {
		r = keeper_crl_read(p->ca, done, &at, &n);
		if (r == 0)
			memcpy(out->der + done, at, n);
	}
	if (r != 0) {
		free(out->der);
		memset(out, 0, sizeof(*out));
	}
	return (give(p, r));
}

int
keeper_client_cert_ocsp(struct keeper *k, const struct keeper_ocsp_ask *ask,
    struct keeper_ocsp *out)
{
	struct part *p;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = take(k, &p)) != 0)
		return (r);
	return (give(p, keeper_ocsp_sign(p->ca, ask, out)));
}
