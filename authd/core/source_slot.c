#include <string.h>

#include "authd/core/source_slot.h"

#define PIECE_MS (SOURCE_WINDOW_MS / SOURCE_PIECES)

int
source_slot_failures(const struct source_slot *slot, int64_t now_ms)
{
	int64_t now = now_ms / PIECE_MS, p;
	int n = 0;

	for (p = now - SOURCE_PIECES + 1; p <= slot->piece; p++) {
		if (p >= 0 && p > slot->piece - SOURCE_PIECES)
			n += slot->failures[p % SOURCE_PIECES];
	}
	return (n);
}

int
source_slot_logins(const struct source_slot *slot, int64_t now_ms)
{
	int i, n = 0;

	for (i = 0; i < SOURCE_LOGINS_MIN; i++)
		n += slot->login_ms[i] != 0 &&
		    slot->login_ms[i] + SOURCE_WINDOW_MS > now_ms;
	return (n);
}

bool
source_slot_is_idle(const struct source_slot *slot, int64_t now_ms)
{
	return (slot->key == 0 ||
	    (slot->held == 0 && slot->until_ms <= now_ms &&
		slot->minute_ms + SOURCE_NOTES_MS <= now_ms &&
		source_slot_failures(slot, now_ms) == 0));
}

/* The pieces since the last one are empty. */
void
source_slot_fail(struct source_slot *slot, int64_t now_ms)
{
	int64_t now = now_ms / PIECE_MS, p;

	if (now - slot->piece >= SOURCE_PIECES)
		memset(slot->failures, 0, sizeof(slot->failures));
	else
		for (p = slot->piece + 1; p <= now; p++)
			slot->failures[p % SOURCE_PIECES] = 0;
	slot->piece = now;
	if (slot->failures[now % SOURCE_PIECES] < UINT16_MAX)
		slot->failures[now % SOURCE_PIECES]++;
}

void
source_slot_name(struct source_slot *slot, uint64_t login, int64_t now_ms)
{
	int i, oldest = 0;

	for (i = 0; i < SOURCE_LOGINS_MIN; i++) {
		if (slot->login[i] == login)
			break;
		if (slot->login_ms[i] < slot->login_ms[oldest])
			oldest = i;
	}
	if (i == SOURCE_LOGINS_MIN)
		i = oldest;
	slot->login[i] = login;
	slot->login_ms[i] = now_ms;
}
