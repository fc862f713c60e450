#include <openssl/x509v3.h>
#include <string.h>

#include "certs/x509_extend.h"

X509_EXTENSION *
x509_extend_basic(bool is_ca, int pathlen)
{
	BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();
	X509_EXTENSION *ext = NULL;

	if (basic == NULL)
		return (NULL);
	basic->ca = is_ca ? 0xff : 0;
	if (pathlen < 0 ||
	    ((basic->pathlen = ASN1_INTEGER_new()) != NULL &&
		ASN1_INTEGER_set(basic->pathlen, pathlen) == 1))
		ext = X509V3_EXT_i2d(NID_basic_constraints, 1, basic);
	BASIC_CONSTRAINTS_free(basic);
	return (ext);
}

X509_EXTENSION *
x509_extend_usage(uint8_t bits)
{
	ASN1_BIT_STRING *text = ASN1_BIT_STRING_new();
	X509_EXTENSION *ext = NULL;

	/* Without flags the zero bits at the end are left out, as DER wants. */
	if (text != NULL && ASN1_BIT_STRING_set(text, &bits, 1) == 1)
		ext = X509V3_EXT_i2d(NID_key_usage, 1, text);
	ASN1_BIT_STRING_free(text);
	return (ext);
}

X509_EXTENSION *
x509_extend_purposes(int nid, int other)
{
	EXTENDED_KEY_USAGE *list = sk_ASN1_OBJECT_new_null();
	X509_EXTENSION *ext = NULL;

	/* The objects of known numbers are constants, freed by nobody. */
	if (list != NULL &&
	    sk_ASN1_OBJECT_push(list, OBJ_nid2obj(nid)) > 0 &&
	    (other == 0 || sk_ASN1_OBJECT_push(list, OBJ_nid2obj(other)) > 0))
		ext = X509V3_EXT_i2d(NID_ext_key_usage, 0, list);
	sk_ASN1_OBJECT_free(list);
	return (ext);
}

X509_EXTENSION *
x509_extend_key_id(const struct x509_public *key, bool is_issuer)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	AUTHORITY_KEYID *authority = NULL;
	X509_EXTENSION *ext = NULL;
	uint8_t hash[X509_PUBLIC_ID];

	if (id == NULL || x509_public_id(key, hash) != 0 ||
	    ASN1_OCTET_STRING_set(id, hash, sizeof(hash)) != 1)
		goto out;
	if (!is_issuer) {
		ext = X509V3_EXT_i2d(NID_subject_key_identifier, 0, id);
		goto out;
	}
	if ((authority = AUTHORITY_KEYID_new()) == NULL)
		goto out;
	authority->keyid = id;
	id = NULL;
	ext = X509V3_EXT_i2d(NID_authority_key_identifier, 0, authority);
out:
	AUTHORITY_KEYID_free(authority);
	ASN1_OCTET_STRING_free(id);
	return (ext);
}

static GENERAL_NAME *
name_of(int type, const char *text)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	if (name == NULL || s == NULL || ASN1_STRING_set(s, text, -1) != 1) {
		GENERAL_NAME_free(name);
		ASN1_IA5STRING_free(s);
		return (NULL);
	}
	GENERAL_NAME_set0_value(name, type, s);
	return (name);
}

X509_EXTENSION *
x509_extend_crl_at(const char *uri)
{
	CRL_DIST_POINTS *list = CRL_DIST_POINTS_new();
	DIST_POINT *point = DIST_POINT_new();
	GENERAL_NAME *name = name_of(GEN_URI, uri);
	X509_EXTENSION *ext = NULL;

	if (list == NULL || point == NULL || name == NULL ||
	    (point->distpoint = DIST_POINT_NAME_new()) == NULL)
		goto out;
	point->distpoint->type = 0;
	if ((point->distpoint->name.fullname = GENERAL_NAMES_new()) == NULL ||
	    sk_GENERAL_NAME_push(point->distpoint->name.fullname, name) < 1)
		goto out;
	name = NULL;
	if (sk_DIST_POINT_push(list, point) < 1)
		goto out;
	point = NULL;
	ext = X509V3_EXT_i2d(NID_crl_distribution_points, 0, list);
out:
	GENERAL_NAME_free(name);
	DIST_POINT_free(point);
	CRL_DIST_POINTS_free(list);
	return (ext);
}

static bool
add_access(AUTHORITY_INFO_ACCESS *list, int method, const char *uri)
{
	ACCESS_DESCRIPTION *one = ACCESS_DESCRIPTION_new();
	GENERAL_NAME *name = name_of(GEN_URI, uri);

	if (one == NULL || name == NULL) {
		ACCESS_DESCRIPTION_free(one);
		GENERAL_NAME_free(name);
		return (false);
	}
	one->method = OBJ_nid2obj(method);
	GENERAL_NAME_free(one->location);
	one->location = name;
	if (sk_ACCESS_DESCRIPTION_push(list, one) > 0)
		return (true);
	ACCESS_DESCRIPTION_free(one);
	return (false);
}

X509_EXTENSION *
x509_extend_access(const char *ocsp, const char *ca)
{
	AUTHORITY_INFO_ACCESS *list = AUTHORITY_INFO_ACCESS_new();
	X509_EXTENSION *ext = NULL;

	if (list != NULL && add_access(list, NID_ad_OCSP, ocsp) &&
	    add_access(list, NID_ad_ca_issuers, ca))
		ext = X509V3_EXT_i2d(NID_info_access, 0, list);
	AUTHORITY_INFO_ACCESS_free(list);
	return (ext);
}

X509_EXTENSION *
x509_extend_no_check(void)
{
	ASN1_NULL *null = ASN1_NULL_new();
	X509_EXTENSION *ext = NULL;

	if (null != NULL)
		ext = X509V3_EXT_i2d(NID_id_pkix_OCSP_noCheck, 0, null);
	ASN1_NULL_free(null);
	return (ext);
}

/* Into the list of either side; takes the name, which may be NULL. */
static bool
add_tree(STACK_OF(GENERAL_SUBTREE) * list, GENERAL_NAME *name)
{
	GENERAL_SUBTREE *tree = GENERAL_SUBTREE_new();

	if (tree == NULL || name == NULL) {
		GENERAL_SUBTREE_free(tree);
		GENERAL_NAME_free(name);
		return (false);
	}
	GENERAL_NAME_free(tree->base);
	tree->base = name;
	if (sk_GENERAL_SUBTREE_push(list, tree) > 0)
		return (true);
	GENERAL_SUBTREE_free(tree);
	return (false);
}

/* Every address of n bytes: all zero, under a mask of zeroes. */
static GENERAL_NAME *
every_address(int n)
{
	static const uint8_t zeroes[32];
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();

	if (name == NULL || s == NULL ||
	    ASN1_OCTET_STRING_set(s, zeroes, 2 * n) != 1) {
		GENERAL_NAME_free(name);
		ASN1_OCTET_STRING_free(s);
		return (NULL);
	}
	GENERAL_NAME_set0_value(name, GEN_IPADD, s);
	return (name);
}

X509_EXTENSION *
x509_extend_names(const char *dns)
{
	NAME_CONSTRAINTS *nc = NAME_CONSTRAINTS_new();
	X509_EXTENSION *ext = NULL;

	if (nc != NULL &&
	    (nc->permittedSubtrees = sk_GENERAL_SUBTREE_new_null()) != NULL &&
	    (nc->excludedSubtrees = sk_GENERAL_SUBTREE_new_null()) != NULL &&
	    add_tree(nc->permittedSubtrees, name_of(GEN_DNS, dns)) &&
	    add_tree(nc->excludedSubtrees, every_address(4)) &&
	    add_tree(nc->excludedSubtrees, every_address(16)))
		ext = X509V3_EXT_i2d(NID_name_constraints, 1, nc);
	NAME_CONSTRAINTS_free(nc);
	return (ext);
}
