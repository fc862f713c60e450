#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/fakes/disk_fake.h"

static struct disk_fake disk;

struct disk_fake *
disk_fake_reset(void)
{
	memset(&disk, 0, sizeof(disk));
	return (&disk);
}

static int
sync_it(int fd, long call)
{
	struct stat st;
	bool is_dir = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);

	if (is_dir && disk.no_dirs) {
		errno = EINVAL;
		return (-1);
	}
	if (is_dir ? disk.fails_dirs : disk.fails_files) {
		errno = EIO;
		return (-1);
	}
	if (syscall(call, fd) != 0)
		return (-1);
	*(is_dir ? &disk.dirs : &disk.files) += 1;
	return (0);
}

int
fsync(int fd)
{
	return (sync_it(fd, SYS_fsync));
}

int
fdatasync(int fd)
{
	return (sync_it(fd, SYS_fdatasync));
}

int
renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned int flags)
{
	if (flags != 0 && disk.cannot_noreplace) {
		errno = EINVAL;
		return (-1);
	}
	return ((int)syscall(
	    SYS_renameat2, from_dir, from, to_dir, to, flags));
}
