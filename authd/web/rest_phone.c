#include <string.h>

#include "authd/web/rest_phone.h"
#include "authd/web/rest_recovery.h"
#include "authd/web/shape.h"

const char *const rest_phone_enroll_members[] = { "login", "label", "owner",
	NULL };
const char *const rest_phone_login_members[] = { "login", NULL };
const char *const rest_phone_confirm_members[] = { "login", "code", NULL };
const char *const rest_phone_revoke_members[] = { "login", "device", NULL };
const char *const rest_phone_resync_members[] = { "login", "code", "next_code",
	NULL };

int
rest_phone_parse_login(struct json_in *in, struct act *act, void *call)
{
	struct rest_phone *q = call;

	(void)act;
	q->login = json_in_need(in, "login", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_phone_parse_enroll(struct json_in *in, struct act *act, void *call)
{
	struct rest_phone *q = call;
	const char *owner = json_in_text(in, "owner", JSON_MEMBER_BYTES);

	q->label = json_in_text(in, "label", JSON_MEMBER_BYTES);
	q->is_private = owner != NULL && strcmp(owner, "private") == 0;
	if (owner != NULL && !q->is_private && strcmp(owner, "company") != 0)
		json_in_fail(
		    in, "bad_owner", "The owner is company or private.");
	return (rest_phone_parse_login(in, act, call));
}

int
rest_phone_parse_confirm(struct json_in *in, struct act *act, void *call)
{
	struct rest_phone *q = call;

	q->code = json_in_need(in, "code", JSON_MEMBER_BYTES);
	return (rest_phone_parse_login(in, act, call));
}

int
rest_phone_parse_revoke(struct json_in *in, struct act *act, void *call)
{
	struct rest_phone *q = call;

	q->device = json_in_text(in, "device", JSON_MEMBER_BYTES);
	return (rest_phone_parse_login(in, act, call));
}

int
rest_phone_parse_resync(struct json_in *in, struct act *act, void *call)
{
	struct rest_phone *q = call;

	q->next_code = json_in_need(in, "next_code", JSON_MEMBER_BYTES);
	return (rest_phone_parse_confirm(in, act, call));
}

int
rest_phone_enroll(struct core *c, struct act *act, void *call)
{
	struct rest_phone *q = call;

	return (
	    enrol_start(c, act, q->login, q->label, q->is_private, &q->secret));
}

int
rest_phone_draw(struct core *c, struct act *act, void *call)
{
	struct rest_phone *q = call;

	return (enrol_draw(c, act, q->login, &q->secret));
}

int
rest_phone_confirm(struct core *c, struct act *act, void *call)
{
	struct rest_phone *q = call;
	int r;

	r = enrol_confirm(c, act, q->login, q->code, &q->verdict, &q->phone);
	if (r == 0 && q->verdict == VERDICT_ACCEPT)
		r = recovery_first(c, act, q->login, &q->codes);
	return (r);
}

static int
add_row(void *arg, const struct phone *row)
{
	struct rest_phone *q = arg;
	json_t *o = json_object();

	if (json_array_append_new(q->rows, o) != 0 || shape_phone(o, row) != 0)
		return (ERR_NOMEM);
	return (0);
}

int
rest_phone_list(struct core *c, struct act *act, void *call)
{
	struct rest_phone *q = call;

	if ((q->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	return (phone_list(c, act, q->login, add_row, q));
}

int
rest_phone_revoke(struct core *c, struct act *act, void *call)
{
	struct rest_phone *q = call;

	return (phone_revoke(c, act, q->login, q->device, &q->phone));
}

int
rest_phone_resync(struct core *c, struct act *act, void *call)
{
	struct rest_phone *q = call;

	return (phone_resync(
	    c, act, q->login, q->code, q->next_code, &q->verdict, &q->phone));
}

int
rest_phone_render_secret(const struct act *act, void *call, json_t *o)
{
	struct rest_phone *q = call;
	char device[ID_TEXT + 1];

	(void)act;
	id_put_text(&q->secret.phone.device, device);
	if (json_put_text(o, "device", device) != 0 ||
	    json_put_text(o, "label", q->secret.phone.label) != 0 ||
	    json_put_text(o, "uri", q->secret.uri) != 0 ||
	    json_put_text(o, "secret", q->secret.secret) != 0 ||
	    json_put_time(o, "expires_at", q->secret.expires_ms) != 0)
		return (ERR_NOMEM);
	return (0);
}

/* The verdict; the phone only of an accepted code. */
static int
put_verdict(const struct act *act, struct rest_phone *q, json_t *o)
{
	char device[ID_TEXT + 1];

	if (json_put_text(o, "result", rest_phone_outcome(q)) != 0 ||
	    json_put_text(o, "request_id", act->request_id) != 0)
		return (ERR_NOMEM);
	if (q->verdict != VERDICT_ACCEPT)
		return (0);
	id_put_text(&q->phone.device, device);
	return (json_put_text(o, "device", device));
}

int
rest_phone_render_confirm(const struct act *act, void *call, json_t *o)
{
	struct rest_phone *q = call;
	int r;

	if ((r = put_verdict(act, q, o)) != 0)
		return (r);
	return (rest_recovery_put(o, &q->codes));
}

int
rest_phone_render_resync(const struct act *act, void *call, json_t *o)
{
	struct rest_phone *q = call;

	if (put_verdict(act, q, o) != 0)
		return (ERR_NOMEM);
	if (q->verdict != VERDICT_ACCEPT)
		return (0);
	return (json_put_int(o, "offset", q->phone.offset));
}

int
rest_phone_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_phone *q = call;

	(void)act;
	return (json_object_set(o, "phones", q->rows) == 0 ? 0 : ERR_NOMEM);
}

int
rest_phone_render(const struct act *act, void *call, json_t *o)
{
	struct rest_phone *q = call;

	(void)act;
	return (shape_phone(o, &q->phone));
}

const char *
rest_phone_outcome(const void *call)
{
	const struct rest_phone *q = call;

	return (q->verdict == VERDICT_ACCEPT ? "accept" : "refuse");
}

void
rest_phone_clear(void *call)
{
	struct rest_phone *q = call;

	json_decref(q->rows);
}
