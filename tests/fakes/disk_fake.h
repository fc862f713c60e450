/*
 * disk_fake.h: fsync(2), fdatasync(2) and renameat2(2) of this program: they
 * go to the system, are counted, and fail when a test says so.
 */
#ifndef TESTS_FAKES_DISK_FAKE_H
#define TESTS_FAKES_DISK_FAKE_H

#include <stdbool.h>

/* What was done since disk_fake_reset(). */
struct disk_fake {
	int files, dirs; /* synced */
	bool fails_files, fails_dirs; /* their sync fails with EIO */
	bool no_dirs; /* the sync of a directory: EINVAL */
	bool cannot_noreplace; /* renameat2() with flags: EINVAL */
};

/** disk_fake_reset(): all is counted anew, and nothing fails. */
struct disk_fake *disk_fake_reset(void);

#endif /* TESTS_FAKES_DISK_FAKE_H */
