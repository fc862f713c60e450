#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <liboath/oath.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authd/api/client.h"
#include "tests/torture/fault_run.h"

#define PATIENCE_MS 20000 /* more is a hang */
#define RECOVER_MS  8000  /* by itself, however busy the machine */
#define TRIES       3     /* at least */
#define ANYTHING    -1
#define CRASHED     128
#define CODE_LEN    6
#define STEP_S      30

#define FIRST_PASSWORD "Kb7#wolfram-Teapot"
#define OWN_PASSWORD   "tsukue+Lamp=94-Orbit"

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

void
fault_run_complain(struct fault_run *r, const char *format, ...)
{
	size_t n = strlen(r->complaint);
	va_list ap;

	r->complaints++;
	va_start(ap, format);
	(void)vsnprintf(r->complaint + n, sizeof(r->complaint) - n, format, ap);
	va_end(ap);
	n = strlen(r->complaint);
	if (n + 1 < sizeof(r->complaint))
		strcpy(r->complaint + n, "\n");
}

static bool
has_fired(struct fault_run *r)
{
	return (atomic_load(&r->state->has_fired) != 0);
}

/* May something have failed that is to be tried again? */
static bool
may_fail(struct fault_run *r)
{
	if (strstr(r->err, "took too long") != NULL)
		r->was_busy = true;
	return (has_fired(r) || r->was_busy);
}

bool
fault_run_is_foreign(const struct fault_frame *frame)
{
	static const char *const ours[] = { "fault.so", "libc.so.6",
		"sekisho" };
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strncmp(frame->file, ours[i], strlen(ours[i])) == 0)
			return (strncmp(frame->symbol, "getpw", 5) == 0 ||
			    strncmp(frame->symbol, "getgr", 5) == 0);
	return (true);
}

/*
 * Did a library of others meet the end of memory? Some do not survive that, or
 * turn in circles; what is asked then is that nothing was granted or lost.
 */
static bool
is_library_death(struct fault_run *r)
{
	int i;

	/* The kernel's random numbers cannot fail; libsodium counts on it. */
	if (!has_fired(r) ||
	    (r->state->kind != FAULT_MALLOC && r->state->kind != FAULT_RANDOM))
		return (false);
	for (i = 0; i < r->state->frames_n; i++) {
		if (fault_run_is_foreign(&r->state->frames[i]))
			return (true);
		if (strncmp(r->state->frames[i].file, "sekisho", 7) == 0)
			return (false);
	}
	return (false);
}

/* It was killed by a signal. */
static void
crashed(struct fault_run *r, const char *what, int number)
{
	if (is_library_death(r))
		r->library_deaths++;
	else
		fault_run_complain(
		    r, "%s was killed by signal %d: %s", what, number, r->err);
}

/* --- processes --- */

static int
redirect(const char *path, int flags, int fd)
{
	int file = open(path, flags | O_CLOEXEC, 0600);

	return (file == -1 ? -1 : dup2(file, fd));
}

/* Start bin/NAME with the library in it. */
static pid_t
start(struct fault_run *r, const char *const argv[], const char *err_path)
{
	char path[400], preload[400], state[400], socket[400];
	char *envp[] = { preload, state, socket,
		(char *)(uintptr_t) "PATH=/usr/bin:/bin",
		(char *)(uintptr_t) "LC_ALL=C.UTF-8", NULL };
	pid_t pid;

	snprintf(path, sizeof(path), "%s/bin/%s", r->place, argv[0]);
	snprintf(
	    preload, sizeof(preload), "LD_PRELOAD=%s/bin/fault.so", r->place);
	snprintf(state, sizeof(state), "FAULT_STATE=%s/bin/state", r->place);
	snprintf(socket, sizeof(socket), "SEKISHO_SOCKET=%s", r->socket);
	if ((pid = fork()) != 0)
		return (pid);
	if (redirect(r->in_path, O_RDONLY, STDIN_FILENO) == -1 ||
	    redirect(r->out_path, O_WRONLY | O_CREAT | O_TRUNC,
		STDOUT_FILENO) == -1 ||
	    redirect(err_path, O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO) ==
		-1)
		_exit(127);
	execve(path, (char *const *)(uintptr_t)argv, envp);
	_exit(127);
}

/* Its wait status; a hang is ended and complained of. */
static int
wait_end(struct fault_run *r, pid_t pid, const char *what)
{
	struct pollfd p = { .events = POLLIN };
	int status = 0;

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd == -1 || poll(&p, 1, PATIENCE_MS) != 1) {
		fault_run_complain(r, "%s hangs", what);
		(void)kill(pid, SIGKILL);
	}
	if (p.fd != -1)
		close(p.fd);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return (status);
}

void
fault_run_read(const char *path, char *out, size_t size)
{
	ssize_t n = 0;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, out, size - 1);
		close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
}

static void
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* Run a program to its end: its exit status, 128 when it crashed. */
static int
run(struct fault_run *r, const char *in, const char *const argv[])
{
	char what[128];
	int status;

	snprintf(what, sizeof(what), "%s %s %s", argv[0],
	    argv[1] != NULL ? argv[1] : "",
	    argv[1] != NULL && argv[2] != NULL ? argv[2] : "");
	write_text(r->in_path, in);
	(void)unlink(r->err_path);
	status = wait_end(r, start(r, argv, r->err_path), what);
	fault_run_read(r->out_path, r->out, sizeof(r->out));
	fault_run_read(r->err_path, r->err, sizeof(r->err));
	if (!WIFEXITED(status)) {
		crashed(r, what, WTERMSIG(status));
		return (CRASHED);
	}
	if (WEXITSTATUS(status) > 5)
		fault_run_complain(r, "%s ended with %d: %s", what,
		    WEXITSTATUS(status), r->err);
	return (WEXITSTATUS(status));
}

/* --- the daemon --- */

/* The daemon has ended: cleanly? */
static void
judge_end(struct fault_run *r, int status, bool is_asked)
{
	if (!WIFEXITED(status))
		crashed(r, "the parent", WTERMSIG(status));
	else if (WEXITSTATUS(status) == 0 ? !is_asked : !has_fired(r))
		fault_run_complain(
		    r, "the parent ended with %d", WEXITSTATUS(status));
	r->daemon = 0;
}

static bool
is_over(struct fault_run *r)
{
	int status;

	if (r->daemon != 0 && waitpid(r->daemon, &status, WNOHANG) == r->daemon)
		judge_end(r, status, false);
	return (r->daemon == 0);
}

static bool
is_up(struct fault_run *r)
{
	static const char *const status[] = { "sekisho", "status", NULL };
	const int64_t until = now_ms() + RECOVER_MS;
	struct stat st;

	while (!is_over(r) && now_ms() < until) {
		if (stat(r->socket, &st) == 0 && run(r, "", status) == 0)
			return (true);
		usleep(2000);
	}
	return (false);
}

/* Up, or up at the second start: one fault cannot spoil two. */
static void
need_daemon(struct fault_run *r)
{
	char conf[300];
	const char *argv[] = { "sekisho-authd", "-c", conf, NULL };
	int i;

	snprintf(conf, sizeof(conf), "%s/sekisho.conf", r->dir);
	for (i = 0; i < 2; i++) {
		if (!is_over(r))
			return;
		(void)unlink(r->socket);
		r->daemon = start(r, argv, r->log_path);
		if (is_up(r))
			return;
		if (r->daemon != 0) {
			/* alive and not ready: like a service manager */
			(void)kill(r->daemon, SIGTERM);
			judge_end(
			    r, wait_end(r, r->daemon, "the daemon"), true);
		}
	}
	fault_run_complain(r, "the daemon does not start again");
}

static void
stop_daemon(struct fault_run *r)
{
	if (is_over(r))
		return;
	(void)kill(r->daemon, SIGTERM);
	judge_end(r, wait_end(r, r->daemon, "stopping"), true);
}

/* --- questions --- */

/*
 * Run a command that should end with ${want}. When the fault has spoilt it, it
 * is tried again for a while: then it must end with ${want}, or with ${done}
 * because the first try was done after all. Nothing but ${want} or a failure
 * is ever right.
 */
static int
ask(struct fault_run *r, int want, int done, const char *in,
    const char *const argv[])
{
	const int64_t until = now_ms() + RECOVER_MS;
	int rc, first, tries = 1;

	rc = first = run(r, in, argv);
	while (rc != want && r->complaints == 0 &&
	    (tries++ < TRIES || now_ms() < until)) {
		if (!may_fail(r) || rc == 0)
			break;
		if (r->err[0] == '\0' && rc != 1 && rc != CRASHED)
			fault_run_complain(r,
			    "%s %s failed with %d and said nothing", argv[1],
			    argv[2], rc);
		need_daemon(r);
		if ((rc = run(r, in, argv)) == done && first != done)
			return (rc);
		usleep(20000);
	}
	if (rc != want)
		fault_run_complain(r, "%s %s ended with %d, not %d: %s%s",
		    argv[1], argv[2], rc, want, r->out, r->err);
	return (rc);
}

#define ASK(r, want, done, in, ...)                                            \
	ask(r, want, done, in,                                                 \
	    (const char *const[]){ "sekisho", __VA_ARGS__, NULL })

static bool
get_text(const char *json, const char *key, char *out, size_t size)
{
	json_t *j = json_loads(json, 0, NULL);
	const char *s = json_string_value(json_object_get(j, key));
	bool is_there = s != NULL;

	snprintf(out, size, "%s", is_there ? s : "");
	json_decref(j);
	return (is_there);
}

static void
note_grant(struct fault_run *r, const char *json)
{
	if (r->grants_n == 8 ||
	    !get_text(json, "request_id", r->grants[r->grants_n],
		sizeof(r->grants[0])))
		fault_run_complain(
		    r, "accepted without a request id: %s", json);
	else
		r->grants_n++;
}

/* Do not let the step pass while a code of it is under way. */
static void
early_in_step(void)
{
	int left = STEP_S - (int)(time(NULL) % STEP_S);

	if (left <= 2)
		sleep((unsigned)left);
}

static void
code_at(struct fault_run *r, int shift, char code[CODE_LEN + 1])
{
	char *raw = NULL;
	size_t len = 0;

	early_in_step();
	snprintf(code, CODE_LEN + 1, "000000");
	if (oath_base32_decode(r->secret, strlen(r->secret), &raw, &len) !=
		OATH_OK ||
	    oath_hotp_generate(raw, len,
		(uint64_t)(time(NULL) / STEP_S + shift), CODE_LEN, false, -1,
		code) != OATH_OK)
		fault_run_complain(r, "no code of %s", r->secret);
	free(raw);
}

/* --- the scenario --- */

static void
init(struct fault_run *r)
{
	const char *argv[] = { "sekisho-authd", "--init", r->dir, NULL };
	char conf[300];
	int rc, fd;

	rc = run(r, "", argv);
	if (rc != 0 && !has_fired(r))
		fault_run_complain(r, "init ended with %d: %s", rc, r->err);
	/* What failed left nothing in the way. */
	if (rc != 0 && run(r, "", argv) != 0)
		fault_run_complain(
		    r, "a second init after one that failed: %s", r->err);
	snprintf(conf, sizeof(conf), "%s/sekisho.conf", r->dir);
	fd = open(conf, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd == -1 || write(fd, "password_cost = 5\n", 18) != 18)
		fault_run_complain(r, "%s is not there", conf);
	if (fd != -1)
		close(fd);
}

static void
enrol(struct fault_run *r)
{
	char code[CODE_LEN + 1];

	(void)ASK(r, 0, 1, "", "office", "add", "demo", "--name", "Demo");
	(void)ASK(r, 0, 1, "", "account", "add", "hanako", "--name", "Hanako",
	    "--office", "demo");
	/* Each new enrolment voids the one before it. */
	if (ASK(r, 0, ANYTHING, "", "phone", "enroll", "hanako", "--json") ==
		0 &&
	    !get_text(r->out, "secret", r->secret, sizeof(r->secret)))
		fault_run_complain(r, "enrolled without a secret: %s", r->out);
	if (r->complaints > 0)
		return;
	code_at(r, -1, code);
	(void)ASK(r, 0, 1, "", "phone", "confirm", "hanako", code);
	/* 1: it was set and is used already */
	(void)ASK(
	    r, 0, 1, FIRST_PASSWORD, "password", "set", "hanako", "--stdin");
}

static void
verify(struct fault_run *r)
{
	char code[CODE_LEN + 1], wrong[CODE_LEN + 1];

	code_at(r, 0, code);
	snprintf(wrong, sizeof(wrong), "%s", code);
	wrong[0] = (char)('0' + (code[0] - '0' + 5) % 10);
	(void)ASK(r, 1, ANYTHING, "", "verify", "hanako", wrong, "--json");
	/* What failed on its way back was used up. */
	if (ASK(r, 0, 1, "", "verify", "hanako", code, "--json") == 0)
		note_grant(r, r->out);
	(void)ASK(r, 1, ANYTHING, "", "verify", "hanako", code, "--json");
}

/* One step of a login; its result, "" when it failed. */
static void
login_step(
    struct fault_run *r, const char *json, char *result, char *transaction)
{
	struct client_answer a = { .body = r->out, .size = sizeof(r->out) };
	int rc;

	rc = client_call(r->socket, "/v1/login", json, PATIENCE_MS, &a);
	if (rc == 0 && a.status == 503)
		r->was_busy = true;
	if ((rc != 0 || a.status != 200) && !may_fail(r))
		fault_run_complain(
		    r, "login: %d, status %d: %s", rc, a.status, a.why);
	/* 400: jansson takes its own want of memory for bad JSON; 500: the
	 * system has no random numbers */
	if (rc == 0 && a.status != 200 && a.status != 503 && a.status != 400 &&
	    a.status != 500)
		fault_run_complain(r, "login: status %d", a.status);
	if (rc != 0 || a.status != 200)
		snprintf(r->out, sizeof(r->out), "{}");
	(void)get_text(r->out, "result", result, 32);
	(void)get_text(r->out, "transaction", transaction, 64);
}

/* ID and password, the code, a new password. Whether it was accepted. */
static bool
login_once(struct fault_run *r, const char *password, const char *code)
{
	char json[512], result[32], tx[64];

	snprintf(json, sizeof(json),
	    "{\"login\":\"hanako\",\"password\":\"%s\",\"service\":\"t\"}",
	    password);
	login_step(r, json, result, tx);
	if (strcmp(result, "accept") == 0)
		fault_run_complain(r, "accepted by the password alone");
	if (strcmp(result, "continue") != 0)
		return (false);
	snprintf(json, sizeof(json), "{\"transaction\":\"%s\",\"code\":\"%s\"}",
	    tx, code);
	login_step(r, json, result, tx);
	if (strcmp(result, "accept") == 0 &&
	    strcmp(password, FIRST_PASSWORD) == 0)
		fault_run_complain(r, "accepted by another one's password");
	if (strcmp(result, "change_password") != 0)
		return (strcmp(result, "accept") == 0);
	snprintf(json, sizeof(json),
	    "{\"transaction\":\"%s\",\"new_password\":\"%s\"}", tx,
	    OWN_PASSWORD);
	login_step(r, json, result, tx);
	return (strcmp(result, "accept") == 0);
}

static void
login(struct fault_run *r)
{
	const int64_t until = now_ms() + RECOVER_MS;
	char code[CODE_LEN + 1], result[32], tx[64];
	int tries = 0;
	bool is_in;

	code_at(r, 1, code);
	is_in = login_once(r, FIRST_PASSWORD, code);
	if (is_in)
		note_grant(r, r->out);
	else if (!may_fail(r))
		fault_run_complain(r, "the login was refused");
	/*
	 * The fault may have cost the code; the person's password, old or new,
	 * must still open the first step; also when an answer never came, as
	 * libmicrohttpd may forget to go on with one that was suspended.
	 */
	while (!is_in && (tries++ < TRIES || now_ms() < until)) {
		need_daemon(r);
		login_step(r,
		    "{\"login\":\"hanako\",\"password\":\"" FIRST_PASSWORD
		    "\",\"service\":\"t\"}",
		    result, tx);
		if (strcmp(result, "refuse") == 0)
			login_step(r,
			    "{\"login\":\"hanako\",\"password\":\"" OWN_PASSWORD
			    "\",\"service\":\"t\"}",
			    result, tx);
		if (strcmp(result, "continue") == 0)
			break;
		usleep(20000);
	}
	if (!is_in && strcmp(result, "continue") != 0 && !r->was_busy)
		fault_run_complain(r, "no password opens a login any more");
	need_daemon(r);
	/* The code of that login, if it was accepted, is used up. */
	if (is_in)
		(void)ASK(
		    r, 1, ANYTHING, "", "verify", "hanako", code, "--json");
}

/* The serial of the certificate that is live; "" when there is none. */
static void
get_serial(struct fault_run *r, char *serial, size_t size)
{
	json_t *j = json_loads(r->out, 0, NULL), *cert, *state;
	size_t i;

	if (json_array_size(json_object_get(j, "certificates")) == 0)
		fault_run_complain(r, "no certificate: %s", r->out);
	json_array_foreach(json_object_get(j, "certificates"), i, cert)
	{
		state = json_object_get(cert, "state");
		if (strcmp(json_string_value(state), "live") == 0)
			snprintf(serial, size, "%s",
			    json_string_value(json_object_get(cert, "serial")));
	}
	json_decref(j);
}

/* A certificate, which ends at once: what could not be written has ended. */
static void
certify(struct fault_run *r)
{
	char csr[300], path[300], serial[64] = "";

	snprintf(csr, sizeof(csr), "%s/pc.csr", r->place);
	snprintf(path, sizeof(path), "%s/pc.pem", r->place);
	/* 1: it was signed, and that terminal has it */
	if (ASK(r, 0, 1, "", "cert", "sign", csr, "--login", "hanako",
		"--label", "pc", "--out", path, "--force", "--json") == 0 &&
	    access(path, R_OK) != 0)
		fault_run_complain(r, "signed without a file: %s", r->out);
	if (r->complaints == 0 &&
	    ASK(r, 0, ANYTHING, "", "cert", "list", "--json") == 0)
		get_serial(r, serial, sizeof(serial));
	if (r->complaints == 0 && serial[0] != '\0')
		(void)ASK(r, 0, 1, "", "cert", "revoke", serial);
}

static void
retire(struct fault_run *r)
{
	char code[CODE_LEN + 1];

	/* 3: there is none any more */
	(void)ASK(r, 0, 3, "", "phone", "revoke", "hanako");
	code_at(r, 1, code);
	(void)ASK(r, 1, ANYTHING, "", "verify", "hanako", code, "--json");
	(void)ASK(r, 0, ANYTHING, "", "account", "disable", "hanako");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return (remove(path));
}

void
fault_run_clear(struct fault_run *r)
{
	if (r->daemon > 0) {
		(void)kill(r->daemon, SIGKILL);
		(void)waitpid(r->daemon, NULL, 0);
	}
	r->daemon = 0;
	(void)nftw(r->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)unlink(r->log_path);
}

static void
set_paths(struct fault_run *r)
{
	snprintf(r->dir, sizeof(r->dir), "%s/i", r->place);
	snprintf(r->socket, sizeof(r->socket), "%s/authd.sock", r->dir);
	snprintf(r->db, sizeof(r->db), "%s/data/sekisho.db", r->dir);
	snprintf(r->out_path, sizeof(r->out_path), "%s/out", r->place);
	snprintf(r->err_path, sizeof(r->err_path), "%s/err", r->place);
	snprintf(r->in_path, sizeof(r->in_path), "%s/in", r->place);
	snprintf(r->log_path, sizeof(r->log_path), "%s/log", r->place);
}

/* What the processes said of each other's end. */
static void
judge_log(struct fault_run *r)
{
	static char text[256 * 1024];
	char *line, *save = NULL;

	fault_run_read(r->log_path, text, sizeof(text));
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, "was killed by signal") == NULL &&
		    strstr(line, "did not end within") == NULL)
			continue;
		if (is_library_death(r))
			r->library_deaths++;
		else
			fault_run_complain(r, "%s", line);
	}
}

int
fault_run_show(struct fault_run *r, bool is_first)
{
	char conf[300];
	const char *argv[] = { "sekisho-authd", "--show", "-c", conf, NULL };

	set_paths(r);
	if (is_first) {
		fault_run_clear(r);
		init(r);
	}
	snprintf(conf, sizeof(conf), "%s/sekisho.conf", r->dir);
	return (run(r, "", argv));
}

void
fault_run_all(struct fault_run *r)
{
	void (*const parts[])(struct fault_run *) = { enrol, verify, login,
		certify, retire, stop_daemon };
	size_t i;

	set_paths(r);
	fault_run_clear(r);
	write_text(r->log_path, "");
	init(r);
	if (r->complaints == 0)
		need_daemon(r);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (r->complaints == 0)
			parts[i](r);
	if (r->complaints == 0)
		(void)ASK(
		    r, 0, ANYTHING, "", "audit", "verify", "--dir", r->dir);
	if (r->complaints == 0)
		fault_judge(r);
	judge_log(r);
	if (r->is_fault_free && has_fired(r))
		fault_run_complain(r, "something failed");
}
