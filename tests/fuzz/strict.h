/*
 * strict.h: an independent reading of HTTP/1.1 heads, for the targets about
 * requests: what is not exactly of the grammar or could be read in two ways is
 * refused. Shares no code with authd/web/gate.c.
 */
#ifndef TESTS_FUZZ_STRICT_H
#define TESTS_FUZZ_STRICT_H

#include <stdbool.h>
#include <stddef.h>

struct strict_head {
	size_t head_len; /* from the first byte to the end of the empty line */
	size_t body_len; /* as announced; more than BODY_MAX is not exact */
};

/**
 * strict_read(p, n, out):
 * Whether the bytes begin with a whole head that a server may take. Empty
 * lines before it are passed over (RFC 9112 section 2.2), NUL LF and NUL CR
 * count as an end of line, and any four of NUL, CR and LF as the end of the
 * head: gate_layout_ok() names these as what it cannot tell.
 */
bool strict_read(const char *p, size_t n, struct strict_head *out);

#endif /* TESTS_FUZZ_STRICT_H */
