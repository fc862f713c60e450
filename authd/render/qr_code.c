#include <errno.h>
#include <stdlib.h>

#include <qrencode.h>

#include "authd/base/mem.h"
#include "authd/render/qr_code.h"

struct qr_code {
	QRcode *code;
};

int
qr_code_new(const char *text, struct qr_code **out)
{
	struct qr_code *q;

	if ((q = calloc(1, sizeof(*q))) == NULL)
		return (ERR_NOMEM);
	q->code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (q->code == NULL) {
		free(q);
		return (errno == ENOMEM ? ERR_NOMEM : ERR_INVALID);
	}
	*out = q;
	return (0);
}

void
qr_code_free(struct qr_code *q)
{
	if (q == NULL)
		return;
	mem_wipe(
	    q->code->data, (size_t)q->code->width * (size_t)q->code->width);
	QRcode_free(q->code);
	free(q);
}

int
qr_code_side(const struct qr_code *q)
{
	return (q->code->width + 2 * QR_CODE_QUIET);
}

bool
qr_code_is_dark(const struct qr_code *q, int x, int y)
{
	int width = q->code->width;

	x -= QR_CODE_QUIET;
	y -= QR_CODE_QUIET;
	if (x < 0 || y < 0 || x >= width || y >= width)
		return (false);
	/* The lowest bit of a libqrencode module is its colour. */
	return ((q->code->data[y * width + x] & 1) != 0);
}

int
qr_code_drawing_new(struct qr_drawing *d, size_t size)
{
	d->len = 0;
	d->size = 0;
	if ((d->at = calloc(1, size)) == NULL)
		return (ERR_NOMEM);
	d->size = size;
	return (0);
}

void
qr_code_drawing_free(struct qr_drawing *d)
{
	mem_wipe(d->at, d->size);
	free(d->at);
	d->at = NULL;
	d->len = d->size = 0;
}
