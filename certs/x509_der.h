/*
 * x509_der.h: read DER, strictly: one form of each length, single-byte tags,
 * nothing beyond the end.
 * Room: certs.  Process: front and keeper.  Threads: any.
 * Unit test: tests/unit/test_x509_request.c
 */
#ifndef CERTS_X509_DER_H
#define CERTS_X509_DER_H

#include "authd/base/buf.h"

#define X509_DER_INTEGER    0x02
#define X509_DER_BIT_STRING 0x03
#define X509_DER_SEQUENCE   0x30
#define X509_DER_CONTEXT_0  0xa0

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

#endif /* CERTS_X509_DER_H */
