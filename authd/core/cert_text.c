#include <stdlib.h>
#include <string.h>

#include "authd/core/cert_text.h"
#include "certs/x509_pem.h"
#include "certs/x509_trust.h"

void
cert_text_get(const char *pem, size_t len, uint8_t der[CERT_DER_MAX], size_t *n)
{
	if (x509_pem_get(X509_PEM_CERT, pem, len, der, CERT_DER_MAX, n) != 0)
		*n = 0;
}

int
cert_text_put(const uint8_t *der, size_t n, char out[CERT_TEXT_PEM_MAX])
{
	return (x509_pem_put(X509_PEM_CERT, der, n, out, CERT_TEXT_PEM_MAX));
}

int
cert_text_crl(const uint8_t *der, size_t n, char **out)
{
	size_t size = x509_pem_size(n);
	char *text;
	int r;

	*out = NULL;
	if ((text = malloc(size)) == NULL)
		return (ERR_NOMEM);
	if ((r = x509_pem_put(X509_PEM_CRL, der, n, text, size)) != 0)
		free(text);
	else
		*out = text;
	return (r);
}

static int
put_der(X509 *cert, uint8_t der[CERT_DER_MAX], size_t *n)
{
	uint8_t *at = der;
	int len = i2d_X509(cert, NULL);

	*n = 0;
	if (len <= 0)
		return (ERR_NOMEM);
	if (len > CERT_DER_MAX)
		return (ERR_LIMIT);
	*n = (size_t)i2d_X509(cert, &at);
	return (0);
}

int
cert_text_chain(const struct x509_trust *t, struct cert_text_ca *out)
{
	uint8_t root[CERT_DER_MAX];
	size_t n, at;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = put_der(t->issuing, out->issuing, &out->issuing_len)) != 0 ||
	    (r = put_der(t->root, root, &n)) != 0 ||
	    (r = cert_text_put(out->issuing, out->issuing_len, out->chain)) !=
		0)
		return (r);
	at = strlen(out->chain);
	out->not_before_ms = t->not_before_ms;
	out->not_after_ms = t->not_after_ms;
	return (x509_pem_put(
	    X509_PEM_CERT, root, n, out->chain + at, sizeof(out->chain) - at));
}
