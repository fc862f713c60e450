/*
 * x509_der.h: read DER, strictly: one form of each length, single-byte tags,
 * nothing beyond the end. Write it, from its end to its beginning: so a length
 * is known when its turn comes, and nothing is moved.
 * Room: certs.  Process: front and keeper.  Threads: any.
 * Unit test: tests/unit/test_x509_request.c
 */
#ifndef CERTS_X509_DER_H
#define CERTS_X509_DER_H

#include "authd/base/buf.h"

#define X509_DER_INTEGER      0x02
#define X509_DER_BIT_STRING   0x03
#define X509_DER_OCTET_STRING 0x04
#define X509_DER_UTF8_STRING  0x0c
#define X509_DER_UTC_TIME     0x17
#define X509_DER_GENERAL_TIME 0x18
#define X509_DER_SEQUENCE     0x30
#define X509_DER_SET          0x31
#define X509_DER_DNS_NAME     0x82 /* a GeneralName: RFC 5280 4.2.1.6 */
#define X509_DER_CONTEXT_0    0xa0
#define X509_DER_CONTEXT_3    0xa3

/**
 * x509_der_get(r, tag, inside):
 * Read one element with the tag ${tag}; ${inside} then reads its contents,
 * which are borrowed from the memory of ${r}. Anything else breaks both.
 * Source: X.690 sections 8.1 and 10.1.
 */
void x509_der_get(struct buf_reader *r, uint8_t tag, struct buf_reader *inside);

/**
 * x509_der_get_bits(r, inside): a BIT STRING whose last byte is whole.
 */
void x509_der_get_bits(struct buf_reader *r, struct buf_reader *inside);

/**
 * x509_der_get_number(r, inside): an INTEGER above zero, in its shortest form;
 * ${inside} has its bytes without the zero that only says it is positive.
 */
void x509_der_get_number(struct buf_reader *r, struct buf_reader *inside);

/* What is written so far is from at to the end of the caller's memory. */
struct x509_der_out {
	uint8_t *at;
	size_t room;    /* bytes left before it */
	size_t len;     /* bytes written */
	bool is_broken; /* something did not fit; nothing came after it */
};

/** x509_der_out_init(o, memory, size): borrowed while ${o} is used. */
void x509_der_out_init(struct x509_der_out *o, void *memory, size_t size);

/** x509_der_put_raw(o, p, n): ${n} bytes before what is there. */
void x509_der_put_raw(struct x509_der_out *o, const void *p, size_t n);

/**
 * x509_der_put_head(o, tag, before):
 * Make all that was written since o->len was ${before} the contents of one
 * element with the tag ${tag}.
 * Source: X.690 sections 8.1 and 10.1.
 */
void x509_der_put_head(struct x509_der_out *o, uint8_t tag, size_t before);

/** x509_der_put(o, tag, p, n): one element with these contents. */
void x509_der_put(
    struct x509_der_out *o, uint8_t tag, const void *p, size_t n);

/** x509_der_put_bits(o, p, n): whole bytes as a BIT STRING. */
void x509_der_put_bits(struct x509_der_out *o, const void *p, size_t n);

#endif /* CERTS_X509_DER_H */
