#include <string.h>

#include "authd/web/rest_ticket.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

const char *const rest_ticket_create_members[] = { "login", "for", "label",
	"owner", "hours", NULL };
const char *const rest_ticket_list_members[] = { "login", "office", "state",
	"after", "limit", NULL };
const char *const rest_ticket_void_members[] = { "ticket", NULL };

int
rest_ticket_parse_create(struct json_in *in, struct act *act, void *call)
{
	struct rest_ticket *q = call;

	(void)act;
	q->make.login = json_in_need(in, "login", JSON_MEMBER_BYTES);
	q->make.purpose = json_in_need(in, "for", JSON_MEMBER_BYTES);
	q->make.label = json_in_text(in, "label", JSON_MEMBER_BYTES);
	q->make.owner = json_in_text(in, "owner", JSON_MEMBER_BYTES);
	q->make.hours =
	    (int)json_in_int(in, "hours", 1, TICKET_MAKE_HOURS_MAX, 0);
	return (0);
}

int
rest_ticket_parse_list(struct json_in *in, struct act *act, void *call)
{
	struct rest_ticket *q = call;
	const char *state;

	(void)act;
	q->asked.login = json_in_text(in, "login", JSON_MEMBER_BYTES);
	q->asked.office = json_in_text(in, "office", JSON_MEMBER_BYTES);
	state = json_in_text(in, "state", JSON_MEMBER_BYTES);
	q->asked.is_all = state != NULL && strcmp(state, "all") == 0;
	if (state != NULL && !q->asked.is_all && strcmp(state, "open") != 0)
		json_in_fail(in, "bad_request", "state is open or all.");
	q->asked.after = json_in_text(in, "after", JSON_MEMBER_BYTES);
	q->asked.limit =
	    (int)json_in_int(in, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT);
	return (0);
}

int
rest_ticket_parse_void(struct json_in *in, struct act *act, void *call)
{
	struct rest_ticket *q = call;

	(void)act;
	q->id = json_in_need(in, "ticket", JSON_MEMBER_BYTES);
	return (0);
}

int
rest_ticket_start(struct core *c, struct work *w, void *call)
{
	struct rest_ticket *q = call;

	return (ticket_make_start(c, &w->act, &q->make, &w->wants_hash));
}

int
rest_ticket_make(struct core *c, void *call)
{
	struct rest_ticket *q = call;

	return (ticket_make_certificate(c, &q->make));
}

int
rest_ticket_settle(struct core *c, struct act *act, void *call)
{
	struct rest_ticket *q = call;

	return (ticket_make_settle(c, act, &q->make));
}

/* What a list shows: never what is on the slip. (V30) */
static int
put_ticket(json_t *o, const struct ticket_view *v)
{
	const struct ticket *t = &v->ticket;
	bool has_cert = t->purpose == TICKET_CERTIFICATE;
	char id[ID_TEXT + 1], serial[CERT_SERIAL_TEXT + 1];

	id_put_text(&t->id, id);
	cert_serial_put(t->serial, serial);
	if (json_put_text(o, "ticket", id) != 0 ||
	    json_put_text(o, "login", v->account.login) != 0 ||
	    json_put_text(o, "office", v->office.code) != 0 ||
	    json_put_text(o, "for", ticket_purpose_text(t->purpose)) != 0 ||
	    json_put_text(o, "state", ticket_state_text(v->state)) != 0 ||
	    json_put_text(o, "label",
		t->label[0] == '\0' ? NULL : t->label) != 0 ||
	    json_put_text(o, "serial", has_cert ? serial : NULL) != 0 ||
	    json_put_int(o, "failures", t->failures) != 0 ||
	    json_put_time(o, "created_at", t->created_ms) != 0 ||
	    json_put_time(o, "expires_at", v->expires_ms) != 0)
		return (ERR_NOMEM);
	return (json_put_time(o, "ended_at", t->ended_ms));
}

static int
add_row(void *arg, const struct ticket_view *v)
{
	struct rest_ticket *q = arg;
	json_t *o = json_object();

	if (json_array_append_new(q->rows, o) != 0)
		return (ERR_NOMEM);
	return (put_ticket(o, v));
}

int
rest_ticket_list(struct core *c, struct act *act, void *call)
{
	struct rest_ticket *q = call;

	if ((q->rows = json_array()) == NULL)
		return (ERR_NOMEM);
	return (ticket_list(c, act, &q->asked, add_row, q, q->last));
}

int
rest_ticket_void(struct core *c, struct act *act, void *call)
{
	struct rest_ticket *q = call;

	return (ticket_void(c, act, q->id, &q->view));
}

int
rest_ticket_render_create(const struct act *act, void *call, json_t *o)
{
	struct rest_ticket *q = call;
	const struct ticket_make *m = &q->make;

	(void)act;
	if (put_ticket(o, &m->view) != 0 ||
	    json_put_text(o, "link", m->link) != 0 ||
	    json_put_text(o, "name", m->view.account.name) != 0 ||
	    json_put_text(o, "office_name", m->view.office.name) != 0 ||
	    json_put_text(o, "contact", m->view.office.contact) != 0)
		return (ERR_NOMEM);
	if (m->passphrase[0] == '\0')
		return (0);
	return (json_put_text(o, "passphrase", m->passphrase));
}

int
rest_ticket_render_list(const struct act *act, void *call, json_t *o)
{
	struct rest_ticket *q = call;

	(void)act;
	if (json_object_set(o, "tickets", q->rows) != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "next", q->last[0] == '\0' ? NULL : q->last));
}

int
rest_ticket_render_void(const struct act *act, void *call, json_t *o)
{
	struct rest_ticket *q = call;

	(void)act;
	return (put_ticket(o, &q->view));
}

void
rest_ticket_clear(void *call)
{
	struct rest_ticket *q = call;

	ticket_make_clear(&q->make);
	json_decref(q->rows);
}
