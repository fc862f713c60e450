/*
 * Goal of this test: a QR code is drawn with its quiet zone, in its right size
 * and the same every time, as text, SVG and PNG. That cameras read it is proved
 * end to end with zbarimg.
 * Links: authd/render/qr_code.c authd/render/qr_text.c authd/render/qr_svg.c
 * Links: authd/render/qr_png.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#include "authd/render/qr_png.h"
#include "authd/render/qr_svg.h"
#include "authd/render/qr_text.h"

#define URI                                                                    \
	"otpauth://totp/Sekisho:hanako?secret="                                \
	"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sekisho"                      \
	"&algorithm=SHA1&digits=6&period=30"

static struct qr_code *
make(void)
{
	struct qr_code *q = NULL;

	assert_int_equal(qr_code_new(URI, &q), 0);
	return (q);
}

static void
test_quiet_zone_and_corners(void **state)
{
	struct qr_code *q = make();
	int side = qr_code_side(q), i, j, last = side - 1 - QR_CODE_QUIET;

	(void)state;
	/* 118 bytes with level M need version 7, 45 modules a side. */
	assert_int_equal(side, 45 + 8);
	for (i = 0; i < side; i++) {
		for (j = 0; j < QR_CODE_QUIET; j++) {
			assert_false(qr_code_is_dark(q, i, j));
			assert_false(qr_code_is_dark(q, j, i));
			assert_false(qr_code_is_dark(q, i, side - 1 - j));
			assert_false(qr_code_is_dark(q, side - 1 - j, i));
		}
	}
	/* Finder patterns in three corners: dark edge, light ring, dark eye. */
	for (i = 0; i < 7; i++) {
		assert_true(qr_code_is_dark(q, 4 + i, 4));
		assert_true(qr_code_is_dark(q, 4, 4 + i));
		assert_true(qr_code_is_dark(q, last - i, 4));
		assert_true(qr_code_is_dark(q, 4 + i, last));
	}
	assert_false(qr_code_is_dark(q, 5, 5));
	assert_true(qr_code_is_dark(q, 7, 7));
	assert_false(qr_code_is_dark(q, -1, 7));
	assert_false(qr_code_is_dark(q, 7, side));
	qr_code_free(q);
}

/* Read the text back into modules, as a camera would see the cells. */
static void
test_blocks_show_the_modules(void **state)
{
	static const char on[] = "\033[40;97m", off[] = "\033[0m\n";
	struct qr_code *q = make();
	struct qr_drawing d;
	int side = qr_code_side(q), x, y;
	bool upper, lower;
	const char *p;

	(void)state;
	assert_int_equal(qr_text_draw(q, QR_TEXT_BLOCKS, &d), 0);
	assert_int_equal(strlen(d.at), d.len);
	p = d.at;
	for (y = 0; y < side; y += 2) {
		assert_memory_equal(p, on, strlen(on));
		p += strlen(on);
		for (x = 0; x < side; x++) {
			if (*p == ' ') {
				upper = lower = true;
				p++;
			} else {
				upper = memcmp(p, "\u2584", 3) == 0;
				lower = memcmp(p, "\u2580", 3) == 0;
				assert_true(upper || lower ||
				    memcmp(p, "\u2588", 3) == 0);
				p += 3;
			}
			assert_int_equal(upper, qr_code_is_dark(q, x, y));
			assert_int_equal(lower, qr_code_is_dark(q, x, y + 1));
		}
		assert_memory_equal(p, off, strlen(off));
		p += strlen(off);
	}
	assert_int_equal(*p, '\0');
	qr_code_drawing_free(&d);
	assert_null(d.at);
	qr_code_free(q);
}

static void
test_ascii_shows_the_modules(void **state)
{
	struct qr_code *q = make();
	struct qr_drawing d;
	size_t side = (size_t)qr_code_side(q), x, y;
	const char *cell;

	(void)state;
	assert_int_equal(qr_text_draw(q, QR_TEXT_ASCII, &d), 0);
	assert_int_equal(d.len, side * (2 * side + 1));
	for (y = 0; y < side; y++) {
		for (x = 0; x < side; x++) {
			cell = d.at + y * (2 * side + 1) + 2 * x;
			assert_memory_equal(cell,
			    qr_code_is_dark(q, (int)x, (int)y) ? "##" : "  ",
			    2);
		}
		assert_int_equal(d.at[y * (2 * side + 1) + 2 * side], '\n');
	}
	qr_code_drawing_free(&d);
	qr_code_free(q);
}

static void
test_svg_is_white_ground_and_runs(void **state)
{
	struct qr_code *q = make();
	struct qr_drawing d, path;
	int side = qr_code_side(q), x, y, n, m, i, dark = 0, drawn = 0;
	char head[300];
	const char *p;

	(void)state;
	assert_int_equal(qr_svg_draw(q, &d), 0);
	snprintf(head, sizeof(head),
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 53 53\" "
	    "shape-rendering=\"crispEdges\">"
	    "<rect width=\"53\" height=\"53\" fill=\"#fff\"/>"
	    "<path fill=\"#000\" d=\"M4 4h7v1h-7z",
	    side * 8, side * 8);
	assert_memory_equal(d.at, head, strlen(head));
	assert_string_equal(d.at + d.len - 10, "\"/></svg>\n");
	for (y = 0; y < side; y++)
		for (x = 0; x < side; x++)
			dark += qr_code_is_dark(q, x, y);
	for (p = strstr(d.at, "d=\"M") + 3; *p == 'M'; p = strchr(p, 'z') + 1) {
		assert_int_equal(
		    sscanf(p, "M%d %dh%dv1h-%dz", &x, &y, &n, &m), 4);
		assert_int_equal(n, m);
		for (i = 0; i < n; i++)
			assert_true(qr_code_is_dark(q, x + i, y));
		drawn += n;
	}
	assert_int_equal(drawn, dark);
	/* the path alone, for a page, is the very same */
	assert_int_equal(qr_svg_path(q, &path), 0);
	assert_int_equal(strlen(path.at), path.len);
	p = strstr(d.at, " d=\"") + 4;
	assert_memory_equal(p, path.at, path.len);
	assert_string_equal(p + path.len, "\"/></svg>\n");
	qr_code_drawing_free(&path);
	qr_code_drawing_free(&d);
	qr_code_free(q);
}

static void
test_png_has_the_modules(void **state)
{
	struct qr_code *q = make();
	struct qr_drawing d;
	png_image image = { .version = PNG_IMAGE_VERSION };
	unsigned side = (unsigned)qr_code_side(q) * QR_PNG_PIXELS, x, y;
	uint8_t *pixels;

	(void)state;
	assert_int_equal(qr_png_draw(q, &d), 0);
	assert_true(png_image_begin_read_from_memory(&image, d.at, d.len));
	assert_int_equal(image.width, side);
	assert_int_equal(image.height, side);
	image.format = PNG_FORMAT_GRAY;
	pixels = malloc(PNG_IMAGE_SIZE(image));
	assert_non_null(pixels);
	assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
	for (y = 0; y < side; y++)
		for (x = 0; x < side; x++)
			assert_int_equal(pixels[y * side + x],
			    qr_code_is_dark(q, (int)(x / 8), (int)(y / 8))
				? 0
				: 255);
	free(pixels);
	qr_code_drawing_free(&d);
	qr_code_free(q);
}

static void
same(int (*draw)(const struct qr_code *, struct qr_drawing *))
{
	struct qr_code *a = make(), *b = make();
	struct qr_drawing x, y;

	assert_int_equal(draw(a, &x), 0);
	assert_int_equal(draw(b, &y), 0);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.at, y.at, x.len);
	qr_code_drawing_free(&x);
	qr_code_drawing_free(&y);
	qr_code_free(a);
	qr_code_free(b);
}

static void
test_same_text_same_drawing(void **state)
{
	(void)state;
	same(qr_svg_draw);
	same(qr_png_draw);
}

static void
test_bounds_of_the_text(void **state)
{
	char text[2400];
	struct qr_code *q = NULL;
	struct qr_drawing d;

	(void)state;
	assert_int_equal(qr_code_new("", &q), ERR_INVALID);
	memset(text, 'a', sizeof(text));
	text[2332] = '\0';
	assert_int_equal(qr_code_new(text, &q), ERR_INVALID);
	assert_null(q);
	text[2331] = '\0';
	assert_int_equal(qr_code_new(text, &q), 0);
	assert_int_equal(qr_code_side(q), QR_CODE_SIZE_MAX + 8);
	/* The largest code fits the memory of every drawing. */
	assert_int_equal(qr_text_draw(q, QR_TEXT_BLOCKS, &d), 0);
	qr_code_drawing_free(&d);
	assert_int_equal(qr_text_draw(q, QR_TEXT_ASCII, &d), 0);
	qr_code_drawing_free(&d);
	assert_int_equal(qr_svg_draw(q, &d), 0);
	assert_string_equal(d.at + d.len - 7, "</svg>\n");
	qr_code_drawing_free(&d);
	assert_int_equal(qr_png_draw(q, &d), 0);
	qr_code_drawing_free(&d);
	qr_code_free(q);
	qr_code_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet_zone_and_corners),
		cmocka_unit_test(test_blocks_show_the_modules),
		cmocka_unit_test(test_ascii_shows_the_modules),
		cmocka_unit_test(test_svg_is_white_ground_and_runs),
		cmocka_unit_test(test_png_has_the_modules),
		cmocka_unit_test(test_same_text_same_drawing),
		cmocka_unit_test(test_bounds_of_the_text),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
