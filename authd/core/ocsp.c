#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "authd/core/crl.h"
#include "authd/core/ocsp.h"
#include "authd/keeper/keeper_client_cert.h"
#include "certs/x509_ocsp.h"

#define PREPARED_MAX 2048 /* a power of two; later ones take their places */

/* An answer about one certificate, without a nonce. */
struct prepared {
	struct x509_ocsp_one one; /* hash zero: there is none */
	uint64_t generation;      /* of the revocations it knows of */
	int64_t this_ms, next_ms;
	size_t len;
	uint8_t *der;
};

struct ocsp {
	pthread_mutex_t lock;
	struct prepared prepared[PREPARED_MAX];
	int64_t second; /* that is counted */
	int signed_n;   /* in it */
};

int
ocsp_new(struct ocsp **out)
{
	struct ocsp *o;

	if ((o = calloc(1, sizeof(*o))) == NULL)
		return (ERR_NOMEM);
	if (pthread_mutex_init(&o->lock, NULL) != 0) {
		free(o);
		return (ERR_NOMEM);
	}
	*out = o;
	return (0);
}

void
ocsp_free(struct ocsp *o)
{
	size_t i;

	if (o == NULL)
		return;
	for (i = 0; i < PREPARED_MAX; i++)
		free(o->prepared[i].der);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

/* Is there room for one more signature in this second? */
static bool
take_turn(struct ocsp *o, int64_t steady_ms)
{
	bool ok;

	pthread_mutex_lock(&o->lock);
	if (o->second != steady_ms / 1000) {
		o->second = steady_ms / 1000;
		o->signed_n = 0;
	}
	ok = o->signed_n < OCSP_SIGNED_MAX;
	o->signed_n += ok;
	pthread_mutex_unlock(&o->lock);
	return (ok);
}

static struct prepared *
place_of(struct ocsp *o, const struct x509_ocsp_one *one)
{
	uint64_t h = 0xcbf29ce484222325 ^ (uint64_t)one->hash;
	size_t i;

	for (i = 0; i < one->serial_len; i++)
		h = (h ^ one->serial[i]) * 0x100000001b3;
	return (&o->prepared[(h ^ h >> 29) & (PREPARED_MAX - 1)]);
}

static bool
is_about(const struct prepared *p, const struct x509_ocsp_one *one)
{
	return (p->one.hash == one->hash &&
	    p->one.serial_len == one->serial_len &&
	    memcmp(p->one.serial, one->serial, one->serial_len) == 0);
}

/* One that knows of every revocation and is not past half its life. */
static bool
find_prepared(struct ocsp *o, const struct x509_ocsp_one *one,
    uint64_t generation, int64_t wall_ms, struct ocsp_answer *out)
{
	struct prepared *p = place_of(o, one);
	bool found;

	pthread_mutex_lock(&o->lock);
	found = is_about(p, one) && p->generation == generation &&
	    wall_ms >= p->this_ms &&
	    wall_ms <= p->this_ms + (p->next_ms - p->this_ms) / 2;
	if (found) {
		memcpy(out->der, p->der, p->len);
		out->len = p->len;
		out->this_ms = p->this_ms;
		out->next_ms = p->next_ms;
		out->is_good = out->is_prepared = true;
	}
	pthread_mutex_unlock(&o->lock);
	return (found);
}

static void
prepare(struct ocsp *o, const struct x509_ocsp_one *one, uint64_t generation,
    const struct ocsp_answer *a)
{
	struct prepared *p = place_of(o, one);
	uint8_t *der = malloc(a->len);

	/* Without memory the next one is signed again. */
	if (der == NULL)
		return;
	memcpy(der, a->der, a->len);
	pthread_mutex_lock(&o->lock);
	free(p->der);
	p->one = *one;
	p->generation = generation;
	p->this_ms = a->this_ms;
	p->next_ms = a->next_ms;
	p->len = a->len;
	p->der = der;
	pthread_mutex_unlock(&o->lock);
}

/* What our table says of one; a serial of another length is nobody's. */
static int
find_state(struct core *c, const struct x509_ocsp_one *one,
    struct keeper_ocsp_state *out)
{
	struct cert row;
	int r;

	memset(out, 0, sizeof(*out));
	out->hash = (uint8_t)one->hash;
	out->serial_len = one->serial_len;
	memcpy(out->serial, one->serial, one->serial_len);
	out->status = KEEPER_OCSP_UNKNOWN;
	if (one->serial_len != CERT_SERIAL_LEN)
		return (0);
	r = c->store->ops->cert_by_serial(c->store, one->serial, &row);
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	out->status = KEEPER_OCSP_GOOD;
	if (row.revoked_ms == 0)
		return (0);
	out->status = KEEPER_OCSP_REVOKED;
	out->revoked_ms = row.revoked_ms;
	out->reason = crl_reason(row.reason);
	return (0);
}

static int
sign(struct core *c, const struct x509_ocsp_request *rq, bool with_nonce,
    struct ocsp_answer *out, bool *is_known)
{
	struct keeper_ocsp_ask ask;
	struct keeper_ocsp answer;
	size_t i;
	int r;

	memset(&ask, 0, sizeof(ask));
	ask.n = rq->n;
	ask.life_ms = OCSP_LIFE_MS;
	*is_known = true;
	for (i = 0; i < rq->n; i++) {
		if ((r = find_state(c, &rq->ones[i], &ask.states[i])) != 0)
			return (r);
		*is_known =
		    *is_known && ask.states[i].status != KEEPER_OCSP_UNKNOWN;
	}
	if (with_nonce) {
		ask.nonce_len = rq->nonce_len;
		memcpy(ask.nonce, rq->nonce, rq->nonce_len);
	}
	if ((r = keeper_client_cert_ocsp(c->keeper, &ask, &answer)) != 0)
		return (r);
	memcpy(out->der, answer.der, answer.len);
	out->len = answer.len;
	out->this_ms = answer.this_ms;
	out->next_ms = answer.next_ms;
	out->is_good = true;
	return (0);
}

static int
refuse(enum x509_ocsp_error error, struct ocsp_answer *out)
{
	x509_ocsp_put_error(error, out->der);
	out->len = 5;
	return (0);
}

/*
 * Of a stranger's serial nothing is prepared: there are too many of them. Nor
 * is it of a request about several.
 */
static int
answer(struct core *c, const struct act *act,
    const struct x509_ocsp_request *rq, struct ocsp_answer *out)
{
	uint64_t generation = crl_generation(c->crl);
	bool may_sign, is_known, with_nonce = rq->nonce_len > 0;
	int r;

	if (!with_nonce && rq->n == 1 &&
	    find_prepared(
		c->ocsp, &rq->ones[0], generation, act->now.wall_ms, out))
		return (0);
	may_sign = take_turn(c->ocsp, act->now.steady_ms);
	if (!may_sign && with_nonce && rq->n == 1 &&
	    find_prepared(
		c->ocsp, &rq->ones[0], generation, act->now.wall_ms, out))
		return (0);
	if (!may_sign)
		return (refuse(X509_OCSP_TRY_LATER, out));
	if ((r = sign(c, rq, with_nonce, out, &is_known)) != 0)
		return (r);
	if (with_nonce || rq->n != 1 || !is_known)
		return (0);
	prepare(c->ocsp, &rq->ones[0], generation, out);
	return (0);
}

int
ocsp_run(struct core *c, const struct act *act, const uint8_t *der, size_t len,
    struct ocsp_answer *out)
{
	enum x509_ocsp_error error = X509_OCSP_MALFORMED;
	struct x509_ocsp_request rq;
	int r;

	memset(out, 0, sizeof(*out));
	if (c->trust == NULL || c->ocsp == NULL || c->crl == NULL)
		return (ERR_WRONG_STATE);
	r = x509_ocsp_read(c->trust, der, len, &rq, &error);
	if (r == ERR_INVALID)
		return (refuse(error, out));
	return (r != 0 ? r : answer(c, act, &rq, out));
}
