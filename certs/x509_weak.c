#include "certs/x509_weak.h"

#define SMALL_MAX    2000
#define ROCA_MAX     167
#define ROCA_BASE    65537
#define FERMAT_STEPS 100

static bool
is_prime(unsigned p)
{
	unsigned d;

	for (d = 2; d * d <= p; d++)
		if (p % d == 0)
			return (false);
	return (true);
}

/* Is x a power of ROCA_BASE modulo the prime p? */
static bool
is_power(unsigned x, unsigned p)
{
	unsigned power = 1, i;

	for (i = 1; i < p; i++) {
		if (power == x)
			return (true);
		power = (unsigned)((unsigned long)power * (ROCA_BASE % p) % p);
	}
	return (false);
}

static bool
has_small_factor(const BIGNUM *n)
{
	unsigned p;

	for (p = 3; p < SMALL_MAX; p += 2)
		if (is_prime(p) && BN_mod_word(n, p) == 0)
			return (true);
	return (false);
}

/* Those keys are powers of 65537 modulo each of the first primes. */
static bool
is_roca(const BIGNUM *n)
{
	unsigned p;

	for (p = 3; p <= ROCA_MAX; p += 2)
		if (is_prime(p) && !is_power((unsigned)BN_mod_word(n, p), p))
			return (false);
	return (true);
}

/* The root of n, rounded down: Newton's method from above. */
static bool
root(const BIGNUM *n, BIGNUM *out, BIGNUM *next, BN_CTX *ctx)
{
	if (BN_one(out) != 1 ||
	    BN_lshift(out, out, (BN_num_bits(n) + 1) / 2) != 1)
		return (false);
	for (;;) {
		if (BN_div(next, NULL, n, out, ctx) != 1 ||
		    BN_add(next, next, out) != 1 || BN_rshift1(next, next) != 1)
			return (false);
		if (BN_cmp(next, out) >= 0)
			return (true);
		if (BN_copy(out, next) == NULL)
			return (false);
	}
}

/* Could it be a square? Most numbers are not, modulo a few small ones. */
static bool
may_be_square(const BIGNUM *n)
{
	static const unsigned moduli[] = { 64, 63, 65, 11, 17, 19, 23 };
	unsigned m, rest, x;
	size_t i;

	for (i = 0; i < sizeof(moduli) / sizeof(moduli[0]); i++) {
		m = moduli[i];
		rest = (unsigned)BN_mod_word(n, m);
		for (x = 0; x < m && x * x % m != rest; x++)
			;
		if (x == m)
			return (false);
	}
	return (true);
}

/* n = a*a - b*b for an a near the root? 1 yes, 0 no, -1 no memory. */
static int
has_near_factors(const BIGNUM *n)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *a, *b, *c, *d;
	int i, found = -1;

	if (ctx == NULL)
		return (-1);
	BN_CTX_start(ctx);
	a = BN_CTX_get(ctx);
	b = BN_CTX_get(ctx);
	c = BN_CTX_get(ctx);
	d = BN_CTX_get(ctx);
	if (d == NULL || !root(n, a, c, ctx))
		goto out;
	for (i = 0; i < FERMAT_STEPS; i++) {
		if (BN_sqr(b, a, ctx) != 1 || BN_sub(b, b, n) != 1)
			goto out;
		if (!BN_is_negative(b) && may_be_square(b)) {
			if (!BN_is_zero(b) &&
			    (!root(b, c, d, ctx) || BN_sqr(c, c, ctx) != 1))
				goto out;
			if (BN_is_zero(b) || BN_cmp(b, c) == 0) {
				found = 1;
				goto out;
			}
		}
		if (BN_add_word(a, 1) != 1)
			goto out;
	}
	found = 0;
out:
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	return (found);
}

int
x509_weak_rsa(const BIGNUM *n, bool *is_weak)
{
	int near;

	*is_weak = true;
	if (has_small_factor(n) || is_roca(n))
		return (0);
	if ((near = has_near_factors(n)) == -1)
		return (ERR_NOMEM);
	*is_weak = near == 1;
	return (0);
}
