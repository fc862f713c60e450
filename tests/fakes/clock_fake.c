#include <stdatomic.h>
#include <stdio.h>

#include "authd/base/clock.h"
#include "tests/fakes/clock_fake.h"

static _Atomic int64_t wall = 1795305600000;
static _Atomic int64_t boot = 3600000;
static char boot_id[CLOCK_BOOT_ID_LEN + 1] =
    "00000000-0000-4000-8000-000000000001";

void
clock_fake_set(int64_t wall_ms, int64_t boot_ms)
{
	wall = wall_ms;
	boot = boot_ms;
}

void
clock_fake_pass(int64_t ms)
{
	wall += ms;
	boot += ms;
}

void
clock_fake_step(int64_t ms)
{
	wall += ms;
}

void
clock_fake_boot_id(const char *id)
{
	snprintf(boot_id, sizeof(boot_id), "%s", id);
}

int64_t
clock_wall_ms(void)
{
	return (wall);
}

int64_t
clock_boot_ms(void)
{
	return (boot);
}

int
clock_boot_id(char id[CLOCK_BOOT_ID_LEN + 1])
{
	snprintf(id, CLOCK_BOOT_ID_LEN + 1, "%s", boot_id);
	return (0);
}
