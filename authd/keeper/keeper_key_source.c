#include "authd/base/log.h"
#include "authd/keeper/keeper_key_source.h"
#include "certs/x509_scalar.h"

/* Brought into OpenSSL for one message: between two it is nowhere else. */
static int
load(const void *arg, const struct x509_public *pub, EVP_PKEY **out)
{
	if (x509_scalar_load(arg, pub, out) != 0)
		return (log_fr(ERR_KEEPER, "key of the CA"));
	return (0);
}

static int
fits(const void *arg, const struct x509_public *pub, bool *yes)
{
	if (x509_scalar_fits(arg, pub, yes) != 0)
		return (log_fr(ERR_KEEPER, "key of the CA"));
	return (0);
}

void
keeper_key_source_file(const uint8_t *scalar, struct keeper_key_source *out)
{
	out->arg = scalar;
	out->load = load;
	out->fits = fits;
}
