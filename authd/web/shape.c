#include <stdio.h>

#include "authd/api/json.h"
#include "authd/base/text.h"
#include "authd/web/shape.h"

int
shape_office(json_t *o, const struct office *row)
{
	if (json_put_text(o, "code", row->code) != 0 ||
	    json_put_text(o, "name", row->name) != 0 ||
	    json_put_text(o, "contact", row->contact) != 0 ||
	    json_put_words(o, "networks", row->networks) != 0 ||
	    json_put_text(o, "status",
		row->disabled_ms == 0 ? "active" : "disabled") != 0 ||
	    json_put_time(o, "created_at", row->created_ms) != 0)
		return (ERR_NOMEM);
	return (0);
}

static const char *
status_text(enum account_status s)
{
	switch (s) {
	case ACCOUNT_ACTIVE:
		return ("active");
	case ACCOUNT_PENDING:
		return ("pending");
	default:
		return ("disabled");
	}
}

static const char *
class_text(enum account_class c)
{
	switch (c) {
	case CLASS_GENERAL:
		return ("general");
	case CLASS_PRIVILEGED:
		return ("privileged");
	default:
		return ("");
	}
}

static const char *
lock_text(enum lock_kind k)
{
	switch (k) {
	case LOCK_TIMED:
		return ("timed");
	case LOCK_ADMINISTRATOR:
		return ("administrator");
	default:
		return ("none");
	}
}

static int
put_roles(json_t *o, unsigned roles)
{
	char words[64];

	snprintf(words, sizeof(words), "%s%s%s%s%s",
	    roles & ROLE_ADMINISTRATOR ? "administrator " : "",
	    roles & ROLE_OFFICER ? "officer " : "",
	    roles & ROLE_HELPDESK ? "helpdesk " : "",
	    roles & ROLE_AUDITOR ? "auditor " : "",
	    roles & ROLE_OPERATOR ? "operator" : "");
	return (json_put_words(o, "roles", words));
}

int
shape_account(json_t *o, const struct account *row, enum account_status status,
    const char *office)
{
	if (json_put_text(o, "login", row->login) != 0 ||
	    json_put_text(o, "office", office) != 0 ||
	    json_put_text(o, "name", row->name) != 0 ||
	    json_put_text(o, "kana", row->kana) != 0 ||
	    json_put_text(o, "phone_number", row->phone_number) != 0 ||
	    json_put_text(o, "birth_date", row->birth_date) != 0 ||
	    json_put_text(o, "email", row->email) != 0 ||
	    json_put_text(o, "unix_user", row->unix_user) != 0 ||
	    json_put_text(o, "class", class_text(row->class)) != 0 ||
	    json_put_int(o, "level", row->level) != 0 ||
	    put_roles(o, row->roles) != 0 ||
	    json_put_words(o, "groups", row->groups) != 0 ||
	    json_put_text(o, "status", status_text(status)) != 0 ||
	    json_put_date(o, "enrol_by", row->enrol_by_ms) != 0 ||
	    json_put_date(o, "leaves_on", row->leaves_on_ms) != 0 ||
	    json_put_time(o, "created_at", row->created_ms) != 0)
		return (ERR_NOMEM);
	return (0);
}

int
shape_account_view(json_t *o, const struct account_view *v)
{
	json_t *phones, *phone;
	int i;

	if (shape_account(o, &v->account, v->status, v->office.code) != 0 ||
	    json_put_text(o, "lock", lock_text(v->lock)) != 0 ||
	    json_put_time(o, "locked_until",
		v->lock == LOCK_TIMED ? v->locked_until_ms : 0) != 0 ||
	    json_put_take(o, "phones", json_array()) != 0)
		return (ERR_NOMEM);
	phones = json_object_get(o, "phones");
	for (i = 0; i < v->phones_n; i++) {
		phone = json_object();
		/* the array takes it even when it fails */
		if (json_array_append_new(phones, phone) != 0 ||
		    shape_phone(phone, &v->phones[i]) != 0)
			return (ERR_NOMEM);
	}
	return (0);
}

int
shape_account_state(json_t *o, const struct account_state *s)
{
	if (json_put_text(o, "login", s->login) != 0 ||
	    json_put_text(o, "status", status_text(s->status)) != 0 ||
	    json_put_text(o, "obstacle", s->obstacle) != 0 ||
	    json_put_bool(o, "enrolled", s->is_enrolled) != 0 ||
	    json_put_date(o, "enrol_by", s->enrol_by_ms) != 0)
		return (ERR_NOMEM);
	return (0);
}

static const char *
phone_text(enum phone_state s)
{
	switch (s) {
	case PHONE_PENDING:
		return ("pending");
	case PHONE_ACTIVE:
		return ("active");
	default:
		return ("revoked");
	}
}

int
shape_phone(json_t *o, const struct phone *row)
{
	char device[ID_TEXT + 1];

	id_put_text(&row->device, device);
	if (json_put_text(o, "device", device) != 0 ||
	    json_put_text(o, "label", row->label) != 0 ||
	    json_put_text(o, "state", phone_text(row->state)) != 0 ||
	    json_put_text(
		o, "owner", row->is_private ? "private" : "company") != 0 ||
	    json_put_time(o, "created_at", row->created_ms) != 0 ||
	    json_put_time(o, "expires_at",
		row->state == PHONE_PENDING ? row->expires_ms : 0) != 0 ||
	    json_put_time(o, "confirmed_at", row->confirmed_ms) != 0 ||
	    json_put_time(o, "last_used", row->last_used_ms) != 0 ||
	    json_put_time(o, "revoked_at", row->revoked_ms) != 0)
		return (ERR_NOMEM);
	return (0);
}

int
shape_record(json_t *o, const struct audit_row *row)
{
	const struct audit_record *r = &row->record;
	char hash[2 * AUDIT_HASH_LEN + 1];

	text_put_hex(row->hash, sizeof(row->hash), hash);
	if (json_put_int(o, "seq", r->seq) != 0 ||
	    json_put_time(o, "at", r->at_ms) != 0 ||
	    json_put_text(o, "actor", r->actor) != 0 ||
	    json_put_text(o, "source", r->source) != 0 ||
	    json_put_text(o, "office", r->office) != 0 ||
	    json_put_text(o, "account", r->account) != 0 ||
	    json_put_text(o, "device", r->device) != 0 ||
	    json_put_text(o, "action", r->action) != 0 ||
	    json_put_text(o, "result", r->result) != 0 ||
	    json_put_text(o, "reason", r->reason) != 0 ||
	    json_put_text(o, "request_id", r->request_id) != 0 ||
	    json_put_text(o, "detail", r->detail) != 0 ||
	    json_put_text(o, "hash", hash) != 0 ||
	    json_put_bool(o, "sealed", row->has_seal) != 0)
		return (ERR_NOMEM);
	return (0);
}
