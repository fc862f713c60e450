/*
 * qr_text.h: a QR code as text for a terminal.
 * Room: render.  Process: cli.  Threads: any.
 * Unit test: tests/unit/test_qr.c
 */
#ifndef AUTHD_RENDER_QR_TEXT_H
#define AUTHD_RENDER_QR_TEXT_H

#include "authd/render/qr_code.h"

enum qr_text_style {
	/*
	 * UTF-8 half blocks, two rows of modules a line, with the colours
	 * black and white set: a terminal's own colours do not matter.
	 */
	QR_TEXT_BLOCKS = 0,
	QR_TEXT_ASCII /* `##` is dark, two blanks are light; no colours */
};

/**
 * qr_text_draw(q, style, d):
 * Draw ${q} with its quiet zone as lines of text into ${d}.
 * Return: 0 or ERR_NOMEM.
 * Owns:   the caller, who frees with qr_code_drawing_free().
 */
int qr_text_draw(const struct qr_code *q, enum qr_text_style style,
    struct qr_drawing *d) CHECKED;

#endif /* AUTHD_RENDER_QR_TEXT_H */
