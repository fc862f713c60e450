#include <string.h>

#include "certs/x509_pem.h"
#include "tests/fakes/ca_rig.h"

static int
add(struct ca_rig *rig, X509 *cert)
{
	uint8_t der[X509_TRUST_CERT_MAX], *p = der;
	int n = i2d_X509(cert, &p), r;

	r = x509_pem_put(X509_PEM_CERT, der, (size_t)n,
	    rig->chain + rig->chain_len, sizeof(rig->chain) - rig->chain_len);
	rig->chain_len = strlen(rig->chain);
	return (r);
}

int
ca_rig_make(struct ca_rig *rig, int64_t now_ms)
{
	int r;

	memset(rig, 0, sizeof(*rig));
	if ((r = x509_root_make(CA_RIG_PLACE, now_ms, &rig->root)) != 0 ||
	    (r = x509_scalar_of(rig->root.issuing_key, rig->scalar)) != 0 ||
	    (r = add(rig, rig->root.issuing)) != 0)
		return (r);
	return (add(rig, rig->root.root));
}

void
ca_rig_close(struct ca_rig *rig)
{
	x509_root_clear(&rig->root);
	memset(rig, 0, sizeof(*rig));
}
