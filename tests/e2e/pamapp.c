/*
 * pamapp: a program that uses PAM in the ways pamtester does not.
 *
 *	pamapp DIR SERVICE USER MODE [N] <answers
 *
 * Asks libpam for SERVICE of the files in DIR. Standard input holds the
 * answers, one a line; when there are no more, the conversation fails. For each
 * login it prints one line: what pam_authenticate answered, and if that was
 * success what pam_acct_mgmt did, then the milliseconds it took.
 *
 *	plain		one login
 *	repeat N	N logins in a row with the same answers
 *	threads N	N threads, a login each, at the same time
 *	fork		the handle is made here and used in a child
 *	noconv		no conversation function
 *	nullconv	one that answers success and gives nothing
 *	errconv		one that fails, as after Ctrl-C
 *	env		afterwards print the environment, PAM's too
 *	core		afterwards end by a signal that leaves a core
 *	files N		the handle is made, then no more than N files may be open
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_appl.h>

#define ANSWERS_MAX 20
#define THREADS_MAX 64

extern char **environ;

static char answers[ANSWERS_MAX][512];
static int answers_n;
static const char *dir, *service, *user, *mode;

/* A handle's conversation: how far it is. */
struct talk {
	int at;
};

static int
answer(int n, const struct pam_message **msg, struct pam_response **resp,
    void *arg)
{
	struct talk *t = arg;
	struct pam_response *r = calloc((size_t)n, sizeof(*r));
	int i;

	for (i = 0; r != NULL && i < n; i++) {
		fprintf(stderr, "%s\n", msg[i]->msg);
		if (msg[i]->msg_style != PAM_PROMPT_ECHO_OFF &&
		    msg[i]->msg_style != PAM_PROMPT_ECHO_ON)
			continue;
		if (t->at == answers_n)
			goto bad;
		r[i].resp = strdup(answers[t->at++]);
	}
	*resp = r;
	return (r == NULL ? PAM_BUF_ERR : PAM_SUCCESS);
bad:
	for (i = 0; i < n; i++)
		free(r[i].resp);
	free(r);
	return (PAM_CONV_ERR);
}

static int
answer_nothing(int n, const struct pam_message **msg,
    struct pam_response **resp, void *arg)
{
	(void)n;
	(void)msg;
	(void)arg;
	*resp = NULL;
	return (PAM_SUCCESS);
}

static int
answer_error(int n, const struct pam_message **msg, struct pam_response **resp,
    void *arg)
{
	(void)n;
	(void)msg;
	(void)arg;
	*resp = NULL;
	return (PAM_CONV_ERR);
}

static void
no_delay(int rc, unsigned usec, void *arg)
{
	(void)rc;
	(void)usec;
	(void)arg;
}

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static pam_handle_t *
begin(struct talk *t)
{
	struct pam_conv conv = { answer, t };
	pam_handle_t *pamh = NULL;
	union {
		void (*call)(int, unsigned, void *);
		const void *item;
	} delay = { no_delay };

	t->at = 0;
	if (strcmp(mode, "noconv") == 0)
		conv.conv = NULL;
	if (strcmp(mode, "nullconv") == 0)
		conv.conv = answer_nothing;
	if (strcmp(mode, "errconv") == 0)
		conv.conv = answer_error;
	if (pam_start_confdir(service, user, &conv, dir, &pamh) !=
	    PAM_SUCCESS) {
		puts("no handle 0");
		exit(3);
	}
	/* how long libpam waits at the end is not what is measured */
	pam_set_item(pamh, PAM_FAIL_DELAY, delay.item);
	return (pamh);
}

static int
log_in(pam_handle_t *pamh)
{
	long start = now_ms();
	int rc = pam_authenticate(pamh, 0);
	const char *step = "auth";

	if (rc == PAM_SUCCESS) {
		step = "account";
		rc = pam_acct_mgmt(pamh, 0);
	}
	printf("%s: %s %ld\n", step, pam_strerror(pamh, rc),
	    now_ms() - start);
	fflush(stdout);
	return (rc);
}

static void *
one(void *arg)
{
	struct talk t;
	pam_handle_t *pamh = begin(&t);
	int rc = log_in(pamh);

	if (strcmp(mode, "env") == 0) {
		char **e;

		for (e = environ; *e != NULL; e++)
			puts(*e);
		for (e = pam_getenvlist(pamh); e != NULL && *e != NULL; e++)
			puts(*e);
	}
	pam_end(pamh, rc);
	*(int *)arg = rc;
	return (NULL);
}

static int
in_child(void)
{
	struct talk t;
	pam_handle_t *pamh = begin(&t);
	pid_t child = fork();
	int status = 1;

	if (child == 0) {
		int rc = log_in(pamh);

		pam_end(pamh, rc | PAM_DATA_SILENT);
		_exit(rc == PAM_SUCCESS ? 0 : 1);
	}
	waitpid(child, &status, 0);
	pam_end(pamh, PAM_ABORT);
	return (WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

/* The module is there, but no file more than so many. */
static int
with_files(rlim_t n)
{
	struct talk t;
	pam_handle_t *pamh = begin(&t);
	struct rlimit before, few;
	int rc;

	getrlimit(RLIMIT_NOFILE, &before);
	few = (struct rlimit){ n, before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &few);
	rc = log_in(pamh);
	setrlimit(RLIMIT_NOFILE, &before); /* a sanitizer opens some at the end */
	pam_end(pamh, rc);
	return (rc != 0);
}

int
main(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	int rcs[THREADS_MAX], i, n = 1, rc = 0;

	if (argc < 5)
		return (2);
	dir = argv[1];
	service = argv[2];
	user = argv[3];
	mode = argv[4];
	if (argc > 5)
		n = atoi(argv[5]);
	while (answers_n < ANSWERS_MAX &&
	    fgets(answers[answers_n], sizeof(answers[0]), stdin) != NULL) {
		answers[answers_n][strcspn(answers[answers_n], "\n")] = '\0';
		answers_n++;
	}
	if (strcmp(mode, "fork") == 0)
		return (in_child());
	if (strcmp(mode, "threads") == 0) {
		for (i = 0; i < n && i < THREADS_MAX; i++)
			pthread_create(&threads[i], NULL, one, &rcs[i]);
		for (i = 0; i < n && i < THREADS_MAX; i++) {
			pthread_join(threads[i], NULL);
			rc |= rcs[i];
		}
		return (rc != 0);
	}
	if (strcmp(mode, "files") == 0)
		return (with_files((rlim_t)n));
	for (i = 0; i < n; i++) {
		one(&rcs[0]);
		rc |= rcs[0];
	}
	if (strcmp(mode, "core") == 0)
		abort();
	return (rc != 0);
}
