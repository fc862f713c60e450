/*
 * Goal of this target: any password of any person is judged. Its one form is a
 * form of its own; every rule that can be checked by hand over ASCII says the
 * same; what contains the login never passes; only a judged set without any
 * reason accepts. What is taken for a stored hash is printable ASCII within
 * its length.
 * Links: those of tests/unit/test_password_policy.c
 * Links: authd/core/passhash_format.c
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/passhash.h"
#include "authd/core/passhash_format.h"
#include "authd/core/password_policy.h"
#include "tests/fuzz/fuzz.h"

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~')
			return (false);
	return (true);
}

static bool
has(const char *s, int (*is)(int))
{
	for (; *s != '\0'; s++)
		if (is((unsigned char)*s) != 0)
			return (true);
	return (false);
}

static int
is_symbol(int c)
{
	return (c == ' ' || ispunct(c));
}

static void
check_ascii(const char *s, uint32_t reasons)
{
	size_t n = strlen(s), i;
	bool has_repeat = false;

	FUZZ_CHECK((reasons & PASSWORD_TOO_SHORT) == 0 || n < 10);
	FUZZ_CHECK((reasons & PASSWORD_TOO_SHORT) != 0 || n >= 10);
	FUZZ_CHECK(((reasons & PASSWORD_NO_UPPER) == 0) == has(s, isupper));
	FUZZ_CHECK(((reasons & PASSWORD_NO_LOWER) == 0) == has(s, islower));
	FUZZ_CHECK(((reasons & PASSWORD_NO_DIGIT) == 0) == has(s, isdigit));
	FUZZ_CHECK(((reasons & PASSWORD_NO_SYMBOL) == 0) == has(s, is_symbol));
	for (i = 0; i + 3 < n; i++)
		has_repeat |= tolower(s[i]) == tolower(s[i + 1]) &&
		    tolower(s[i]) == tolower(s[i + 2]) &&
		    tolower(s[i]) == tolower(s[i + 3]);
	FUZZ_CHECK(((reasons & PASSWORD_REPEAT) != 0) == has_repeat);
	if (strcasestr(s, "1234") != NULL || strcasestr(s, "dcba") != NULL)
		FUZZ_CHECK((reasons & PASSWORD_RUN) != 0);
	if (strcasestr(s, "qwer") != NULL)
		FUZZ_CHECK((reasons & PASSWORD_KEYBOARD) != 0);
}

static void
check_normal(const char *s, size_t n)
{
	char once[PASSWORD_TEXT_MAX + 1], twice[PASSWORD_TEXT_MAX + 1];
	size_t once_n, twice_n;
	int r = password_text_normal(s, n, once, &once_n);

	if (r != 0) {
		FUZZ_CHECK(r == ERR_INVALID || r == ERR_LIMIT);
		FUZZ_CHECK(once_n == 0 && once[0] == '\0');
		return;
	}
	FUZZ_CHECK(strlen(once) == once_n && text_is_utf8(once, once_n));
	FUZZ_CHECK(password_text_normal(once, once_n, twice, &twice_n) == 0);
	FUZZ_CHECK(strcmp(once, twice) == 0);
	FUZZ_CHECK(!is_ascii(s) || strcmp(once, s) == 0);
}

static void
check_hash(const char *s)
{
	enum passhash_format f = passhash_format_of(s, 0);

	FUZZ_CHECK(f == PASSHASH_FORMAT_NONE ||
	    (strlen(s) <= PASSHASH_MAX && is_ascii(s) && s[0] == '$'));
	if (passhash_format_of(s, 7) != PASSHASH_FORMAT_NONE)
		FUZZ_CHECK(passhash_format_of(s, 7) == f);
}

static void
check_policy(const struct password_person *person, const char *s, size_t n)
{
	uint32_t reasons = 99, strict;
	struct password_rules rules;
	int r;

	password_policy_rules(false, true, &rules);
	r = password_policy_check(&rules, person, s, n, &reasons);
	FUZZ_CHECK(r == 0 || (r == ERR_INVALID && reasons == 0));
	FUZZ_CHECK(
	    password_policy_accepts(reasons) == (reasons == PASSWORD_JUDGED));
	if (r != 0)
		return;
	FUZZ_CHECK((reasons & PASSWORD_JUDGED) != 0);
	if (n <= PASSWORD_TEXT_MAX && is_ascii(s)) {
		check_ascii(s, reasons);
		if (strlen(person->login) >= 4 && is_ascii(person->login) &&
		    strcasestr(s, person->login) != NULL)
			FUZZ_CHECK((reasons & PASSWORD_PERSONAL) != 0);
	}
	/* the privileged rules are never easier */
	password_policy_rules(true, true, &rules);
	FUZZ_CHECK(password_policy_check(&rules, person, s, n, &strict) == 0);
	FUZZ_CHECK((reasons & ~strict) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *login, *name, *kana, *phone, *birth, *s;
	struct password_person person;
	struct buf_reader in;

	buf_reader_init(&in, data, size);
	person.login = login = fuzz_take_text(&in, 64);
	person.name = name = fuzz_take_text(&in, 200);
	person.kana = kana = fuzz_take_text(&in, 200);
	person.phone_number = phone = fuzz_take_text(&in, 32);
	person.birth_date = birth = fuzz_take_text(&in, 10);
	s = fuzz_take_text(&in, 1100);
	check_normal(s, strlen(s));
	check_hash(s);
	check_policy(&person, s, strlen(s));
	free(login);
	free(name);
	free(kana);
	free(phone);
	free(birth);
	free(s);
	return (0);
}
