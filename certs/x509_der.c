#include <string.h>

#include "certs/x509_der.h"

/* X.690 10.1: the definite form, of the least number of bytes. */
static size_t
get_length(struct buf_reader *r)
{
	uint8_t first = buf_get_u8(r);
	size_t n = 0;
	int i, bytes;

	if (first < 0x80)
		return (first);
	bytes = first & 0x7f;
	/* 0x80 is the indefinite form; nothing of ours needs three bytes. */
	if (bytes < 1 || bytes > 2) {
		r->is_broken = true;
		return (0);
	}
	for (i = 0; i < bytes; i++)
		n = n << 8 | buf_get_u8(r);
	if (n < (bytes == 1 ? 0x80 : 0x100))
		r->is_broken = true;
	return (n);
}

void
x509_der_get(struct buf_reader *r, uint8_t tag, struct buf_reader *inside)
{
	size_t n;

	if (buf_get_u8(r) != tag)
		r->is_broken = true;
	n = get_length(r);
	if (n > r->left)
		r->is_broken = true;
	buf_reader_init(inside, r->at, r->is_broken ? 0 : n);
	inside->is_broken = r->is_broken;
	if (!r->is_broken) {
		r->at += n;
		r->left -= n;
	}
}

void
x509_der_get_bits(struct buf_reader *r, struct buf_reader *inside)
{
	x509_der_get(r, X509_DER_BIT_STRING, inside);
	if (buf_get_u8(inside) != 0)
		inside->is_broken = true;
	if (inside->is_broken)
		r->is_broken = true;
}

void
x509_der_get_number(struct buf_reader *r, struct buf_reader *inside)
{
	x509_der_get(r, X509_DER_INTEGER, inside);
	if (inside->left == 0 || (inside->at[0] & 0x80) != 0)
		inside->is_broken = true;
	else if (inside->at[0] == 0) {
		(void)buf_get_u8(inside);
		if (inside->left == 0 || (inside->at[0] & 0x80) == 0)
			inside->is_broken = true;
	}
	if (inside->is_broken)
		r->is_broken = true;
}

void
x509_der_out_init(struct x509_der_out *o, void *memory, size_t size)
{
	o->at = (uint8_t *)memory + size;
	o->room = size;
	o->len = 0;
	o->is_broken = false;
}

void
x509_der_put_raw(struct x509_der_out *o, const void *p, size_t n)
{
	if (o->is_broken || n > o->room) {
		o->is_broken = true;
		return;
	}
	o->at -= n;
	o->room -= n;
	o->len += n;
	if (n > 0)
		memcpy(o->at, p, n);
}

void
x509_der_put_head(struct x509_der_out *o, uint8_t tag, size_t before)
{
	size_t n = o->len - before, i = 4;
	uint8_t head[4];

	/* Nothing of ours needs three bytes. */
	if (n > 0xffff) {
		o->is_broken = true;
		return;
	}
	head[--i] = (uint8_t)n;
	if (n > 0xff)
		head[--i] = (uint8_t)(n >> 8);
	if (n > 0x7f) {
		head[i - 1] = (uint8_t)(0x80 | (4 - i));
		i--;
	}
	head[--i] = tag;
	x509_der_put_raw(o, head + i, 4 - i);
}

void
x509_der_put(struct x509_der_out *o, uint8_t tag, const void *p, size_t n)
{
	size_t before = o->len;

	x509_der_put_raw(o, p, n);
	x509_der_put_head(o, tag, before);
}

void
x509_der_put_bits(struct x509_der_out *o, const void *p, size_t n)
{
	static const uint8_t none; /* of the last byte's bits is unused */
	size_t before = o->len;

	x509_der_put_raw(o, p, n);
	x509_der_put_raw(o, &none, 1);
	x509_der_put_head(o, X509_DER_BIT_STRING, before);
}
