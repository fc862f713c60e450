#include <string.h>

#include "authd/render/qr_text.h"

/* White ink on black paper, so that a light module is a drawn block. */
#define COLOUR_ON  "\033[40;97m"
#define COLOUR_OFF "\033[0m"

static void
put(struct qr_drawing *d, const char *s)
{
	size_t n = strlen(s);

	memcpy(d->at + d->len, s, n);
	d->len += n;
}

static void
draw_blocks(const struct qr_code *q, struct qr_drawing *d)
{
	/* by upper and lower module: light light, light dark, ... */
	static const char *const cells[2][2] = { { "\u2588", "\u2580" },
		{ "\u2584", " " } };
	int side = qr_code_side(q), x, y;

	/* The side is odd: the half line left over is quiet zone. */
	for (y = 0; y < side; y += 2) {
		put(d, COLOUR_ON);
		for (x = 0; x < side; x++)
			put(d,
			    cells[qr_code_is_dark(q, x, y)]
				 [qr_code_is_dark(q, x, y + 1)]);
		put(d, COLOUR_OFF "\n");
	}
}

static void
draw_ascii(const struct qr_code *q, struct qr_drawing *d)
{
	int side = qr_code_side(q), x, y;

	for (y = 0; y < side; y++) {
		for (x = 0; x < side; x++)
			put(d, qr_code_is_dark(q, x, y) ? "##" : "  ");
		put(d, "\n");
	}
}

int
qr_text_draw(
    const struct qr_code *q, enum qr_text_style style, struct qr_drawing *d)
{
	size_t side = (size_t)qr_code_side(q);
	size_t line = 3 * side + sizeof(COLOUR_ON COLOUR_OFF "\n");
	int r;

	/* Enough for either style: a block is three bytes, `##` is two. */
	if ((r = qr_code_drawing_new(d, line * side + 1)) != 0)
		return (r);
	if (style == QR_TEXT_ASCII)
		draw_ascii(q, d);
	else
		draw_blocks(q, d);
	d->at[d->len] = '\0';
	return (0);
}
