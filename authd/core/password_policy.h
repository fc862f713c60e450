/*
 * password_policy.h: which rules a new password does not meet, all at once.
 * Room: core.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_password_policy.c
 */
#ifndef AUTHD_CORE_PASSWORD_POLICY_H
#define AUTHD_CORE_PASSWORD_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "authd/core/password_personal.h"
#include "authd/core/password_text.h"

/*
 * A set of these says what is wrong. PASSWORD_JUDGED tells a set that came
 * from password_policy_check() from cleared memory: only the set with it and
 * nothing else accepts.
 */
enum password_reason {
	PASSWORD_TOO_SHORT = 1 << 0,
	PASSWORD_TOO_LONG = 1 << 1, /* over PASSWORD_TEXT_MAX bytes */
	PASSWORD_NO_UPPER = 1 << 2,
	PASSWORD_NO_LOWER = 1 << 3,
	PASSWORD_NO_DIGIT = 1 << 4,
	PASSWORD_NO_SYMBOL = 1 << 5,
	PASSWORD_PERSONAL = 1 << 6, /* see password_personal.h */
	PASSWORD_RUN = 1 << 7,      /* see password_shape.h */
	PASSWORD_KEYBOARD = 1 << 8,
	PASSWORD_REPEAT = 1 << 9,
	PASSWORD_WEAK = 1 << 10,     /* see password_strength.h */
	PASSWORD_BREACHED = 1 << 11, /* set by who asks breach.h */
	PASSWORD_REUSED = 1 << 12,   /* set by who compares the history */
	PASSWORD_JUDGED = 1 << 30
};
#define PASSWORD_REASONS 13

struct password_rules {
	int32_t length_min; /* characters (code points after NFKC) */
	int32_t bits_min;   /* estimated bits */
	bool is_composed;   /* upper, lower, digit and symbol are asked */
};

enum password_language { PASSWORD_JA = 0, PASSWORD_EN = 1 };

/* Bytes of a message with its NUL. */
#define PASSWORD_MESSAGE_MAX 256

/**
 * password_policy_rules(is_privileged, is_composed, rules):
 * Store the rules of that class: 10 characters and 36 bits, or 12 and 40.
 */
void password_policy_rules(
    bool is_privileged, bool is_composed, struct password_rules *rules);

/**
 * password_policy_check(rules, person, password, n, reasons):
 * Judge the ${n} bytes at ${password} and store every rule it does not meet,
 * with PASSWORD_JUDGED, in ${reasons}. A password over PASSWORD_TEXT_MAX
 * bytes is PASSWORD_TOO_LONG and nothing else is looked at. Letters and
 * digits of any script count for the composition; punctuation, signs and
 * blanks are symbols; kana and kanji are neither.
 * Return: 0; ERR_INVALID (no UTF-8, or a control character in it); ERR_NOMEM.
 * On failure ${reasons} is 0, which accepts nothing.
 */
int password_policy_check(const struct password_rules *rules,
    const struct password_person *person, const char *password, size_t n,
    uint32_t *reasons) CHECKED;

/** password_policy_accepts(reasons): true when no rule is left unmet. */
bool password_policy_accepts(uint32_t reasons);

/**
 * password_policy_name(reason):
 * Return the word for one reason in the API (too_short, ...), or NULL.
 */
const char *password_policy_name(uint32_t reason);

/**
 * password_policy_message(reason, rules, language, out):
 * Write one sentence for a person about one reason. Empty for no reason.
 */
void password_policy_message(uint32_t reason,
    const struct password_rules *rules, enum password_language language,
    char out[PASSWORD_MESSAGE_MAX]);

#endif /* AUTHD_CORE_PASSWORD_POLICY_H */
