#include "authd/web/rest_recovery.h"

const char *const rest_recovery_members[] = { "login", NULL };

int
rest_recovery_parse(struct json_in *in, struct act *act, void *call)
{
	struct rest_recovery *q = call;

	(void)act;
	q->login = json_in_need(in, "login", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_recovery_create(struct core *c, struct act *act, void *call)
{
	struct rest_recovery *q = call;

	return (recovery_renew(c, act, q->login, &q->codes));
}

int
rest_recovery_count(struct core *c, struct act *act, void *call)
{
	struct rest_recovery *q = call;

	return (recovery_left(c, act, q->login, &q->left));
}

int
rest_recovery_put(json_t *o, const struct recovery_codes *codes)
{
	json_t *list;
	int i;

	if (codes->n == 0)
		return (0);
	list = json_array();
	if (json_object_set_new(o, "recovery_codes", list) != 0)
		return (ERR_NOMEM);
	for (i = 0; i < codes->n; i++)
		if (json_array_append_new(list, json_string(codes->text[i])) !=
		    0)
			return (ERR_NOMEM);
	return (0);
}

int
rest_recovery_render_create(const struct act *act, void *call, json_t *o)
{
	struct rest_recovery *q = call;

	(void)act;
	return (rest_recovery_put(o, &q->codes));
}

int
rest_recovery_render_count(const struct act *act, void *call, json_t *o)
{
	struct rest_recovery *q = call;

	(void)act;
	return (json_put_int(o, "recovery_left", q->left));
}
