/*
 * x509_weak.h: RSA keys that somebody can factor.
 * Room: certs.  Process: keeper (and front, to tell early).  Threads: any.
 * Unit test: tests/unit/test_x509_request.c
 */
#ifndef CERTS_X509_WEAK_H
#define CERTS_X509_WEAK_H

#include <openssl/bn.h>
#include <stdbool.h>

#include "authd/base/err.h"

/**
 * x509_weak_rsa(n, is_weak):
 * Does the modulus ${n} have a factor below 2,000, two factors so close that
 * 100 steps of Fermat's method find them, or the form of the keys that chips
 * of one maker made (ROCA)? The last is wrong about 1 in 10^8 good keys.
 * That two keys share a factor shows in none of them alone: x509_shared.h.
 * Return: 0, or ERR_NOMEM with is_weak set.
 * Source: Nemec and others, The Return of Coppersmith's Attack, 2017
 *         (CVE-2017-15361); Böck, CVE-2022-26320.
 */
int x509_weak_rsa(const BIGNUM *n, bool *is_weak) CHECKED;

#endif /* CERTS_X509_WEAK_H */
