/*
 * keeper_fake_cert.h: keeper_client_cert.h in memory, for core's unit tests:
 * the real CA of the keeper, in this process, with a root made on the spot.
 * Links instead of authd/keeper/keeper_client_cert.c, beside keeper_fake.c and a
 * clock; what it needs besides is linked by itself.
 * Threads: any; one call after the other.
 */
#ifndef TESTS_FAKES_KEEPER_FAKE_CERT_H
#define TESTS_FAKES_KEEPER_FAKE_CERT_H

#include "authd/keeper/keeper_client_cert.h"

/**
 * keeper_fake_cert_rate(k, rate):
 * Begin anew with a fresh CA that issues ${rate} certificates an hour. Without
 * this the first call makes one of 1,000.
 */
int keeper_fake_cert_rate(struct keeper *k, uint32_t rate) CHECKED;

#endif /* TESTS_FAKES_KEEPER_FAKE_CERT_H */
