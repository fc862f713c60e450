/*
 * qr_png.h: a QR code as a PNG image file.
 * Room: render.  Process: front, cli.  Threads: any.
 * Unit test: tests/unit/test_qr.c
 */
#ifndef AUTHD_RENDER_QR_PNG_H
#define AUTHD_RENDER_QR_PNG_H

#include "authd/render/qr_code.h"

#define QR_PNG_PIXELS 8 /* pixels of a module's side */

/**
 * qr_png_draw(q, d):
 * Draw ${q} with its quiet zone as an 8-bit grey PNG. The same code always
 * gives the same bytes.
 * Return: 0 or ERR_NOMEM.
 * Owns:   the caller, who frees with qr_code_drawing_free().
 */
int qr_png_draw(const struct qr_code *q, struct qr_drawing *d) CHECKED;

#endif /* AUTHD_RENDER_QR_PNG_H */
