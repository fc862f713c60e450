#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "authd/base/mem.h"
#include "authd/render/qr_png.h"

int
qr_png_draw(const struct qr_code *q, struct qr_drawing *d)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
		.format = PNG_FORMAT_GRAY };
	size_t side = (size_t)qr_code_side(q) * QR_PNG_PIXELS, x, y;
	png_alloc_size_t len;
	png_bytep pixels;
	int r;

	image.width = image.height = (png_uint_32)side;
	if ((pixels = malloc(side * side)) == NULL)
		return (ERR_NOMEM);
	for (y = 0; y < side; y++) {
		for (x = 0; x < side; x++)
			pixels[y * side + x] =
			    qr_code_is_dark(q, (int)x / QR_PNG_PIXELS,
				(int)y / QR_PNG_PIXELS)
			    ? 0
			    : 255;
	}
	/* libpng's own bound of what a compressed image can take. */
	len = PNG_IMAGE_PNG_SIZE_MAX(image);
	if ((r = qr_code_drawing_new(d, len)) != 0)
		goto out;
	if (!png_image_write_to_memory(
		&image, d->at, &len, 0, pixels, (png_int_32)side, NULL)) {
		qr_code_drawing_free(d);
		r = ERR_NOMEM;
		goto out;
	}
	d->len = len;
out:
	mem_wipe(pixels, side * side);
	free(pixels);
	return (r);
}
