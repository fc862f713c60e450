#include "authd/base/limits.h"
#include "authd/web/portal_check.h"
#include "authd/web/portal_code.h"
#include "authd/web/portal_codes.h"
#include "authd/web/portal_enrol.h"
#include "authd/web/portal_enrol_password.h"
#include "authd/web/portal_enter.h"
#include "authd/web/portal_fresh.h"
#include "authd/web/portal_home.h"
#include "authd/web/portal_login.h"
#include "authd/web/portal_mine.h"
#include "authd/web/portal_password.h"
#include "authd/web/portal_phone.h"
#include "authd/web/portal_pickup.h"
#include "authd/web/portal_plain.h"
#include "authd/web/portal_share.h"
#include "authd/web/portal_ticket.h"
#include "authd/web/route_portal.h"

#include <icon_name.h>
#include <script_name.h>
#include <style_name.h>

#define COMMON(m, p, s)                                                        \
	.method = m, .path = p, .right = RIGHT_PROXY,                          \
	.size = sizeof(struct s), .clear = portal_clear

/* A page that is looked at. */
#define PAGE(p, s, t, look, g)                                                 \
	{                                                                      \
		COMMON("GET", p, s), .kind = ROUTE_READ, .take = s##_##t,      \
				     .run = look, .give = g                    \
	}

/* A form that was sent. */
#define FORM(p, s, k, l, t)                                                    \
	COMMON("POST", p, s), .kind = k, .lane = l, .body_type = PORTAL_FORM,  \
			      .body_max = BODY_MAX, .take = s##_##t

/* One step of a login. */
#define STEP(p, t)                                                             \
	{                                                                      \
		FORM(p, portal_login, ROUTE_WRITE, WRITER_LOGIN, t),           \
		    .prepare = portal_login_prepare,                           \
		    .start = portal_login_start, .hash = portal_login_hash,    \
		    .settle = portal_login_settle,                             \
		    .give_back = portal_login_give_back,                       \
		    .give = portal_login_give_step,                            \
		    .outcome = portal_login_outcome                            \
	}

/* A step of entering an application. */
#define ENTER(p, s, k)                                                         \
	{                                                                      \
		.method = "GET", .path = HANDOVER_##p, .right = RIGHT_PROXY,   \
		.kind = k, .lane = WRITER_LOGIN,                               \
		.size = sizeof(struct portal_enter),                           \
		.take = portal_enter_take_##s, .run = portal_enter_run_##s,    \
		.give = portal_enter_give_##s, .clear = portal_enter_clear     \
	}

static const struct route routes[] = {
	PAGE("/static/" STYLE_NAME, portal_plain, take_static, portal_plain_run,
	    portal_plain_give_style),
	PAGE("/static/" SCRIPT_NAME, portal_plain, take_static,
	    portal_plain_run, portal_plain_give_script),
	PAGE("/static/" ICON_NAME, portal_plain, take_static, portal_plain_run,
	    portal_plain_give_icon),
	{ FORM("/language", portal_plain, ROUTE_READ, WRITER_BULK,
	      take_language),
	    .run = portal_plain_run, .give = portal_plain_give_language },

	PAGE("/login", portal_login, take, portal_login_look,
	    portal_login_give_first),
	PAGE("/login/code", portal_login, take, portal_login_look,
	    portal_login_give_code),
	PAGE("/login/password", portal_login, take, portal_login_look,
	    portal_login_give_change),
	STEP("/login", take_first),
	STEP("/login/code", take_code),
	STEP("/login/password", take_change),

	PAGE(PORTAL_FRESH_PATH, portal_code, take, portal_code_look,
	    portal_code_give),
	{ FORM(PORTAL_FRESH_PATH, portal_code, ROUTE_WRITE, WRITER_LOGIN,
	      take_sent),
	    .prepare = portal_code_prepare, .run = portal_code_run,
	    .give = portal_code_give_sent, .outcome = portal_code_outcome },

	PAGE("/", portal_home, take, portal_home_look, portal_home_give),
	{ FORM("/logout", portal_home, ROUTE_WRITE, WRITER_URGENT, take),
	    .run = portal_home_leave, .give = portal_home_give_left },
	PAGE("/logout", portal_home, take, portal_home_look,
	    portal_home_give_out),
	PAGE("/password", portal_password, take, portal_password_look,
	    portal_password_give),
	{ FORM("/password", portal_password, ROUTE_WRITE, WRITER_LOGIN,
	      take_new),
	    .start = portal_password_start, .hash = portal_password_hash,
	    .settle = portal_password_settle,
	    .give_back = portal_password_give_back,
	    .give = portal_password_give_new },
	{ FORM("/password/check", portal_check, ROUTE_READ, WRITER_BULK, take),
	    .run = portal_check_run, .give = portal_check_give },

	PAGE("/mine", portal_mine, take, portal_mine_look, portal_mine_give),
	PAGE("/mine/stop", portal_mine, take, portal_mine_look,
	    portal_mine_give_choice),
	{ FORM(
	      "/mine/stop", portal_mine, ROUTE_WRITE, WRITER_URGENT, take_stop),
	    .start = portal_mine_start, .hash = portal_mine_hash,
	    .settle = portal_mine_settle, .give_back = portal_mine_give_back,
	    .give = portal_mine_give_stopped },
	{ FORM("/mine/end", portal_mine, ROUTE_WRITE, WRITER_URGENT, take),
	    .run = portal_mine_end, .give = portal_mine_give_ended },

	/* with a ticket; its own page is the link's */
	PAGE("/enrol", portal_enrol, take, portal_enrol_look,
	    portal_enrol_give_first),
	PAGE("/enrol/password", portal_enrol, take, portal_enrol_look,
	    portal_enrol_password_give),
	{ FORM("/enrol/password", portal_enrol, ROUTE_WRITE, WRITER_LOGIN,
	      password_take),
	    .start = portal_enrol_password_start,
	    .hash = portal_enrol_password_hash,
	    .settle = portal_enrol_password_settle,
	    .give = portal_enrol_password_give_set },
	{ FORM("/enrol/password/check", portal_check, ROUTE_READ, WRITER_BULK,
	      take),
	    .run = portal_check_run_ticket, .give = portal_check_give },
	PAGE("/enrol/phone", portal_enrol, take, portal_enrol_look,
	    portal_enrol_give_phone),
	{ FORM("/enrol/phone", portal_enrol, ROUTE_WRITE, WRITER_LOGIN,
	      take_phone),
	    .run = portal_enrol_begin, .give = portal_enrol_give_begun },
	PAGE("/enrol/scan", portal_enrol, take, portal_enrol_look_scan,
	    portal_enrol_give_scan),
	{ FORM("/enrol/scan", portal_enrol, ROUTE_WRITE, WRITER_LOGIN,
	      take_code),
	    .run = portal_enrol_confirm, .give = portal_enrol_give_confirmed },

	PAGE("/mine/phone", portal_phone, take, portal_phone_look,
	    portal_phone_give),
	{ FORM("/mine/phone", portal_phone, ROUTE_WRITE, WRITER_LOGIN,
	      take_name),
	    .run = portal_phone_begin, .give = portal_phone_give_begun },
	PAGE("/mine/phone/scan", portal_phone, take, portal_phone_look_scan,
	    portal_phone_give_scan),
	{ FORM("/mine/phone/scan", portal_phone, ROUTE_WRITE, WRITER_LOGIN,
	      take_code),
	    .run = portal_phone_confirm, .give = portal_phone_give_confirmed },

	PAGE("/codes", portal_codes, take, portal_codes_look,
	    portal_codes_give),
	{ FORM("/codes", portal_codes, ROUTE_WRITE, WRITER_LOGIN, take),
	    .run = portal_codes_make, .give = portal_codes_give_made },
	{ FORM("/codes/file", portal_codes, ROUTE_READ, WRITER_BULK,
	      take_file),
	    .run = portal_codes_look, .give = portal_codes_give_file },
	{ FORM("/codes/kept", portal_codes, ROUTE_WRITE, WRITER_LOGIN, take),
	    .run = portal_codes_keep, .give = portal_codes_give_kept },

	/* A ticket's link; what follows has no secret in its address. */
	{ COMMON("GET", TICKET_PATH, portal_ticket), .is_prefix = true,
	    .kind = ROUTE_READ, .take = portal_ticket_take,
	    .run = portal_ticket_look, .give = portal_ticket_give },
	{ FORM("/ticket", portal_ticket, ROUTE_WRITE, WRITER_LOGIN,
	      take_login),
	    .prepare = portal_ticket_prepare, .start = portal_ticket_start,
	    .hash = portal_ticket_hash, .settle = portal_ticket_settle,
	    .give_back = portal_ticket_give_back,
	    .give = portal_ticket_give_login,
	    .outcome = portal_ticket_outcome },
	PAGE(PORTAL_TICKET_PICKUP, portal_pickup, take, portal_pickup_look,
	    portal_pickup_give),
	{ FORM(PORTAL_TICKET_PICKUP, portal_pickup, ROUTE_WRITE, WRITER_LOGIN,
	      take_file),
	    .run = portal_pickup_fetch, .give = portal_pickup_give_file },

	/* On the way between two hosts: each is gone to by a redirect. start
	 * changes nothing; what go and finish change is bound to what only
	 * this browser has. */
	ENTER(START, start, ROUTE_READ),
	ENTER(GO, go, ROUTE_WRITE),
	ENTER(FINISH, finish, ROUTE_WRITE),
	{ .method = "GET", .path = HANDOVER_SHARE, .right = RIGHT_PROXY,
	    .kind = ROUTE_WRITE, .lane = WRITER_LOGIN,
	    .size = sizeof(struct portal_share), .take = portal_share_take,
	    .run = portal_share_run, .give = portal_share_give,
	    .clear = portal_share_clear },

	/* all else */
	{ COMMON("GET", "/", portal_plain), .is_prefix = true,
	    .kind = ROUTE_READ, .take = portal_plain_take,
	    .run = portal_plain_run, .give = portal_plain_give_none },
};

const struct route *
route_portal_table(size_t *n)
{
	*n = sizeof(routes) / sizeof(routes[0]);
	return (routes);
}
