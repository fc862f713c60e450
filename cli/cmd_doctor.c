#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/api/version.h"
#include "authd/base/clock.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/doctor.h"
#include "cli/show.h"
#include "cli/sibling.h"

#define COST_GOOD   7 /* of a password's hash */
#define CLOCK_SLACK 5 /* seconds, as the daemon's own rule */

static void
check_ready(json_t *list, const json_t *status)
{
	if (json_of_bool(status, "has_gap"))
		doctor_add(list, "ready", DOCTOR_FAIL,
		    "see `sekisho audit verify`; when the loss is understood, "
		    "`sekisho audit accept-gap --reason TEXT`",
		    "audit records are missing: every login is refused");
	else if (!json_of_bool(status, "clock_ok"))
		doctor_add(list, "ready", DOCTOR_FAIL, "see clock",
		    "the clock was set back: every code is refused");
	else if (!json_of_bool(status, "ready"))
		doctor_add(list, "ready", DOCTOR_FAIL, "read the daemon's log",
		    "the daemon runs but is not ready");
	else
		doctor_add(list, "ready", DOCTOR_OK, "", "the daemon is ready");
}

static void
check_version(json_t *list, const json_t *status)
{
	const char *version = json_of_text(status, "version");

	if (strcmp(version, VERSION_TEXT) == 0)
		doctor_add(list, "version", DOCTOR_OK, "", "%s", version);
	else
		doctor_add(list, "version", DOCTOR_WARN,
		    "restart the daemon after an update",
		    "the daemon is %s, this program %s", version, VERSION_TEXT);
}

static void
check_clock(json_t *list, const json_t *status)
{
	int64_t now = clock_wall_ms() / 1000;
	int64_t time = show_seconds(json_of_text(status, "time"));
	int64_t high = show_seconds(json_of_text(status, "high_water"));

	if (time < 0)
		doctor_add(
		    list, "clock", DOCTOR_FAIL, "", "the daemon tells no time");
	else if (high > time + CLOCK_SLACK)
		doctor_add(list, "clock", DOCTOR_FAIL,
		    "set the clock, best with chrony or systemd-timesyncd; if "
		    "it is right now and was wrong before, `sekisho clock "
		    "confirm`",
		    "the clock was %lld s further before",
		    (long long)(high - time));
	else if (time > now + CLOCK_SLACK || time < now - CLOCK_SLACK)
		doctor_add(list, "clock", DOCTOR_WARN,
		    "is the daemon in a container or on a test clock?",
		    "the daemon's clock is %lld s off ours",
		    (long long)(time - now));
	else
		doctor_add(
		    list, "clock", DOCTOR_OK, "", "no step back was seen");
}

static void
check_memory(json_t *list, const json_t *status)
{
	if (strcmp(json_of_text(status, "key_memory"), "secret") == 0)
		doctor_add(list, "key memory", DOCTOR_OK, "",
		    "hidden from the kernel's own view");
	else if (strcmp(json_of_text(status, "key_memory"), "locked") == 0)
		doctor_add(list, "key memory", DOCTOR_WARN,
		    "start the kernel with secretmem.enable=1 where that is "
		    "possible",
		    "locked into memory, but not hidden");
	else
		doctor_add(list, "key memory", DOCTOR_FAIL, "",
		    "the daemon does not say how keys are kept");
}

/* Who may list offices administrates. */
static void
check_rights(json_t *list, const char *socket)
{
	struct question_reply reply;
	json_t *question = json_object();

	if (json_put_int(question, "limit", 1) != 0) {
		json_decref(question);
		return;
	}
	question_try(socket, "/v1/office/list", question, &reply);
	if (reply.exit == QUESTION_DONE)
		doctor_add(
		    list, "rights", DOCTOR_OK, "", "you may administrate");
	else if (reply.exit == QUESTION_NOT_PERMITTED)
		doctor_add(list, "rights", DOCTOR_WARN,
		    "administrate as root or as the user who started the "
		    "daemon",
		    "you may only verify codes");
	else
		doctor_add(list, "rights", DOCTOR_FAIL, "", "%s (%s)",
		    reply.detail, reply.code);
	question_reply_clear(&reply);
}

/* Warn when hashes of passwords are cheaper than they should be. */
static void
check_cost(json_t *list, const char *text)
{
	const char key[] = "\npassword_cost = ";
	const char *at = strstr(text, key);
	long cost;

	cost = at == NULL ? 0 : strtol(at + strlen(key), NULL, 10);
	if (at != NULL && cost < COST_GOOD)
		doctor_add(list, "passwords", DOCTOR_WARN,
		    "set password_cost to 7 or more and restart the daemon; "
		    "each password follows at its next login",
		    "password_cost is %ld: stolen hashes are guessed faster",
		    cost);
	else if (at != NULL)
		doctor_add(list, "passwords", DOCTOR_OK, "",
		    "password_cost is %ld", cost);
}

/* Warn when there are applications and no page to log in on. */
static void
check_portal(json_t *list, const char *socket, const char *text)
{
	json_t *question = json_object();
	struct question_reply reply;

	if (strstr(text, "\nportal_url = ''\n") == NULL ||
	    json_put_int(question, "limit", 1) != 0) {
		json_decref(question);
		return;
	}
	question_try(socket, "/v1/app/list", question, &reply);
	if (reply.exit == QUESTION_DONE &&
	    json_array_size(json_object_get(reply.answer, "apps")) > 0)
		doctor_add(list, "portal", DOCTOR_WARN,
		    "set portal_url to the address of the login pages and "
		    "restart the daemon",
		    "portal_url is not set: nobody can log in to an "
		    "application");
	question_reply_clear(&reply);
}

/* What the configuration says is looked at as it is in force. */
static void
check_settings(json_t *list, const char *socket, const char *config)
{
	const char *argv[] = { NULL, "--show", "-c", config, NULL };
	char *text = NULL;
	int code;

	if (access(config, R_OK) != 0 || sibling_read(argv, &code, &text) != 0)
		return; /* the rights are told elsewhere */
	if (code == 0) {
		check_cost(list, text);
		check_portal(list, socket, text);
	}
	free(text);
}

/* Everything that only a running daemon can tell; gives the exit code. */
static int
ask_all(json_t *list, const char *socket)
{
	struct question_reply reply;
	int code;

	question_try(socket, "/v1/status", NULL, &reply);
	code = (int)reply.exit;
	if (code != QUESTION_DONE) {
		doctor_add(list, "answer", DOCTOR_FAIL,
		    code == QUESTION_NOT_PERMITTED
			? "run it as root or as the user who started the daemon, "
			  "or join the group of `verify_group'"
			: "",
		    "%s (%s)", reply.detail, reply.code);
		goto out;
	}
	doctor_add(list, "answer", DOCTOR_OK, "", "the daemon answers");
	check_ready(list, reply.answer);
	check_version(list, reply.answer);
	check_rights(list, socket);
	check_clock(list, reply.answer);
	check_memory(list, reply.answer);
	if (json_of_text(reply.answer, "config")[0] == '/') {
		doctor_files(list, json_of_text(reply.answer, "config"));
		check_settings(
		    list, socket, json_of_text(reply.answer, "config"));
	}
	if (!json_of_bool(reply.answer, "ready"))
		code = QUESTION_UNAVAILABLE;
out:
	question_reply_clear(&reply);
	return (code);
}

int
cmd_doctor_run(struct args *a)
{
	json_t *list = json_array(), *o = json_object();
	const char *socket = question_socket(a);
	int code;

	doctor_machine(list);
	doctor_socket(list, socket);
	code = ask_all(list, socket);
	if (code == QUESTION_DONE && doctor_has_failed(list))
		code = QUESTION_REFUSED;
	if (!a->is_json)
		doctor_show(list);
	else if (json_put_bool(o, "ok", code == QUESTION_DONE) == 0 &&
	    json_object_set(o, "checks", list) == 0)
		show_json(o);
	else {
		show_error("out of memory");
		code = QUESTION_UNAVAILABLE;
	}
	json_decref(o);
	json_decref(list);
	return (code);
}
