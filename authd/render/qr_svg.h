/*
 * qr_svg.h: a QR code as an SVG image, for a file or inline in a page.
 * Room: render.  Process: front, cli.  Threads: any.
 * Unit test: tests/unit/test_qr.c
 */
#ifndef AUTHD_RENDER_QR_SVG_H
#define AUTHD_RENDER_QR_SVG_H

#include "authd/render/qr_code.h"

/**
 * qr_svg_draw(q, d):
 * Draw ${q} as one <svg> element: a white ground that covers the quiet zone,
 * one black path, crisp edges, no style, script or reference, so that a strict
 * content security policy takes it inline.
 * Return: 0 or ERR_NOMEM.
 * Owns:   the caller, who frees with qr_code_drawing_free().
 */
int qr_svg_draw(const struct qr_code *q, struct qr_drawing *d) CHECKED;

/**
 * qr_svg_path(q, d):
 * Only the path of its dark modules, for a <path d="..."> of a page: one unit
 * a module, counted from the outer corner of the quiet zone, which the page
 * covers with a white ground of qr_code_side() units a side.
 * Return: 0 or ERR_NOMEM.
 * Owns:   the caller, who frees with qr_code_drawing_free().
 */
int qr_svg_path(const struct qr_code *q, struct qr_drawing *d) CHECKED;

#endif /* AUTHD_RENDER_QR_SVG_H */
