/*
 * evil.h: what the parts of evil_front.c share: a front that was taken over,
 * which happens to know the keeper's keys and so can judge every answer.
 */
#ifndef TESTS_TORTURE_EVIL_H
#define TESTS_TORTURE_EVIL_H

#include "authd/audit/audit_chain.h"
#include "authd/keeper/keeper_msg.h"
#include "authd/keeper/keeper_cert.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_seed.h"
#include "certs/x509_trust.h"
#include "tests/torture/evil_audit.h"
#include "tests/torture/keeper_child.h"
#include "tests/torture/needles.h"

#define EVIL_PACKET   (150 * 1024) /* more than the keeper takes */
#define EVIL_VICTIMS  16           /* enrolled before the front was taken */
#define EVIL_OWN      64           /* enrolled by it; slots are used again */
#define EVIL_KEPT     64           /* messages kept to be sent again */
#define EVIL_KEPT_MAX 4096
#define EVIL_FLIGHT   32 /* requests on their way */
#define EVIL_TYPES    48
#define EVIL_LAST     KEEPER_MSG_OCSP
#define EVIL_REQUESTS 4
#define EVIL_ERRORS   32

struct evil_phone {
	struct keeper_owner owner;
	uint8_t seed[SEED_LEN];
	struct keeper_sealed pending, confirmed; /* len 0: none */
};

/* What a phone was allowed, to find more than 300 in a minute. */
struct evil_rate {
	int64_t sent_ms[KEEPER_RATE_MAX]; /* steady, a ring */
	uint64_t n;
};

/* A request on its way. */
struct evil_sent {
	size_t len;
	uint8_t at[EVIL_PACKET];
	int64_t wall_ms, boot_ms;
	/* known by how it was made: this check, draw, ask cannot succeed */
	bool must_refuse[KEEPER_CHECKS_MAX];
	bool must_fail; /* only ERROR will do */
	struct evil_audit_expect expect;
};

/* A certificate request to choose from. */
struct evil_request {
	size_t n;
	uint8_t at[KEEPER_CERT_CSR_MAX];
};

/* What is known of the CA, and what it has done. */
struct evil_cert {
	struct x509_trust *trust;
	struct evil_request requests[EVIL_REQUESTS];
	int64_t issued_ms[KEEPER_CHILD_RATE]; /* steady, a ring */
	uint64_t issued, busy, answers;
	int64_t number; /* of the last list that was signed */
	uint16_t part;  /* to be sent next */
	uint32_t entries; /* sent since part 0 */
};

struct evil_kept {
	size_t len;
	uint8_t at[EVIL_KEPT_MAX];
};

struct evil {
	struct keeper_child child;
	struct keeper_seed_box *box; /* the keeper's own key */
	uint8_t pepper[KEEPER_KEYS_LEN];
	struct needles secrets;
	struct evil_audit audit; /* what the keeper's must be */
	struct evil_phone victims[EVIL_VICTIMS], own[EVIL_OWN];
	struct evil_rate rates[EVIL_VICTIMS];
	struct evil_kept kept[EVIL_KEPT];
	struct evil_cert cert;
	int64_t high_water_ms; /* last seen; it never falls */
	uint64_t random;       /* state of xorshift */
	uint32_t number;
	/* figures */
	uint64_t sent, by_type[EVIL_TYPES], refused[EVIL_TYPES];
	uint64_t errors[EVIL_ERRORS], verdicts[KEEPER_CLOCK + 1];
	uint64_t unread, seals;
	/* requests on their way, oldest at first */
	unsigned first, flying;
	struct evil_sent flight[EVIL_FLIGHT];
};

#endif /* TESTS_TORTURE_EVIL_H */
