#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/kana.h"
#include "authd/core/password_personal.h"
#include "authd/core/password_text.h"

#define PART     4 /* this many characters of a text are the text */
#define WORD_MIN 2 /* shorter than this nothing is looked for */
#define CHARS    PASSWORD_TEXT_MAX

struct chars {
	uint32_t *c;
	size_t n;
};

enum { TEXT, TIGHT, ROMAJI, WORD, TURNED, LEET_WORD, SPELLED, SLOTS };

/* The password in the forms in which texts are looked for in it. */
struct search {
	struct chars plain;     /* as it is */
	struct chars tight;     /* without separators */
	struct chars romaji;    /* tight, kana as letters; empty without kana */
	struct chars leet;      /* tight, leet as letters */
	uint32_t *slots[SLOTS]; /* to make needles in: CHARS characters each */
	uint32_t *memory;
	size_t size; /* in bytes */
};

static bool
is_separator(uint32_t c)
{
	return (c < 0x80 ? c != 0 && strchr(" -/._,:", (int)c) != NULL
			 : c == 0x30FB);
}

/* Both letters that a leet sign can stand for become one. */
static uint32_t
unleet(uint32_t c)
{
	static const char from[] = "01!|l34@5$7+8926";
	static const char to[] = "oiiiieaassttbgzg";
	const char *at = c != 0 && c < 0x80 ? strchr(from, (int)c) : NULL;

	return (at == NULL ? c : (uint8_t)to[at - from]);
}

static struct chars
tighten(struct chars in, uint32_t *to)
{
	struct chars out = { to, 0 };
	size_t i;

	for (i = 0; i < in.n; i++)
		if (!is_separator(in.c[i]))
			out.c[out.n++] = in.c[i];
	return (out);
}

static bool
has_kana(struct chars t)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if (kana_is(t.c[i]))
			return (true);
	return (false);
}

static bool
contains(struct chars in, const uint32_t *c, size_t n)
{
	size_t i;

	for (i = 0; i + n <= in.n; i++)
		if (memcmp(in.c + i, c, n * sizeof(*c)) == 0)
			return (true);
	return (false);
}

static bool
is_all_letters(const uint32_t *c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c[i] < 'a' || c[i] > 'z')
			return (false);
	return (true);
}

static bool
contains_leet(struct search *s, const uint32_t *c, size_t n)
{
	uint32_t *word = s->slots[LEET_WORD];
	size_t i;

	if (!is_all_letters(c, n))
		return (false);
	for (i = 0; i < n; i++)
		word[i] = unleet(c[i]);
	return (contains(s->leet, word, n));
}

/* One piece of at least PART characters, in every form of the password. */
static bool
has_piece(struct search *s, const uint32_t *c, size_t n)
{
	return (contains(s->plain, c, n) || contains(s->tight, c, n) ||
	    contains(s->romaji, c, n) || contains_leet(s, c, n));
}

/* The whole text; short ones only as they stand. */
static bool
has_whole(struct search *s, struct chars t)
{
	uint32_t *turned = s->slots[TURNED];
	size_t i;

	if (t.n < WORD_MIN)
		return (false);
	if (t.n < PART)
		return (contains(s->plain, t.c, t.n));
	if (has_piece(s, t.c, t.n))
		return (true);
	for (i = 0; i < t.n; i++)
		turned[i] = t.c[t.n - 1 - i];
	return (has_piece(s, turned, t.n));
}

/* The whole text or PART characters of it. */
static bool
has_part(struct search *s, struct chars t)
{
	size_t i;

	if (has_whole(s, t))
		return (true);
	for (i = 0; i + PART <= t.n; i++)
		if (has_piece(s, t.c + i, PART))
			return (true);
	return (false);
}

/* A family or given name is one even with two characters, unless in Latin. */
static bool
has_word(struct search *s, struct chars t)
{
	size_t i, k;

	for (i = 0; i < t.n; i = k + 1) {
		struct chars word = { s->slots[WORD], 0 };

		for (k = i; k < t.n && !is_separator(t.c[k]); k++)
			word.c[word.n++] = t.c[k];
		if (word.n == 0 || (word.n < PART && word.c[0] < 0x80))
			continue;
		if (has_whole(s, word))
			return (true);
	}
	return (false);
}

/* A name: its parts without separators, and its words. */
static bool
has_name(struct search *s, struct chars t)
{
	return (has_part(s, tighten(t, s->slots[TIGHT])) || has_whole(s, t) ||
	    has_word(s, t));
}

/* A name and, when it has kana, its spellings. */
static bool
has_spelling(struct search *s, struct chars t)
{
	struct chars spelled = { s->slots[SPELLED], 0 };
	int k;

	if (has_name(s, t))
		return (true);
	for (k = 0; k < KANA_SPELLINGS && has_kana(t); k++) {
		spelled.n = kana_romaji(
		    t.c, t.n, (enum kana_spelling)k, spelled.c, CHARS);
		if (has_name(s, spelled))
			return (true);
	}
	return (false);
}

static int
get_text(struct search *s, const char *in, struct chars *out)
{
	char text[PASSWORD_TEXT_MAX + 1];
	size_t n;
	int r;

	out->c = s->slots[TEXT];
	out->n = 0;
	if (in == NULL)
		return (0);
	if ((r = password_text_normal(in, strlen(in), text, &n)) != 0)
		return (r == ERR_LIMIT ? ERR_INVALID : r);
	out->n = password_text_fold(text, n, out->c);
	return (0);
}

static int
look_for_name(struct search *s, const char *in, bool *is_found)
{
	struct chars text;
	int r;

	if ((r = get_text(s, in, &text)) != 0)
		return (r);
	*is_found = has_spelling(s, text);
	return (0);
}

static int
look_for_phone(struct search *s, const char *in, bool *is_found)
{
	struct chars text, digits = { s->slots[TIGHT], 0 };
	bool is_abroad;
	size_t i;
	int r;

	if ((r = get_text(s, in, &text)) != 0)
		return (r);
	is_abroad = text.n > 3 && text.c[0] == '+' && text.c[1] == '8' &&
	    text.c[2] == '1';
	if (is_abroad)
		digits.c[digits.n++] = '0';
	for (i = is_abroad ? 3 : 0; i < text.n; i++)
		if (text.c[i] >= '0' && text.c[i] <= '9' && digits.n < CHARS)
			digits.c[digits.n++] = text.c[i];
	*is_found = has_part(s, digits);
	return (0);
}

/* The Japanese year of a date; 0 before Taisho. */
static int
era_year(int y, int m, int d, int *era)
{
	static const int starts[][3] = { { 2019, 5, 1 }, { 1989, 1, 8 },
		{ 1926, 12, 25 }, { 1912, 7, 30 } };
	int i, day = (y * 100 + m) * 100 + d;

	for (i = 0; i < 4; i++) {
		*era = i;
		if (day >=
		    (starts[i][0] * 100 + starts[i][1]) * 100 + starts[i][2])
			return (y - starts[i][0] + 1);
	}
	return (0);
}

static bool
has_ascii(struct search *s, const char *in, bool is_part)
{
	struct chars t = { s->slots[TIGHT], 0 };

	t.n = password_text_fold(in, strlen(in), t.c);
	return (is_part ? has_part(s, t) : has_whole(s, t));
}

static bool
has_era_date(struct search *s, int y, int m, int d)
{
	static const char *const eras[][6] = { { "r", "reiwa", "令和" },
		{ "h", "heisei", "平成" },
		{ "s", "showa", "昭和", "shouwa", "syowa", "syouwa" },
		{ "t", "taisho", "大正", "taishou", "taisyo", "taisyou" } };
	char text[32];
	int era, year = era_year(y, m, d, &era), i;

	if (year <= 0)
		return (false);
	/* h20401, h020401, h241 */
	(void)snprintf(
	    text, sizeof(text), "%s%d%02d%02d", eras[era][0], year, m, d);
	if (has_ascii(s, text, false))
		return (true);
	(void)snprintf(
	    text, sizeof(text), "%s%02d%02d%02d", eras[era][0], year, m, d);
	if (has_ascii(s, text, false))
		return (true);
	(void)snprintf(
	    text, sizeof(text), "%s%d%d%d", eras[era][0], year, m, d);
	if (has_ascii(s, text, false))
		return (true);
	for (i = 1; i < 6 && eras[era][i] != NULL; i++) {
		(void)snprintf(text, sizeof(text), "%s%d", eras[era][i], year);
		if (has_ascii(s, text, false))
			return (true);
		(void)snprintf(
		    text, sizeof(text), "%s%02d", eras[era][i], year);
		if (has_ascii(s, text, false))
			return (true);
		if (year == 1) {
			(void)snprintf(
			    text, sizeof(text), "%s元", eras[era][i]);
			if (has_ascii(s, text, false))
				return (true);
		}
	}
	return (false);
}

static bool
has_date(struct search *s, int y, int m, int d)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%04d%02d%02d", y, m, d);
	if (has_ascii(s, text, true)) /* 900401, 0401 and 1990 are in it */
		return (true);
	(void)snprintf(text, sizeof(text), "%d%d%d", y, m, d);
	if (has_ascii(s, text, false))
		return (true);
	(void)snprintf(text, sizeof(text), "%02d%d%d", y % 100, m, d);
	if (has_ascii(s, text, false))
		return (true);
	(void)snprintf(text, sizeof(text), "%02d%02d", d, m);
	if (has_ascii(s, text, false))
		return (true);
	(void)snprintf(text, sizeof(text), "%d月%d日", m, d);
	if (has_ascii(s, text, false))
		return (true);
	return (has_era_date(s, y, m, d));
}

static int
look_for_date(struct search *s, const char *in, bool *is_found)
{
	int y, m, d, used = 0;

	if (in == NULL || in[0] == '\0')
		return (0);
	if (strlen(in) == 10 &&
	    sscanf(in, "%4d-%2d-%2d%n", &y, &m, &d, &used) == 3 && used == 10 &&
	    y > 0 && m > 0 && d > 0) {
		*is_found = has_date(s, y, m, d);
		return (0);
	}
	return (look_for_phone(s, in, is_found)); /* at least its digits */
}

/* Memory for all forms of ${n} characters and for the needles. */
static int
search_init(struct search *s, const uint32_t *c, size_t n)
{
	size_t count = n * (3 + KANA_LETTERS_MAX) + (size_t)SLOTS * CHARS, i;
	uint32_t *at;

	s->size = count * sizeof(*s->memory);
	if ((s->memory = calloc(count, sizeof(*s->memory))) == NULL)
		return (log_fr(ERR_NOMEM, "look for personal texts"));
	at = s->memory;
	s->plain = (struct chars){ at, n };
	memcpy(at, c, n * sizeof(*c));
	at += n;
	s->tight = tighten(s->plain, at);
	at += n;
	s->leet = (struct chars){ at, s->tight.n };
	for (i = 0; i < s->tight.n; i++)
		s->leet.c[i] = unleet(s->tight.c[i]);
	at += n;
	s->romaji = (struct chars){ at, 0 };
	if (has_kana(s->tight))
		s->romaji.n = kana_romaji(s->tight.c, s->tight.n, KANA_TYPED,
		    at, n * KANA_LETTERS_MAX);
	at += n * KANA_LETTERS_MAX;
	for (i = 0; i < SLOTS; i++, at += CHARS)
		s->slots[i] = at;
	return (0);
}

int
password_personal_found(const struct password_person *person, const uint32_t *c,
    size_t n, bool *is_found)
{
	struct search s = { 0 };
	bool is_in = false;
	int r;

	*is_found = true;
	if (n > CHARS)
		return (ERR_INVALID);
	if ((r = search_init(&s, c, n)) != 0)
		return (r);
	if ((r = look_for_name(&s, person->login, &is_in)) == 0 && !is_in &&
	    (r = look_for_name(&s, person->name, &is_in)) == 0 && !is_in &&
	    (r = look_for_name(&s, person->kana, &is_in)) == 0 && !is_in &&
	    (r = look_for_phone(&s, person->phone_number, &is_in)) == 0 &&
	    !is_in)
		r = look_for_date(&s, person->birth_date, &is_in);
	mem_wipe(s.memory, s.size);
	free(s.memory);
	if (r == 0)
		*is_found = is_in;
	return (r);
}
