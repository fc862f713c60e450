/*
 * login_fake.c: stands in for core/login.c, core/recovery.c, core/password.c and
 * core/password_policy.c where a test is about the questions around them:
 * every login is refused, a password of 10 bytes is good, nothing is stored.
 */
#include <stdio.h>
#include <string.h>

#include "authd/core/login.h"

int
login_prepare(struct core *c, struct act *act, struct login *l)
{
	(void)c;
	(void)act;
	l->result = LOGIN_REFUSE;
	return (0);
}

int
login_run(struct core *c, struct act *act, struct login *l, bool *wants_hash)
{
	*wants_hash = false;
	return (login_prepare(c, act, l));
}

int
login_hash(const struct policy *p, struct keeper *k, struct login *l)
{
	(void)p;
	(void)k;
	(void)l;
	return (0);
}

int
login_settle(struct core *c, struct act *act, struct login *l)
{
	return (login_prepare(c, act, l));
}

int
login_give_back(struct core *c, struct act *act, struct login *l)
{
	return (login_prepare(c, act, l));
}

int
password_load(struct core *c, struct act *act, const char *login,
    struct password_known *out)
{
	(void)c;
	(void)act;
	memset(out, 0, sizeof(*out));
	snprintf(out->account.login, sizeof(out->account.login), "%s", login);
	out->account.class = CLASS_GENERAL;
	return (0);
}

int
password_must_change(
    struct core *c, const struct password_known *known, bool *must)
{
	(void)c;
	*must = strcmp(known->account.login, "late") == 0;
	return (0);
}

int
password_judge(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text, uint32_t *reasons)
{
	(void)p;
	(void)k;
	(void)known;
	*reasons = PASSWORD_JUDGED;
	if (strlen(text) < 10)
		*reasons |= PASSWORD_TOO_SHORT;
	return (0);
}

int
password_hash(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text,
    char out[PASSHASH_MAX + 1])
{
	(void)p;
	(void)k;
	(void)known;
	(void)text;
	snprintf(out, PASSHASH_MAX + 1, "$y$fake");
	return (0);
}

int
password_store(struct core *c, struct act *act,
    const struct password_known *known, const char *hash, bool is_temporary,
    const char *action)
{
	(void)c;
	(void)act;
	(void)known;
	(void)hash;
	(void)is_temporary;
	(void)action;
	return (0);
}

int
password_judge_breach(
    const struct breach *b, const char *text, uint32_t *reasons)
{
	(void)b;
	(void)text;
	(void)reasons;
	return (0);
}

int
password_import(
    struct core *c, struct act *act, const char *login, const char *hash)
{
	(void)c;
	(void)act;
	(void)login;
	(void)hash;
	return (0);
}

int
password_order(
    struct core *c, struct act *act, const char *login, const char *office)
{
	(void)c;
	(void)act;
	(void)login;
	(void)office;
	return (0);
}

bool
password_policy_accepts(uint32_t reasons)
{
	return (reasons == PASSWORD_JUDGED);
}

void
password_policy_rules(
    bool is_privileged, bool is_composed, struct password_rules *rules)
{
	(void)is_privileged;
	memset(rules, 0, sizeof(*rules));
	rules->length_min = 10;
	rules->is_composed = is_composed;
}

const char *
password_policy_name(uint32_t reason)
{
	return (reason == PASSWORD_TOO_SHORT ? "too_short" : NULL);
}

void
password_policy_message(uint32_t reason, const struct password_rules *rules,
    enum password_language language, char out[PASSWORD_MESSAGE_MAX])
{
	(void)reason;
	(void)rules;
	snprintf(out, PASSWORD_MESSAGE_MAX, "%s",
	    language == PASSWORD_JA ? "短い" : "short");
}

/* No account has recovery codes here; 16 characters look like one. */
int
recovery_fold(const char *in, char out[RECOVERY_LEN + 1])
{
	out[0] = '\0';
	if (strlen(in) != RECOVERY_LEN)
		return (ERR_INVALID);
	memcpy(out, in, RECOVERY_LEN + 1);
	return (0);
}

int
recovery_first(struct core *c, struct act *act, const char *login,
    struct recovery_codes *out)
{
	(void)c;
	(void)act;
	(void)login;
	memset(out, 0, sizeof(*out));
	return (0);
}

int
recovery_renew(struct core *c, struct act *act, const char *login,
    struct recovery_codes *out)
{
	(void)c;
	(void)act;
	(void)login;
	memset(out, 0, sizeof(*out));
	out->n = 1;
	snprintf(out->text[0], sizeof(out->text[0]), "0123-4567-89ab-cdef");
	return (0);
}

int
recovery_left(struct core *c, struct act *act, const char *login, int *left)
{
	(void)c;
	(void)act;
	(void)login;
	*left = 7;
	return (0);
}

int
recovery_reset(struct core *c, struct act *act, const char *login,
    const char *reason, struct account_view *out)
{
	(void)reason;
	return (account_show(c, act, login, out));
}
