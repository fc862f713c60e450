#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "authd/render/catalog.h"

/* texts_ja and texts_en, by id. */
#include <catalog_texts.h>

#define Q_MAX 1000 /* a weight of 1, in thousandths */

_Static_assert(sizeof(texts_ja) / sizeof(texts_ja[0]) == CATALOG_IDS &&
	sizeof(texts_en) / sizeof(texts_en[0]) == CATALOG_IDS,
    "a text for each id");

const char *
catalog_text(enum catalog_language language, enum catalog_id id)
{
	if ((size_t)id >= CATALOG_IDS)
		return ("");
	return (language == CATALOG_EN ? texts_en[id] : texts_ja[id]);
}

int
catalog_fill(enum catalog_language language, enum catalog_id id,
    const char *const args[CATALOG_ARGS_MAX], char out[CATALOG_TEXT_MAX])
{
	const char *p = catalog_text(language, id), *piece;
	size_t len = 0, n;

	while (*p != '\0') {
		piece = p;
		n = 1;
		if (p[0] == '%' && p[1] == '%') {
			p += 2;
		} else if (p[0] == '%') {
			/* the generator let %1$s to %4$s through */
			piece = args[p[1] - '1'];
			n = piece == NULL ? 0 : strlen(piece);
			p += 4;
		} else {
			p += n = strcspn(p, "%");
		}
		if (n >= CATALOG_TEXT_MAX - len) {
			out[0] = '\0';
			return (ERR_LIMIT);
		}
		if (n > 0)
			memcpy(out + len, piece, n);
		len += n;
	}
	out[len] = '\0';
	return (0);
}

/* ;q=0.8 as 800; -1 when it is none. */
static int
weight(const char *p, size_t n)
{
	int q, scale = 100;
	size_t i;

	if (n < 3 || p[0] != 'q' || p[1] != '=' || (p[2] != '0' && p[2] != '1'))
		return (-1);
	q = (p[2] - '0') * Q_MAX;
	if (n > 3 && p[3] != '.')
		return (-1);
	for (i = 4; i < n; i++, scale /= 10) {
		if (p[i] < '0' || p[i] > '9' || scale == 0)
			return (-1);
		q += (p[i] - '0') * scale;
	}
	return (q > Q_MAX ? -1 : q);
}

static size_t
trim(const char **p, size_t n)
{
	while (n > 0 && (**p == ' ' || **p == '\t')) {
		(*p)++;
		n--;
	}
	while (n > 0 && ((*p)[n - 1] == ' ' || (*p)[n - 1] == '\t'))
		n--;
	return (n);
}

/* Does the range of ${n} bytes mean this language: ja, ja-JP, or any? */
static int
names(const char *p, size_t n, const char *code)
{
	if (n == 1 && p[0] == '*')
		return (1);
	return (
	    n >= 2 && strncasecmp(p, code, 2) == 0 && (n == 2 || p[2] == '-')
		? 2
		: 0);
}

/* How much one range likes each language; one named counts before *. */
struct liking {
	int q[2], named[2];
};

static void
take_range(struct liking *l, const char *p, size_t n)
{
	const char *semicolon = memchr(p, ';', n), *range = p, *q;
	size_t range_n = semicolon == NULL ? n : (size_t)(semicolon - p), q_n;
	int i, by, value = Q_MAX;

	if (semicolon != NULL) {
		q = semicolon + 1;
		q_n = trim(&q, n - range_n - 1);
		if ((value = weight(q, q_n)) < 0)
			return;
	}
	range_n = trim(&range, range_n);
	for (i = CATALOG_JA; i <= CATALOG_EN; i++) {
		by = names(range, range_n, catalog_code(i));
		if (by > l->named[i] || (by == l->named[i] && value > l->q[i]))
			l->q[i] = by > 0 ? value : l->q[i];
		if (by > l->named[i])
			l->named[i] = by;
	}
}

enum catalog_language
catalog_choose(const char *choice, const char *accept, size_t n)
{
	struct liking l = { { 0, 0 }, { 0, 0 } };
	const char *comma;
	size_t part;

	if (choice != NULL && strcmp(choice, "ja") == 0)
		return (CATALOG_JA);
	if (choice != NULL && strcmp(choice, "en") == 0)
		return (CATALOG_EN);
	while (accept != NULL && n > 0) {
		comma = memchr(accept, ',', n);
		part = comma == NULL ? n : (size_t)(comma - accept);
		take_range(&l, accept, part);
		if (comma == NULL)
			break;
		accept += part + 1;
		n -= part + 1;
	}
	return (l.q[CATALOG_EN] > l.q[CATALOG_JA] ? CATALOG_EN : CATALOG_JA);
}

const char *
catalog_code(enum catalog_language language)
{
	return (language == CATALOG_EN ? "en" : "ja");
}
