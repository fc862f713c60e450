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
