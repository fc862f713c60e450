/*
 * qr_code.h: a text as a QR code in memory, to be drawn by qr_text, qr_png or
 * qr_svg. The text is a secret: everything here is wiped when freed.
 * Room: render.  Process: front, cli.  Threads: any.
 * Unit test: tests/unit/test_qr.c
 */
#ifndef AUTHD_RENDER_QR_CODE_H
#define AUTHD_RENDER_QR_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/base/err.h"

#define QR_CODE_QUIET    4   /* light modules around it, each side */
#define QR_CODE_SIZE_MAX 177 /* modules a side of the largest version, 40 */

struct qr_code; /* authd/render/qr_code.c */

/* A drawing: text (with a NUL after it) or an image file's bytes. */
struct qr_drawing {
	char *at;
	size_t len;  /* without the NUL */
	size_t size; /* bytes of memory, to be wiped */
};

/**
 * qr_code_new(text, out):
 * Encode ${text} (up to 2,331 bytes) with error correction M. The same text
 * always gives the same code.
 * Return: 0, ERR_NOMEM, ERR_INVALID (empty or too long).
 * Owns:   the caller, who frees with qr_code_free().
 * Source: ISO/IEC 18004 (quiet zone of 4 modules, level M: 15 % recovery).
 */
int qr_code_new(const char *text, struct qr_code **out) CHECKED;

/** qr_code_free(q): wipe and free. NULL-safe. */
void qr_code_free(struct qr_code *q);

/** qr_code_side(q): modules a side with both quiet zones. */
int qr_code_side(const struct qr_code *q);

/**
 * qr_code_is_dark(q, x, y):
 * Whether the module in column ${x}, row ${y} is dark, counted from the outer
 * corner of the quiet zone. Everything outside is light.
 */
bool qr_code_is_dark(const struct qr_code *q, int x, int y);

/**
 * qr_code_drawing_new(d, size):
 * Give ${d} zeroed memory of ${size} bytes to draw into.
 * Return: 0 or ERR_NOMEM.
 */
int qr_code_drawing_new(struct qr_drawing *d, size_t size) CHECKED;

/** qr_code_drawing_free(d): wipe and free what a drawing holds. */
void qr_code_drawing_free(struct qr_drawing *d);

#endif /* AUTHD_RENDER_QR_CODE_H */
