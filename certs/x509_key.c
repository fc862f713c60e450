#include <openssl/ec.h>

#include "authd/base/log.h"
#include "certs/x509_key.h"

int
x509_key_new(EVP_PKEY **out)
{
	if ((*out = EVP_EC_gen("P-256")) == NULL)
		return (log_fr(ERR_NOMEM, "make a P-256 key"));
	return (0);
}
