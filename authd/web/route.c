#include <string.h>

#include "authd/web/rest_account.h"
#include "authd/web/rest_app.h"
#include "authd/web/rest_audit.h"
#include "authd/web/rest_backup.h"
#include "authd/web/rest_breakglass.h"
#include "authd/web/rest_cert.h"
#include "authd/web/rest_clock.h"
#include "authd/web/rest_impact.h"
#include "authd/web/rest_login.h"
#include "authd/web/rest_office.h"
#include "authd/web/rest_password.h"
#include "authd/web/rest_phone.h"
#include "authd/web/rest_recovery.h"
#include "authd/web/rest_session.h"
#include "authd/web/rest_source.h"
#include "authd/web/rest_status.h"
#include "authd/web/rest_terminal.h"
#include "authd/web/rest_ticket.h"
#include "authd/web/rest_verify.h"
#include "authd/web/route.h"

#define POST(p, needed, k, l, s, m)                                            \
	.method = "POST", .path = p, .right = needed, .kind = k, .lane = l,    \
	.size = sizeof(s), .members = m

#define OFFICE(verb, k, l, m, take, give)                                      \
	{                                                                      \
		POST("/v1/office/" #verb, RIGHT_ADMIN, k, l,                   \
		    struct rest_office, rest_office_##m##_members),            \
		    .parse = rest_office_parse_##take,                         \
		    .run = rest_office_##verb, .render = give,                 \
		    .clear = rest_office_clear                                 \
	}

#define ACCOUNT(verb, k, l, take, give)                                        \
	{                                                                      \
		POST("/v1/account/" #verb, RIGHT_ADMIN, k, l,                  \
		    struct rest_account, rest_account_##take##_members),       \
		    .parse = rest_account_parse_##take,                        \
		    .run = rest_account_##verb, .render = give,                \
		    .clear = rest_account_clear                                \
	}

#define PHONE(verb, k, l, take, give)                                          \
	{                                                                      \
		POST("/v1/phone/" #verb, RIGHT_ADMIN, k, l, struct rest_phone, \
		    rest_phone_##take##_members),                              \
		    .parse = rest_phone_parse_##take,                          \
		    .run = rest_phone_##verb, .render = give,                  \
		    .outcome = rest_phone_outcome, .clear = rest_phone_clear   \
	}

#define APP(verb, k, l, take, give)                                            \
	{                                                                      \
		POST("/v1/app/" #verb, RIGHT_ADMIN, k, l, struct rest_app,     \
		    rest_app_##take##_members),                                \
		    .parse = rest_app_parse_##take, .run = rest_app_##verb,    \
		    .render = give, .clear = rest_app_clear                    \
	}

/* What a change would do, asked as the change itself is; it reads much. */
#define IMPACT(noun, parser, m)                                                \
	{                                                                      \
		POST("/v1/" #noun "/impact", RIGHT_ADMIN, ROUTE_READ,          \
		    WRITER_BULK, struct rest_impact, m), .parse = parser,      \
		    .run = rest_impact_##noun,                                 \
		    .render = rest_impact_render                               \
	}

#define SESSION(verb, k, l)                                                    \
	{                                                                      \
		POST("/v1/session/" #verb, RIGHT_ADMIN, k, l,                  \
		    struct rest_session, rest_session_##verb##_members),       \
		    .parse = rest_session_parse_##verb,                        \
		    .run = rest_session_##verb,                                \
		    .render = rest_session_render_##verb,                      \
		    .clear = rest_session_clear                                \
	}

#define TICKET(verb, k, l)                                                     \
	{                                                                      \
		POST("/v1/ticket/" #verb, RIGHT_ADMIN, k, l,                   \
		    struct rest_ticket, rest_ticket_##verb##_members),         \
		    .parse = rest_ticket_parse_##verb,                         \
		    .run = rest_ticket_##verb,                                 \
		    .render = rest_ticket_render_##verb,                       \
		    .clear = rest_ticket_clear                                 \
	}

#define AUDIT(verb)                                                            \
	{                                                                      \
		POST("/v1/audit/" #verb, RIGHT_ADMIN, ROUTE_READ, WRITER_BULK, \
		    struct rest_audit, rest_audit_##verb##_members),           \
		    .parse = rest_audit_parse_##verb, .run = rest_audit_list,  \
		    .render = rest_audit_render_##verb,                        \
		    .clear = rest_audit_clear                                  \
	}

#define TERMINAL(verb, k, l, take, give)                                       \
	{                                                                      \
		POST("/v1/terminal/" #verb, RIGHT_ADMIN, k, l,                 \
		    struct rest_terminal, rest_terminal_##take##_members),     \
		    .parse = rest_terminal_parse_##take,                       \
		    .run = rest_terminal_##verb, .render = give,               \
		    .clear = rest_terminal_clear                               \
	}

#define CERT(verb, k, l, take, give)                                           \
	{                                                                      \
		POST("/v1/cert/" #verb, RIGHT_ADMIN, k, l, struct rest_cert,   \
		    rest_cert_##take##_members),                               \
		    .parse = rest_cert_parse_##take, .run = rest_cert_##verb,  \
		    .render = give, .clear = rest_cert_clear                   \
	}

/* The key and the signature are made between two transactions. */
#define CERT_MAKE(verb)                                                        \
	{                                                                      \
		POST("/v1/cert/" #verb, RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK, \
		    struct rest_cert_issue, rest_cert_##verb##_members),       \
		    .parse = rest_cert_parse_##verb, .start = rest_cert_start, \
		    .start_reads = true, .hash = rest_cert_make,               \
		    .hash_together = rest_cert_sign,                           \
		    .settle = rest_cert_settle,                                \
		    .render = rest_cert_render_issue                           \
	}

static const struct route api[] = {
	{ .method = "GET",
	    .path = "/v1/status",
	    .right = RIGHT_VERIFY,
	    .kind = ROUTE_STATUS,
	    .size = sizeof(struct rest_status),
	    .ask = rest_status_ask,
	    .render = rest_status_render },
	{ POST("/v1/verify", RIGHT_VERIFY, ROUTE_WRITE, WRITER_LOGIN,
	      struct verify, rest_verify_members),
	    .keeps_people = true, .reads_ahead = true,
	    .parse = rest_verify_parse,
	    .prepare = rest_verify_prepare, .run = rest_verify_run,
	    .render = rest_verify_render, .outcome = rest_verify_outcome },

	{ POST("/v1/login", RIGHT_VERIFY, ROUTE_WRITE, WRITER_LOGIN,
	      struct login, rest_login_members),
	    .parse = rest_login_parse, .prepare = rest_login_prepare,
	    .start = rest_login_start, .hash = rest_login_hash,
	    .settle = rest_login_settle, .give_back = rest_login_give_back,
	    .render = rest_login_render,
	    .outcome = rest_login_outcome },

	{ POST("/v1/password/check", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct rest_password, rest_password_check_members),
	    .parse = rest_password_parse_check, .start = rest_password_load,
	    .hash = rest_password_judge, .settle = rest_password_nothing,
	    .render = rest_password_render },
	{ POST("/v1/password/set", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct rest_password, rest_password_set_members),
	    .parse = rest_password_parse_set, .start = rest_password_load,
	    .hash = rest_password_hash, .settle = rest_password_store,
	    .render = rest_password_render },
	{ POST("/v1/password/reset", RIGHT_ADMIN, ROUTE_WRITE, WRITER_URGENT,
	      struct rest_password, rest_password_reset_members),
	    .parse = rest_password_parse_reset, .run = rest_password_reset,
	    .render = rest_password_render_done },
	{ POST("/v1/password/import", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct rest_password, rest_password_import_members),
	    .parse = rest_password_parse_import, .run = rest_password_import,
	    .render = rest_password_render_done },

	OFFICE(add, ROUTE_WRITE, WRITER_BULK, input, add, rest_office_render),
	OFFICE(set, ROUTE_WRITE, WRITER_BULK, input, set, rest_office_render),
	OFFICE(show, ROUTE_READ, WRITER_BULK, code, code, rest_office_render),
	OFFICE(
	    list, ROUTE_READ, WRITER_BULK, list, list, rest_office_render_list),
	OFFICE(disable, ROUTE_WRITE, WRITER_URGENT, code, code,
	    rest_office_render),
	OFFICE(
	    enable, ROUTE_WRITE, WRITER_BULK, code, code, rest_office_render),

	ACCOUNT(add, ROUTE_WRITE, WRITER_BULK, add, rest_account_render),
	ACCOUNT(set, ROUTE_WRITE, WRITER_BULK, set, rest_account_render),
	ACCOUNT(show, ROUTE_READ, WRITER_BULK, login, rest_account_render),
	ACCOUNT(state, ROUTE_READ, WRITER_BULK, login,
	    rest_account_render_state),
	ACCOUNT(list, ROUTE_READ, WRITER_BULK, list, rest_account_render_list),
	ACCOUNT(
	    disable, ROUTE_WRITE, WRITER_URGENT, login, rest_account_render),
	ACCOUNT(enable, ROUTE_WRITE, WRITER_BULK, login, rest_account_render),
	ACCOUNT(unlock, ROUTE_WRITE, WRITER_URGENT, login, rest_account_render),
	ACCOUNT(remove, ROUTE_WRITE, WRITER_BULK, login,
	    rest_account_render_removed),

	PHONE(
	    enroll, ROUTE_WRITE, WRITER_BULK, enroll, rest_phone_render_secret),
	PHONE(draw, ROUTE_WRITE, WRITER_BULK, login, rest_phone_render_secret),
	PHONE(confirm, ROUTE_WRITE, WRITER_LOGIN, confirm,
	    rest_phone_render_confirm),
	{ POST("/v1/account/reset", RIGHT_ADMIN, ROUTE_WRITE, WRITER_URGENT,
	      struct rest_account, rest_account_reset_members),
	    .parse = rest_account_parse_reset, .run = rest_account_reset,
	    .render = rest_account_render, .clear = rest_account_clear },
	{ POST("/v1/recovery/create", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct rest_recovery, rest_recovery_members),
	    .parse = rest_recovery_parse, .run = rest_recovery_create,
	    .render = rest_recovery_render_create },
	{ POST("/v1/recovery/count", RIGHT_ADMIN, ROUTE_READ, WRITER_BULK,
	      struct rest_recovery, rest_recovery_members),
	    .parse = rest_recovery_parse, .run = rest_recovery_count,
	    .render = rest_recovery_render_count },

	PHONE(list, ROUTE_READ, WRITER_BULK, login, rest_phone_render_list),
	PHONE(revoke, ROUTE_WRITE, WRITER_URGENT, revoke, rest_phone_render),
	PHONE(resync, ROUTE_WRITE, WRITER_LOGIN, resync,
	    rest_phone_render_resync),

	APP(add, ROUTE_WRITE, WRITER_BULK, input, rest_app_render),
	APP(set, ROUTE_WRITE, WRITER_URGENT, set, rest_app_render),
	IMPACT(app, rest_app_parse_input, rest_app_input_members),
	IMPACT(account, rest_account_parse_set, rest_account_set_members),
	IMPACT(office, rest_office_parse_code, rest_office_code_members),
	IMPACT(config, rest_impact_parse_config, rest_impact_config_members),
	APP(show, ROUTE_READ, WRITER_BULK, host, rest_app_render),
	APP(list, ROUTE_READ, WRITER_BULK, list, rest_app_render_list),
	APP(remove, ROUTE_WRITE, WRITER_URGENT, host, rest_app_render_removed),
	SESSION(list, ROUTE_READ, WRITER_BULK),
	SESSION(end, ROUTE_WRITE, WRITER_URGENT),

	/* A certificate's has its key made between two transactions. */
	{ POST("/v1/ticket/create", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct rest_ticket, rest_ticket_create_members),
	    .parse = rest_ticket_parse_create, .start = rest_ticket_start,
	    .hash = rest_ticket_make, .settle = rest_ticket_settle,
	    .render = rest_ticket_render_create, .clear = rest_ticket_clear },
	TICKET(list, ROUTE_READ, WRITER_BULK),
	TICKET(void, ROUTE_WRITE, WRITER_URGENT),

	/* Sources are the writer's: even their list is asked of it. */
	{ POST("/v1/source/list", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct rest_source, rest_source_list_members),
	    .parse = rest_source_parse_list, .run = rest_source_list,
	    .render = rest_source_render_list, .clear = rest_source_clear },
	{ POST("/v1/source/unlock", RIGHT_ADMIN, ROUTE_WRITE, WRITER_URGENT,
	      struct rest_source, rest_source_unlock_members),
	    .parse = rest_source_parse_unlock, .run = rest_source_unlock,
	    .render = rest_source_render_unlock, .clear = rest_source_clear },

	{ POST("/v1/clock/show", RIGHT_ADMIN, ROUTE_STATUS, WRITER_BULK,
	      struct rest_status, rest_clock_members),
	    .parse = rest_clock_parse, .ask = rest_status_ask,
	    .render = rest_clock_render },
	{ POST("/v1/clock/confirm", RIGHT_ADMIN, ROUTE_WRITE, WRITER_URGENT,
	      struct clockset, rest_clock_members),
	    .parse = rest_clock_parse, .run = rest_clock_confirm,
	    .render = rest_clock_render_confirm },

	{ POST("/v1/backup/noted", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct rest_backup, rest_backup_members),
	    .keeps_people = true, .parse = rest_backup_parse,
	    .run = rest_backup_note, .render = rest_backup_render },
	{ POST("/v1/breakglass/report", RIGHT_ADMIN, ROUTE_WRITE, WRITER_BULK,
	      struct breakglass, rest_breakglass_members),
	    .parse = rest_breakglass_parse, .run = rest_breakglass_report,
	    .render = rest_breakglass_render },
	TERMINAL(list, ROUTE_READ, WRITER_BULK, list,
	    rest_terminal_render_list),
	TERMINAL(show, ROUTE_READ, WRITER_BULK, id, rest_terminal_render),
	TERMINAL(set, ROUTE_WRITE, WRITER_BULK, set, rest_terminal_render),
	TERMINAL(lost, ROUTE_WRITE, WRITER_URGENT, id, rest_terminal_render),
	CERT_MAKE(issue),
	CERT_MAKE(sign),
	CERT_MAKE(renew),
	CERT(list, ROUTE_READ, WRITER_BULK, list, rest_cert_render_list),
	CERT(show, ROUTE_READ, WRITER_BULK, serial, rest_cert_render_show),
	CERT(revoke, ROUTE_WRITE, WRITER_URGENT, revoke, rest_cert_render),
	CERT(crl, ROUTE_READ, WRITER_BULK, none, rest_cert_render_crl),
	CERT(ca, ROUTE_READ, WRITER_BULK, none, rest_cert_render_ca),
	{ POST("/v1/cert/check", RIGHT_VERIFY, ROUTE_READ, WRITER_BULK,
	      struct rest_cert_check, rest_cert_check_members),
	    .parse = rest_cert_parse_check, .run = rest_cert_check,
	    .render = rest_cert_render_check, .outcome = rest_cert_outcome },

	AUDIT(list),
	AUDIT(show),
};

const struct route *
route_table(size_t *n)
{
	*n = sizeof(api) / sizeof(api[0]);
	return (api);
}

static bool
is_method(const struct route *route, const char *method)
{
	return (strcmp(route->method, method) == 0 ||
	    (route->take != NULL && strcmp(route->method, "GET") == 0 &&
		strcmp(method, "HEAD") == 0));
}

const struct route *
route_find(const struct route *routes, size_t n, const char *method,
    const char *path, const char **allow)
{
	size_t i;

	*allow = NULL;
	for (i = 0; i < n; i++) {
		if (routes[i].is_prefix ? strncmp(routes[i].path, path,
					      strlen(routes[i].path)) != 0
					: strcmp(routes[i].path, path) != 0)
			continue;
		if (is_method(&routes[i], method)) {
			*allow = NULL;
			return (&routes[i]);
		}
		*allow = routes[i].method;
	}
	return (NULL);
}
