#include <string.h>

#include "authd/base/buf.h"

void
buf_init(struct buf *b, void *memory, size_t size)
{
	b->at = memory;
	b->size = size;
	b->len = 0;
	b->is_broken = false;
}

void
buf_put_raw(struct buf *b, const void *p, size_t n)
{
	if (b->is_broken || n > b->size - b->len) {
		b->is_broken = true;
		return;
	}
	if (n > 0)
		memcpy(b->at + b->len, p, n);
	b->len += n;
}

static void
put_integer(struct buf *b, uint64_t v, size_t n)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	buf_put_raw(b, bytes, n);
}

void
buf_put_u8(struct buf *b, uint8_t v)
{
	put_integer(b, v, 1);
}

void
buf_put_u16(struct buf *b, uint16_t v)
{
	put_integer(b, v, 2);
}

void
buf_put_u32(struct buf *b, uint32_t v)
{
	put_integer(b, v, 4);
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
	put_integer(b, v, 8);
}

void
buf_put_i64(struct buf *b, int64_t v)
{
	put_integer(b, (uint64_t)v, 8);
}

void
buf_put_bytes(struct buf *b, const void *p, size_t n)
{
	if (n > UINT32_MAX) {
		b->is_broken = true;
		return;
	}
	buf_put_u32(b, (uint32_t)n);
	buf_put_raw(b, p, n);
}

void
buf_put_text(struct buf *b, const char *s)
{
	buf_put_bytes(b, s, strlen(s));
}

void
buf_reader_init(struct buf_reader *r, const void *p, size_t n)
{
	r->at = p;
	r->left = n;
	r->is_broken = false;
}

/* Give the next n bytes, or NULL and a broken reader. */
static const uint8_t *
take(struct buf_reader *r, size_t n)
{
	const uint8_t *p = r->at;

	if (r->is_broken || n > r->left) {
		r->is_broken = true;
		return (NULL);
	}
	r->at += n;
	r->left -= n;
	return (p);
}

static uint64_t
get_integer(struct buf_reader *r, size_t n)
{
	const uint8_t *p = take(r, n);
	uint64_t v = 0;
	size_t i;

	if (p == NULL)
		return (0);
	for (i = 0; i < n; i++)
		v = v << 8 | p[i];
	return (v);
}

uint8_t
buf_get_u8(struct buf_reader *r)
{
	return ((uint8_t)get_integer(r, 1));
}

uint16_t
buf_get_u16(struct buf_reader *r)
{
	return ((uint16_t)get_integer(r, 2));
}

uint32_t
buf_get_u32(struct buf_reader *r)
{
	return ((uint32_t)get_integer(r, 4));
}

uint64_t
buf_get_u64(struct buf_reader *r)
{
	return (get_integer(r, 8));
}

int64_t
buf_get_i64(struct buf_reader *r)
{
	return ((int64_t)get_integer(r, 8));
}

void
buf_get_raw(struct buf_reader *r, void *out, size_t n)
{
	const uint8_t *p = take(r, n);

	if (p == NULL)
		memset(out, 0, n);
	else if (n > 0)
		memcpy(out, p, n);
}

void
buf_get_bytes(struct buf_reader *r, const uint8_t **p, size_t *n, size_t max)
{
	uint32_t len = buf_get_u32(r);

	*n = 0;
	if (len > max)
		r->is_broken = true;
	if ((*p = take(r, len)) != NULL)
		*n = len;
}

void
buf_get_text(struct buf_reader *r, char *out, size_t size)
{
	const uint8_t *p;
	size_t n;

	out[0] = '\0';
	buf_get_bytes(r, &p, &n, size - 1);
	if (p == NULL)
		return;
	if (n > 0 && memchr(p, '\0', n) != NULL) {
		r->is_broken = true;
		return;
	}
	memcpy(out, p, n);
	out[n] = '\0';
}

int
buf_end(const struct buf_reader *r)
{
	return (r->is_broken || r->left != 0 ? ERR_PROTO : 0);
}
