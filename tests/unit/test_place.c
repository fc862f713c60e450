/*
 * Goal of this test: an instance comes into place whole or not at all, its
 * names are durable before it is said to be there, and nothing is replaced;
 * on file systems without RENAME_NOREPLACE too (ZFS before 2.2).
 * Links: authd/place.c authd/user.c authd/base/file.c authd/base/text.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/clock_fake.c tests/fakes/disk_fake.c
 */
#include <dirent.h>
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

#include "authd/base/log.h"
#include "authd/place.h"
#include "tests/fakes/disk_fake.h"

static char above[] = "/tmp/sekisho-place.XXXXXX";
static char dir[64];
static struct disk_fake *disk;
static struct place p;

static int
setup(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	memset(above + sizeof(above) - 7, 'X', 6);
	assert_non_null(mkdtemp(above));
	snprintf(dir, sizeof(dir), "%s/in", above);
	disk = disk_fake_reset();
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_int_equal(rmdir(above), 0); /* nothing is left */
	return (0);
}

/* Entries in dir; -1 when it is not there. */
static int
count(void)
{
	DIR *d = opendir(dir);
	int n = -2; /* . and .. */

	if (d == NULL)
		return (-1);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return (n);
}

/* All that a restore builds, without a CA. */
static void
build(void)
{
	const struct place_site *s;

	assert_int_equal(place_find(&p, dir), 0);
	p.is_root = false;
	assert_int_equal(place_open(&p), 0);
	s = place_site(&p, false);
	assert_int_equal(mkdirat(s->tmp_fd, "keys", 0700), 0);
	assert_int_equal(
	    place_make_with(s, "keys/seed.key", 0600, "k", 1), 0);
	assert_int_equal(place_sync(s, "keys"), 0);
	assert_int_equal(place_make_data(&p), 0);
	assert_int_equal(place_make_with(s, "keeper.state", 0600, "s", 1), 0);
	assert_int_equal(place_make_with(s, "audit.pub", 0644, "p", 1), 0);
	assert_int_equal(place_make_with(s, "sekisho.conf", 0640, "c", 1), 0);
}

static void
path_of(const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", dir, name);
}

static void
is_mode(const char *name, mode_t mode)
{
	char path[128];
	struct stat st;

	path_of(name, path);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void
clean(void)
{
	static const char *const files[] = { "keys/seed.key", "keeper.state",
		"audit.pub", "sekisho.conf" };
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		path_of(files[i], path);
		(void)unlink(path);
	}
	path_of("keys", path);
	(void)rmdir(path);
	path_of("data", path);
	(void)rmdir(path);
	(void)rmdir(dir);
}

static void
move_whole(void)
{
	build();
	/* every file, and the one directory with files in it */
	assert_int_equal(disk->files, 4);
	assert_int_equal(disk->dirs, 1);
	assert_int_equal(place_move(&p), 0);
	/* the place, and where its own name stands */
	assert_int_equal(disk->dirs, 3);
	place_close(&p, false);
	assert_int_equal(count(), 5);
	is_mode("keys", 0700);
	is_mode("keys/seed.key", 0600);
	is_mode("data", 0700);
	is_mode("keeper.state", 0600);
	is_mode("audit.pub", 0644);
	is_mode("sekisho.conf", 0640);
	assert_int_equal(place_find(&p, dir), ERR_EXISTS);
	clean();
}

static void
test_whole(void **state)
{
	(void)state;
	move_whole();
	disk = disk_fake_reset();
	disk->cannot_noreplace = true;
	move_whole();
}

/* What somebody put there meanwhile stays, and nothing of ours does. */
static void
test_taken_meanwhile(void **state)
{
	char path[128];
	int fd, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		disk->cannot_noreplace = i == 1;
		build();
		path_of("audit.pub", path);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		assert_int_not_equal(fd, -1);
		close(fd);
		assert_int_equal(place_move(&p), ERR_EXISTS);
		place_close(&p, true);
		assert_int_equal(count(), 1);
		is_mode("audit.pub", 0600);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(rmdir(dir), 0);
	}
}

/* Without its last file it is none. */
static void
test_incomplete(void **state)
{
	(void)state;
	build();
	assert_int_equal(
	    unlinkat(p.sites[0].tmp_fd, "sekisho.conf", 0), 0);
	assert_int_equal(place_move(&p), ERR_NOTFOUND);
	place_close(&p, true);
	assert_int_equal(count(), -1);
}

static void
test_F6_not_durable(void **state)
{
	(void)state;
	build();
	disk->fails_dirs = true;
	assert_int_equal(place_sync(&p.sites[0], "keys"), ERR_IO);
	assert_int_equal(place_move(&p), ERR_IO);
	place_close(&p, true);
	assert_int_equal(count(), -1);
	disk = disk_fake_reset();
	build();
	disk->fails_files = true;
	assert_int_equal(
	    place_make_with(&p.sites[0], "ca.pem", 0644, "x", 1), ERR_IO);
	place_close(&p, true);
	assert_int_equal(count(), -1);
}

static void
test_not_ours(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chmod(dir, 0775), 0);
	assert_int_equal(place_find(&p, dir), ERR_DENIED);
	assert_int_equal(chmod(dir, 0757), 0);
	assert_int_equal(place_find(&p, dir), ERR_DENIED);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(place_find(&p, dir), 0);
	/* each name counts, also as a link that leads nowhere */
	path_of("root-ca", path);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(place_find(&p, dir), ERR_EXISTS);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	path_of("deeper", path);
	assert_int_equal(place_find(&p, path), ERR_SYS);
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_whole),
		RUN(test_taken_meanwhile),
		RUN(test_incomplete),
		RUN(test_F6_not_durable),
		RUN(test_not_ours),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
