#include <openssl/bn.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_der.h"
#include "certs/x509_shared.h"

struct x509_shared {
	BN_CTX *ctx;
	BIGNUM *modulus, *product, *other;
};

int
x509_shared_modulus(const struct x509_public *key,
    uint8_t out[X509_SHARED_MODULUS_MAX], size_t *n)
{
	struct buf_reader r, all, number;

	*n = 0;
	if (key->kind != X509_PUBLIC_RSA || key->len > sizeof(key->bits))
		return (ERR_INVALID);
	buf_reader_init(&r, key->bits, key->len);
	x509_der_get(&r, X509_DER_SEQUENCE, &all);
	x509_der_get_number(&all, &number);
	if (all.is_broken || number.is_broken || number.left == 0 ||
	    number.left > X509_SHARED_MODULUS_MAX)
		return (ERR_INVALID);
	memcpy(out, number.at, number.left);
	*n = number.left;
	return (0);
}

int
x509_shared_new(const struct x509_public *key, struct x509_shared **out)
{
	uint8_t bytes[X509_SHARED_MODULUS_MAX];
	struct x509_shared *s;
	size_t n;
	int r;

	*out = NULL;
	if ((r = x509_shared_modulus(key, bytes, &n)) != 0)
		return (r);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (log_fr(ERR_NOMEM, "shared primes"));
	s->ctx = BN_CTX_new();
	s->modulus = BN_bin2bn(bytes, (int)n, NULL);
	s->product = BN_new();
	s->other = BN_new();
	if (s->ctx == NULL || s->modulus == NULL || s->product == NULL ||
	    s->other == NULL || BN_one(s->product) != 1)
		r = log_fr(ERR_NOMEM, "shared primes");
	else if (!BN_is_odd(s->modulus) || BN_is_one(s->modulus))
		r = ERR_INVALID;
	if (r != 0) {
		x509_shared_free(s);
		return (r);
	}
	*out = s;
	return (0);
}

void
x509_shared_free(struct x509_shared *s)
{
	if (s == NULL)
		return;
	BN_free(s->other);
	BN_free(s->product);
	BN_free(s->modulus);
	BN_CTX_free(s->ctx);
	free(s);
}

static int
take(struct x509_shared *s, const uint8_t *modulus, size_t n)
{
	if (n > X509_SHARED_MODULUS_MAX ||
	    BN_bin2bn(modulus, (int)n, s->other) == NULL)
		return (log_fr(ERR_NOMEM, "shared primes"));
	return (0);
}

int
x509_shared_add(struct x509_shared *s, const uint8_t *modulus, size_t n)
{
	int r;

	if ((r = take(s, modulus, n)) != 0 || BN_cmp(s->other, s->modulus) == 0)
		return (r);
	if (BN_mod_mul(s->product, s->product, s->other, s->modulus, s->ctx) !=
	    1)
		return (log_fr(ERR_NOMEM, "shared primes"));
	return (0);
}

/* What shares a factor with the modulus has no inverse: told several times as
 * fast as by BN_gcd(), which takes the same time for everything. */
static int
shares_factor(struct x509_shared *s, const BIGNUM *x, bool *shares)
{
	BIGNUM *inverse;
	unsigned long e;
	int r = 0;

	*shares = true;
	ERR_clear_error();
	inverse = BN_mod_inverse(NULL, x, s->modulus, s->ctx);
	e = ERR_peek_last_error();
	if (inverse != NULL)
		*shares = false;
	else if (ERR_GET_REASON(e) != BN_R_NO_INVERSE)
		r = log_fr(ERR_NOMEM, "shared primes");
	ERR_clear_error();
	BN_free(inverse);
	return (r);
}

int
x509_shared_any(struct x509_shared *s, bool *shares)
{
	return (shares_factor(s, s->product, shares));
}

int
x509_shared_with(
    struct x509_shared *s, const uint8_t *modulus, size_t n, bool *shares)
{
	int r;

	*shares = true;
	if ((r = take(s, modulus, n)) != 0)
		return (r);
	if (BN_cmp(s->other, s->modulus) == 0) {
		*shares = false;
		return (0);
	}
	return (shares_factor(s, s->other, shares));
}
