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
#include "cli/show.h"

#define PATH_LEN 4096
#define MIB      (1024ULL * 1024)

static const char *const states[] = { "fail", "warn", "ok" };

void
doctor_add(json_t *list, const char *name, enum doctor_state state,
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
	    json_array_append(list, o) != 0)
		show_error("out of memory");
	json_decref(o);
}

bool
doctor_has_failed(const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_of_text(json_array_get(list, i), "state"),
			states[DOCTOR_FAIL]) == 0)
			return (true);
	}
	return (false);
}

void
doctor_show(const json_t *list)
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

void
doctor_machine(json_t *list)
{
	struct timex tx = { 0 };
	unsigned char byte;

	/* modes 0 changes nothing and needs no right. */
	if (adjtimex(&tx) == -1 || (tx.status & STA_UNSYNC) != 0)
		doctor_add(list, "clock sync", DOCTOR_WARN,
		    "one-time codes need the right time: enable chrony or "
		    "systemd-timesyncd (in a container, on its host)",
		    "the kernel's clock is not synchronised");
	else
		doctor_add(list, "clock sync", DOCTOR_OK, "",
		    "the kernel's clock is synchronised");
	if (getrandom(&byte, 1, GRND_NONBLOCK) == 1)
		doctor_add(list, "random", DOCTOR_OK, "",
		    "the kernel gives random numbers");
	else
		doctor_add(list, "random", DOCTOR_FAIL,
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
doctor_socket(json_t *list, const char *path)
{
	char dir[PATH_LEN];
	struct stat st;

	if (lstat(path, &st) != 0) {
		doctor_add(list, "socket", DOCTOR_FAIL,
		    errno == EACCES
			? "run it as root or as the user who started the daemon"
			: "start the daemon (systemctl start sekisho-authd, or "
			  "sekisho-authd -c DIR/sekisho.conf), or name its "
			  "socket with --socket or SEKISHO_SOCKET",
		    "%s: %s", path, strerror(errno));
		return;
	}
	if (!S_ISSOCK(st.st_mode)) {
		doctor_add(list, "socket", DOCTOR_FAIL,
		    "name the daemon's socket with --socket", "%s is no socket",
		    path);
		return;
	}
	parent(path, dir, sizeof(dir));
	if (stat(dir, &st) == 0 && (st.st_mode & 022) != 0 &&
	    (st.st_mode & S_ISVTX) == 0)
		doctor_add(list, "socket", DOCTOR_FAIL,
		    "take the right to write there from group and others",
		    "others can put their own socket into %s", dir);
	else
		doctor_add(list, "socket", DOCTOR_OK, "", "%s", path);
}

static void
check_config(json_t *list, const char *config)
{
	struct stat st;

	if (stat(config, &st) != 0)
		doctor_add(list, "config", DOCTOR_WARN,
		    "run it as root or as the user who started the daemon",
		    "%s: %s", config, strerror(errno));
	else if ((st.st_mode & 022) != 0)
		doctor_add(list, "config", DOCTOR_FAIL,
		    "take the right to write from group and others",
		    "others than its owner can change %s", config);
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		doctor_add(list, "config", DOCTOR_WARN, "",
		    "%s belongs to user %u, neither root nor you", config,
		    (unsigned)st.st_uid);
	else
		doctor_add(list, "config", DOCTOR_OK, "", "%s", config);
}

static void
check_keys(json_t *list, const char *dir)
{
	char path[PATH_LEN];
	struct stat st;

	snprintf(path, sizeof(path), "%.4000s/keys", dir);
	if (stat(path, &st) != 0)
		doctor_add(list, "keys", DOCTOR_WARN,
		    "run it as root or as the user who started the daemon",
		    "%s: %s", path, strerror(errno));
	else if (!S_ISDIR(st.st_mode) || (st.st_mode & 077) != 0)
		doctor_add(list, "keys", DOCTOR_FAIL, "give it mode 0700",
		    "others than its owner can look into %s", path);
	else
		doctor_add(list, "keys", DOCTOR_OK, "", "%s", path);
}

static void
check_disk(json_t *list, const char *dir)
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
	doctor_add(list, "disk", state,
	    state == DOCTOR_OK ? "" : "make room: a full disk refuses logins",
	    "%llu MiB left in %s", left, path);
}

void
doctor_files(json_t *list, const char *config)
{
	char dir[PATH_LEN];

	parent(config, dir, sizeof(dir));
	check_config(list, config);
	check_keys(list, dir);
	check_disk(list, dir);
}
