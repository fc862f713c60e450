/*
 * Goal of this test: all bytes are written, or the reason told; a name is
 * given only when it is free, on file systems that cannot do so in one step
 * as well (NFS, ZFS before 2.2), and it is made durable.
 * Links: authd/base/file.c authd/base/text.c tests/fakes/disk_fake.c
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/base/file.h"
#include "tests/fakes/disk_fake.h"

static char dir[] = "/tmp/sekisho-file.XXXXXX";
static struct disk_fake *disk;
static int at;

static int
setup(void **state)
{
	(void)state;
	memset(dir + sizeof(dir) - 7, 'X', 6);
	assert_non_null(mkdtemp(dir));
	at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(at, -1);
	disk = disk_fake_reset();
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	close(at);
	assert_int_equal(rmdir(dir), 0);
	return (0);
}

static void
put(const char *name, const char *text)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(file_write(fd, text, strlen(text)), 0);
	close(fd);
}

static void
holds(const char *name, const char *text)
{
	char got[32] = "";
	int fd = openat(at, name, O_RDONLY);

	assert_int_not_equal(fd, -1);
	assert_int_equal(read(fd, got, sizeof(got)), (ssize_t)strlen(text));
	assert_string_equal(got, text);
	close(fd);
}

static bool
is_there(const char *name)
{
	return (faccessat(at, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
}

static void
test_write(void **state)
{
	struct rlimit all, few = { 4, 4 };
	int fd;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	few.rlim_max = all.rlim_max;
	fd = openat(at, "a", O_RDWR | O_CREAT, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(file_write(fd, "abc", 0), 0);
	/* the first call writes four bytes, the second none */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	assert_int_equal(file_write(fd, "abcdef", 6), ERR_IO);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	assert_int_equal(file_write(fd, "efgh", 4), 0);
	close(fd);
	holds("a", "abcdefgh");
	unlinkat(at, "a", 0);
	/* F6 */
	if ((fd = open("/dev/full", O_WRONLY)) != -1) {
		assert_int_equal(file_write(fd, "x", 1), ERR_FULL);
		close(fd);
	}
	assert_int_equal(file_write(-1, "x", 1), ERR_IO);
}

static void
move_all(bool cannot)
{
	disk->cannot_noreplace = cannot;
	put("a", "new");
	assert_int_equal(file_move(at, "a", at, "b"), 0);
	assert_false(is_there("a"));
	holds("b", "new");
	put("a", "newer");
	assert_int_equal(file_move(at, "a", at, "b"), ERR_EXISTS);
	assert_int_equal(errno, EEXIST);
	holds("a", "newer");
	holds("b", "new");
	assert_int_equal(file_move(at, "none", at, "c"), ERR_NOTFOUND);
	/* neither a link that leads nowhere nor what it leads to */
	assert_int_equal(symlinkat("nowhere", at, "l"), 0);
	assert_int_equal(file_move(at, "a", at, "l"), ERR_EXISTS);
	assert_false(is_there("nowhere"));
	/* directories, an empty one in the way too */
	assert_int_equal(mkdirat(at, "d", 0700), 0);
	assert_int_equal(file_move(at, "d", at, "e"), 0);
	assert_false(is_there("d"));
	assert_int_equal(mkdirat(at, "d", 0700), 0);
	assert_int_equal(file_move(at, "d", at, "e"), ERR_EXISTS);
	assert_true(is_there("d"));
	assert_int_equal(file_move(at, "d", at, "a"), ERR_EXISTS);
	assert_int_equal(file_move(at, "d", -1, "x"), ERR_SYS);
	assert_int_equal(unlinkat(at, "d", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(at, "e", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(at, "l", 0), 0);
	assert_int_equal(unlinkat(at, "a", 0), 0);
	assert_int_equal(unlinkat(at, "b", 0), 0);
}

static void
test_move(void **state)
{
	(void)state;
	move_all(false);
	move_all(true);
}

static void
test_sync_above(void **state)
{
	char path[64], longer[PATH_MAX + 8];

	(void)state;
	snprintf(path, sizeof(path), "%s/not-there", dir);
	assert_int_equal(file_sync_above(path), 0);
	assert_int_equal(disk->dirs, 1);
	assert_int_equal(disk->files, 0);
	assert_int_equal(file_sync_above("plain"), 0); /* in "." */
	assert_int_equal(disk->dirs, 2);
	/* a share that knows no sync of directories has done what it can */
	disk->no_dirs = true;
	assert_int_equal(file_sync_above(path), 0);
	disk->no_dirs = false;
	disk->fails_dirs = true;
	errno = 0;
	assert_int_equal(file_sync_above(path), ERR_IO);
	assert_int_equal(errno, EIO);
	snprintf(path, sizeof(path), "%s/no/x", dir);
	assert_int_equal(file_sync_above(path), ERR_SYS);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(file_sync_above(longer), ERR_INVALID);
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_write),
		RUN(test_move),
		RUN(test_sync_above),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
