#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>
#include <zxcvbn.h>

/* Made from password_words.txt: the array password_words, NULL at its end. */
#include <password_words.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/kana.h"
#include "authd/core/password_strength.h"
#include "authd/core/password_text.h"

#define CHARS (KANA_LETTERS_MAX * PASSWORD_TEXT_MAX)

struct work {
	uint32_t typed[PASSWORD_TEXT_MAX]; /* as it is */
	uint32_t romaji[CHARS];            /* kana as letters */
	char text[CHARS * 4 + 1];          /* that in UTF-8 or one-byte form */
};

static double
estimate(const char *text)
{
	/* it only reads the array; its prototype forgets to say so */
	return (
	    ZxcvbnMatch(text, (const char **)(uintptr_t)password_words, NULL));
}

static size_t
put_utf8(char *out, uint32_t c)
{
	int n = u8_uctomb((uint8_t *)out, c, 4);

	return (n > 0 ? (size_t)n : 0);
}

/* One ASCII letter for a sign outside ASCII: the same for the same sign. */
static char
letter(uint32_t c)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return (letters[(c * 2654435761U >> 16) % (sizeof(letters) - 1)]);
}

int
password_strength_bits(const char *normal, size_t n, int *bits)
{
	const uint8_t *p = (const uint8_t *)normal;
	struct work *w;
	size_t at = 0, count = 0, i, to = 0;
	double best, least;
	int has_other = 0;

	*bits = 0;
	if (n == 0 || n > PASSWORD_TEXT_MAX)
		return (n == 0 ? 0 : ERR_INVALID);
	if ((w = malloc(sizeof(*w))) == NULL)
		return (log_fr(ERR_NOMEM, "estimate a password"));
	while (at < n) {
		ucs4_t c;
		int used = u8_mbtoucr(&c, p + at, n - at);

		if (used <= 0)
			break;
		w->typed[count++] = c;
		at += (size_t)used;
	}
	count = kana_romaji(w->typed, count, KANA_TYPED, w->romaji, CHARS);
	for (i = 0; i < count; i++) {
		to += put_utf8(w->text + to, w->romaji[i]);
		has_other |= w->romaji[i] >= 0x80;
	}
	w->text[to] = '\0';
	best = to > 0 ? estimate(w->text) : 0;
	if (has_other) {
		for (i = 0; i < count; i++)
			w->text[i] = w->romaji[i] < 0x80 ? (char)w->romaji[i]
							 : letter(w->romaji[i]);
		w->text[count] = '\0';
		least = estimate(w->text);
		best = least < best ? least : best;
	}
	mem_wipe(w, sizeof(*w));
	free(w);
	*bits = best < 0 ? 0 : best > 10000 ? 10000 : (int)best;
	return (0);
}
