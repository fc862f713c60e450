#include <stdlib.h>
#include <string.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/keeper/keeper_ca_impl.h"
#include "authd/keeper/keeper_crl.h"

static void
drop_entries(struct keeper_crl_go *go)
{
	free(go->entries);
	go->entries = NULL;
	go->n = go->room = 0;
	go->is_open = false;
}

void
keeper_crl_drop(struct keeper_ca *ca)
{
	drop_entries(&ca->crl);
	free(ca->crl.der);
	ca->crl.der = NULL;
	ca->crl.len = 0;
}

int
keeper_crl_part(
    struct keeper_ca *ca, const struct keeper_cert_msg_part *part)
{
	struct keeper_crl_go *go = &ca->crl;

	if (part->part == 0) {
		keeper_crl_drop(ca);
		go->is_open = true;
		go->parts = 0;
	}
	if (!go->is_open || part->part != go->parts) {
		keeper_crl_drop(ca);
		return (ERR_WRONG_STATE);
	}
	go->parts++;
	return (0);
}

/* Room for one more: twice as much, within the most there can be. */
static int
grow(struct keeper_crl_go *go)
{
	struct x509_crl_entry *p;
	size_t room = go->room == 0 ? 64 : 2 * go->room;

	if (go->n < go->room)
		return (0);
	if (go->n >= X509_CRL_MAX)
		return (ERR_LIMIT);
	if ((p = realloc(go->entries, room * sizeof(*p))) == NULL)
		return (log_fr(ERR_NOMEM, "revocation list"));
	go->entries = p;
	go->room = room;
	return (0);
}

int
keeper_crl_add(struct keeper_ca *ca, const struct keeper_crl_entry *e)
{
	struct keeper_crl_go *go = &ca->crl;
	struct x509_crl_entry one;
	int r;

	memcpy(one.serial, e->serial, sizeof(one.serial));
	one.reason = e->reason;
	one.revoked_ms = e->revoked_ms;
	if (!go->is_open)
		r = ERR_WRONG_STATE;
	else if (!x509_crl_is_good(
		     &one, go->n == 0 ? NULL : &go->entries[go->n - 1]))
		r = ERR_INVALID;
	else
		r = grow(go);
	if (r != 0) {
		keeper_crl_drop(ca);
		return (r);
	}
	go->entries[go->n++] = one;
	return (0);
}

/*
 * R68: above every number before; and no higher than by one or than the time
 * in milliseconds, so that a restore, which begins at its time, is above all
 * that a front could have had signed.
 */
static int
take_number(struct keeper_state *s, int64_t number, int64_t now_ms)
{
	int64_t last = s->data.crl_number;
	int64_t most = now_ms > last + 1 ? now_ms : last + 1;
	int r;

	if (number <= last || number > most)
		return (ERR_INVALID);
	s->data.crl_number = number;
	if ((r = keeper_state_save(s)) != 0) {
		/* Perhaps it is in the file: then it stays used. */
		s->is_dirty = true;
		return (r);
	}
	return (0);
}

static int
sign(struct keeper_ca *ca, const struct x509_crl_ask *ask)
{
	EVP_PKEY *key;
	int r;

	if ((r = ca->source.load(ca->source.arg, &ca->trust->key, &key)) != 0)
		return (r);
	r = x509_crl_run(
	    ca->profile, key, ask, &ca->crl.der, &ca->crl.len);
	EVP_PKEY_free(key);
	return (r);
}

int
keeper_crl_sign(struct keeper_ca *ca, const struct keeper_crl_ask *ask,
    struct keeper_crl *out)
{
	struct keeper_crl_go *go = &ca->crl;
	struct x509_crl_ask list = { .number = ask->number };
	int r;

	memset(out, 0, sizeof(*out));
	list.this_ms = clock_wall_ms();
	list.this_ms -= list.this_ms % 1000;
	list.entries = go->entries;
	list.n = go->n;
	if (!go->is_open || go->n != ask->n)
		r = ERR_WRONG_STATE;
	else if (ask->life_ms < KEEPER_CRL_LIFE_MIN ||
	    ask->life_ms > KEEPER_CERT_CRL_LIFE_MAX)
		r = ERR_INVALID;
	else {
		list.next_ms =
		    list.this_ms + ask->life_ms - ask->life_ms % 1000;
		if ((r = x509_trust_at(ca->trust, list.this_ms)) == 0 &&
		    (r = take_number(ca->state, ask->number,
			 clock_wall_ms())) == 0)
			r = sign(ca, &list);
	}
	if (r != 0) {
		keeper_crl_drop(ca);
		return (r);
	}
	drop_entries(go);
	out->len = go->len;
	out->this_ms = list.this_ms;
	out->next_ms = list.next_ms;
	return (0);
}

int
keeper_crl_read(
    const struct keeper_ca *ca, size_t at, const uint8_t **p, size_t *n)
{
	const struct keeper_crl_go *go = &ca->crl;

	*p = NULL;
	*n = 0;
	if (go->der == NULL || at >= go->len)
		return (ERR_WRONG_STATE);
	*p = go->der + at;
	*n = go->len - at < KEEPER_CRL_CHUNK ? go->len - at : KEEPER_CRL_CHUNK;
	return (0);
}
