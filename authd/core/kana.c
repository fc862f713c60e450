#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/kana.h"

#define FIRST     0x3041 /* small a */
#define LAST      0x3096 /* small ke */
#define SOKUON    0x3063 /* small tsu doubles the next consonant */
#define LONG_MARK 0x30FC /* repeats the vowel before it */
#define U         0x3046
#define N         0x3093
#define SMALL_YA  0x3083
#define SMALL_YO  0x3087

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* From U+3041 on; "" for those that only change their neighbours. */
static const char *const hepburn[] = { "a", "a", "i", "i", "u", "u", "e", "e",
	"o", "o", "ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go",
	"sa", "za", "shi", "ji", "su", "zu", "se", "ze", "so", "zo", "ta", "da",
	"chi", "ji", "", "tsu", "zu", "te", "de", "to", "do", "na", "ni", "nu",
	"ne", "no", "ha", "ba", "pa", "hi", "bi", "pi", "fu", "bu", "pu", "he",
	"be", "pe", "ho", "bo", "po", "ma", "mi", "mu", "me", "mo", "ya", "ya",
	"yu", "yu", "yo", "yo", "ra", "ri", "ru", "re", "ro", "wa", "wa", "i",
	"e", "o", "n", "vu", "ka", "ke" };

static const struct {
	const char *hepburn, *kunrei;
} starts[] = { { "sh", "s" }, { "ch", "t" }, { "ts", "t" }, { "f", "h" },
	{ "j", "z" } };

struct writer {
	uint32_t *out;
	size_t size, n;
};

_Static_assert(COUNT(hepburn) == LAST - FIRST + 1, "one entry for each kana");

uint32_t
kana_fold(uint32_t c)
{
	return (c >= FIRST + 0x60 && c <= LAST + 0x60 ? c - 0x60 : c);
}

int
kana_is(uint32_t c)
{
	c = kana_fold(c);
	return ((c >= FIRST && c <= LAST) || c == LONG_MARK);
}

static void
put(struct writer *w, uint32_t c)
{
	if (w->n < w->size)
		w->out[w->n++] = c;
}

static int
is_vowel(uint32_t c)
{
	return (c == 'a' || c == 'i' || c == 'u' || c == 'e' || c == 'o');
}

static int
is_kunrei(enum kana_spelling s)
{
	return (s == KANA_KUNREI || s == KANA_KUNREI_SHORT);
}

/* The vowel a small kana gives the syllable before it; 0 for other kana. */
static char
small_vowel(uint32_t c)
{
	static const char vowels[] = "aiueo";

	switch (c) {
	case 0x3083:
		return ('a');
	case 0x3085:
		return ('u');
	case 0x3087:
		return ('o');
	default:
		return (c >= FIRST && c <= 0x3049 && (c & 1) != 0
			? vowels[(c - FIRST) / 2]
			: '\0');
	}
}

/*
 * One syllable, of one kana or of one with a small kana after it (${small},
 * else 0), into ${to}.
 */
static void
syllable(uint32_t c, uint32_t small, enum kana_spelling s, char to[8])
{
	const char *from = hepburn[c - FIRST], *start = from;
	size_t i, at = 0, cut = 0, len = strlen(from), n;
	int is_sh = strncmp(from, "sh", 2) == 0, is_j = from[0] == 'j';
	int is_ch = strncmp(from, "ch", 2) == 0;

	while (cut < len && !is_vowel((uint8_t)from[cut]))
		cut++;
	n = cut;
	for (i = 0; is_kunrei(s) && i < COUNT(starts); i++) {
		if (strlen(starts[i].hepburn) == cut &&
		    strncmp(from, starts[i].hepburn, cut) == 0) {
			start = starts[i].kunrei;
			n = 1;
			break;
		}
	}
	for (i = 0; i < n; i++)
		to[at++] = start[i];
	if (small == 0) {
		if (cut < len)
			to[at++] = from[cut];
	} else {
		if (c == U)
			to[at++] = 'w';
		/* sha, cha and ja have their y inside */
		if (small >= SMALL_YA && small <= SMALL_YO &&
		    (is_kunrei(s) || (is_j && s == KANA_JYA) ||
			!(is_sh || is_ch || is_j)))
			to[at++] = 'y';
		to[at++] = small_vowel(small);
	}
	to[at] = '\0';
}

/* The small kana at ${i} when it changes ${c} before it, else 0. */
static uint32_t
small_after(uint32_t c, const uint32_t *in, size_t n, size_t i)
{
	uint32_t small = i < n ? kana_fold(in[i]) : 0;

	if (small_vowel(small) == '\0' || c == N ||
	    (c != U && is_vowel((uint8_t)hepburn[c - FIRST][0])))
		return (0);
	return (small);
}

/* Long vowels as ${s} writes them, over what was written from ${first} on. */
static void
shorten(struct writer *w, size_t first, enum kana_spelling s)
{
	size_t i, to = first;

	if (s != KANA_HEPBURN && s != KANA_HEPBURN_H && s != KANA_KUNREI_SHORT)
		return;
	for (i = first; i < w->n; i++) {
		uint32_t c = w->out[i], last = to > first ? w->out[to - 1] : 0;

		if ((last == 'o' && (c == 'u' || c == 'o')) ||
		    (last == 'u' && c == 'u') || (last == 'a' && c == 'a')) {
			if (s == KANA_HEPBURN_H && last == 'o')
				w->out[to++] = 'h';
			continue;
		}
		w->out[to++] = c;
	}
	w->n = to;
}

static int
is_hepburn(enum kana_spelling s)
{
	return (s == KANA_HEPBURN || s == KANA_HEPBURN_H);
}

/* Write one syllable after what stands there since ${first}. */
static void
add(struct writer *w, size_t first, const char *text, enum kana_spelling s,
    int is_double)
{
	char c = text[0];

	if (is_hepburn(s) && w->n > first && w->out[w->n - 1] == 'n' &&
	    (c == 'b' || c == 'm' || c == 'p'))
		w->out[w->n - 1] = 'm';
	if (is_double && !is_vowel((uint8_t)c))
		put(w, is_hepburn(s) && c == 'c' ? 't' : (uint8_t)c);
	for (; *text != '\0'; text++)
		put(w, (uint8_t)*text);
}

size_t
kana_romaji(const uint32_t *in, size_t n, enum kana_spelling s, uint32_t *out,
    size_t size)
{
	struct writer w = { out, size, 0 };
	size_t i, run = 0;
	int is_double = 0;
	char text[8];

	for (i = 0; i < n; i++) {
		uint32_t c = kana_fold(in[i]), small;

		if (!kana_is(c)) {
			shorten(&w, run, s);
			put(&w, in[i]);
			run = w.n;
			is_double = 0;
		} else if (c == SOKUON) {
			is_double = 1;
		} else if (c == LONG_MARK) {
			if (w.n > run && is_vowel(w.out[w.n - 1]))
				put(&w, w.out[w.n - 1]);
		} else {
			small = small_after(c, in, n, i + 1);
			syllable(c, small, s, text);
			add(&w, run, text, s, is_double);
			is_double = 0;
			if (small != 0)
				i++;
		}
	}
	shorten(&w, run, s);
	mem_wipe(text, sizeof(text));
	return (w.n);
}
