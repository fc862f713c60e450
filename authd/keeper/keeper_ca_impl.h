/*
 * keeper_ca_impl.h: what the files of the keeper's CA share.
 * Room: keeper.  Process: keeper.  Threads: one.
 */
#ifndef AUTHD_KEEPER_KEEPER_CA_IMPL_H
#define AUTHD_KEEPER_KEEPER_CA_IMPL_H

#include "authd/keeper/keeper_ca.h"
#include "authd/keeper/keeper_quota.h"
#include "certs/x509_crl.h"
#include "certs/x509_issue.h"
#include "certs/x509_profile.h"

/* A list on its way in, and one on its way out. */
struct keeper_crl_go {
	struct x509_crl_entry *entries;
	size_t n, room;
	uint16_t parts;
	bool is_open;
	uint8_t *der; /* signed, to be read */
	size_t len;
};

/* The delegate that signs OCSP answers. */
struct keeper_ocsp_signer {
	uint8_t *scalar; /* borrowed: room in locked memory */
	struct x509_public key;
	X509 *cert; /* NULL: none yet */
	int64_t made_ms, not_after_ms;
};

struct keeper_ca {
	struct x509_trust *trust;
	struct x509_profile *profile;
	struct x509_public_forms *forms;
	struct keeper_key_source source;
	EVP_PKEY *key; /* loaded for this message's certificates; or NULL */
	struct keeper_state *state;
	struct keeper_quota quota;
	struct x509_issue_serials serials;
	struct keeper_crl_go crl;
	struct keeper_ocsp_signer ocsp;
};

#endif /* AUTHD_KEEPER_KEEPER_CA_IMPL_H */
