#include "authd/api/json.h"
#include "authd/base/text.h"
#include "authd/core/cert_text.h"
#include "authd/web/shape_cert.h"

static int
put_admitted(json_t *o, const struct terminals_view *v)
{
	json_t *list = json_array();
	int i;

	if (json_object_set_new(o, "admitted", list) != 0)
		return (ERR_NOMEM);
	for (i = 0; i < v->admitted_n && i < TERMINALS_ADMITTED_MAX; i++)
		if (json_array_append_new(list, json_string(v->admitted[i])) !=
		    0)
			return (ERR_NOMEM);
	return (0);
}

int
shape_cert_terminal(json_t *o, const struct terminals_view *v)
{
	const struct terminal *t = &v->terminal;
	char id[ID_TEXT + 1], serial[CERT_SERIAL_TEXT + 1];

	id_put_text(&t->id, id);
	cert_serial_put(v->cert.serial, serial);
	if (json_put_text(o, "terminal", id) != 0 ||
	    json_put_text(o, "office", v->office) != 0 ||
	    json_put_text(o, "label", t->label) != 0 ||
	    json_put_text(o, "state", t->lost_ms == 0 ? "in_use" : "lost") !=
		0 ||
	    json_put_text(o, "owner", t->is_private ? "private" : "company") !=
		0 ||
	    json_put_bool(o, "admits_all", t->admits_all) != 0 ||
	    put_admitted(o, v) != 0 ||
	    json_put_int(o, "admitted_count", v->admitted_n) != 0 ||
	    json_put_text(o, "serial", v->has_cert ? serial : NULL) != 0 ||
	    json_put_text(o, "certificate_state",
		v->has_cert ? cert_state_text(v->state) : "none") != 0 ||
	    json_put_time(o, "not_after", v->cert.not_after_ms) != 0 ||
	    json_put_time(o, "created_at", t->created_ms) != 0 ||
	    json_put_time(o, "first_seen", v->first_seen_ms) != 0 ||
	    json_put_time(o, "last_seen", v->last_seen_ms) != 0 ||
	    json_put_text(o, "last_source", v->last_source) != 0 ||
	    json_put_time(o, "lost_at", t->lost_ms) != 0)
		return (ERR_NOMEM);
	return (0);
}

int
shape_cert_row(json_t *o, const struct cert_view *v)
{
	const struct cert *row = &v->cert;
	bool is_host = row->kind == CERT_HOST;
	char serial[CERT_SERIAL_TEXT + 1], id[ID_TEXT + 1];
	char fingerprint[2 * CERT_FINGERPRINT_LEN + 1];

	cert_serial_put(row->serial, serial);
	text_put_hex(row->fingerprint, sizeof(row->fingerprint), fingerprint);
	id_put_text(&row->holder, id);
	if (json_put_text(o, "serial", serial) != 0 ||
	    json_put_text(o, "fingerprint_sha256", fingerprint) != 0 ||
	    json_put_text(o, "state", cert_state_text(v->state)) != 0 ||
	    json_put_text(o, "terminal", is_host ? NULL : id) != 0 ||
	    json_put_text(o, "label", is_host ? NULL : v->terminal.label) !=
		0 ||
	    json_put_text(o, "office", is_host ? NULL : v->office) != 0 ||
	    json_put_text(o, "host", is_host ? v->host : NULL) != 0 ||
	    json_put_time(o, "not_before", row->not_before_ms) != 0 ||
	    json_put_time(o, "not_after", row->not_after_ms) != 0 ||
	    json_put_time(o, "issued_at", row->issued_ms) != 0 ||
	    json_put_time(o, "first_seen", row->first_seen_ms) != 0 ||
	    json_put_time(o, "last_seen", row->last_seen_ms) != 0 ||
	    json_put_text(o, "last_source", row->last_source) != 0 ||
	    json_put_time(o, "revoked_at", row->revoked_ms) != 0 ||
	    json_put_text(o, "reason",
		row->revoked_ms == 0 ? NULL : cert_reason_text(row->reason)) !=
		0)
		return (ERR_NOMEM);
	return (0);
}

int
shape_cert_pem(json_t *o, const char *name, const uint8_t *der, size_t n)
{
	char pem[CERT_TEXT_PEM_MAX];
	int r;

	if ((r = cert_text_put(der, n, pem)) != 0)
		return (r);
	return (json_put_text(o, name, pem));
}
