/*
 * Goal of this test: an instance comes into place whole or not at all, its
 * names are durable before it is said to be there, and nothing is replaced;
 * on file systems without RENAME_NOREPLACE too (ZFS before 2.2).
 * Links: authd/place_left.c
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/base/log.h"
#include "authd/place.h"
#include "tests/fakes/clock_fake.h"
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

/* A directory in the place, made so many seconds before now. */
static void
make_left(const char *name, mode_t mode, int age_s)
{
	struct timespec t[2];
	char path[128];

	path_of(name, path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, mode), 0);
	t[0].tv_sec = t[1].tv_sec = clock_wall_ms() / 1000 - age_s;
	t[0].tv_nsec = t[1].tv_nsec = 0;
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

static void
is_there(const char *name, bool wanted)
{
	char path[128];
	struct stat st;

	path_of(name, path);
	assert_int_equal(lstat(path, &st) == 0, wanted);
	if (wanted)
		assert_int_equal(remove(path), 0);
}

/* A power cut between the moves: the next try clears up, what is surely ours
 * and in nobody's use. */
static void
test_cut_off(void **state)
{
	static const char *const names[] = { ".new-abc", ".new-abcdefg",
		".new-abc.ef", ".new-abcdef.old", "new-abcdef", ".new-young1", ".new-other1" };
	char path[128], cut[128];
	struct place first;
	size_t i;
	int fd;

	(void)state;
	build(); /* whose program then goes, and with it its hold */
	snprintf(cut, sizeof(cut), "%s", strrchr(p.sites[0].tmp, '/') + 1);
	close(p.sites[0].tmp_fd);
	close(p.sites[0].dir_fd);
	/* it is not a minute old: it stays */
	clock_fake_set(time(NULL) * 1000LL, 1000);
	build();
	place_close(&p, false);
	assert_int_equal(count(), 1);
	clock_fake_pass(61000);
	/* held by a try that goes on */
	build();
	assert_int_equal(count(), 1);
	first = p;
	clock_fake_pass(61000);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		make_left(names[i], strstr(names[i], "other") ? 0722 : 0700,
		    strstr(names[i], "young") ? 30 : 3600);
	path_of(".new-links1", path);
	assert_int_equal(symlink(".new-abc", path), 0);
	path_of(".new-afile1", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_not_equal(fd, -1);
	close(fd);
	make_left(".new-extra1", 0700, 3600);
	path_of(".new-extra1/mine", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_not_equal(fd, -1);
	close(fd);
	path_of(".new-extra1", path);
	assert_int_equal(utimensat(AT_FDCWD, path,
			     (struct timespec[2]){ { 1, 0 }, { 1, 0 } }, 0),
	    0);
	make_left(".new-empty1", 0700, 3600);
	build();
	place_close(&p, false);
	is_there(cut, false);
	is_there(".new-empty1", false);
	is_there(".new-extra1/mine", true);
	is_there(".new-extra1", true);
	is_there(".new-links1", true);
	is_there(".new-afile1", true);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		is_there(names[i], true);
	/* and nothing of it was lacking */
	assert_int_equal(place_move(&first), 0);
	place_close(&first, false);
	assert_int_equal(count(), 5);
	clean();
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
		RUN(test_cut_off),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
