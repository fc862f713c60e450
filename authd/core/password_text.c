#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/kana.h"
#include "authd/core/password_text.h"

/* The longest answer NFKC can give for 3 bytes is 33 (U+FDFA). */
#define FOLDED_MAX (11 * PASSWORD_TEXT_MAX)

static int
has_control(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] < 0x20 || p[i] == 0x7F)
			return (1);
		/* U+0080 to U+009F */
		if (p[i] == 0xC2 && i + 1 < n && p[i + 1] < 0xA0)
			return (1);
	}
	return (0);
}

int
password_text_normal(
    const char *in, size_t n, char out[PASSWORD_TEXT_MAX + 1], size_t *out_n)
{
	uint8_t *folded = NULL, *got = NULL;
	size_t len = FOLDED_MAX;
	int r;

	*out_n = 0;
	out[0] = '\0';
	if (n > PASSWORD_TEXT_MAX)
		return (ERR_LIMIT);
	if (!text_is_utf8(in, n) || has_control((const uint8_t *)in, n))
		return (ERR_INVALID);
	if (n == 0)
		return (0);
	if ((folded = malloc(FOLDED_MAX)) == NULL)
		return (log_fr(ERR_NOMEM, "normalise a password"));
	got = u8_normalize(UNINORM_NFKC, (const uint8_t *)in, n, folded, &len);
	if (got == NULL) {
		r = log_fr(ERR_NOMEM, "normalise a password");
		goto out;
	}
	r = len > PASSWORD_TEXT_MAX ? ERR_LIMIT : 0;
	if (r == 0) {
		memcpy(out, got, len);
		out[len] = '\0';
		*out_n = len;
	}
out:
	if (got != NULL && got != folded) {
		mem_wipe(got, len);
		free(got);
	}
	mem_wipe(folded, FOLDED_MAX);
	free(folded);
	return (r);
}

size_t
password_text_fold(const char *in, size_t n, uint32_t *out)
{
	const uint8_t *p = (const uint8_t *)in;
	size_t at = 0, to = 0;

	while (at < n) {
		ucs4_t c;
		int used = u8_mbtoucr(&c, p + at, n - at);

		if (used <= 0)
			break;
		out[to++] = kana_fold(uc_tolower(c));
		at += (size_t)used;
	}
	return (to);
}
