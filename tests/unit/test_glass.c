/*
 * Goal of this test: a break-glass code opens once; the mark is on the disk
 * first; a file that is not exactly ours, or that somebody else could read or
 * change, has no codes in it (V5: symlink, hard link, FIFO, open rights).
 * Links: authd/api/glass.c authd/base/mem.c authd/base/clock.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/api/glass.h"

#define N 3

static char dir[] = "/tmp/sekisho-glass.XXXXXX";
static char path[64], other[64];
static char texts[N][GLASS_TEXT_MAX + 1];

static void
write_file(const char *p, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd != -1 && write(fd, p, n) == (ssize_t)n);
	close(fd);
}

static size_t
fill(char *out)
{
	struct glass g;
	int i;

	assert_int_equal(glass_new("web1.example", N, &g, texts), 0);
	for (i = -1; i < N; i++)
		glass_put(&g, i, out + (i + 1) * GLASS_PLACE);
	return ((N + 1) * GLASS_PLACE);
}

static int
set_up(void **state)
{
	char text[(N + 1) * GLASS_PLACE];

	(void)state;
	if (dir[sizeof(dir) - 2] == 'X')
		assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/codes", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	unlink(other);
	unlink(path);
	write_file(text, fill(text), 0600);
	return (0);
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(other);
	unlink(path);
	rmdir(dir);
	return (0);
}

static int
which(const char *typed)
{
	char code[GLASS_LEN + 1];
	struct glass g;
	int i;

	if (glass_fold(typed, code) != 0)
		return (-2);
	assert_int_equal(glass_open(&g, path, 0), 0);
	assert_int_equal(glass_find(&g, code, &i), 0);
	glass_close(&g);
	return (i);
}

/* The library's, as the module calls it: counted, and failing when asked. */
static int synced_fd = -1, sync_fails;

int
fdatasync(int fd)
{
	synced_fd = fd;
	if (sync_fails) {
		errno = EIO;
		return (-1);
	}
	return (fsync(fd));
}

/* A mark that is not on the disk opens nothing. */
static void
test_mark_is_on_the_disk(void **state)
{
	struct glass g;

	(void)state;
	assert_int_equal(glass_open(&g, path, 0), 0);
	synced_fd = -1;
	assert_int_equal(glass_mark(&g, 0, GLASS_USED, NULL), 0);
	assert_int_equal(synced_fd, g.fd);
	sync_fails = 1;
	assert_int_equal(glass_mark(&g, 1, GLASS_USED, NULL), ERR_IO);
	sync_fails = 0;
	glass_close(&g);
}

static void
test_once(void **state)
{
	const struct glass_use use = { .at = "2026-11-26T05:00:00.000Z",
		.service = "sshd",
		.rhost = "",
		.user = "../../bin/ls x\n" };
	struct glass g;

	(void)state;
	assert_int_equal(strlen(texts[1]), GLASS_TEXT_MAX);
	assert_int_equal(which(texts[1]), 1);
	assert_int_equal(which(texts[1]), 1);
	assert_int_equal(glass_open(&g, path, 0), 0);
	assert_string_equal(g.host, "web1.example");
	assert_int_equal(glass_mark(&g, 1, GLASS_USED, &use), 0);
	glass_close(&g);
	assert_int_equal(which(texts[1]), -1);
	assert_int_equal(which(texts[0]), 0);
	assert_int_equal(which(texts[2]), 2);
	assert_int_equal(which("0000-0000-0000-0000-0000"), -1);
	assert_int_equal(glass_open(&g, path, 0), 0);
	assert_int_equal(g.at[1].state, GLASS_USED);
	assert_string_equal(g.at[1].use.user, ".._.._bin_ls_x_");
	assert_string_equal(g.at[1].use.rhost, "-");
	assert_int_equal(glass_mark(&g, 1, GLASS_TOLD, NULL), 0);
	glass_close(&g);
	assert_int_equal(which(texts[1]), -1);
	assert_int_equal(glass_open(&g, path, 0), 0);
	assert_string_equal(g.at[1].use.service, "sshd");
	glass_close(&g);
}

static void
test_typed(void **state)
{
	char code[GLASS_LEN + 1];

	(void)state;
	assert_int_equal(glass_fold("ABCD-efgh jkmn　ｐｑｒｓ－０１ol", code), 0);
	assert_string_equal(code, "abcdefghjkmnpqrs0101");
	assert_int_equal(glass_fold("abcdefghjkmnpqrs010", code), ERR_INVALID);
	assert_int_equal(glass_fold("abcdefghjkmnpqrs01011", code), ERR_INVALID);
	assert_int_equal(glass_fold("abcdefghjkmnpqrs010u", code), ERR_INVALID);
	assert_string_equal(code, "");
	assert_int_equal(glass_fold("", code), ERR_INVALID);
	assert_int_equal(glass_fold("\xef\xbc", code), ERR_INVALID);
}

static void
test_locked(void **state)
{
	struct glass a, b;

	(void)state;
	assert_int_equal(glass_open(&a, path, 0), 0);
	assert_int_equal(glass_open(&b, path, 50), ERR_BUSY);
	assert_int_equal(b.fd, -1);
	glass_close(&a);
	assert_int_equal(glass_open(&b, path, 0), 0);
	glass_close(&b);
}

/* Every byte of the file changed, and every shorter file. */
static void
test_damaged(void **state)
{
	char text[(N + 1) * GLASS_PLACE + 1], was;
	struct glass g;
	size_t n = fill(text), i;
	int r;

	(void)state;
	for (i = 0; i < n; i += i < 2 * GLASS_PLACE ? 1 : 17) {
		was = text[i];
		text[i] = was == ' ' ? 'x' : '\x01';
		write_file(text, n, 0600);
		r = glass_open(&g, path, 0);
		text[i] = was;
		if (r == ERR_CORRUPT)
			continue;
		glass_close(&g);
		fail_msg("taken with byte %zu changed", i);
	}
	for (i = 0; i < n; i += 61) {
		write_file(text, i, 0600);
		assert_int_equal(glass_open(&g, path, 0), ERR_CORRUPT);
	}
	text[n] = '\n';
	write_file(text, n + 1, 0600);
	assert_int_equal(glass_open(&g, path, 0), ERR_CORRUPT);
	text[700] = '\0';
	write_file(text, n, 0600);
	assert_int_equal(glass_open(&g, path, 0), ERR_CORRUPT);
}

static void
test_V5_traps(void **state)
{
	struct glass g;

	(void)state;
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(glass_open(&g, path, 0), ERR_DENIED);
	assert_int_equal(chmod(path, 0602), 0);
	assert_int_equal(glass_open(&g, path, 0), ERR_DENIED);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(link(path, other), 0);
	assert_int_equal(glass_open(&g, path, 0), ERR_DENIED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(glass_open(&g, path, 0), ERR_DENIED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(glass_open(&g, path, 0), ERR_DENIED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(glass_open(&g, path, 0), ERR_NOTFOUND);
	assert_int_equal(glass_open(&g, dir, 0), ERR_DENIED);
	if (geteuid() == 0) {
		assert_int_equal(rename(other, path), 0);
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(glass_open(&g, path, 0), ERR_DENIED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_mark_is_on_the_disk, set_up),
		cmocka_unit_test_setup(test_once, set_up),
		cmocka_unit_test_setup(test_typed, set_up),
		cmocka_unit_test_setup(test_locked, set_up),
		cmocka_unit_test_setup(test_damaged, set_up),
		cmocka_unit_test_setup(test_V5_traps, set_up),
	};

	return (cmocka_run_group_tests(tests, NULL, tear_down));
}
