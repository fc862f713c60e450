/*
 * Goal of this target: UTF-8 is what libunistring says it is; a name can be
 * shown anywhere; hex and ids are read back as written, and only in that form.
 * Links: authd/base/text.c authd/base/id.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c
 */
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "authd/base/id.h"
#include "authd/base/text.h"
#include "tests/fuzz/fuzz.h"

/* A name has no control character, line separator or change of direction,
 * and is not of blanks alone. Looked up in Unicode's own properties. */
static bool
may_be_name(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t n = strlen(s);
	bool has_mark = false;
	ucs4_t c;
	int k;

	if (n < 1 || n > NAME_MAX_BYTES || u8_check(p, n) != NULL)
		return (false);
	for (; n > 0; p += k, n -= (size_t)k) {
		k = u8_mbtouc(&c, p, n);
		if (uc_is_general_category(c, UC_CATEGORY_Cc) ||
		    uc_is_general_category(c, UC_CATEGORY_Zl) ||
		    uc_is_general_category(c, UC_CATEGORY_Zp) ||
		    uc_is_property(c, UC_PROPERTY_BIDI_CONTROL) || c == 0xfeff)
			return (false);
		has_mark |= c != ' ' && c != 0xa0 && c != 0x3000;
	}
	return (has_mark);
}

static void
check_hex(const char *s)
{
	uint8_t raw[32];
	char back[65];
	size_t n = strlen(s) / 2;

	if (n > sizeof(raw))
		return;
	if (text_get_hex(s, raw, n) != 0) {
		FUZZ_CHECK(strlen(s) % 2 == 1 ||
		    strspn(s, "0123456789abcdef") != strlen(s));
		return;
	}
	text_put_hex(raw, n, back);
	FUZZ_CHECK(strcmp(s, back) == 0);
}

static void
check_id(const char *s, const uint8_t *data, size_t size)
{
	char text[ID_TEXT + 1];
	struct id id, again;

	if (id_get_text(s, &id) == 0) {
		id_put_text(&id, text);
		FUZZ_CHECK(strcmp(s, text) == 0);
	}
	if (size < ID_LEN)
		return;
	memcpy(id.b, data, ID_LEN);
	id_put_text(&id, text);
	FUZZ_CHECK(strlen(text) == ID_TEXT);
	FUZZ_CHECK(id_get_text(text, &again) == 0 && id_equal(&id, &again));
	FUZZ_CHECK(id_is_zero(&id) == fuzz_is_zero(id.b, ID_LEN));
}

static void
check_copy(const char *s)
{
	char small[8];
	int r = text_copy(small, sizeof(small), s);

	FUZZ_CHECK((r == 0) == (strlen(s) < sizeof(small)));
	FUZZ_CHECK(strcmp(small, r == 0 ? s : "") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_text(data, size);

	FUZZ_CHECK(text_is_utf8(data, size) == (u8_check(data, size) == NULL));
	FUZZ_CHECK(text_is_name(s) == may_be_name(s));
	check_hex(s);
	check_id(s, data, size);
	check_copy(s);
	free(s);
	return (0);
}
