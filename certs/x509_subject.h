/*
 * x509_subject.h: whom a certificate is for: the names in it, and nothing of a
 * person's.
 * Room: certs.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_x509_issue.c
 *
 *   terminal  O = office code, CN = terminal id in 32 hex digits,
 *             dNSName <those digits>.device.<installation>.invalid
 *   host      CN = the host's name, dNSName <name>.host.<installation>.invalid
 *   OCSP      CN = "OCSP <installation>", dNSName ocsp.<installation>.invalid
 * The issuing CA may name nothing outside <installation>.invalid.
 */
#ifndef CERTS_X509_SUBJECT_H
#define CERTS_X509_SUBJECT_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "authd/base/id.h"
#include "authd/base/limits.h"
#include "certs/x509_der.h"

#define X509_SUBJECT_HOST_MAX  63  /* RFC 5280 A.1: ub-common-name is 64 */
#define X509_SUBJECT_PLACE_MAX 32  /* the installation: [a-z0-9]{1,32} */
#define X509_SUBJECT_DNS_MAX   160 /* the longest name, without its NUL */

/* What a certificate is for. Zero is nothing. */
enum x509_subject_kind {
	X509_SUBJECT_NONE = 0,
	X509_SUBJECT_TERMINAL,
	X509_SUBJECT_HOST,
	X509_SUBJECT_OCSP
};

struct x509_subject {
	enum x509_subject_kind kind;
	char office[OFFICE_CODE_MAX + 1];     /* of a terminal */
	struct id terminal;                   /* of a terminal */
	char host[X509_SUBJECT_HOST_MAX + 1]; /* of a host */
};

/** x509_subject_is_place(s): can ${s} be an installation's name? */
bool x509_subject_is_place(const char *s);

/**
 * x509_subject_is_host(s):
 * Can ${s} be a host's name: labels of [a-z0-9-] with dots between, 1 to
 * X509_SUBJECT_HOST_MAX characters, no label that begins or ends with `-'?
 */
bool x509_subject_is_host(const char *s);

/** x509_subject_is_good(s): is ${s} all there, and within its limits? */
bool x509_subject_is_good(const struct x509_subject *s);

/**
 * x509_subject_put_dns(s, place, out):
 * The dNSName of a good ${s} in the installation ${place}.
 */
void x509_subject_put_dns(const struct x509_subject *s, const char *place,
    char out[X509_SUBJECT_DNS_MAX + 1]);

/**
 * x509_subject_put(s, place, o), x509_subject_put_alt(s, place, o):
 * Write the name of a good ${s}, and the extension subjectAltName.
 */
void x509_subject_put(
    const struct x509_subject *s, const char *place, struct x509_der_out *o);
void x509_subject_put_alt(
    const struct x509_subject *s, const char *place, struct x509_der_out *o);

/**
 * x509_subject_get(cert, place, out):
 * Read them back: exactly the form above, in the installation ${place}.
 * Return: 0, or ERR_INVALID with ${out} cleared.
 */
int x509_subject_get(
    const X509 *cert, const char *place, struct x509_subject *out) CHECKED;

#endif /* CERTS_X509_SUBJECT_H */
