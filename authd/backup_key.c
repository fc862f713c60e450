#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "authd/backup_key.h"
#include "authd/base/file.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"

#define HEX_LEN  (2 * BACKUP_FILE_KEY_LEN)
#define TEXT_LEN (BACKUP_KEY_MAX + 3) /* CR, LF, NUL */

struct backup_key {
	struct backup_file_key use;
	char text[TEXT_LEN], again[TEXT_LEN];
	uint8_t public_key[BACKUP_FILE_KEY_LEN];
	uint8_t secret_key[BACKUP_FILE_KEY_LEN];
};

/* The first line of what is there. */
static int
read_line(int fd, char text[TEXT_LEN])
{
	size_t at = 0;
	ssize_t n;

	while (at < TEXT_LEN - 1) {
		n = read(fd, text + at, TEXT_LEN - 1 - at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (log_fr(ERR_SYS, "read a passphrase or key"));
		at += (size_t)n;
		if (n == 0 || memchr(text, '\n', at) != NULL)
			break;
	}
	text[at] = '\0';
	if (strlen(text) != at)
		return (log_fr(ERR_INVALID, "a NUL in a passphrase or key"));
	text[strcspn(text, "\n")] = '\0';
	at = strlen(text);
	if (at > 0 && text[at - 1] == '\r')
		text[--at] = '\0';
	if (at > BACKUP_KEY_MAX) {
		log_error("a passphrase has at most %d bytes", BACKUP_KEY_MAX);
		return (ERR_INVALID);
	}
	return (0);
}

static int
read_file(const char *path, bool is_secret, char text[TEXT_LEN])
{
	struct stat st;
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) != 0)
		r = log_fr(ERR_SYS, "open %s", path);
	else if (is_secret && S_ISREG(st.st_mode) && (st.st_mode & 07) != 0) {
		log_error("everybody can read %s: chmod 600, and choose "
			  "another one if it was used",
		    path);
		r = ERR_DENIED;
	} else
		r = read_line(fd, text);
	if (fd != -1)
		close(fd);
	return (r);
}

/* A line of the terminal, or ERR_SYS when a signal is there first. */
static int
wait_line(int signals, char text[TEXT_LEN])
{
	struct pollfd p[] = { { .fd = signals, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN } };
	int n;

	do
		n = poll(p, 2, -1);
	while (n == -1 && errno == EINTR);
	if (n == -1 || p[0].revents != 0)
		return (ERR_SYS);
	return (read_line(STDIN_FILENO, text));
}

/* What would end us waits until the terminal shows again what is typed. */
static int
ask(const char *what, char text[TEXT_LEN])
{
	struct termios old, quiet;
	sigset_t ends, before;
	int r, signals;

	if (tcgetattr(STDIN_FILENO, &old) != 0)
		return (read_line(STDIN_FILENO, text));
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGQUIT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &ends, &before);
	if ((signals = signalfd(-1, &ends, SFD_CLOEXEC)) == -1)
		r = log_fr(ERR_SYS, "signalfd");
	else {
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		fputs(what, stderr);
		r = wait_line(signals, text);
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		fputc('\n', stderr);
		close(signals);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return (r);
}

static int
get_passphrase(struct backup_key *k, const char *file, bool is_new)
{
	int r;

	k->use.kind = BACKUP_FILE_PASSPHRASE;
	if (file != NULL)
		r = read_file(file, true, k->text);
	else
		r = ask("Passphrase of the backup: ", k->text);
	if (r != 0)
		return (r);
	k->use.passphrase = k->text;
	k->use.passphrase_len = strlen(k->text);
	if (k->use.passphrase_len < BACKUP_KEY_MIN) {
		log_error("the passphrase of a backup has at least %d bytes",
		    BACKUP_KEY_MIN);
		return (ERR_INVALID);
	}
	if (!is_new || file != NULL || isatty(STDIN_FILENO) == 0)
		return (0);
	if ((r = ask("Once more: ", k->again)) != 0)
		return (r);
	if (strcmp(k->text, k->again) != 0) {
		log_error("these two differ");
		return (ERR_INVALID);
	}
	return (0);
}

/* One key as hexadecimal digits in a file. */
static int
get_half(struct backup_key *k, const char *file, bool is_secret)
{
	uint8_t *at = is_secret ? k->secret_key : k->public_key;
	int r;

	if ((r = read_file(file, is_secret, k->text)) != 0)
		return (r);
	if (text_get_hex(k->text, at, BACKUP_FILE_KEY_LEN) != 0) {
		log_error("%s does not hold a recovery key of %d hexadecimal "
			  "digits",
		    file, HEX_LEN);
		return (ERR_INVALID);
	}
	return (0);
}

static int
get_recovery(struct backup_key *k, const struct backup_key_source *from)
{
	int r;

	k->use.kind = BACKUP_FILE_RECIPIENT;
	k->use.public_key = k->public_key;
	k->use.secret_key = k->secret_key;
	if (from->recipient != NULL)
		return (get_half(k, from->recipient, false));
	if ((r = get_half(k, from->identity, true)) != 0)
		return (r);
	if (crypto_scalarmult_base(k->public_key, k->secret_key) != 0)
		return (log_fr(ERR_INVALID, "recovery key"));
	return (0);
}

int
backup_key_get(
    const struct backup_key_source *from, bool is_new, struct backup_key **out)
{
	struct backup_key *k;
	void *p;
	int r;

	*out = NULL;
	if (sodium_init() == -1)
		return (log_fr(ERR_NOMEM, "libsodium"));
	if ((r = mem_secret_new(sizeof(*k), &p)) != 0)
		return (r);
	k = p;
	if (from->recipient != NULL || from->identity != NULL)
		r = get_recovery(k, from);
	else
		r = get_passphrase(k, from->passphrase_file, is_new);
	if (r != 0)
		backup_key_free(k);
	else
		*out = k;
	return (r);
}

const struct backup_file_key *
backup_key_use(const struct backup_key *k)
{
	return (&k->use);
}

void
backup_key_free(struct backup_key *k)
{
	mem_secret_free(k, sizeof(*k));
}

static int
write_half(const char *path, mode_t mode, const uint8_t *half)
{
	char line[HEX_LEN + 1];
	int fd, r = 0;

	fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd == -1) {
		r = errno == EEXIST ? ERR_EXISTS : ERR_SYS;
		log_error("make %s: %s", path, strerror(errno));
		return (r);
	}
	text_put_hex(half, BACKUP_FILE_KEY_LEN, line);
	line[HEX_LEN] = '\n';
	if ((r = file_write(fd, line, sizeof(line))) == 0 && fsync(fd) != 0)
		r = ERR_IO;
	if (r != 0) {
		log_fr(r, "write %s", path);
		(void)unlink(path);
	}
	mem_wipe(line, sizeof(line));
	close(fd);
	return (r);
}

int
backup_key_make(const char *dir)
{
	uint8_t pub[BACKUP_FILE_KEY_LEN], key[BACKUP_FILE_KEY_LEN];
	char pub_path[PATH_MAX], key_path[PATH_MAX];
	int r;

	if (snprintf(pub_path, PATH_MAX, "%s/recovery.pub", dir) >= PATH_MAX ||
	    snprintf(key_path, PATH_MAX, "%s/recovery.key", dir) >= PATH_MAX)
		return (log_fr(ERR_INVALID, "path"));
	if (sodium_init() == -1)
		return (log_fr(ERR_NOMEM, "libsodium"));
	(void)umask(022);
	if ((r = mem_random(key, sizeof(key))) != 0)
		goto out;
	if (crypto_scalarmult_base(pub, key) != 0) {
		r = log_fr(ERR_INVALID, "recovery key");
		goto out;
	}
	if ((r = write_half(key_path, 0600, key)) != 0)
		goto out;
	if ((r = write_half(pub_path, 0644, pub)) != 0) {
		(void)unlink(key_path);
		goto out;
	}
	/* A backup locked by a key that a power cut took is lost. */
	if ((r = file_sync_above(key_path)) != 0) {
		log_fr(r, "write %s", dir);
		(void)unlink(pub_path);
		(void)unlink(key_path);
		goto out;
	}
	printf("%s locks backups; it may stay on this machine.\n"
	       "%s opens them: take it away, to two safe places, and\n"
	       "remove it here. Without it such backups are lost.\n",
	    pub_path, key_path);
out:
	mem_wipe(key, sizeof(key));
	return (r);
}
