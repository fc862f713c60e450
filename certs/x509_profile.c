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
#define FIXED_MAX   5

/* Some DER that is the same in every certificate. */
struct text {
	uint8_t der[2048];
	size_t len;
};

struct x509_profile {
	const struct x509_trust *trust;
	char url[X509_URL_MAX + 1];
	X509_EXTENSION *aki;
	struct text issuer;
	struct text client, signer; /* terminals and hosts; OCSP signers */
	struct text aki_text;
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

/* Takes the extensions; one that is NULL could not be made. */
static int
put_list(X509_EXTENSION **list, size_t n, struct text *out)
{
	uint8_t *p = out->der;
	int len, r = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		len = list[i] == NULL ? -1 : i2d_X509_EXTENSION(list[i], NULL);
		if (len <= 0 || (size_t)len > sizeof(out->der) - out->len ||
		    i2d_X509_EXTENSION(list[i], &p) != len)
			r = ERR_NOMEM;
		else
			out->len += (size_t)len;
		X509_EXTENSION_free(list[i]);
	}
	return (r);
}

static int
put_issuer(const X509_NAME *name, struct text *out)
{
	uint8_t *p = out->der;
	int len = i2d_X509_NAME(name, NULL);

	if (len <= 0 || (size_t)len > sizeof(out->der) ||
	    i2d_X509_NAME(name, &p) != len)
		return (ERR_NOMEM);
	out->len = (size_t)len;
	return (0);
}

static int
fill(struct x509_profile *p)
{
	char crl[URI_MAX], ocsp[URI_MAX], ca[URI_MAX];
	X509_EXTENSION *client[FIXED_MAX], *signer[FIXED_MAX - 1], *aki;
	int r = 0;

	snprintf(crl, sizeof(crl), "%s" X509_URL_CRL, p->url);
	snprintf(ocsp, sizeof(ocsp), "%s" X509_URL_OCSP, p->url);
	snprintf(ca, sizeof(ca), "%s" X509_URL_CA_CERT, p->url);
	client[0] = x509_extend_basic(false, -1);
	client[1] = x509_extend_usage(DIGITAL);
	client[2] = x509_extend_purposes(NID_client_auth, 0);
	client[3] = x509_extend_crl_at(crl);
	client[4] = x509_extend_access(ocsp, ca);
	signer[0] = x509_extend_basic(false, -1);
	signer[1] = x509_extend_usage(DIGITAL);
	signer[2] = x509_extend_purposes(NID_OCSP_sign, 0);
	signer[3] = x509_extend_no_check();
	aki = x509_extend_key_id(&p->trust->key, true);
	p->aki = aki == NULL ? NULL : X509_EXTENSION_dup(aki);
	if (put_list(client, FIXED_MAX, &p->client) != 0)
		r = ERR_NOMEM;
	if (put_list(signer, FIXED_MAX - 1, &p->signer) != 0)
		r = ERR_NOMEM;
	if (put_list(&aki, 1, &p->aki_text) != 0 || p->aki == NULL ||
	    put_issuer(X509_get_subject_name(p->trust->issuing), &p->issuer) !=
		0)
		r = ERR_NOMEM;
	return (r == 0 ? 0 : log_fr(r, "profile"));
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
	if (p == NULL)
		return;
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
    const struct x509_public *key, struct x509_der_out *o)
{
	/* id-ce 14: RFC 5280 section 4.2.1.2. */
	static const uint8_t oid[] = { 0x06, 0x03, 0x55, 0x1d, 0x0e };
	const struct text *fixed;
	uint8_t id[X509_PUBLIC_ID];
	size_t before;

	switch (kind) {
	case X509_SUBJECT_TERMINAL:
	case X509_SUBJECT_HOST:
		fixed = &p->client;
		break;
	case X509_SUBJECT_OCSP:
		fixed = &p->signer;
		break;
	default:
		return (ERR_INVALID);
	}
	if (x509_public_id(key, id) != 0)
		return (ERR_NOMEM);
	x509_der_put_raw(o, p->aki_text.der, p->aki_text.len);
	before = o->len;
	x509_der_put(o, X509_DER_OCTET_STRING, id, sizeof(id));
	x509_der_put_head(o, X509_DER_OCTET_STRING, before);
	x509_der_put_raw(o, oid, sizeof(oid));
	x509_der_put_head(o, X509_DER_SEQUENCE, before);
	x509_der_put_raw(o, fixed->der, fixed->len);
	return (0);
}

void
x509_profile_put_issuer(const struct x509_profile *p, struct x509_der_out *o)
{
	x509_der_put_raw(o, p->issuer.der, p->issuer.len);
}
