#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_extend.h"
#include "certs/x509_profile.h"

#define SCHEME      "http://"
#define URI_MAX     (X509_URL_MAX + 32)
#define DIGITAL     0x80
#define FIXED_MAX   6
#define LISTS       2

struct x509_profile {
	const struct x509_trust *trust;
	char url[X509_URL_MAX + 1];
	X509_EXTENSION *aki;
	/* of terminals and hosts; of OCSP signers. NULL ends each. */
	X509_EXTENSION *fixed[LISTS][FIXED_MAX + 1];
};

static int
take_url(struct x509_profile *p, const char *url)
{
	size_t n;

	if (url[0] == '\0') {
		snprintf(p->url, sizeof(p->url), SCHEME "pki.%s.invalid",
		    p->trust->place);
		return (0);
	}
	if (!x509_url_is_good(url))
		return (log_fr(ERR_INVALID, "address %s", url));
	snprintf(p->url, sizeof(p->url), "%s", url);
	for (n = strlen(p->url); p->url[n - 1] == '/'; n--)
		p->url[n - 1] = '\0';
	return (0);
}

static int
fill(struct x509_profile *p)
{
	char crl[URI_MAX], ocsp[URI_MAX], ca[URI_MAX];
	X509_EXTENSION **client = p->fixed[0], **signer = p->fixed[1];
	size_t i;

	snprintf(crl, sizeof(crl), "%s" X509_URL_CRL, p->url);
	snprintf(ocsp, sizeof(ocsp), "%s" X509_URL_OCSP, p->url);
	snprintf(ca, sizeof(ca), "%s" X509_URL_CA_CERT, p->url);
	p->aki = x509_extend_key_id(&p->trust->key, true);
	client[0] = x509_extend_basic(false, -1);
	client[1] = x509_extend_usage(DIGITAL);
	client[2] = x509_extend_purposes(NID_client_auth, 0);
	client[3] = x509_extend_crl_at(crl);
	client[4] = x509_extend_access(ocsp, ca);
	signer[0] = x509_extend_basic(false, -1);
	signer[1] = x509_extend_usage(DIGITAL);
	signer[2] = x509_extend_purposes(NID_OCSP_sign, 0);
	signer[3] = x509_extend_no_check();
	if (p->aki == NULL)
		return (log_fr(ERR_NOMEM, "profile"));
	for (i = 0; i < 5; i++)
		if (client[i] == NULL || (i < 4 && signer[i] == NULL))
			return (log_fr(ERR_NOMEM, "profile"));
	return (0);
}

int
x509_profile_new(const struct x509_trust *trust, const char *url,
    struct x509_profile **out)
{
	struct x509_profile *p;
	int r;

	*out = NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (log_fr(ERR_NOMEM, "profile"));
	p->trust = trust;
	if ((r = take_url(p, url)) != 0 || (r = fill(p)) != 0) {
		x509_profile_free(p);
		return (r);
	}
	*out = p;
	return (0);
}

void
x509_profile_free(struct x509_profile *p)
{
	size_t i, j;

	if (p == NULL)
		return;
	for (i = 0; i < LISTS; i++)
		for (j = 0; j < FIXED_MAX; j++)
			X509_EXTENSION_free(p->fixed[i][j]);
	X509_EXTENSION_free(p->aki);
	free(p);
}

const struct x509_trust *
x509_profile_trust(const struct x509_profile *p)
{
	return (p->trust);
}

const char *
x509_profile_url(const struct x509_profile *p)
{
	return (p->url);
}

X509_EXTENSION *
x509_profile_aki(const struct x509_profile *p)
{
	return (p->aki);
}

int
x509_profile_put(const struct x509_profile *p, enum x509_subject_kind kind,
    const struct x509_public *key, X509 *cert)
{
	X509_EXTENSION *const *fixed, *ski;
	int ok;

	switch (kind) {
	case X509_SUBJECT_TERMINAL:
	case X509_SUBJECT_HOST:
		fixed = p->fixed[0];
		break;
	case X509_SUBJECT_OCSP:
		fixed = p->fixed[1];
		break;
	default:
		return (ERR_INVALID);
	}
	for (; *fixed != NULL; fixed++)
		if (X509_add_ext(cert, *fixed, -1) != 1)
			return (ERR_NOMEM);
	ski = x509_extend_key_id(key, false);
	ok = ski != NULL && X509_add_ext(cert, ski, -1) == 1 &&
	    X509_add_ext(cert, p->aki, -1) == 1;
	X509_EXTENSION_free(ski);
	return (ok ? 0 : ERR_NOMEM);
}
