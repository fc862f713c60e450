#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_trust.h"

#define SUFFIX    ".invalid"
#define DAY_MS    (24LL * 60 * 60 * 1000)
#define BITS_OF_CA (KU_KEY_CERT_SIGN | KU_CRL_SIGN)

int
x509_trust_time(const ASN1_TIME *at, int64_t *ms)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds, r = ERR_INVALID;

	*ms = 0;
	if (epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, at) == 1) {
		*ms = days * DAY_MS + seconds * 1000LL;
		r = 0;
	}
	ASN1_TIME_free(epoch);
	return (r);
}

/* A CA that may sign certificates and CRLs, whose key is of P-256. */
static bool
is_ca(X509 *cert, struct x509_public *key)
{
	return ((X509_get_extension_flags(cert) &
		    (EXFLAG_INVALID | EXFLAG_CA | EXFLAG_CRITICAL)) ==
		EXFLAG_CA &&
	    X509_get_key_usage(cert) == BITS_OF_CA &&
	    X509_get_version(cert) == X509_VERSION_3 &&
	    X509_get0_pubkey(cert) != NULL &&
	    x509_public_of(X509_get0_pubkey(cert), key) == 0 &&
	    key->kind == X509_PUBLIC_P256);
}

/* The installation is in the one permitted name of the critical constraint. */
static bool
has_place(const X509 *issuing, char place[X509_SUBJECT_PLACE_MAX + 1])
{
	NAME_CONSTRAINTS *nc;
	GENERAL_SUBTREE *tree;
	const ASN1_STRING *dns;
	int critical = 0, n;
	bool has = false;

	nc = X509_get_ext_d2i(issuing, NID_name_constraints, &critical, NULL);
	if (nc == NULL || critical != 1 ||
	    sk_GENERAL_SUBTREE_num(nc->permittedSubtrees) != 1)
		goto out;
	tree = sk_GENERAL_SUBTREE_value(nc->permittedSubtrees, 0);
	if (tree->base->type != GEN_DNS)
		goto out;
	dns = tree->base->d.dNSName;
	n = ASN1_STRING_length(dns) - (int)strlen(SUFFIX);
	if (n < 1 || n > X509_SUBJECT_PLACE_MAX ||
	    memcmp(ASN1_STRING_get0_data(dns) + n, SUFFIX, strlen(SUFFIX)) != 0)
		goto out;
	memcpy(place, ASN1_STRING_get0_data(dns), (size_t)n);
	place[n] = '\0';
	has = x509_subject_is_place(place);
out:
	NAME_CONSTRAINTS_free(nc);
	return (has);
}

/* Why they are not our pair; NULL: they are. */
static const char *
fault_of(struct x509_trust *t)
{
	struct x509_public root;

	if (!is_ca(t->root, &root) ||
	    X509_check_issued(t->root, t->root) != X509_V_OK ||
	    X509_verify(t->root, X509_get0_pubkey(t->root)) != 1)
		return ("the second certificate is not a root CA's");
	if (!is_ca(t->issuing, &t->key) ||
	    X509_get_pathlen(t->issuing) != 0)
		return ("the first certificate is not an issuing CA's");
	if (X509_check_issued(t->root, t->issuing) != X509_V_OK ||
	    X509_verify(t->issuing, X509_get0_pubkey(t->root)) != 1)
		return ("the issuing CA is not signed by the root");
	if (!has_place(t->issuing, t->place))
		return ("the issuing CA is not held to one installation's "
			"names");
	return (NULL);
}

static int
take_dates(struct x509_trust *t)
{
	int64_t before, after;

	if (x509_trust_time(
		X509_get0_notBefore(t->issuing), &t->not_before_ms) != 0 ||
	    x509_trust_time(
		X509_get0_notAfter(t->issuing), &t->not_after_ms) != 0 ||
	    x509_trust_time(X509_get0_notBefore(t->root), &before) != 0 ||
	    x509_trust_time(X509_get0_notAfter(t->root), &after) != 0)
		return (log_fr(ERR_CORRUPT, "dates of the CA's certificates"));
	if (before > t->not_before_ms)
		t->not_before_ms = before;
	if (after < t->not_after_ms)
		t->not_after_ms = after;
	return (0);
}

/* Takes both certificates, whatever comes of it. */
static int
make(X509 *issuing, X509 *root, struct x509_trust **out)
{
	struct x509_trust *t = calloc(1, sizeof(*t));
	const char *fault;
	int r = ERR_NOMEM;

	*out = NULL;
	if (t == NULL) {
		X509_free(issuing);
		X509_free(root);
		return (log_fr(ERR_NOMEM, "the CA's certificates"));
	}
	t->issuing = issuing;
	t->root = root;
	if ((fault = fault_of(t)) != NULL) {
		r = log_fr(ERR_CORRUPT, "%s", fault);
		goto out;
	}
	if ((r = take_dates(t)) != 0)
		goto out;
	r = ERR_NOMEM;
	if ((t->store = X509_STORE_new()) != NULL &&
	    X509_STORE_add_cert(t->store, t->issuing) == 1)
		r = 0;
out:
	ERR_clear_error();
	if (r != 0) {
		x509_trust_free(t);
		return (r);
	}
	*out = t;
	return (0);
}

static X509 *
from_der(const uint8_t *der, size_t n)
{
	const uint8_t *p = der;
	X509 *cert;

	if (n > X509_TRUST_CERT_MAX)
		return (NULL);
	cert = d2i_X509(NULL, &p, (long)n);
	if (cert != NULL && p != der + n) {
		X509_free(cert);
		cert = NULL;
	}
	return (cert);
}

int
x509_trust_new(const uint8_t *issuing, size_t n, const uint8_t *root,
    size_t m, struct x509_trust **out)
{
	X509 *one = from_der(issuing, n), *two = from_der(root, m);

	*out = NULL;
	if (one != NULL && two != NULL)
		return (make(one, two, out));
	X509_free(one);
	X509_free(two);
	ERR_clear_error();
	return (log_fr(ERR_CORRUPT, "the CA's certificates cannot be read"));
}

/* The next certificate; NULL when the text has none. */
static X509 *
from_pem(BIO *in)
{
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	X509 *cert = NULL;
	long n = 0;

	if (PEM_read_bio(in, &name, &header, &der, &n) == 1 &&
	    strcmp(name, PEM_STRING_X509) == 0 && header[0] == '\0')
		cert = from_der(der, (size_t)n);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	return (cert);
}

int
x509_trust_read(const char *pem, size_t n, struct x509_trust **out)
{
	X509 *issuing = NULL, *root = NULL, *more = NULL;
	BIO *in = NULL;
	int r;

	*out = NULL;
	if (n == 0 || n > X509_TRUST_FILE_MAX ||
	    (in = BIO_new_mem_buf(pem, (int)n)) == NULL)
		goto bad;
	issuing = from_pem(in);
	root = from_pem(in);
	more = from_pem(in);
	if (issuing == NULL || root == NULL || more != NULL)
		goto bad;
	BIO_free(in);
	r = make(issuing, root, out);
	return (r);
bad:
	X509_free(issuing);
	X509_free(root);
	X509_free(more);
	BIO_free(in);
	ERR_clear_error();
	return (log_fr(ERR_CORRUPT,
	    "not the two certificates of issuing CA and root"));
}

void
x509_trust_free(struct x509_trust *t)
{
	if (t == NULL)
		return;
	X509_STORE_free(t->store);
	X509_free(t->issuing);
	X509_free(t->root);
	free(t);
}

int
x509_trust_at(const struct x509_trust *t, int64_t now_ms)
{
	return (now_ms >= t->not_before_ms && now_ms < t->not_after_ms
		? 0
		: ERR_WRONG_STATE);
}
