#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/web/cookie.h"
#include "authd/web/flash.h"

/* KIND~NUMBER~REQUEST-ID~TEXT in hex */
static bool
read_value(char *value, struct flash *f)
{
	char *part[4], *at = value, *end;
	unsigned long kind, number;
	size_t i, n;

	for (i = 0; i < 4; i++) {
		part[i] = at;
		at = strchr(at, '~');
		if ((at == NULL) != (i == 3))
			return (false);
		if (at != NULL)
			*at++ = '\0';
	}
	kind = strtoul(part[0], &end, 10);
	if (*end != '\0' || kind == FLASH_NONE || kind >= FLASH_KINDS)
		return (false);
	number = strtoul(part[1], &end, 10);
	if (*end != '\0' || number > INT32_MAX)
		return (false);
	n = strlen(part[3]) / 2;
	if (n >= sizeof(f->text) || strlen(part[3]) % 2 != 0 ||
	    text_copy(f->request_id, sizeof(f->request_id), part[2]) != 0 ||
	    text_get_hex(part[3], (uint8_t *)f->text, n) != 0)
		return (false);
	f->text[n] = '\0';
	f->kind = (enum flash_kind)kind;
	f->number = (int)number;
	return (true);
}

void
flash_take(const struct exchange_in *in, struct flash *out)
{
	char value[COOKIE_VALUE_MAX + 1];

	memset(out, 0, sizeof(*out));
	if (cookie_get(in, FLASH_COOKIE, value, sizeof(value)) == 0 &&
	    !read_value(value, out))
		memset(out, 0, sizeof(*out));
}

void
flash_set(struct exchange_out *out, const struct flash *f)
{
	char value[COOKIE_VALUE_MAX + 1], hex[NAME_MAX_BYTES * 2 + 1];

	text_put_hex((const uint8_t *)f->text, strlen(f->text), hex);
	snprintf(value, sizeof(value), "%d~%d~%s~%s", (int)f->kind, f->number,
	    f->request_id, hex);
	cookie_set(out, FLASH_COOKIE, value);
}

void
flash_told(struct exchange_out *out, const struct flash *f)
{
	if (f->kind != FLASH_NONE)
		cookie_end(out, FLASH_COOKIE);
}
