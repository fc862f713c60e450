#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/text.h"
#include "certs/x509_subject.h"

#define HEX_LEN (2 * ID_LEN)
#define SUFFIX  ".invalid"

static bool
consists_of(const char *s, size_t most, const char *set)
{
	size_t n = strlen(s);

	return (n >= 1 && n <= most && strspn(s, set) == n);
}

bool
x509_subject_is_place(const char *s)
{
	return (consists_of(s, X509_SUBJECT_PLACE_MAX,
	    "abcdefghijklmnopqrstuvwxyz0123456789"));
}

bool
x509_subject_is_host(const char *s)
{
	char before = '.';

	if (!consists_of(s, X509_SUBJECT_HOST_MAX,
		"abcdefghijklmnopqrstuvwxyz0123456789-."))
		return (false);
	for (; *s != '\0'; before = *s++) {
		if (*s == '.' && (before == '.' || before == '-'))
			return (false);
		if (*s == '-' && before == '.')
			return (false);
	}
	return (before != '.' && before != '-');
}

static bool
is_office(const char *s)
{
	return (consists_of(s, OFFICE_CODE_MAX,
	    "abcdefghijklmnopqrstuvwxyz0123456789-"));
}

bool
x509_subject_is_good(const struct x509_subject *s)
{
	switch (s->kind) {
	case X509_SUBJECT_TERMINAL:
		return (is_office(s->office) && !id_is_zero(&s->terminal) &&
		    s->host[0] == '\0');
	case X509_SUBJECT_HOST:
		return (s->office[0] == '\0' && id_is_zero(&s->terminal) &&
		    x509_subject_is_host(s->host));
	case X509_SUBJECT_OCSP:
		return (s->office[0] == '\0' && id_is_zero(&s->terminal) &&
		    s->host[0] == '\0');
	case X509_SUBJECT_NONE:
		break;
	}
	return (false);
}

void
x509_subject_put_dns(const struct x509_subject *s, const char *place,
    char out[X509_SUBJECT_DNS_MAX + 1])
{
	char hex[HEX_LEN + 1];

	text_put_hex(s->terminal.b, ID_LEN, hex);
	if (s->kind == X509_SUBJECT_TERMINAL)
		snprintf(out, X509_SUBJECT_DNS_MAX + 1,
		    "%s.device.%s" SUFFIX, hex, place);
	else if (s->kind == X509_SUBJECT_HOST)
		snprintf(out, X509_SUBJECT_DNS_MAX + 1, "%s.host.%s" SUFFIX,
		    s->host, place);
	else
		snprintf(
		    out, X509_SUBJECT_DNS_MAX + 1, "ocsp.%s" SUFFIX, place);
}

static void
common_name(
    const struct x509_subject *s, const char *place, char out[64 + 1])
{
	if (s->kind == X509_SUBJECT_TERMINAL)
		text_put_hex(s->terminal.b, ID_LEN, out);
	else if (s->kind == X509_SUBJECT_HOST)
		snprintf(out, 65, "%s", s->host);
	else
		snprintf(out, 65, "OCSP %s", place);
}

/* One entry of a name: each is a set of its own. */
static void
put_entry(const uint8_t *oid, size_t n, const char *text, struct x509_der_out *o)
{
	size_t before = o->len;

	x509_der_put(o, X509_DER_UTF8_STRING, text, strlen(text));
	x509_der_put_raw(o, oid, n);
	x509_der_put_head(o, X509_DER_SEQUENCE, before);
	x509_der_put_head(o, X509_DER_SET, before);
}

void
x509_subject_put(
    const struct x509_subject *s, const char *place, struct x509_der_out *o)
{
	/* id-at 10 and 3: RFC 5280 appendix A.1. */
	static const uint8_t organization[] = { 0x06, 0x03, 0x55, 0x04, 0x0a };
	static const uint8_t common[] = { 0x06, 0x03, 0x55, 0x04, 0x03 };
	size_t before = o->len;
	char cn[64 + 1];

	common_name(s, place, cn);
	put_entry(common, sizeof(common), cn, o);
	if (s->kind == X509_SUBJECT_TERMINAL)
		put_entry(organization, sizeof(organization), s->office, o);
	x509_der_put_head(o, X509_DER_SEQUENCE, before);
}

void
x509_subject_put_alt(
    const struct x509_subject *s, const char *place, struct x509_der_out *o)
{
	/* id-ce 17: RFC 5280 section 4.2.1.6. */
	static const uint8_t oid[] = { 0x06, 0x03, 0x55, 0x1d, 0x11 };
	char dns[X509_SUBJECT_DNS_MAX + 1];
	size_t before = o->len;

	x509_subject_put_dns(s, place, dns);
	x509_der_put(o, X509_DER_DNS_NAME, dns, strlen(dns));
	x509_der_put_head(o, X509_DER_SEQUENCE, before);
	x509_der_put_head(o, X509_DER_OCTET_STRING, before);
	x509_der_put_raw(o, oid, sizeof(oid));
	x509_der_put_head(o, X509_DER_SEQUENCE, before);
}

/* The text of the one entry of that kind. */
static int
get_entry(const X509_NAME *name, int nid, char *out, size_t size)
{
	const ASN1_STRING *text;
	size_t n;
	int at;

	if ((at = X509_NAME_get_index_by_NID(name, nid, -1)) < 0 ||
	    X509_NAME_get_index_by_NID(name, nid, at) >= 0)
		return (ERR_INVALID);
	text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	n = (size_t)ASN1_STRING_length(text);
	if (ASN1_STRING_type(text) != V_ASN1_UTF8STRING || n >= size ||
	    memchr(ASN1_STRING_get0_data(text), '\0', n) != NULL)
		return (ERR_INVALID);
	memcpy(out, ASN1_STRING_get0_data(text), n);
	out[n] = '\0';
	return (0);
}

/* The one dNSName is that of the subject that was read. */
static bool
has_alt(const X509 *cert, const char *dns)
{
	GENERAL_NAMES *names;
	const ASN1_STRING *text;
	bool has = false;
	int type;

	names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	if (names != NULL && sk_GENERAL_NAME_num(names) == 1) {
		text = GENERAL_NAME_get0_value(
		    sk_GENERAL_NAME_value(names, 0), &type);
		has = type == GEN_DNS &&
		    (size_t)ASN1_STRING_length(text) == strlen(dns) &&
		    memcmp(ASN1_STRING_get0_data(text), dns, strlen(dns)) == 0;
	}
	GENERAL_NAMES_free(names);
	return (has);
}

/* What kind has such a subject: only its dNSName tells a host from OCSP. */
static int
read_names(const X509_NAME *name, const char *place, struct x509_subject *out)
{
	char cn[64 + 1], ocsp[64 + 1];
	int entries = X509_NAME_entry_count(name);

	if (get_entry(name, NID_commonName, cn, sizeof(cn)) != 0)
		return (ERR_INVALID);
	if (entries == 2) {
		out->kind = X509_SUBJECT_TERMINAL;
		if (get_entry(name, NID_organizationName, out->office,
			sizeof(out->office)) != 0)
			return (ERR_INVALID);
		return (text_get_hex(cn, out->terminal.b, ID_LEN));
	}
	if (entries != 1)
		return (ERR_INVALID);
	out->kind = X509_SUBJECT_OCSP;
	common_name(out, place, ocsp);
	if (strcmp(cn, ocsp) == 0)
		return (0);
	out->kind = X509_SUBJECT_HOST;
	return (text_copy(out->host, sizeof(out->host), cn));
}

int
x509_subject_get(
    const X509 *cert, const char *place, struct x509_subject *out)
{
	char dns[X509_SUBJECT_DNS_MAX + 1];
	int r;

	memset(out, 0, sizeof(*out));
	r = read_names(X509_get_subject_name(cert), place, out);
	if (r == 0 && !x509_subject_is_good(out))
		r = ERR_INVALID;
	if (r == 0) {
		x509_subject_put_dns(out, place, dns);
		if (!has_alt(cert, dns))
			r = ERR_INVALID;
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}
