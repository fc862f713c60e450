/*
 * keeper_key_source.h: where the CA's key comes from, for one message.
 * Room: keeper.  Process: keeper.  Threads: one.
 * Unit test: tests/unit/test_keeper_cert.c
 *
 * Today it is keys/ca.key, read at start. A token would be another source.
 */
#ifndef AUTHD_KEEPER_KEEPER_KEY_SOURCE_H
#define AUTHD_KEEPER_KEEPER_KEY_SOURCE_H

#include <openssl/evp.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "certs/x509_public.h"

struct keeper_key_source {
	const void *arg;
	/*
	 * Give the private key to ${pub} for the signatures of one message; the
	 * caller frees it before the next. Return: 0 or ERR_KEEPER.
	 */
	int (*load)(
	    const void *arg, const struct x509_public *pub, EVP_PKEY **out);
	/* Is it the private key to ${pub}? Return: 0 or ERR_KEEPER. */
	int (*fits)(const void *arg, const struct x509_public *pub, bool *yes);
};

/**
 * keeper_key_source_file(scalar, out):
 * A P-256 key of X509_SCALAR_LEN bytes that was read from a file: ${scalar} is
 * borrowed and stays in the locked memory of its owner.
 */
void keeper_key_source_file(
    const uint8_t *scalar, struct keeper_key_source *out);

#endif /* AUTHD_KEEPER_KEEPER_KEY_SOURCE_H */
