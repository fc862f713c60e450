/*
 * `pam test`: walk the stack of a service as libpam would, once for each thing
 * that can happen, and say where somebody would come in who should not (or
 * nobody would). Nothing is logged in to and nothing is changed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/doctor.h"
#include "cli/pamstack.h"
#include "cli/question.h"
#include "cli/show.h"

#define OURS    "pam_sekisho.so"
#define PAM_DIR "/etc/pam.d"

/* What happens: how our line answers, and all the others. */
struct happening {
	enum pamstack_code ours, others;
};

/* Modules whose answer does not depend on who comes. */
static enum pamstack_code
says(const struct pamstack_line *line, void *arg)
{
	static const char *const silent[] = { "pam_warn.so", "pam_echo.so",
		"pam_group.so", "pam_cap.so", "pam_faildelay.so", "pam_mail.so",
		"pam_motd.so", "pam_limits.so", "pam_umask.so",
		"pam_systemd.so", "pam_keyinit.so", "pam_loginuid.so" };
	const struct happening *h = arg;
	size_t i;

	if (pamstack_is(line, OURS))
		return (h->ours);
	if (pamstack_is(line, "pam_deny.so"))
		return (PAMSTACK_AUTH_ERR);
	if (pamstack_is(line, "pam_permit.so") ||
	    pamstack_is(line, "pam_env.so"))
		return (PAMSTACK_SUCCESS);
	/* these let in whoever is root already, or on a list: not everybody */
	if (pamstack_is(line, "pam_rootok.so") ||
	    pamstack_is(line, "pam_wheel.so") ||
	    pamstack_is(line, "pam_succeed_if.so") ||
	    pamstack_is(line, "pam_exec.so"))
		return (PAMSTACK_IGNORE);
	for (i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if (pamstack_is(line, silent[i]))
			return (PAMSTACK_IGNORE);
	return (h->others);
}

static bool
opens(const struct pamstack *s, enum pamstack_code ours,
    enum pamstack_code others)
{
	struct happening h = { ours, others };

	return (pamstack_run(s, says, &h) == PAMSTACK_SUCCESS);
}

static const struct pamstack_line *
find(const struct pamstack *s, const char *name)
{
	int i;

	for (i = 0; i < s->n; i++)
		if (s->at[i].content == 0 && pamstack_is(&s->at[i], name))
			return (&s->at[i]);
	return (NULL);
}

static bool
has_arg(const struct pamstack_line *l, const char *word)
{
	const char *p = l->args;
	size_t n = strlen(word);

	for (; (p = strstr(p, word)) != NULL; p += n)
		if ((p == l->args || strchr(" \t[", p[-1]) != NULL) &&
		    (word[n - 1] == '=' || p[n] == '\0' ||
			strchr(" \t]", p[n]) != NULL))
			return (true);
	return (false);
}

/* The value of socket= in our line, else ours by default. */
static void
socket_of(
    const struct args *a, const struct pamstack_line *l, char *out, size_t size)
{
	const char *p = l == NULL ? NULL : strstr(l->args, "socket=/");

	if (p == NULL || a->socket != NULL)
		snprintf(out, size, "%s", question_socket(a));
	else
		snprintf(out, size, "%.*s", (int)strcspn(p + 7, " \t]"), p + 7);
}

static void
check_file(struct doctor *d, const struct pamstack_line *l)
{
	static const char *const dirs[] = {
		"/usr/lib/x86_64-linux-gnu/security",
		"/usr/lib/aarch64-linux-gnu/security",
		"/lib/x86_64-linux-gnu/security", "/lib/security",
		"/usr/lib64/security", "/usr/lib/security"
	};
	char path[600];
	size_t i;

	if (l->module[0] == '/') {
		if (access(l->module, R_OK) == 0)
			return;
	} else
		for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
			snprintf(
			    path, sizeof(path), "%s/%s", dirs[i], l->module);
			if (access(path, R_OK) == 0)
				return;
		}
	doctor_add(d, "module", DOCTOR_FAIL, "install it, or take the line out",
	    "%s: %s is not there", l->where, l->module);
}

/* In none of these may anybody come in. */
static void
check_failures(struct doctor *d, const struct pamstack *s, const char *name,
    const char *const what[], const enum pamstack_code codes[], int n)
{
	int i, bad = 0;

	for (i = 0; i < n; i++) {
		if (!opens(s, codes[i], PAMSTACK_SUCCESS))
			continue;
		bad++;
		doctor_add(d, name, DOCTOR_FAIL,
		    "write `required' or `requisite' before " OURS
		    ", and no `sufficient' or jump over it",
		    "the login succeeds although %s", what[i]);
	}
	if (bad == 0)
		doctor_add(d, name, DOCTOR_OK, "",
		    "nobody comes in when it refuses, cannot be asked, is "
		    "interrupted or is not there");
}

static void
check_options(struct doctor *d, const struct pamstack *s)
{
	const struct pamstack_line *l;
	int i;

	for (i = 0; i < s->n; i++) {
		l = &s->at[i];
		if (pamstack_is(l, OURS) && has_arg(l, "nullok"))
			doctor_add(d, "options", DOCTOR_WARN, "",
			    "%s: nullok: no code is asked of who is not "
			    "enrolled yet, until the enrol-by date",
			    l->where);
		if (pamstack_is(l, OURS) &&
		    (has_arg(l, "exempt_group=") ||
			has_arg(l, "exempt_network=")))
			doctor_add(d, "options", DOCTOR_WARN, "",
			    "%s: some are never asked for a code: %s", l->where,
			    l->args);
		if (pamstack_is(l, "pam_unix.so") && has_arg(l, "nullok"))
			doctor_add(d, "options", DOCTOR_WARN,
			    "take nullok out of the line",
			    "%s: an empty password is taken", l->where);
		if (pamstack_is(l, "pam_rootok.so"))
			doctor_add(d, "root", DOCTOR_OK, "",
			    "%s: root itself is not asked", l->where);
	}
}

/* What is checked beside the code, and in which order. */
static void
check_factors(struct doctor *d, const struct pamstack *s)
{
	const struct pamstack_line *ours = find(s, OURS);
	const struct pamstack_line *unix_line = find(s, "pam_unix.so");
	bool is_both = has_arg(ours, "password+code") ||
	    has_arg(ours, "mode=password+code");
	bool stops;

	if (is_both)
		doctor_add(d, "factors", DOCTOR_OK, "",
		    "Sekisho checks the password and the code");
	else if (opens(s, PAMSTACK_SUCCESS, PAMSTACK_AUTH_ERR))
		doctor_add(d, "factors", DOCTOR_WARN,
		    "right for sshd with AuthenticationMethods "
		    "publickey,keyboard-interactive:pam; else include "
		    "common-auth before it",
		    "the code alone opens it, unless the program checks "
		    "another factor itself");
	else
		doctor_add(d, "factors", DOCTOR_OK, "",
		    "another module must succeed as well");
	if (is_both || unix_line == NULL)
		return;
	if (unix_line > ours) {
		doctor_add(d, "order", DOCTOR_WARN,
		    "put the line of " OURS " after the password's",
		    "the code is asked before the password: a stranger can use "
		    "up tries");
		return;
	}
	stops = unix_line->actions[PAMSTACK_AUTH_ERR] == PAMSTACK_DO_DIE ||
	    (unix_line->actions[PAMSTACK_AUTH_ERR] == PAMSTACK_DO_IGNORE &&
		unix_line + 1 < ours &&
		pamstack_is(unix_line + 1, "pam_deny.so") &&
		unix_line[1].actions[PAMSTACK_AUTH_ERR] == PAMSTACK_DO_DIE);
	if (!stops)
		doctor_add(d, "order", DOCTOR_WARN,
		    "write `requisite' for the password's module",
		    "after a wrong password the code is asked all the same: a "
		    "stranger can use up tries");
}

static int
check_auth(struct doctor *d, const char *dir, const char *service, char *socket,
    size_t size, const struct args *a)
{
	static const char *const what[] = { "the code is refused",
		"the daemon cannot be asked", "the prompt is interrupted",
		"pam_sekisho.so is not there" };
	static const enum pamstack_code codes[] = { PAMSTACK_AUTH_ERR,
		PAMSTACK_UNAVAIL, PAMSTACK_CONV_ERR, PAMSTACK_MODULE_UNKNOWN };
	const struct pamstack_line *ours;
	struct pamstack *s = NULL;
	int r = pamstack_read(dir, service, PAMSTACK_AUTH, &s);

	if (r != 0) {
		doctor_add(d, "service", DOCTOR_FAIL,
		    "libpam refuses every login of such a service", "%s",
		    s == NULL ? "out of memory" : s->why);
		pamstack_free(s);
		return (-1);
	}
	if (s->is_other)
		doctor_add(d, "service", DOCTOR_WARN, "",
		    "%s/%s is not there: `other' is in force", dir, service);
	else
		doctor_add(d, "service", DOCTOR_OK, "", "%s/%s", dir, service);
	ours = find(s, OURS);
	socket_of(a, ours, socket, size);
	if (ours == NULL) {
		doctor_add(d, "auth", DOCTOR_FAIL,
		    "see /usr/share/doc/sekisho/pam.md for the line",
		    "%s does not ask for a code", service);
		pamstack_free(s);
		return (-1);
	}
	check_file(d, ours);
	check_failures(d, s, "auth", what, codes, 4);
	if (!opens(s, PAMSTACK_SUCCESS, PAMSTACK_SUCCESS))
		doctor_add(d, "auth", DOCTOR_FAIL, "",
		    "nobody comes in at all, whatever is right");
	check_factors(d, s);
	check_options(d, s);
	pamstack_free(s);
	return (0);
}

static void
check_account(struct doctor *d, const char *dir, const char *service)
{
	static const char *const what[] = { "the account is disabled",
		"the account has expired", "the daemon does not know the user",
		"the daemon cannot be asked" };
	static const enum pamstack_code codes[] = { PAMSTACK_PERM_DENIED,
		PAMSTACK_ACCT_EXPIRED, PAMSTACK_USER_UNKNOWN,
		PAMSTACK_UNAVAIL };
	struct pamstack *s = NULL;

	if (pamstack_read(dir, service, PAMSTACK_ACCOUNT, &s) != 0)
		doctor_add(d, "account", DOCTOR_FAIL, "", "%s",
		    s == NULL ? "out of memory" : s->why);
	else if (find(s, OURS) == NULL)
		doctor_add(d, "account", DOCTOR_WARN,
		    "add `account required " OURS "'",
		    "an account that is disabled is refused by the code only; "
		    "a login without a code (an ssh key alone) does not ask");
	else
		check_failures(d, s, "account", what, codes, 4);
	pamstack_free(s);
}

/* What the daemon says of the user, and so what would happen now. */
static void
check_user(struct doctor *d, const char *socket, const char *user)
{
	struct question_reply reply;
	json_t *question = json_object();
	const char *obstacle;

	if (json_put_text(question, "login", user) != 0) {
		json_decref(question);
		return;
	}
	question_try(socket, "/v1/account/state", question, &reply);
	obstacle = json_of_text(reply.answer, "obstacle");
	if (reply.exit == QUESTION_NOT_FOUND)
		doctor_add(d, "user", DOCTOR_FAIL,
		    "sekisho account add, or set --unix-user",
		    "no account has the name %s: every code is refused", user);
	else if (reply.exit != QUESTION_DONE)
		doctor_add(d, "user", DOCTOR_FAIL,
		    "until then every login is refused, but for a break-glass "
		    "code",
		    "%s: %s (%s)", socket, reply.detail, reply.code);
	else if (obstacle[0] != '\0')
		doctor_add(d, "user", DOCTOR_FAIL, "", "%s is refused: %s",
		    user, obstacle);
	else if (!json_of_bool(reply.answer, "enrolled"))
		doctor_add(d, "user", DOCTOR_WARN, "sekisho phone enroll",
		    "%s has no phone yet: with nullok and an enrol-by date no "
		    "code is asked, else every code is refused",
		    user);
	else
		doctor_add(d, "user", DOCTOR_OK, "",
		    "%s is asked for a code, and a right one is accepted",
		    user);
	question_reply_clear(&reply);
}

int
cmd_pam_test(struct args *a)
{
	const char *user = a->at[0], *service = a->at[1];
	const char *dir = args_get(a, "pam-dir");
	struct doctor d;
	char socket[512];

	if (service[0] == '\0' || service[0] == '.' ||
	    strchr(service, '/') != NULL) {
		show_error("a service is the name of a file in /etc/pam.d");
		return (QUESTION_USAGE);
	}
	dir = dir == NULL ? PAM_DIR : dir;
	doctor_new(&d);
	if (check_auth(&d, dir, service, socket, sizeof(socket), a) == 0) {
		check_account(&d, dir, service);
		check_user(&d, socket, user);
	}
	return (doctor_end(&d, QUESTION_DONE, a->is_json));
}
