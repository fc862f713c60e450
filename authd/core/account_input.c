#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/base/timetext.h"
#include "authd/core/account_input.h"

#define GROUP_MAX	 32
#define PHONE_NUMBER_MAX 32
#define FOLDED_PHONE_MAX (3 * PHONE_NUMBER_MAX + 1)

struct word {
	const char *text;
	unsigned value;
};

static const struct word classes[] = {
	{ "general", CLASS_GENERAL },
	{ "privileged", CLASS_PRIVILEGED },
	{ NULL, 0 },
};

static const struct word roles[] = {
	{ "administrator", ROLE_ADMINISTRATOR },
	{ "officer", ROLE_OFFICER },
	{ "helpdesk", ROLE_HELPDESK },
	{ "auditor", ROLE_AUDITOR },
	{ "operator", ROLE_OPERATOR },
	{ NULL, 0 },
};

/* The value of a word of a table, or 0: every table's zero refuses. */
static unsigned
find_word(const struct word *table, const char *text)
{
	for (; table->text != NULL; table++)
		if (strcmp(table->text, text) == 0)
			return (table->value);
	return (0);
}

/* A text a person reads; "" empties unless it is needed. */
static int
take_text(struct act *act, const char *in, char *out, size_t size,
    bool is_needed, const char *code)
{
	if (in == NULL)
		return (0);
	if ((in[0] == '\0' && !is_needed) || text_is_name(in)) {
		if (text_copy(out, size, in) == 0)
			return (0);
	}
	return (act_refuse(act, ERR_INVALID, code,
	    "The text must be UTF-8 of at most 200 bytes without control "
	    "characters."));
}

/* Hyphens that are none, as keyboards and documents give them. */
static void
fold_hyphens(char *s)
{
	static const char *const hyphens[] = { "\u2010", "\u2011", "\u2012",
		"\u2013", "\u2014", "\u2015", "\u2212", "\u30fc" };
	size_t i, n;
	char *at;

	for (i = 0; i < sizeof(hyphens) / sizeof(hyphens[0]); i++) {
		n = strlen(hyphens[i]);
		while ((at = strstr(s, hyphens[i])) != NULL) {
			*at = '-';
			memmove(at + 1, at + n, strlen(at + n) + 1);
		}
	}
}

static int
count_digits(const char *s)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += *s >= '0' && *s <= '9';
	return (n);
}

/* Of any country, or an extension; what is there already may stay. */
static int
take_phone_number(struct act *act, const char *in, char *out, size_t size)
{
	char text[FOLDED_PHONE_MAX];
	int digits;

	if (in == NULL || strcmp(in, out) == 0)
		return (0);
	if (fold_part(in, text, sizeof(text)) != 0)
		goto bad;
	fold_hyphens(text);
	digits = count_digits(text);
	if (text[0] != '\0' &&
	    (strspn(text, "0123456789+-() ") != strlen(text) ||
		strlen(text) > PHONE_NUMBER_MAX || digits < 3 || digits > 15 ||
		(strchr(text, '+') != NULL && strrchr(text, '+') != text)))
		goto bad;
	if (text_copy(out, size, text) == 0)
		return (0);
bad:
	return (act_refuse(act, ERR_INVALID, "bad_phone_number",
	    "A telephone number is 3 to 15 digits with + - ( ) and blanks "
	    "between, like 03-0000-0000."));
}

static int
take_email(struct act *act, const char *in, char *out, size_t size)
{
	const unsigned char *s = (const unsigned char *)in;
	const char *at;

	if (in == NULL)
		return (0);
	at = strchr(in, '@');
	if (in[0] != '\0' &&
	    (at == NULL || at == in || at[1] == '\0' ||
		strchr(at + 1, '@') != NULL))
		goto bad;
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || strchr("<>,\"", *s) != NULL)
			goto bad;
	if (text_copy(out, size, in) == 0)
		return (0);
bad:
	return (act_refuse(act, ERR_INVALID, "bad_email",
	    "The mail address must be ASCII, with one @."));
}

static int
take_date(struct act *act, const char *in, int64_t *out)
{
	if (in == NULL)
		return (0);
	if (in[0] == '\0') {
		*out = 0;
		return (0);
	}
	if (timetext_get_date(in, out) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_date",
		    "A date must exist and be written like 2026-04-01."));
	return (0);
}

/* A day that exists, from 1900 on: people are older than timetext_get_date()
 * reads. */
static bool
is_birth_date(const char *s)
{
	static const char form[] = "dddd-dd-dd";
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int n[3] = { 0, 0, 0 }, part = 0, leap, i;

	if (strlen(s) != sizeof(form) - 1)
		return (false);
	for (i = 0; form[i] != '\0'; i++) {
		if (form[i] == '-' ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return (false);
		if (form[i] == '-')
			part++;
		else
			n[part] = 10 * n[part] + s[i] - '0';
	}
	if (n[0] < 1900 || n[1] < 1 || n[1] > 12 || n[2] < 1)
		return (false);
	leap =
	    n[1] == 2 && n[0] % 4 == 0 && (n[0] % 100 != 0 || n[0] % 400 == 0);
	return (n[2] <= days[n[1] - 1] + leap);
}

static int
take_birth_date(struct act *act, const char *in, char out[11])
{
	if (in == NULL)
		return (0);
	if (in[0] != '\0' && !is_birth_date(in))
		return (act_refuse(act, ERR_INVALID, "bad_date",
		    "A birth date must exist and be written like 1990-04-01."));
	return (text_copy(out, 11, in));
}

static int
take_groups(struct act *act, const char *in, char out[LIST_TEXT_MAX + 1])
{
	char copy[LIST_TEXT_MAX + 1], *rest = copy, *word;
	size_t at = 0, n;

	if (in == NULL)
		return (0);
	if (text_copy(copy, sizeof(copy), in) != 0)
		goto bad;
	while ((word = strsep(&rest, " ")) != NULL) {
		n = strlen(word);
		if (n == 0)
			continue;
		if (n > GROUP_MAX ||
		    strspn(word,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789._-") != n)
			goto bad;
		if (at > 0)
			out[at++] = ' ';
		memcpy(out + at, word, n);
		at += n;
	}
	out[at] = '\0';
	return (0);
bad:
	return (act_refuse(act, ERR_INVALID, "bad_group",
	    "A group is 1 to 32 of A-Z a-z 0-9 . _ - and all of them at most "
	    "512 bytes."));
}

static int
take_roles(struct act *act, const char *in, unsigned *out)
{
	char copy[LIST_TEXT_MAX + 1], *rest = copy, *word;
	unsigned bits = 0, bit;

	if (in == NULL)
		return (0);
	if (text_copy(copy, sizeof(copy), in) != 0)
		goto bad;
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		if ((bit = find_word(roles, word)) == 0)
			goto bad;
		bits |= bit;
	}
	*out = bits;
	return (0);
bad:
	return (act_refuse(act, ERR_INVALID, "bad_role",
	    "A role is administrator, officer, helpdesk, auditor or "
	    "operator."));
}

static int
take_class(struct act *act, const struct account_input *in, struct account *row)
{
	if (in->class != NULL) {
		row->class = find_word(classes, in->class);
		if (row->class == CLASS_NONE)
			return (act_refuse(act, ERR_INVALID, "bad_class",
			    "The class is general or privileged."));
	}
	if (in->level != 0) {
		if (in->level < 1 || in->level > 5)
			return (act_refuse(act, ERR_INVALID, "bad_level",
			    "The level is 1 to 5."));
		row->level = in->level;
	}
	return (0);
}

/* Digits and hyphens: the shape of an employee number. */
static bool
is_employee_number(const char *login)
{
	return (strspn(login, "0123456789-") == strlen(login));
}

int
account_input_forbidden(
    const struct policy *p, struct act *act, const char *login)
{
	int i;

	for (i = 0; i < POLICY_FORBIDDEN_MAX && p->forbidden[i][0] != '\0'; i++)
		if (strcmp(p->forbidden[i], login) == 0)
			return (act_refuse(act, ERR_INVALID, "forbidden_login",
			    "This login is on the list of forbidden_logins."));
	return (0);
}

/* A privileged account must not be guessable by its name. */
static int
check_privileged(
    const struct policy *p, struct act *act, const struct account *row)
{
	if (row->class != CLASS_PRIVILEGED)
		return (0);
	if (is_employee_number(row->login))
		return (act_refuse(act, ERR_INVALID, "forbidden_login",
		    "A privileged account's login must not look like an "
		    "employee number."));
	return (account_input_forbidden(p, act, row->login));
}

int
account_input_take(const struct policy *p, struct act *act,
    const struct account_input *in, struct account *row)
{
	int r;

	if ((r = take_text(act, in->name, row->name, sizeof(row->name), true,
		 "bad_name")) != 0 ||
	    (r = take_text(act, in->kana, row->kana, sizeof(row->kana), false,
		 "bad_kana")) != 0 ||
	    (r = take_phone_number(act, in->phone_number, row->phone_number,
		 sizeof(row->phone_number))) != 0 ||
	    (r = take_email(act, in->email, row->email, sizeof(row->email))) !=
		0 ||
	    (r = take_birth_date(act, in->birth_date, row->birth_date)) != 0 ||
	    (r = take_date(act, in->enrol_by, &row->enrol_by_ms)) != 0 ||
	    (r = take_date(act, in->leaves_on, &row->leaves_on_ms)) != 0 ||
	    (r = take_groups(act, in->groups, row->groups)) != 0 ||
	    (r = take_roles(act, in->roles, &row->roles)) != 0 ||
	    (r = take_class(act, in, row)) != 0)
		return (r);
	if (in->unix_user != NULL) {
		if (in->unix_user[0] == '\0')
			row->unix_user[0] = '\0';
		else if (fold_login(in->unix_user, row->unix_user) != 0)
			return (act_refuse(act, ERR_INVALID, "bad_unix_user",
			    "A unix user is 2 to 64 of a-z 0-9 . _ -"));
	}
	return (check_privileged(p, act, row));
}
