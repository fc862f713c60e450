#include <string.h>

#include "authd/core/password_shape.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROWS     4
#define LEN      PASSWORD_SHAPE_LEN

/*
 * Keys of a row from the left, as typed without and with shift. A row starts
 * where the key below its neighbour is in the same place, so that 1qaz is one
 * column; a blank is a key that types nothing here.
 */
struct layout {
	const char *plain[ROWS], *shifted[ROWS];
};

static const struct layout layouts[] = {
	/* JIS */
	{ { "1234567890-^\\", "qwertyuiop@[", "asdfghjkl;:]", "zxcvbnm,./\\" },
	    { "!\"#$%&'() =~|", "qwertyuiop`{", "asdfghjkl+*}",
		"zxcvbnm<>?_" } },
	/* US */
	{ { "1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./" },
	    { "!@#$%^&*()_+", "qwertyuiop{}|", "asdfghjkl:\"", "zxcvbnm<>?" } }
};

/* Orders that children learn; a blank breaks them. */
static const uint32_t *const kana_orders[] = {
	U"あいうえおかきくけこさしすせそたちつてとなにぬねの"
	U"はひふへほまみむめもやゆよらりるれろわをん",
	U"あかさたなはまやらわ",
	U"いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやま"
	U"けふこえてあさきゆめみしゑひもせす"
};

static bool
is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z');
}

static bool
is_digit(uint32_t c)
{
	return (c >= '0' && c <= '9');
}

/* Four characters with the same step of 1 up or down. */
static bool
is_latin_run(const uint32_t *c)
{
	size_t i;
	uint32_t step = c[1] - c[0];

	if (step != 1 && step != (uint32_t)-1)
		return (false);
	for (i = 1; i < LEN; i++) {
		if (c[i] - c[i - 1] != step)
			return (false);
		if (!(is_letter(c[i - 1]) && is_letter(c[i])) &&
		    !(is_digit(c[i - 1]) && is_digit(c[i])))
			return (false);
	}
	return (true);
}

static bool
is_kana_run(const uint32_t *c)
{
	size_t i, k;

	for (i = 0; i < COUNT(kana_orders); i++) {
		const uint32_t *at = kana_orders[i];

		for (; at[LEN - 1] != 0; at++) {
			for (k = 0; k < LEN && c[k] == at[k]; k++)
				;
			if (k == LEN)
				return (true);
			for (k = 0; k < LEN && c[k] == at[LEN - 1 - k]; k++)
				;
			if (k == LEN)
				return (true);
		}
	}
	return (false);
}

bool
password_shape_has_run(const uint32_t *c, size_t n)
{
	size_t i;

	for (i = 0; i + LEN <= n; i++)
		if (is_latin_run(c + i) || is_kana_run(c + i))
			return (true);
	return (false);
}

/* Which key of ${l} types ${c}. A key that stands twice is found once. */
static bool
find_key(const struct layout *l, uint32_t c, int *row, int *column)
{
	const char *at;
	int r;

	if (c <= ' ' || c > '~')
		return (false);
	for (r = 0; r < ROWS; r++) {
		if ((at = strchr(l->plain[r], (int)c)) != NULL) {
			*column = (int)(at - l->plain[r]);
		} else if ((at = strchr(l->shifted[r], (int)c)) != NULL) {
			*column = (int)(at - l->shifted[r]);
		} else {
			continue;
		}
		*row = r;
		return (true);
	}
	return (false);
}

static bool
is_walk(const struct layout *l, const uint32_t *c)
{
	int row[LEN], column[LEN], down, right, i;

	for (i = 0; i < LEN; i++)
		if (!find_key(l, c[i], &row[i], &column[i]))
			return (false);
	down = row[1] - row[0];
	right = column[1] - column[0];
	for (i = 1; i < LEN; i++)
		if (row[i] - row[i - 1] != down ||
		    column[i] - column[i - 1] != right)
			return (false);
	if (down == 0)
		return (right == 1 || right == -1);
	/* straight down or to the left below, and back */
	return ((down == 1 && (right == 0 || right == -1)) ||
	    (down == -1 && (right == 0 || right == 1)));
}

bool
password_shape_has_walk(const uint32_t *c, size_t n)
{
	size_t i, k;

	for (i = 0; i + LEN <= n; i++) {
		if (is_latin_run(c + i))
			continue;
		for (k = 0; k < COUNT(layouts); k++)
			if (is_walk(&layouts[k], c + i))
				return (true);
	}
	return (false);
}

bool
password_shape_has_repeat(const uint32_t *c, size_t n)
{
	size_t i, k;

	for (i = 0; i + LEN <= n; i++) {
		for (k = 1; k < LEN && c[i + k] == c[i]; k++)
			;
		if (k == LEN)
			return (true);
	}
	return (false);
}
