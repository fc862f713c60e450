#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/password_policy.h"
#include "authd/core/password_shape.h"
#include "authd/core/password_strength.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* In the order of the bits. %d is the number of characters. */
static const struct {
	const char *name, *ja, *en;
} reason_texts[] = { { "too_short", "%d文字以上にしてください。",
			 "Use at least %d characters." },
	{ "too_long", "長すぎます（%dバイトまで）。",
	    "It is too long (at most %d bytes)." },
	{ "no_upper", "英大文字を1文字以上入れてください。",
	    "Add an upper-case letter." },
	{ "no_lower", "英小文字を1文字以上入れてください。",
	    "Add a lower-case letter." },
	{ "no_digit", "数字を1文字以上入れてください。", "Add a digit." },
	{ "no_symbol", "記号を1文字以上入れてください。", "Add a symbol." },
	{ "personal",
	    "ID、氏名、フリガナ、電話番号、生年月日（その一部の%d文字以上も）"
	    "は使えません。",
	    "Do not use your ID, name, its reading, phone number or birth "
	    "date, or %d or more characters of them." },
	{ "run", "1234やabcdのように%d文字以上順に並んだ文字は使えません。",
	    "Do not use %d or more characters in order, such as 1234 or "
	    "abcd." },
	{ "keyboard",
	    "qwerや1qazのようにキーボードで%d文字以上並んだ文字は"
	    "使えません。",
	    "Do not use %d or more neighbouring keys, such as qwer or 1qaz." },
	{ "repeat", "同じ文字を%d回以上続けて使えません。",
	    "Do not use the same character %d or more times in a row." },
	{ "weak",
	    "推測されやすいパスワードです。関係のない言葉や文字を増やして"
	    "ください。",
	    "It is easy to guess. Add unrelated words or characters." },
	{ "breached", "流出したパスワードの一覧にあるため、使えません。",
	    "It is on a list of leaked passwords." },
	{ "reused", "最近使ったパスワードは使えません。",
	    "It was used recently." } };
_Static_assert(COUNT(reason_texts) == PASSWORD_REASONS, "one text each");

void
password_policy_rules(
    bool is_privileged, bool is_composed, struct password_rules *rules)
{
	rules->length_min = is_privileged ? 12 : 10;
	rules->bits_min = is_privileged ? 40 : 36;
	rules->is_composed = is_composed;
}

/* What the composition rule misses, and the number of characters. */
static uint32_t
judge_composition(const char *text, size_t n, size_t *count)
{
	uint32_t missing = PASSWORD_NO_UPPER | PASSWORD_NO_LOWER |
	    PASSWORD_NO_DIGIT | PASSWORD_NO_SYMBOL;
	const uint8_t *p = (const uint8_t *)text;
	size_t at = 0;

	*count = 0;
	while (at < n) {
		ucs4_t c;
		int used = u8_mbtoucr(&c, p + at, n - at);

		if (used <= 0)
			break;
		if (uc_is_general_category(c, UC_UPPERCASE_LETTER))
			missing &= ~(uint32_t)PASSWORD_NO_UPPER;
		else if (uc_is_general_category(c, UC_LOWERCASE_LETTER))
			missing &= ~(uint32_t)PASSWORD_NO_LOWER;
		else if (uc_is_general_category(c, UC_DECIMAL_DIGIT_NUMBER))
			missing &= ~(uint32_t)PASSWORD_NO_DIGIT;
		else if (uc_is_general_category(c, UC_PUNCTUATION) ||
		    uc_is_general_category(c, UC_SYMBOL) ||
		    uc_is_general_category(c, UC_SPACE_SEPARATOR))
			missing &= ~(uint32_t)PASSWORD_NO_SYMBOL;
		at += (size_t)used;
		(*count)++;
	}
	return (missing);
}

static uint32_t
judge_shape(const uint32_t *c, size_t n)
{
	return ((password_shape_has_run(c, n) ? PASSWORD_RUN : 0U) |
	    (password_shape_has_walk(c, n) ? PASSWORD_KEYBOARD : 0U) |
	    (password_shape_has_repeat(c, n) ? PASSWORD_REPEAT : 0U));
}

struct work {
	char normal[PASSWORD_TEXT_MAX + 1];
	uint32_t folded[PASSWORD_TEXT_MAX];
};

/* All rules over the normalised text of ${n} bytes in ${w}. */
static int
judge(const struct password_rules *rules, const struct password_person *person,
    struct work *w, size_t n, uint32_t *reasons)
{
	uint32_t set = PASSWORD_JUDGED, missing;
	size_t count, folded_n;
	bool is_personal;
	int r, bits;

	missing = judge_composition(w->normal, n, &count);
	if (rules->is_composed)
		set |= missing;
	if (rules->length_min > 0 && count < (size_t)rules->length_min)
		set |= PASSWORD_TOO_SHORT;
	folded_n = password_text_fold(w->normal, n, w->folded);
	set |= judge_shape(w->folded, folded_n);
	if ((r = password_personal_found(
		 person, w->folded, folded_n, &is_personal)) != 0 ||
	    (r = password_strength_bits(w->normal, n, &bits)) != 0)
		return (r);
	if (is_personal)
		set |= PASSWORD_PERSONAL;
	if (bits < rules->bits_min)
		set |= PASSWORD_WEAK;
	*reasons = set;
	return (0);
}

int
password_policy_check(const struct password_rules *rules,
    const struct password_person *person, const char *password, size_t n,
    uint32_t *reasons)
{
	struct work *w;
	size_t len;
	int r;

	*reasons = 0;
	if (n > PASSWORD_TEXT_MAX) {
		*reasons = PASSWORD_JUDGED | PASSWORD_TOO_LONG;
		return (0);
	}
	if ((w = calloc(1, sizeof(*w))) == NULL)
		return (log_fr(ERR_NOMEM, "judge a password"));
	r = password_text_normal(password, n, w->normal, &len);
	if (r == ERR_LIMIT) {
		*reasons = PASSWORD_JUDGED | PASSWORD_TOO_LONG;
		r = 0;
	} else if (r == 0) {
		r = judge(rules, person, w, len, reasons);
	}
	mem_wipe(w, sizeof(*w));
	free(w);
	return (r);
}

bool
password_policy_accepts(uint32_t reasons)
{
	return (reasons == PASSWORD_JUDGED);
}

static int
find(uint32_t reason)
{
	int i;

	for (i = 0; i < PASSWORD_REASONS; i++)
		if (reason == 1U << i)
			return (i);
	return (-1);
}

const char *
password_policy_name(uint32_t reason)
{
	int i = find(reason);

	return (i < 0 ? NULL : reason_texts[i].name);
}

void
password_policy_message(uint32_t reason, const struct password_rules *rules,
    enum password_language language, char out[PASSWORD_MESSAGE_MAX])
{
	const char *text, *at;
	int i = find(reason), number = PASSWORD_SHAPE_LEN;

	out[0] = '\0';
	if (i < 0)
		return;
	if (reason == PASSWORD_TOO_SHORT)
		number = rules->length_min;
	else if (reason == PASSWORD_TOO_LONG)
		number = PASSWORD_TEXT_MAX;
	text =
	    language == PASSWORD_EN ? reason_texts[i].en : reason_texts[i].ja;
	if ((at = strstr(text, "%d")) == NULL)
		(void)snprintf(out, PASSWORD_MESSAGE_MAX, "%s", text);
	else
		(void)snprintf(out, PASSWORD_MESSAGE_MAX, "%.*s%d%s",
		    (int)(at - text), text, number, at + 2);
}
