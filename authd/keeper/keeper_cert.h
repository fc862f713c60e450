/*
 * keeper_cert.h: what front and keeper say to each other about certificates,
 * as C types.
 * Room: keeper.  Process: front and keeper.
 */
#ifndef AUTHD_KEEPER_KEEPER_CERT_H
#define AUTHD_KEEPER_KEEPER_CERT_H

#include <stddef.h>
#include <stdint.h>

#include "authd/base/id.h"
#include "authd/base/limits.h"

#define KEEPER_CERT_DER_MAX         4096 /* one certificate */
#define KEEPER_CERT_CSR_MAX         8192 /* one request */
#define KEEPER_CERT_HOST_MAX        63   /* a host's name */
#define KEEPER_CERT_PLACE_MAX       32   /* the installation's name */
#define KEEPER_CERT_URL_MAX         200
#define KEEPER_CERT_SERIAL_LEN      16
#define KEEPER_CERT_FINGERPRINT_LEN 32   /* SHA-256 */
#define KEEPER_CERT_LIFE_MAX        1100 /* days; cut to the CA's own end */

/* For whom. Zero is nobody. */
enum keeper_profile {
	KEEPER_PROFILE_NONE = 0,
	KEEPER_PROFILE_TERMINAL,
	KEEPER_PROFILE_HOST
};

/* Of the request only its key is taken over; all else is said here. */
struct keeper_cert_ask {
	enum keeper_profile profile;
	char office[OFFICE_CODE_MAX + 1];    /* of a terminal, else "" */
	struct id terminal;                  /* of a terminal, else zero */
	char host[KEEPER_CERT_HOST_MAX + 1]; /* of a host, else "" */
	int32_t life_days;                   /* 1..KEEPER_CERT_LIFE_MAX */
	size_t csr_len;
	uint8_t csr[KEEPER_CERT_CSR_MAX]; /* DER */
};

struct keeper_cert {
	size_t len;
	uint8_t der[KEEPER_CERT_DER_MAX];
	uint8_t serial[KEEPER_CERT_SERIAL_LEN]; /* first byte 01 to 7F */
	uint8_t fingerprint[KEEPER_CERT_FINGERPRINT_LEN];
	int64_t not_before_ms, not_after_ms;
};

/* The CA, as the keeper has it. */
struct keeper_ca_info {
	size_t issuing_len, root_len;
	uint8_t issuing[KEEPER_CERT_DER_MAX], root[KEEPER_CERT_DER_MAX];
	char place[KEEPER_CERT_PLACE_MAX + 1]; /* the installation's name */
	char url[KEEPER_CERT_URL_MAX + 1]; /* before x509_url.h's paths */
	int64_t not_before_ms, not_after_ms; /* of both together */
	int64_t crl_number;                  /* last one signed; 0: none */
	int32_t issue_rate;                  /* certificates an hour */
};

#endif /* AUTHD_KEEPER_KEEPER_CERT_H */
