/*
 * ca_rig.h: a fresh root and issuing CA for tests; keeper_ca_rig.c opens the
 * keeper's CA over them.
 */
#ifndef TESTS_FAKES_CA_RIG_H
#define TESTS_FAKES_CA_RIG_H

#include "authd/keeper/keeper_ca.h"
#include "certs/x509_root.h"
#include "certs/x509_scalar.h"

#define CA_RIG_PLACE "testplace"

struct ca_rig {
	struct x509_root root; /* both keys too: a test may forge */
	uint8_t scalar[X509_SCALAR_LEN], ocsp_scalar[X509_SCALAR_LEN];
	char chain[X509_TRUST_FILE_MAX];
	size_t chain_len;
};

/**
 * ca_rig_make(rig, now_ms):
 * Make root and issuing CA, scalar and chain.
 */
int ca_rig_make(struct ca_rig *rig, int64_t now_ms) CHECKED;

/** keeper_ca_rig_open(rig, state, rate, out): the keeper's CA over them. */
int keeper_ca_rig_open(struct ca_rig *rig, struct keeper_state *state,
    uint32_t rate, struct keeper_ca **out) CHECKED;

/** ca_rig_close(rig): free all. */
void ca_rig_close(struct ca_rig *rig);

#endif /* TESTS_FAKES_CA_RIG_H */
