/*
 * password_personal.h: does a password contain what is known of its owner.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_password_policy.c
 */
#ifndef AUTHD_CORE_PASSWORD_PERSONAL_H
#define AUTHD_CORE_PASSWORD_PERSONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

/* UTF-8; NULL or "" for what is not known. Borrowed. */
struct password_person {
	const char *login;
	const char *name;
	const char *kana;         /* reading of the name */
	const char *phone_number; /* blanks, hyphens, +81 allowed */
	const char *birth_date;   /* 1990-04-01 */
};

/**
 * password_personal_found(person, c, n, is_found):
 * Store whether the ${n} characters at ${c} (NFKC, lower case, katakana as
 * hiragana) contain one of these texts or four characters of one in a row:
 * the login, the name, its reading in kana and in romaji (six spellings), the
 * digits of the phone number, the birth date (as 19900401 or a part of it,
 * and as 900401, 0401, 199041, 9041, 01041990, h2.4.1, heisei2, 平成2年). Also
 * when separators stand between, when letters are written as leet (t4n4k4),
 * and for whole words written backwards. A family or given name counts from
 * two characters on when it is written in kanji or kana.
 * Return: 0, ERR_NOMEM or ERR_INVALID (a text is no UTF-8), both with
 * ${is_found} true.
 */
int password_personal_found(const struct password_person *person,
    const uint32_t *c, size_t n, bool *is_found) CHECKED;

#endif /* AUTHD_CORE_PASSWORD_PERSONAL_H */
