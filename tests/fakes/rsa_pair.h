/*
 * rsa_pair.h: RSA keys of chosen primes, as a device without good random numbers
 * makes them.
 */
#ifndef TESTS_FAKES_RSA_PAIR_H
#define TESTS_FAKES_RSA_PAIR_H

#include <openssl/bn.h>
#include <openssl/evp.h>

/** rsa_pair_prime(): one of 1024 bits. */
BIGNUM *rsa_pair_prime(void);

/** rsa_pair_key(p, q): the private key of 2048 bits with these two. */
EVP_PKEY *rsa_pair_key(const BIGNUM *p, const BIGNUM *q);

#endif /* TESTS_FAKES_RSA_PAIR_H */
