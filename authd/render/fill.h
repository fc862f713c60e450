/*
 * fill.h: a sheet of paper made of its template.
 * Room: render.  Process: cli, front.  Threads: any; no state.
 * Unit tests: tests/unit/test_sheet.c, tests/unit/test_slip.c
 */
#ifndef AUTHD_RENDER_FILL_H
#define AUTHD_RENDER_FILL_H

#include "authd/base/buf.h"

enum fill_kind {
	FILL_TEXT = 0, /* escaped as text */
	FILL_GROUPS,   /* the same, four characters in a <span> each */
	FILL_DRAWING   /* as it is: one of our own, such as qr_svg_draw() */
};

struct fill_value {
	const char *name, *text; /* a NULL name ends the list */
	enum fill_kind kind;
};

/**
 * fill_put(out, template, values):
 * {{name}} is a value, {{?name}} begins what is left out when it is empty, and
 * {{/}} ends that; these do not nest. A name that is none breaks ${out}.
 */
void fill_put(struct buf *out, const char *template,
    const struct fill_value *values);

#endif /* AUTHD_RENDER_FILL_H */
