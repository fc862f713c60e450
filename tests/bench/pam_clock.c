/*
 * pam_clock.c: how long one login takes, through PAM or without it.
 *
 *	pam_clock pam DIR SERVICE <lines `USER CODE`
 *	pam_clock bare SOCKET <lines `USER CODE`
 *
 * pam: pam_authenticate with that code, in a handle whose modules have been
 * loaded (libpam does that once, some 100 to 200 us for any module). bare: the
 * same question to the daemon by authd/api/client. Prints how many were accepted
 * and the median in microseconds. What modules say to syslog goes nowhere, for all
 * of them alike: the functions are replaced here.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <security/pam_appl.h>

#include "authd/api/client.h"

#define LINES_MAX 20000

void openlog(const char *ident, int option, int facility);
void closelog(void);
void syslog(int priority, const char *fmt, ...);
void vsyslog(int priority, const char *fmt, va_list ap);
void __syslog_chk(int priority, int flag, const char *fmt, ...);
void __vsyslog_chk(int priority, int flag, const char *fmt, va_list ap);

void
openlog(const char *ident, int option, int facility)
{
	(void)ident;
	(void)option;
	(void)facility;
}

void
closelog(void)
{
}

void
syslog(int priority, const char *fmt, ...)
{
	(void)priority;
	(void)fmt;
}

void
vsyslog(int priority, const char *fmt, va_list ap)
{
	(void)priority;
	(void)fmt;
	(void)ap;
}

void
__syslog_chk(int priority, int flag, const char *fmt, ...)
{
	(void)priority;
	(void)flag;
	(void)fmt;
}

void
__vsyslog_chk(int priority, int flag, const char *fmt, va_list ap)
{
	(void)priority;
	(void)flag;
	(void)fmt;
	(void)ap;
}

static int
answer(int n, const struct pam_message **msg, struct pam_response **resp,
    void *arg)
{
	struct pam_response *r = calloc((size_t)n, sizeof(*r));
	int i;

	for (i = 0; r != NULL && i < n; i++)
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
		    msg[i]->msg_style == PAM_PROMPT_ECHO_ON)
			r[i].resp = strdup(arg);
	*resp = r;
	return (r == NULL ? PAM_BUF_ERR : PAM_SUCCESS);
}

static void
no_delay(int rc, unsigned usec, void *arg)
{
	(void)rc;
	(void)usec;
	(void)arg;
}

/* A handle with its modules loaded: by a login that must fail. */
static pam_handle_t *
load(const char *dir, const char *service, char *code)
{
	const struct pam_conv conv = { answer, code };
	pam_handle_t *pamh = NULL;
	union {
		void (*call)(int, unsigned, void *);
		const void *item;
	} delay = { no_delay };

	strcpy(code, "no code");
	if (pam_start_confdir(service, "nobody", &conv, dir, &pamh) !=
		PAM_SUCCESS ||
	    pam_set_item(pamh, PAM_FAIL_DELAY, delay.item) != PAM_SUCCESS ||
	    pam_authenticate(pamh, PAM_SILENT) == PAM_SUCCESS) {
		fputs("pam_clock: cannot begin\n", stderr);
		exit(2);
	}
	return (pamh);
}

static int
by_client(const char *socket, const char *user, const char *code)
{
	char question[256], body[4096];
	struct client_answer a = { .body = body, .size = sizeof(body) };

	snprintf(question, sizeof(question),
	    "{\"login\":\"%s\",\"code\":\"%s\",\"service\":\"bench\","
	    "\"source\":\"\"}",
	    user, code);
	return (client_call(socket, "/v1/verify", question, 5000, &a) == 0 &&
	    a.status == 200 && strstr(body, "\"accept\"") != NULL);
}

static int
by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y ? -1 : x > y);
}

int
main(int argc, char **argv)
{
	static double took[LINES_MAX];
	struct timespec from, to;
	char user[64], code[16];
	pam_handle_t *pamh = NULL;
	int n = 0, good = 0;

	if (argc < 3)
		return (2);
	if (argc > 3)
		pamh = load(argv[2], argv[3], code);
	while (n < LINES_MAX && scanf("%63s %15s", user, code) == 2) {
		if (pamh != NULL)
			pam_set_item(pamh, PAM_USER, user);
		clock_gettime(CLOCK_MONOTONIC, &from);
		good += pamh != NULL
		    ? pam_authenticate(pamh, PAM_SILENT) == PAM_SUCCESS
		    : by_client(argv[2], user, code);
		clock_gettime(CLOCK_MONOTONIC, &to);
		took[n++] = (double)(to.tv_sec - from.tv_sec) * 1e6 +
		    (double)(to.tv_nsec - from.tv_nsec) / 1e3;
	}
	pam_end(pamh, PAM_SUCCESS);
	qsort(took, (size_t)n, sizeof(took[0]), by_number);
	printf("%d %.0f\n", good, n == 0 ? 0 : took[n / 2]);
	return (good == n ? 0 : 1);
}
