#include <stdio.h>
#include <stdlib.h>

#include "authd/base/mem.h"
#include "authd/core/password.h"
#include "authd/core/recovery.h"
#include "authd/web/rest_account.h"
#include "authd/web/shape.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_account_add_members[] = { "login", "office", "name",
	"kana", "phone_number", "birth_date", "email", "unix_user", "class",
	"level", "roles", "groups", "enrol_by", "leaves_on", NULL };
const char *const rest_account_set_members[] = { "login", "name", "kana",
	"phone_number", "birth_date", "email", "unix_user", "class", "level",
	"roles", "groups", "enrol_by", "leaves_on", NULL };
const char *const rest_account_login_members[] = { "login", NULL };
const char *const rest_account_reset_members[] = { "login", "reason", NULL };
const char *const rest_account_list_members[] = { "office", "after", "limit",
	NULL };

static const char *
text(struct json_in *in, const char *name)
{
	return (json_in_text(in, name, JSON_MEMBER_BYTES));
}

int
rest_account_parse_set(struct json_in *in, struct act *act, void *call)
{
	struct rest_account *q = call;
	struct account_input *a = &q->in;

	(void)act;
	a->login = json_in_need(in, "login", JSON_MEMBER_BYTES);
	a->name = text(in, "name");
	a->kana = text(in, "kana");
	a->phone_number = text(in, "phone_number");
	a->birth_date = text(in, "birth_date");
	a->email = text(in, "email");
	a->unix_user = text(in, "unix_user");
	a->class = text(in, "class");
	a->level = (int)json_in_int(in, "level", 1, 5, 0);
	a->roles = json_in_words(in, "roles", q->roles, sizeof(q->roles));
	a->groups = json_in_words(in, "groups", q->groups, sizeof(q->groups));
	a->enrol_by = text(in, "enrol_by");
	a->leaves_on = text(in, "leaves_on");
	return (0);
}

int
rest_account_parse_add(struct json_in *in, struct act *act, void *call)
{
	struct rest_account *q = call;

	q->in.office = json_in_need(in, "office", JSON_MEMBER_BYTES);
	json_in_need(in, "name", JSON_MEMBER_BYTES);
	return (rest_account_parse_set(in, act, call));
}

int
rest_account_parse_login(struct json_in *in, struct act *act, void *call)
{
	struct rest_account *q = call;

	(void)act;
	q->in.login = json_in_need(in, "login", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_account_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_account *q = call;

	(void)act;
	q->in.office = text(in, "office");
	q->after = text(in, "after");
	if (q->after == NULL)
		q->after = "";
	q->limit = (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_account_add(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (account_add(c, act, &q->in, &q->out));
}

int
rest_account_set(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (account_set(c, act, &q->in, &q->out));
}

int
rest_account_show(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (account_show(c, act, q->in.login, &q->out));
}

int
rest_account_state(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;
	struct password_known known;
	int r;

	if ((r = account_state(c, act, q->in.login, &q->state)) != 0)
		return (r);
	r = password_load(c, act, q->in.login, &known);
	if (r == 0)
		r = password_must_change(c, &known, &q->needs_password);
	mem_wipe(&known, sizeof(known));
	return (r);
}

int
rest_account_disable(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (account_enable(c, act, q->in.login, false, &q->out));
}

int
rest_account_enable(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (account_enable(c, act, q->in.login, true, &q->out));
}

int
rest_account_unlock(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (account_unlock(c, act, q->in.login, &q->out));
}

int
rest_account_parse_reset(struct json_in *in, struct act *act, void *call)
{
	struct rest_account *q = call;

	q->reason = json_in_need(in, "reason", JSON_MEMBER_BYTES);
	return (rest_account_parse_login(in, act, q));
}

int
rest_account_reset(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (recovery_reset(c, act, q->in.login, q->reason, &q->out));
}

int
rest_account_remove(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;

	return (account_remove(c, act, q->in.login, &q->out.account));
}

static int
add_row(void *arg, const struct account *row)
{
	struct rest_account *q = arg;
	json_t *o;

	if (q->rows_n == q->limit)
		return (ERR_LIMIT);
	o = json_object();
	if (json_array_append_new(q->rows, o) != 0 ||
	    shape_account(o, row, account_status(row), NULL) != 0)
		return (ERR_NOMEM);
	snprintf(q->last, sizeof(q->last), "%s", row->login);
	q->offices[q->rows_n++] = row->office;
	return (0);
}

/*
 * Rows name their office by id: ask for its code, once for each run of rows of
 * the same office. An account removed meanwhile leaves null.
 */
static int
fill_offices(struct core *c, struct act *act, struct rest_account *q)
{
	const char *code = NULL;
	json_t *o;
	int i, r;

	for (i = 0; i < q->rows_n; i++) {
		o = json_array_get(q->rows, (size_t)i);
		if (i == 0 || !id_equal(&q->offices[i], &q->offices[i - 1])) {
			r = account_show(
			    c, act, json_of_text(o, "login"), &q->out);
			if (r != 0 && r != ERR_NOTFOUND)
				return (r);
			code = r == 0 ? q->out.office.code : NULL;
		}
		if ((r = json_put_text(o, "office", code)) != 0)
			return (r);
	}
	return (0);
}

int
rest_account_list(struct core *c, struct act *act, void *call)
{
	struct rest_account *q = call;
	int r;

	q->rows = json_array();
	q->offices = calloc((size_t)q->limit, sizeof(*q->offices));
	if (q->rows == NULL || q->offices == NULL)
		return (ERR_NOMEM);
	r = account_list(c, act, q->in.office, q->after, q->limit, add_row, q);
	return (r != 0 ? r : fill_offices(c, act, q));
}

int
rest_account_render(const struct act *act, void *call, json_t *o)
{
	struct rest_account *q = call;

	(void)act;
	return (shape_account_view(o, &q->out));
}

int
rest_account_render_state(const struct act *act, void *call, json_t *o)
{
	struct rest_account *q = call;

	(void)act;
	if (shape_account_state(o, &q->state) != 0)
		return (ERR_NOMEM);
	return (json_put_bool(o, "password_change", q->needs_password));
}

int
rest_account_render_removed(const struct act *act, void *call, json_t *o)
{
	struct rest_account *q = call;

	(void)act;
	if (json_put_text(o, "login", q->out.account.login) != 0)
		return (ERR_NOMEM);
	return (json_put_bool(o, "removed", true));
}

int
rest_account_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_account *q = call;
	const char *next = q->rows_n == q->limit ? q->last : NULL;

	(void)act;
	if (json_object_set(o, "accounts", q->rows) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "next", next));
}

void
rest_account_clear(void *call)
{
	struct rest_account *q = call;

	json_decref(q->rows);
	free(q->offices);
}
