/*
 * Goal of this test: an RSA key that shares a prime with one of many is told,
 * and with which; one that shares none is not, nor the same key again (R67).
 * Links: certs/x509_shared.c certs/x509_public.c certs/x509_der.c
 * Links: authd/base/buf.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c authd/base/clock.c tests/fakes/rsa_pair.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/ec.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_shared.h"
#include "tests/fakes/rsa_pair.h"

#define PRIMES 6

static BIGNUM *primes[PRIMES];

struct number {
	uint8_t at[X509_SHARED_MODULUS_MAX];
	size_t n;
};

static int
begin(void **state)
{
	int i;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	for (i = 0; i < PRIMES; i++)
		primes[i] = rsa_pair_prime();
	return (0);
}

static int
end(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < PRIMES; i++)
		BN_free(primes[i]);
	return (0);
}

static struct x509_public
key_of(int p, int q)
{
	EVP_PKEY *pkey = rsa_pair_key(primes[p], primes[q]);
	struct x509_public key;

	assert_int_equal(x509_public_of(pkey, &key), 0);
	EVP_PKEY_free(pkey);
	return (key);
}

static struct number
modulus_of(int p, int q)
{
	struct x509_public key = key_of(p, q);
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new(), *m;
	struct number out;

	assert_int_equal(x509_shared_modulus(&key, out.at, &out.n), 0);
	assert_int_equal(BN_mul(n, primes[p], primes[q], ctx), 1);
	m = BN_bin2bn(out.at, (int)out.n, NULL);
	assert_int_equal(BN_cmp(n, m), 0);
	BN_free(m);
	BN_free(n);
	BN_CTX_free(ctx);
	return (out);
}

static bool
any(struct x509_shared *s)
{
	bool yes;

	assert_int_equal(x509_shared_any(s, &yes), 0);
	return (yes);
}

static bool
with(struct x509_shared *s, const struct number *m)
{
	bool yes;

	assert_int_equal(x509_shared_with(s, m->at, m->n, &yes), 0);
	return (yes);
}

static void
add(struct x509_shared *s, const struct number *m)
{
	assert_int_equal(x509_shared_add(s, m->at, m->n), 0);
}

static struct x509_shared *
of(int p, int q)
{
	struct x509_public key = key_of(p, q);
	struct x509_shared *s;

	assert_int_equal(x509_shared_new(&key, &s), 0);
	return (s);
}

static void
test_R67_shared_prime(void **state)
{
	struct number same = modulus_of(0, 1), first = modulus_of(0, 2),
		      second = modulus_of(3, 1), other = modulus_of(4, 5);
	struct number zero_before;
	struct x509_shared *s = of(0, 1);
	int i;

	(void)state;
	assert_false(any(s)); /* of none */
	for (i = 0; i < 1000; i++)
		add(s, &other);
	assert_false(any(s));
	add(s, &same); /* is no other key */
	assert_false(any(s));
	add(s, &first);
	assert_true(any(s));
	/* it stays so whatever comes, also when both primes are found */
	add(s, &other);
	assert_true(any(s));
	add(s, &second);
	assert_true(any(s));
	/* which of them */
	assert_false(with(s, &other));
	assert_false(with(s, &same));
	assert_true(with(s, &first));
	assert_true(with(s, &second));
	/* however its bytes are kept */
	zero_before.at[0] = 0;
	memcpy(zero_before.at + 1, first.at, first.n);
	zero_before.n = first.n + 1;
	assert_true(with(s, &zero_before));
	x509_shared_free(s);
	/* both at once, each by another one */
	s = of(0, 1);
	add(s, &first);
	add(s, &second);
	assert_true(any(s));
	x509_shared_free(s);
	x509_shared_free(NULL);
}

static void
test_not_rsa(void **state)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	struct x509_public key = { .kind = X509_PUBLIC_NONE };
	uint8_t out[X509_SHARED_MODULUS_MAX];
	struct x509_shared *s;
	size_t n;

	(void)state;
	assert_int_equal(x509_shared_new(&key, &s), ERR_INVALID);
	assert_int_equal(x509_public_of(pkey, &key), 0);
	assert_int_equal(x509_shared_new(&key, &s), ERR_INVALID);
	assert_int_equal(x509_shared_modulus(&key, out, &n), ERR_INVALID);
	key.kind = X509_PUBLIC_RSA; /* nothing of that */
	assert_int_equal(x509_shared_new(&key, &s), ERR_INVALID);
	assert_null(s);
	EVP_PKEY_free(pkey);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R67_shared_prime),
		cmocka_unit_test(test_not_rsa),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
