/*
 * buf.h: a bounded byte buffer to write fields into, and a reader that never
 * runs past its end. The one codec of the house: keeper messages and audit
 * records are made of these fields. Integers are big-endian.
 * Room: base.  Process: all.  Threads: one buffer, one thread.
 * Unit test: tests/unit/test_buf.c
 *
 * Both structures remember the first failure, so a run of calls is checked
 * once at the end.
 */
#ifndef AUTHD_BASE_BUF_H
#define AUTHD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

struct buf {
	uint8_t *at;    /* caller's memory */
	size_t size;    /* its size */
	size_t len;     /* bytes written so far */
	bool is_broken; /* a field did not fit; nothing after it was written */
};

struct buf_reader {
	const uint8_t *at;
	size_t left;
	bool is_broken; /* a field was cut off or out of its rules */
};

/**
 * buf_init(b, memory, size):
 * Start writing at ${memory}, which is borrowed while ${b} is used.
 */
void buf_init(struct buf *b, void *memory, size_t size);

void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u16(struct buf *b, uint16_t v);
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);
void buf_put_i64(struct buf *b, int64_t v);
/** buf_put_raw(b, p, n): ${n} bytes as they are, without a length. */
void buf_put_raw(struct buf *b, const void *p, size_t n);
/** buf_put_bytes(b, p, n): a 32-bit length, then the bytes. */
void buf_put_bytes(struct buf *b, const void *p, size_t n);
/** buf_put_text(b, s): as buf_put_bytes() for a C string, without its NUL. */
void buf_put_text(struct buf *b, const char *s);

/**
 * buf_reader_init(r, p, n):
 * Start reading ${n} bytes at ${p}, which are borrowed while ${r} is used.
 */
void buf_reader_init(struct buf_reader *r, const void *p, size_t n);

/* Each returns 0 (or leaves the output zeroed) once the reader is broken. */
uint8_t buf_get_u8(struct buf_reader *r);
uint16_t buf_get_u16(struct buf_reader *r);
uint32_t buf_get_u32(struct buf_reader *r);
uint64_t buf_get_u64(struct buf_reader *r);
int64_t buf_get_i64(struct buf_reader *r);
/** buf_get_raw(r, out, n): exactly ${n} bytes without a length. */
void buf_get_raw(struct buf_reader *r, void *out, size_t n);
/**
 * buf_get_bytes(r, p, n): borrow a length-prefixed run: ${p} points into the
 * reader's memory. At most ${max} bytes, else broken.
 */
void buf_get_bytes(
    struct buf_reader *r, const uint8_t **p, size_t *n, size_t max);
/**
 * buf_get_text(r, out, size): copy a text and its NUL into ${out} of ${size}
 * bytes; a NUL inside or a text that does not fit breaks the reader.
 */
void buf_get_text(struct buf_reader *r, char *out, size_t size);

/**
 * buf_end(r):
 * Return 0 when every byte was read and none was missing, else ERR_PROTO:
 * trailing bytes in a message are an error.
 */
int buf_end(const struct buf_reader *r) CHECKED;

#endif /* AUTHD_BASE_BUF_H */
