#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"

static int64_t
read_ms(clockid_t which)
{
	struct timespec ts;

	/* Both clocks exist on every kernel we run on; a failure reads as 0,
	 * which no code and no lock can match. */
	if (clock_gettime(which, &ts) != 0)
		return (0);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

int64_t
clock_wall_ms(void)
{
	return (read_ms(CLOCK_REALTIME));
}

int64_t
clock_boot_ms(void)
{
	return (read_ms(CLOCK_BOOTTIME));
}

int
clock_boot_id(char id[CLOCK_BOOT_ID_LEN + 1])
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (log_fr(ERR_SYS, "open %s", path));
	n = read(fd, id, CLOCK_BOOT_ID_LEN);
	close(fd);
	if (n != CLOCK_BOOT_ID_LEN)
		return (log_fr(ERR_SYS, "read %s", path));
	id[CLOCK_BOOT_ID_LEN] = '\0';
	return (0);
}
