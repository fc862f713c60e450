#include <string.h>

#include "authd/core/keyshare.h"
#include "certs/x509_shared.h"

_Static_assert(X509_SHARED_MODULUS_MAX <= RSA_KEY_MODULUS_MAX, "its room");

/* A listing's first pass, and the second, for which of them it was. */
struct look {
	struct x509_shared *shared;
	struct keyshare *k;
	int64_t latest_ms;
};

static int
on_key(void *arg, const struct rsa_key *row)
{
	struct look *l = arg;

	if (row->issued_ms > l->latest_ms)
		l->latest_ms = row->issued_ms;
	return (x509_shared_add(l->shared, row->modulus, row->len));
}

static int
on_suspect(void *arg, const struct rsa_key *row)
{
	struct look *l = arg;
	bool shares;
	int r;

	if (l->k->is_found)
		return (0);
	r = x509_shared_with(l->shared, row->modulus, row->len, &shares);
	if (r == 0 && shares) {
		l->k->is_found = true;
		memcpy(l->k->with, row->serial, sizeof(l->k->with));
	}
	return (r);
}

static int
look(struct core *c, struct look *l)
{
	const struct store_ops *ops = c->store->ops;
	int64_t since_ms = l->k->since_ms;
	bool any;
	int r;

	if ((r = ops->rsa_key_list(
		 c->store, since_ms, KEYSHARE_KEYS_MAX, on_key, l)) != 0 ||
	    (r = x509_shared_any(l->shared, &any)) != 0)
		return (r);
	l->k->since_ms = l->latest_ms;
	if (!any)
		return (0);
	r = ops->rsa_key_list(
	    c->store, since_ms, KEYSHARE_KEYS_MAX, on_suspect, l);
	/* Whichever it was: it is one. */
	l->k->is_found = true;
	return (r);
}

int
keyshare_look(struct core *c, const struct x509_public *key, struct keyshare *k)
{
	struct look l = { .k = k, .latest_ms = k->since_ms };
	int r;

	if (key->kind != X509_PUBLIC_RSA || k->is_found)
		return (0);
	if ((r = x509_shared_new(key, &l.shared)) != 0)
		return (r);
	r = look(c, &l);
	x509_shared_free(l.shared);
	return (r);
}

int
keyshare_note(
    struct core *c, const struct x509_public *key, const struct cert *cert)
{
	struct rsa_key row;
	int r;

	if (key->kind != X509_PUBLIC_RSA)
		return (0);
	memset(&row, 0, sizeof(row));
	row.office = cert->office;
	row.issued_ms = cert->issued_ms;
	memcpy(row.serial, cert->serial, sizeof(row.serial));
	if ((r = x509_shared_modulus(key, row.modulus, &row.len)) != 0)
		return (r);
	return (c->store->ops->rsa_key_add(c->store, &row));
}
