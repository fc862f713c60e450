/*
 * pam_sekisho.so: asks the daemon for its word about whoever logs in. The way
 * of a login: pam_sm_authenticate -> options -> talk (the person) -> enquiry
 * -> authd/api/client -> the daemon, and back. Every refusal is PAM_AUTH_ERR,
 * everything that broke PAM_AUTHINFO_UNAVAIL, a person who cannot be asked
 * PAM_CONV_ERR; no option makes any of them a success.
 *
 * No globals, no threads, no signal handlers, nothing kept between calls but
 * the mark of a break-glass login, in the caller's handle.
 */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include "authd/api/glass.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "pam_module/emergency.h"
#include "pam_module/enquiry.h"
#include "pam_module/options.h"
#include "pam_module/talk.h"

#define EXPORT        __attribute__((visibility("default")))
#define FAIL_DELAY_US 2000000
#define GROUP_MAX     (1024 * 1024)
#define MARK          "sekisho-breakglass" /* of the handle's data */
#define RECOVERY_LEN  16                   /* of a recovery code, folded */

/* One call of the module. */
struct visit {
	pam_handle_t *pamh;
	struct options o;
	struct enquiry e;
	struct emergency who; /* the same in words for the log */
	const char *user;
	const char *rhost;
};

static const char *
item(pam_handle_t *pamh, int which)
{
	const void *p = NULL;

	if (pam_get_item(pamh, which, &p) != PAM_SUCCESS || p == NULL)
		return ("");
	return (p);
}

static int
fault(struct visit *v, const char *what)
{
	pam_syslog(v->pamh, LOG_ERR, "%s for user %s: %s; refused", what,
	    v->who.user, v->e.why);
	talk_tell(v->pamh, &v->o, TALK_UNAVAILABLE);
	return (PAM_AUTHINFO_UNAVAIL);
}

static int
refuse(struct visit *v, const char *why)
{
	pam_syslog(v->pamh, LOG_NOTICE, "refused: user %s from %s: %s",
	    v->who.user, v->who.rhost, why);
	/* libpam waits at the end of the stack, and only when it fails */
	(void)pam_fail_delay(v->pamh, FAIL_DELAY_US);
	return (PAM_AUTH_ERR);
}

/* Read the options and who it is. PAM_SUCCESS or what to answer at once. */
static int
begin(struct visit *v, pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	int rc;

	memset(v, 0, sizeof(*v));
	v->pamh = pamh;
	if (options_parse(&v->o, argc, argv) != 0) {
		pam_syslog(pamh, LOG_ERR, "%s; refused", v->o.bad);
		return (PAM_AUTHINFO_UNAVAIL);
	}
	v->o.is_silent = (flags & PAM_SILENT) != 0;
	rc = pam_get_user(pamh, &v->user, NULL);
	if (rc != PAM_SUCCESS)
		return (rc == PAM_CONV_ERR || rc == PAM_CONV_AGAIN
			? PAM_CONV_ERR
			: PAM_AUTHINFO_UNAVAIL);
	if (v->user == NULL || v->user[0] == '\0')
		return (PAM_AUTH_ERR);
	v->rhost = item(pamh, PAM_RHOST);
	glass_word(v->user, v->who.user);
	glass_word(item(pamh, PAM_SERVICE), v->who.service);
	glass_word(v->rhost, v->who.rhost);
	enquiry_init(&v->e, v->o.socket, v->o.timeout_ms);
	enquiry_person(&v->e, v->user, item(pamh, PAM_SERVICE), v->rhost,
	    item(pamh, PAM_TTY), item(pamh, PAM_RUSER));
	if (v->o.is_debug)
		pam_syslog(pamh, LOG_DEBUG, "user %s, asking %s", v->who.user,
		    v->o.socket);
	return (PAM_SUCCESS);
}

/* Is the user named as a member there? What cannot be found out is no. */
static bool
is_member(const char *group, const char *user)
{
	struct group g, *found = NULL;
	size_t size = 4096, i;
	char *memory = NULL, *more;
	bool is_in = false;
	int r;

	do {
		if ((more = realloc(memory, size)) == NULL)
			break;
		memory = more;
		r = getgrnam_r(group, &g, memory, size, &found);
		size *= 4;
	} while (r == ERANGE && size <= GROUP_MAX);
	if (found != NULL)
		for (i = 0; g.gr_mem[i] != NULL; i++)
			is_in = is_in || strcmp(g.gr_mem[i], user) == 0;
	free(memory);
	return (is_in);
}

/*
 * PAM_IGNORE for those that the line leaves to the other modules. It is no
 * success: a stack in which nobody else succeeds refuses.
 */
static bool
is_exempt(struct visit *v)
{
	const char *why = NULL;

	if (v->o.exempt_group[0] != '\0' &&
	    is_member(v->o.exempt_group, v->user))
		why = "exempt_group";
	else if (v->o.networks_n > 0 && options_admits(&v->o, v->rhost))
		why = "exempt_network";
	if (why != NULL)
		pam_syslog(v->pamh, LOG_WARNING,
		    "no code asked: user %s from %s: %s", v->who.user,
		    v->who.rhost, why);
	return (why != NULL);
}

/* nullok: still on the way to the first phone, by the daemon's word. */
static bool
is_excused(struct visit *v)
{
	struct enquiry_state s;

	if (!v->o.nullok)
		return (false);
	if (enquiry_state(&v->e, &s) != 0) {
		/* then a code is asked, as of everybody */
		pam_syslog(v->pamh, LOG_WARNING, "nullok has no effect: %s",
		    v->e.why);
		return (false);
	}
	if (s.may_enrol)
		pam_syslog(v->pamh, LOG_WARNING,
		    "no code asked: user %s is not enrolled yet (nullok)",
		    v->who.user);
	return (s.may_enrol);
}

static void
free_mark(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

/* Remember a break-glass login for account management, which comes next. */
static void
set_mark(struct visit *v, const char *user)
{
	char *copy = user == NULL ? NULL : strdup(user);

	if (pam_set_data(v->pamh, MARK, copy, free_mark) != PAM_SUCCESS)
		free(copy);
}

static bool
has_mark(const struct visit *v)
{
	const void *user = NULL;

	return (pam_get_data(v->pamh, MARK, &user) == PAM_SUCCESS &&
	    user != NULL && strcmp(user, v->user) == 0);
}

/* After a question failed: a break-glass code may stand for the answer. */
static int
without_daemon(struct visit *v, const char *answer)
{
	if (!emergency_open(v->pamh, &v->o, &v->e, &v->who, answer))
		return (fault(v, "no answer from the daemon"));
	set_mark(v, v->user);
	return (PAM_SUCCESS);
}

/*
 * Digits of a code, or as many letters and digits as a recovery or break-glass
 * code has. Anything else is not sent: it may be a password that was typed, or
 * sent by an ssh client, at the wrong prompt.
 */
static bool
is_code(const char *answer)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char code[CODE_DIGITS + 1], sealed[GLASS_LEN + 1];
	bool is_one;
	size_t i, n = 0;

	is_one = text_fold_code(answer, code) == 0 ||
	    glass_fold(answer, sealed) == 0;
	mem_wipe(code, sizeof(code));
	mem_wipe(sealed, sizeof(sealed));
	if (is_one)
		return (true);
	for (i = 0; answer[i] != '\0'; i++) {
		/* full-width forms are three bytes that begin so */
		if ((uint8_t)answer[i] == 0xef && answer[i + 1] != '\0' &&
		    answer[i + 2] != '\0')
			i += 2;
		else if (answer[i] == ' ' || answer[i] == '-')
			continue;
		else if (strchr(letters, answer[i]) == NULL)
			return (false);
		n++;
	}
	/* up to three of them may be full-width hyphens */
	return (n >= RECOVERY_LEN && n <= RECOVERY_LEN + 3);
}

/* The daemon's word on a code. ${wait} is set when the code was used before. */
static int
settle(struct visit *v, int r, const char *answer, struct enquiry_verdict *d,
    int *wait)
{
	*wait = 0;
	if (r != 0)
		return (without_daemon(v, answer));
	emergency_report(v->pamh, &v->o, &v->e);
	switch (d->result) {
	case ENQUIRY_ACCEPT:
		pam_syslog(v->pamh, LOG_INFO, "accepted: user %s, request %s",
		    v->who.user, d->request_id);
		if (d->recovery_left >= 0)
			talk_recovery(v->pamh, &v->o, d->recovery_left);
		return (PAM_SUCCESS);
	case ENQUIRY_CHANGE_PASSWORD:
		/* both factors were right, so this tells nobody a secret */
		talk_tell(v->pamh, &v->o, TALK_NEW_PASSWORD);
		return (refuse(v, "the password must be changed first"));
	case ENQUIRY_REFUSE:
	case ENQUIRY_CONTINUE:
		break;
	}
	*wait = d->retry_after;
	return (refuse(v, d->request_id));
}

static int
try_code(struct visit *v, const char *answer, int *wait)
{
	char sealed[GLASS_LEN + 1];
	struct enquiry_verdict d;
	bool is_sealed;
	int r;

	*wait = 0;
	if (!is_code(answer))
		return (refuse(v, "what was typed is no code"));
	/* A sealed code is shown to nobody; any daemon refuses "". */
	is_sealed = glass_fold(answer, sealed) == 0;
	mem_wipe(sealed, sizeof(sealed));
	r = enquiry_verify(&v->e, is_sealed ? "" : answer, &d);
	return (settle(v, r, answer, &d, wait));
}

/* What an earlier module got from the person; NULL: nothing. */
static const char *
first_pass(const struct visit *v)
{
	const char *p;

	if (!v->o.use_first_pass && !v->o.try_first_pass)
		return (NULL);
	p = item(v->pamh, PAM_AUTHTOK);
	return (p[0] == '\0' ? NULL : p);
}

static int
by_code(struct visit *v)
{
	const char *given = first_pass(v);
	char *answer;
	int rc = PAM_AUTH_ERR, wait = 0, tries;

	if (given != NULL)
		rc = try_code(v, given, &wait);
	if (v->o.use_first_pass || rc != PAM_AUTH_ERR)
		return (rc);
	/* Once more when a code was used: there is only to wait for the next. */
	for (tries = 0; tries < 2; tries++) {
		rc = talk_code(v->pamh, &v->o, wait, &answer);
		if (rc != PAM_SUCCESS)
			return (rc);
		rc = try_code(v, answer, &wait);
		talk_wipe(&answer);
		if (rc != PAM_AUTH_ERR || wait == 0)
			return (rc);
	}
	talk_used(v->pamh, &v->o, wait);
	return (rc);
}

/* The second step: the password was right. */
static int
code_after_password(struct visit *v, struct enquiry_verdict *d)
{
	char *answer;
	int rc, r, wait = 0;

	rc = talk_code(v->pamh, &v->o, 0, &answer);
	if (rc != PAM_SUCCESS)
		return (rc);
	if (is_code(answer)) {
		r = enquiry_code(&v->e, answer, d);
		rc = settle(v, r, answer, d, &wait);
	} else
		rc = refuse(v, "what was typed is no code");
	talk_wipe(&answer);
	if (wait > 0)
		talk_used(v->pamh, &v->o, wait);
	return (rc);
}

static int
by_this_password(struct visit *v, const char *password)
{
	struct enquiry_verdict d;
	int rc, r;

	r = enquiry_password(&v->e, password, &d);
	if (r != 0)
		return (without_daemon(v, password));
	rc = d.result == ENQUIRY_CONTINUE ? code_after_password(v, &d)
					  : refuse(v, d.request_id);
	mem_wipe(&d, sizeof(d));
	return (rc);
}

static int
by_password(struct visit *v)
{
	const char *given = first_pass(v);
	char *password;
	int rc = PAM_AUTH_ERR;

	if (given != NULL)
		rc = by_this_password(v, given);
	if (v->o.use_first_pass || rc != PAM_AUTH_ERR)
		return (rc);
	rc = talk_password(v->pamh, &v->o, &password);
	if (rc != PAM_SUCCESS)
		return (rc);
	rc = by_this_password(v, password);
	talk_wipe(&password);
	return (rc);
}

EXPORT int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct visit v;
	int rc;

	rc = begin(&v, pamh, flags, argc, argv);
	if (rc != PAM_SUCCESS)
		return (rc);
	set_mark(&v, NULL);
	if (is_exempt(&v) || is_excused(&v))
		return (PAM_IGNORE);
	return (v.o.mode == OPTIONS_PASSWORD_CODE ? by_password(&v)
						  : by_code(&v));
}

EXPORT int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return (PAM_SUCCESS);
}

/* What the person is told, and PAM, of each state. */
static int
judge_state(struct visit *v, const struct enquiry_state *s)
{
	static const struct {
		enum talk_text text;
		int rc;
		const char *why;
	} told[] = {
		[ENQUIRY_UNKNOWN] = { TALK_UNKNOWN, PAM_USER_UNKNOWN,
		    "no such account" },
		[ENQUIRY_DISABLED] = { TALK_DISABLED, PAM_PERM_DENIED,
		    "disabled" },
		[ENQUIRY_EXPIRED] = { TALK_EXPIRED, PAM_ACCT_EXPIRED,
		    "expired" },
		[ENQUIRY_NOT_APPROVED] = { TALK_NOT_APPROVED, PAM_PERM_DENIED,
		    "not approved" },
	};

	if (s->status == ENQUIRY_ACTIVE &&
	    (v->o.mode != OPTIONS_PASSWORD_CODE || !s->needs_new_password))
		return (PAM_SUCCESS);
	if (s->status == ENQUIRY_ACTIVE) {
		talk_tell(v->pamh, &v->o, TALK_NEW_PASSWORD);
		(void)refuse(v, "the password must be changed first");
		return (PAM_PERM_DENIED);
	}
	talk_tell(v->pamh, &v->o, told[s->status].text);
	(void)refuse(v, told[s->status].why);
	return (told[s->status].rc);
}

EXPORT int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct enquiry_state s;
	struct visit v;
	int rc;

	rc = begin(&v, pamh, flags, argc, argv);
	if (rc != PAM_SUCCESS)
		return (rc);
	if (is_exempt(&v))
		return (PAM_IGNORE);
	if (enquiry_state(&v.e, &s) == 0)
		return (judge_state(&v, &s));
	if (v.e.is_silent && has_mark(&v)) {
		pam_syslog(pamh, LOG_ALERT,
		    "BREAK-GLASS: the account of user %s is not looked at",
		    v.who.user);
		return (PAM_SUCCESS);
	}
	return (fault(&v, "the account cannot be looked at"));
}
