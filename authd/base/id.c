#include <string.h>

#include "authd/base/id.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"

int
id_new(int64_t wall_ms, struct id *out)
{
	struct id id;
	uint64_t ms = (uint64_t)wall_ms;
	int i, r;

	if ((r = mem_random(id.b, sizeof(id.b))) != 0)
		return (r);
	for (i = 0; i < 6; i++)
		id.b[i] = (uint8_t)(ms >> (8 * (5 - i)));
	id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f));
	id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
	*out = id;
	return (0);
}

void
id_put_text(const struct id *id, char out[ID_TEXT + 1])
{
	char hex[2 * ID_LEN + 1];
	int i, n = 0;

	text_put_hex(id->b, ID_LEN, hex);
	for (i = 0; i < 2 * ID_LEN; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			out[n++] = '-';
		out[n++] = hex[i];
	}
	out[n] = '\0';
}

int
id_get_text(const char *text, struct id *out)
{
	char hex[2 * ID_LEN + 1];
	int i, n = 0;

	if (strlen(text) != ID_TEXT)
		return (ERR_INVALID);
	for (i = 0; i < ID_TEXT; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return (ERR_INVALID);
		} else
			hex[n++] = text[i];
	}
	hex[n] = '\0';
	return (text_get_hex(hex, out->b, ID_LEN));
}

bool
id_equal(const struct id *a, const struct id *b)
{
	return (memcmp(a->b, b->b, ID_LEN) == 0);
}

bool
id_is_zero(const struct id *id)
{
	static const struct id zero;

	return (id_equal(id, &zero));
}

/* 128 bits as 26 characters, the first of which holds three of them. */
static void
put_base32(const uint8_t b[ID_LEN], char out[REQUEST_ID_LEN + 1])
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned bits = 0, have = 2;
	int i, at = 0;

	for (i = 0; i < REQUEST_ID_LEN; i++) {
		if (have < 5) {
			bits = bits << 8 | b[at++];
			have += 8;
		}
		have -= 5;
		out[i] = alphabet[bits >> have & 31];
	}
	out[REQUEST_ID_LEN] = '\0';
}

int
id_next_request(
    struct id_stock *stock, int64_t wall_ms, char out[REQUEST_ID_LEN + 1])
{
	uint64_t ms = (uint64_t)wall_ms;
	uint8_t b[ID_LEN];
	int i, r;

	if (stock->left < ID_LEN - 6) {
		if ((r = mem_random(stock->b, sizeof(stock->b))) != 0)
			return (r);
		stock->left = sizeof(stock->b);
	}
	stock->left -= ID_LEN - 6;
	memcpy(b + 6, stock->b + stock->left, ID_LEN - 6);
	for (i = 0; i < 6; i++)
		b[i] = (uint8_t)(ms >> (8 * (5 - i)));
	put_base32(b, out);
	return (0);
}

int
id_new_request(int64_t wall_ms, char out[REQUEST_ID_LEN + 1])
{
	struct id_stock one = { .left = 0 };

	return (id_next_request(&one, wall_ms, out));
}

int
id_new_token(char out[REQUEST_ID_LEN + 1])
{
	uint8_t b[ID_LEN];
	int r;

	if ((r = mem_random(b, sizeof(b))) != 0)
		return (r);
	put_base32(b, out);
	mem_wipe(b, sizeof(b));
	return (0);
}
