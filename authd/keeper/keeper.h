/*
 * keeper.h: what front and keeper say to each other, as C types.
 * Room: keeper.  Process: front and keeper.
 * The bytes on the socket are in PROTOCOL; keeper_msg.c writes and reads them.
 */
#ifndef AUTHD_KEEPER_KEEPER_H
#define AUTHD_KEEPER_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/audit/audit_chain.h"
#include "authd/base/id.h"
#include "authd/base/limits.h"

#define KEEPER_PACKET_MAX 131072 /* one message; the socket takes 200 KB */
#define KEEPER_CHECKS_MAX 512    /* checks in one message */
#define KEEPER_RATE_MAX   300    /* checks a minute and phone */
#define KEEPER_WINDOW_MAX 1      /* steps before and after now */
#define KEEPER_OFFSET_MAX 20     /* a phone's own offset, in steps */
#define KEEPER_BACK_MS    5000   /* how far below the mark codes are judged */

/* Whose seed it is: the associated data of its seal. */
struct keeper_owner {
	struct id office, account, device;
};

struct keeper_sealed {
	uint16_t len; /* 0: none */
	uint8_t at[SEALED_MAX];
};

/* Zero refuses. */
enum keeper_verdict {
	KEEPER_NO_MATCH = 0, /* no candidate equals the code */
	KEEPER_MATCH,        /* step says which */
	KEEPER_TOO_MANY,     /* over KEEPER_RATE_MAX; nothing was compared */
	KEEPER_BAD_SEAL,     /* not our seal, another owner's, wrong state */
	KEEPER_EXPIRED,      /* a pending seed past its 15 minutes */
	KEEPER_CLOCK         /* the clock was set back; nothing was compared */
};

/* One code against one phone. */
struct keeper_check {
	struct keeper_owner owner;
	struct keeper_sealed sealed; /* len 0: a decoy with the same work */
	char code[CODE_DIGITS + 1];  /* digits only, else no match */
	uint8_t window;              /* 0..KEEPER_WINDOW_MAX */
	int32_t offset;              /* steps, within KEEPER_OFFSET_MAX */
	/* filled by the keeper: */
	enum keeper_verdict verdict;
	int64_t step; /* the highest that matched, else 0 */
};

/* A seed that is shown once to be enrolled. Wipe after use. */
struct keeper_seed {
	struct keeper_sealed sealed; /* state pending */
	uint8_t seed[SEED_LEN];
	int64_t expires_ms; /* keeper's wall time */
};

/* What a keyed hash is for: each has values of its own. Zero is none. */
enum keeper_mac_purpose {
	KEEPER_MAC_NONE = 0,
	KEEPER_MAC_PASSWORD = 1,
	KEEPER_MAC_RECOVERY = 2
};

#define KEEPER_MAC_LEN    32
#define KEEPER_MAC_IN_MAX 4096

/* What is hashed, for whom. Wipe after use. */
struct keeper_mac_in {
	enum keeper_mac_purpose purpose;
	struct id office, account;
	size_t len; /* 1..KEEPER_MAC_IN_MAX */
	uint8_t at[KEEPER_MAC_IN_MAX];
};

/* What setting the high-water mark to now did. */
struct keeper_clock {
	int64_t wall_ms;       /* keeper's clock, and the mark from now on */
	int64_t high_water_ms; /* the mark before */
};

/* What the keeper says of itself. */
struct keeper_hello {
	struct audit_head confirmed; /* the log must contain this */
	struct audit_head gap;       /* seq 0: none; else a gap that the
					   * administrator accepted here */
	uint8_t audit_pub[AUDIT_PUB_LEN];
	uint32_t seed_key_id;
	int64_t wall_ms;        /* keeper's clock now */
	int64_t high_water_ms;  /* highest wall time seen */
	bool has_secret_memory; /* keys in memfd_secret, else mlock */
};

#endif /* AUTHD_KEEPER_KEEPER_H */
