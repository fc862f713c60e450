#include <stdarg.h>
#include <stdio.h>

#include "authd/render/qr_svg.h"

#define PIXELS  8  /* a module's width where nothing scales the image */
#define RUN_MAX 24 /* bytes of one run of modules in the path */

static void put(struct qr_drawing *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct qr_drawing *d, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(d->at + d->len, d->size - d->len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < d->size - d->len)
		d->len += (size_t)n;
}

/* Dark runs are at most every second module of each row. */
static size_t
path_size(const struct qr_code *q)
{
	size_t n = (size_t)qr_code_side(q);

	return (n * (n / 2 + 1) * RUN_MAX);
}

static void
put_path(const struct qr_code *q, struct qr_drawing *d)
{
	int side = qr_code_side(q), x, y, from;

	for (y = 0; y < side; y++) {
		for (x = 0; x < side; x++) {
			if (!qr_code_is_dark(q, x, y))
				continue;
			for (from = x; qr_code_is_dark(q, x, y); x++)
				;
			put(d, "M%d %dh%dv1h-%dz", from, y, x - from, x - from);
		}
	}
}

int
qr_svg_path(const struct qr_code *q, struct qr_drawing *d)
{
	int r;

	if ((r = qr_code_drawing_new(d, path_size(q) + 1)) == 0)
		put_path(q, d);
	return (r);
}

int
qr_svg_draw(const struct qr_code *q, struct qr_drawing *d)
{
	int side = qr_code_side(q), r;

	if ((r = qr_code_drawing_new(d, 512 + path_size(q))) != 0)
		return (r);
	put(d,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 %d %d\" "
	    "shape-rendering=\"crispEdges\">"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
	    "<path fill=\"#000\" d=\"",
	    side * PIXELS, side * PIXELS, side, side, side, side);
	put_path(q, d);
	put(d, "\"/></svg>\n");
	return (0);
}
