/*
 * Goal of this target: a login or office code that is taken has its one form,
 * which folds to itself and is met again from capitals and full-width letters;
 * what has that form already is taken; a code is six ASCII digits exactly when
 * an independent reading finds six digits and blanks.
 * Links: authd/base/fold.c authd/base/text.c
 */
#include <stdlib.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "tests/fuzz/fuzz.h"

#define LOGIN_CHARS  "abcdefghijklmnopqrstuvwxyz0123456789._-"
#define OFFICE_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"

/* ASCII letters and digits as full-width ones: U+FF01 is 0xef 0xbc 0x81. */
static void
widen(const char *s, char *out)
{
	for (; *s != '\0'; s++) {
		unsigned cp = 0xff00u + (unsigned char)*s - 0x20;

		*out++ = (char)(0xe0 | cp >> 12);
		*out++ = (char)(0x80 | (cp >> 6 & 0x3f));
		*out++ = (char)(0x80 | (cp & 0x3f));
	}
	*out = '\0';
}

static void
shout(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'a' && *s <= 'z')
			*s = (char)(*s - 'a' + 'A');
}

static void
check_login(const char *in)
{
	char out[LOGIN_MAX + 1], again[LOGIN_MAX + 1];
	char wide[3 * LOGIN_MAX + 1];
	size_t n = strlen(in);
	int r = fold_login(in, out);

	FUZZ_CHECK(r == 0 || (r == ERR_INVALID && out[0] == '\0'));
	if (n >= LOGIN_MIN && n <= LOGIN_MAX && strspn(in, LOGIN_CHARS) == n)
		FUZZ_CHECK(r == 0 && strcmp(in, out) == 0);
	if (r != 0)
		return;
	n = strlen(out);
	FUZZ_CHECK(n >= LOGIN_MIN && n <= LOGIN_MAX);
	FUZZ_CHECK(strspn(out, LOGIN_CHARS) == n);
	FUZZ_CHECK(fold_login(out, again) == 0 && strcmp(out, again) == 0);
	widen(out, wide);
	FUZZ_CHECK(fold_login(wide, again) == 0 && strcmp(out, again) == 0);
	memcpy(wide, out, n + 1);
	shout(wide);
	FUZZ_CHECK(fold_login(wide, again) == 0 && strcmp(out, again) == 0);
}

static void
check_office(const char *in)
{
	char out[OFFICE_CODE_MAX + 1], again[OFFICE_CODE_MAX + 1];
	int r = fold_office(in, out);

	FUZZ_CHECK(r == 0 || (r == ERR_INVALID && out[0] == '\0'));
	if (r != 0)
		return;
	FUZZ_CHECK(strlen(out) >= 1 && strlen(out) <= OFFICE_CODE_MAX);
	FUZZ_CHECK(strspn(out, OFFICE_CHARS) == strlen(out) && out[0] != '-');
	FUZZ_CHECK(fold_office(out, again) == 0 && strcmp(out, again) == 0);
}

/* Byte by byte: digits, EF BC 90 to 99, blanks, E3 80 80. */
static bool
read_code(const char *s, char out[CODE_DIGITS + 1])
{
	size_t n = 0;
	char c;

	if (strlen(s) > 64)
		return (false);
	while (*s != '\0') {
		if (*s == ' ') {
			s++;
			continue;
		}
		if (strncmp(s, "\xe3\x80\x80", 3) == 0) {
			s += 3;
			continue;
		}
		if (*s >= '0' && *s <= '9')
			c = *s++;
		else if (strncmp(s, "\xef\xbc", 2) == 0 &&
		    (unsigned char)s[2] >= 0x90 &&
		    (unsigned char)s[2] <= 0x99) {
			c = (char)('0' + ((unsigned char)s[2] - 0x90));
			s += 3;
		} else
			return (false);
		if (n == CODE_DIGITS)
			return (false);
		out[n++] = c;
	}
	out[n] = '\0';
	return (n == CODE_DIGITS);
}

static void
check_code(const char *in)
{
	char out[CODE_DIGITS + 1], want[CODE_DIGITS + 1];
	bool is_code = read_code(in, want);
	int r = text_fold_code(in, out);

	FUZZ_CHECK((r == 0) == is_code);
	FUZZ_CHECK(strcmp(out, is_code ? want : "") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *in = fuzz_text(data, size);

	check_login(in);
	check_office(in);
	check_code(in);
	free(in);
	return (0);
}
