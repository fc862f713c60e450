#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "cli/doctor.h"
#include "cli/question.h"
#include "cli/show.h"

#define PATH_LEN 4096
#define MIB      (1024ULL * 1024)

static const char *const states[] = { "fail", "warn", "ok" };

void
doctor_new(struct doctor *d)
{
	d->is_incomplete = false;
	if ((d->list = json_array()) == NULL)
		doctor_lose(d);
}

void
doctor_lose(struct doctor *d)
{
	if (!d->is_incomplete)
		show_error("out of memory");
	d->is_incomplete = true;
}

void
doctor_add(struct doctor *d, const char *name, enum doctor_state state,
    const char *hint, const char *fmt, ...)
{
	char detail[PATH_LEN + 200];
	json_t *o = json_object();
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	if (json_put_text(o, "name", name) != 0 ||
	    json_put_text(o, "state", states[state]) != 0 ||
	    json_put_text(o, "detail", detail) != 0 ||
	    json_put_text(o, "hint", hint) != 0 ||
	    json_array_append(d->list, o) != 0)
		doctor_lose(d);
	json_decref(o);
}

static bool
has_failed(const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_of_text(json_array_get(list, i), "state"),
			states[DOCTOR_FAIL]) == 0)
			return (true);
	}
	return (false);
}

static void
show(const json_t *list)
{
	const json_t *o;
	size_t i;

	for (i = 0; (o = json_array_get(list, i)) != NULL; i++) {
		printf("%-4s  %-11s ", json_of_text(o, "state"),
		    json_of_text(o, "name"));
		show_safe(stdout, json_of_text(o, "detail"));
		putchar('\n');
		if (json_of_text(o, "hint")[0] == '\0')
			continue;
		printf("%-17s > ", "");
		show_safe(stdout, json_of_text(o, "hint"));
		putchar('\n');
	}
}

int
doctor_end(struct doctor *d, int code, bool is_json)
{
	json_t *o;

	if (d->is_incomplete)
		code = QUESTION_UNAVAILABLE;
	else if (code == QUESTION_DONE && has_failed(d->list))
		code = QUESTION_REFUSED;
	if (!is_json)
		show(d->list);
	else {
		o = json_object();
		if (json_put_bool(o, "ok", code == QUESTION_DONE) == 0 &&
		    json_object_set(o, "checks", d->list) == 0)
			show_json(o);
		else {
			doctor_lose(d);
			code = QUESTION_UNAVAILABLE;
		}
		json_decref(o);
	}
	json_decref(d->list);
	return (code);
}

void
doctor_machine(struct doctor *d)
{
	struct timex tx = { 0 };
	unsigned char byte;

	/* modes 0 changes nothing and needs no right. */
	if (adjtimex(&tx) == -1 || (tx.status & STA_UNSYNC) != 0)
		doctor_add(d, "clock sync", DOCTOR_WARN,
		    "one-time codes need the right time: enable chrony or "
		    "systemd-timesyncd (in a container, on its host)",
		    "the kernel's clock is not synchronised");
	else
		doctor_add(d, "clock sync", DOCTOR_OK, "",
		    "the kernel's clock is synchronised");
	if (getrandom(&byte, 1, GRND_NONBLOCK) == 1)
		doctor_add(d, "random", DOCTOR_OK, "",
		    "the kernel gives random numbers");
	else
		doctor_add(d, "random", DOCTOR_FAIL,
		    "wait until the machine has started, or give it a "
		    "hardware source such as virtio-rng",
		    "the kernel gives no random numbers yet");
}

/* The directory a path lies in. */
static void
parent(const char *path, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		snprintf(out, size, ".");
	else
		snprintf(out, size, "%.*s",
		    slash == path ? 1 : (int)(slash - path), path);
}

void
doctor_socket(struct doctor *d, const char *path)
{
	char dir[PATH_LEN];
	struct stat st;

	if (lstat(path, &st) != 0) {
		doctor_add(d, "socket", DOCTOR_FAIL,
		    errno == EACCES
			? "run it as root or as the user who started the daemon"
			: "start the daemon (systemctl start sekisho-authd, or "
			  "sekisho-authd -c DIR/sekisho.conf), or name its "
			  "socket with --socket or SEKISHO_SOCKET",
		    "%s: %s", path, strerror(errno));
		return;
	}
	if (!S_ISSOCK(st.st_mode)) {
		doctor_add(d, "socket", DOCTOR_FAIL,
		    "name the daemon's socket with --socket", "%s is no socket",
		    path);
		return;
	}
	parent(path, dir, sizeof(dir));
	if (stat(dir, &st) == 0 && (st.st_mode & 022) != 0 &&
	    (st.st_mode & S_ISVTX) == 0)
		doctor_add(d, "socket", DOCTOR_FAIL,
		    "take the right to write there from group and others",
		    "others can put their own socket into %s", dir);
	else
		doctor_add(d, "socket", DOCTOR_OK, "", "%s", path);
}

static void
check_config(struct doctor *d, const char *config)
{
	struct stat st;

	if (stat(config, &st) != 0)
		doctor_add(d, "config", DOCTOR_WARN,
		    "run it as root or as the user who started the daemon",
		    "%s: %s", config, strerror(errno));
	else if ((st.st_mode & 022) != 0)
		doctor_add(d, "config", DOCTOR_FAIL,
		    "take the right to write from group and others",
		    "others than its owner can change %s", config);
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		doctor_add(d, "config", DOCTOR_WARN, "",
		    "%s belongs to user %u, neither root nor you", config,
		    (unsigned)st.st_uid);
	else
		doctor_add(d, "config", DOCTOR_OK, "", "%s", config);
}

static void
check_keys(struct doctor *d, const char *dir)
{
	char path[PATH_LEN];
	struct stat st;

	snprintf(path, sizeof(path), "%.4000s/keys", dir);
	if (stat(path, &st) != 0)
		doctor_add(d, "keys", DOCTOR_WARN,
		    "run it as root or as the user who started the daemon",
		    "%s: %s", path, strerror(errno));
	else if (!S_ISDIR(st.st_mode) || (st.st_mode & 077) != 0)
		doctor_add(d, "keys", DOCTOR_FAIL, "give it mode 0700",
		    "others than its owner can look into %s", path);
	else
		doctor_add(d, "keys", DOCTOR_OK, "", "%s", path);
}

static void
check_disk(struct doctor *d, const char *dir)
{
	char path[PATH_LEN];
	struct statvfs fs;
	unsigned long long left;
	enum doctor_state state = DOCTOR_OK;

	/* Beside the configuration, or where the packages put it. */
	snprintf(path, sizeof(path), "%.4000s/data", dir);
	if (access(path, F_OK) != 0)
		snprintf(path, sizeof(path), "/var/lib/sekisho");
	if (statvfs(path, &fs) != 0)
		return;
	left = (unsigned long long)fs.f_bavail * fs.f_frsize / MIB;
	if (left < 256)
		state = left < 64 ? DOCTOR_FAIL : DOCTOR_WARN;
	doctor_add(d, "disk", state,
	    state == DOCTOR_OK ? "" : "make room: a full disk refuses logins",
	    "%llu MiB left in %s", left, path);
}

void
doctor_files(struct doctor *d, const char *config)
{
	char dir[PATH_LEN];

	parent(config, dir, sizeof(dir));
	check_config(d, config);
	check_keys(d, dir);
	check_disk(d, dir);
}
