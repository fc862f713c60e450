#include <string.h>

#include "authd/base/text.h"
#include "authd/web/rest_password.h"

const char *const rest_password_check_members[] = { "login", "password", NULL };
const char *const rest_password_set_members[] = { "login", "password", NULL };
const char *const rest_password_import_members[] = { "login", "hash", NULL };
const char *const rest_password_reset_members[] = { "login", "office", "all",
	NULL };

int
rest_password_parse_check(struct json_in *in, struct act *act, void *call)
{
	struct rest_password *q = call;

	(void)act;
	q->login = json_in_text(in, "login", JSON_MEMBER_BYTES);
	q->password = json_in_need(in, "password", BODY_MAX);
	return (0);
}

int
rest_password_parse_set(struct json_in *in, struct act *act, void *call)
{
	struct rest_password *q = call;

	if (json_in_need(in, "login", JSON_MEMBER_BYTES) == NULL)
		return (0);
	return (rest_password_parse_check(in, act, q));
}

int
rest_password_parse_reset(struct json_in *in, struct act *act, void *call)
{
	struct rest_password *q = call;

	(void)act;
	q->login = json_in_text(in, "login", JSON_MEMBER_BYTES);
	q->office = json_in_text(in, "office", JSON_MEMBER_BYTES);
	q->is_all = json_in_int(in, "all", 1, 1, 0) == 1;
	if ((q->login != NULL) + (q->office != NULL) + q->is_all != 1)
		json_in_fail(in, "bad_request",
		    "One of login, office and \"all\": 1 is needed.");
	return (0);
}

int
rest_password_parse_import(struct json_in *in, struct act *act, void *call)
{
	struct rest_password *q = call;

	(void)act;
	q->login = json_in_need(in, "login", JSON_MEMBER_BYTES);
	q->foreign = json_in_need(in, "hash", BODY_MAX);
	return (0);
}

int
rest_password_load(struct core *c, struct work *w, void *call)
{
	struct rest_password *q = call;
	int r;

	w->wants_hash = true;
	w->hash_key = q->login;
	if (q->login == NULL)
		return (0);
	if ((r = password_load(c, &w->act, q->login, &q->known)) == 0)
		q->has_account = true;
	return (r);
}

int
rest_password_judge(struct core *c, void *call)
{
	struct rest_password *q = call;
	int r;

	r = password_judge(c->policy, c->keeper,
	    q->has_account ? &q->known : NULL, q->password, &q->reasons);
	if (r == 0)
		r = password_judge_breach(c->breach, q->password, &q->reasons);
	return (r);
}

int
rest_password_hash(struct core *c, void *call)
{
	struct rest_password *q = call;
	int r;

	if ((r = rest_password_judge(c, q)) != 0 ||
	    !password_policy_accepts(q->reasons))
		return (r);
	return (password_hash(
	    c->policy, c->keeper, &q->known, q->password, q->hash));
}

/* A check changes nothing. */
int
rest_password_nothing(struct core *c, struct act *act, void *call)
{
	(void)c;
	(void)act;
	(void)call;
	return (0);
}

int
rest_password_store(struct core *c, struct act *act, void *call)
{
	struct rest_password *q = call;

	if (!password_policy_accepts(q->reasons))
		return (0);
	/* An administrator chose it: it opens one login. */
	return (
	    password_store(c, act, &q->known, q->hash, true, "password.set"));
}

int
rest_password_import(struct core *c, struct act *act, void *call)
{
	struct rest_password *q = call;

	return (password_import(c, act, q->login, q->foreign));
}

int
rest_password_reset(struct core *c, struct act *act, void *call)
{
	struct rest_password *q = call;

	return (password_order(c, act, q->login, q->office));
}

static int
put_message(json_t *list, uint32_t reason, const struct password_rules *rules)
{
	char ja[PASSWORD_MESSAGE_MAX], en[PASSWORD_MESSAGE_MAX];
	json_t *o = json_object();

	password_policy_message(reason, rules, PASSWORD_JA, ja);
	password_policy_message(reason, rules, PASSWORD_EN, en);
	if (json_array_append_new(list, o) != 0 ||
	    json_put_text(o, "ja", ja) != 0 || json_put_text(o, "en", en) != 0)
		return (ERR_NOMEM);
	return (0);
}

int
rest_password_put_reasons(json_t *o, uint32_t reasons, bool is_privileged)
{
	json_t *words = json_array(), *messages = json_array();
	struct password_rules rules;
	uint32_t bit;
	int i, r = 0;

	/* json_object_set_new() takes them, on failure too */
	if (json_object_set_new(o, "reasons", words) != 0)
		r = ERR_NOMEM;
	if (json_object_set_new(o, "messages", messages) != 0)
		r = ERR_NOMEM;
	password_policy_rules(is_privileged, true, &rules);
	for (i = 0; i < PASSWORD_REASONS && r == 0; i++) {
		bit = (uint32_t)1 << i;
		if ((reasons & bit) == 0)
			continue;
		if (json_array_append_new(
			words, json_string(password_policy_name(bit))) != 0)
			r = ERR_NOMEM;
		else
			r = put_message(messages, bit, &rules);
	}
	return (r);
}

int
rest_password_render(const struct act *act, void *call, json_t *o)
{
	struct rest_password *q = call;

	if (json_object_set_new(o, "ok",
		json_boolean(password_policy_accepts(q->reasons))) != 0 ||
	    json_put_text(o, "request_id", act->request_id) != 0)
		return (ERR_NOMEM);
	return (rest_password_put_reasons(o, q->reasons,
	    q->has_account && q->known.account.class != CLASS_GENERAL));
}

int
rest_password_render_done(const struct act *act, void *call, json_t *o)
{
	(void)call;
	if (json_object_set_new(o, "ok", json_true()) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "request_id", act->request_id));
}
