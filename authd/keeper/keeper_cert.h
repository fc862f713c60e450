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
#define KEEPER_CERT_ASKS_MAX        8 /* in one message */
#define KEEPER_CERT_SERIAL_LEN      16
#define KEEPER_CERT_FINGERPRINT_LEN 32   /* SHA-256 */
#define KEEPER_CERT_LIFE_MAX        1100 /* days; cut to the CA's own end */
#define KEEPER_CERT_CRL_MAX         131072 /* certificates on one list */
#define KEEPER_CERT_CRL_PART        4096   /* of them in one message */
#define KEEPER_CERT_CRL_DER_MAX     (16 * 1024 * 1024)
#define KEEPER_CERT_CRL_LIFE_MAX    (31LL * 24 * 60 * 60 * 1000)
#define KEEPER_CERT_OCSP_MAX        8    /* certificates in one answer */
#define KEEPER_CERT_OCSP_DER_MAX    8192 /* bytes of it */
#define KEEPER_CERT_OCSP_LIFE_MAX   (24LL * 60 * 60 * 1000)
#define KEEPER_CERT_NONCE_MAX       32
#define KEEPER_CERT_ASKED_MAX       20 /* bytes of a serial asked about */

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

/* One that is revoked. reason: RFC 5280 section 5.3.1: 0, 1, 3, 4 or 5. */
struct keeper_crl_entry {
	uint8_t serial[KEEPER_CERT_SERIAL_LEN];
	uint8_t reason;
	int64_t revoked_ms;
};

struct keeper_crl_ask {
	/* above the last one's, and at most the next after it or the time in
	 * milliseconds, whichever is higher */
	int64_t number;
	int64_t life_ms; /* a minute..KEEPER_CERT_CRL_LIFE_MAX */
	const struct keeper_crl_entry *entries; /* by serial, ascending */
	size_t n;                               /* 0..KEEPER_CERT_CRL_MAX */
};

struct keeper_crl {
	uint8_t *der; /* the caller's, to be freed */
	size_t len;
	int64_t this_ms, next_ms;
};

/* Zero says nothing good. */
enum keeper_ocsp_status {
	KEEPER_OCSP_UNKNOWN = 0, /* never issued */
	KEEPER_OCSP_GOOD,
	KEEPER_OCSP_REVOKED
};

/* One certificate of our CA, as a request names it (certs/x509_ocsp.h). */
struct keeper_ocsp_state {
	uint8_t hash; /* enum x509_ocsp_hash */
	size_t serial_len;
	uint8_t serial[KEEPER_CERT_ASKED_MAX];
	enum keeper_ocsp_status status;
	uint8_t reason;     /* of one that is revoked, as above */
	int64_t revoked_ms; /* the same */
};

struct keeper_ocsp_ask {
	size_t n; /* 1..KEEPER_CERT_OCSP_MAX */
	struct keeper_ocsp_state states[KEEPER_CERT_OCSP_MAX];
	size_t nonce_len; /* 0: none */
	uint8_t nonce[KEEPER_CERT_NONCE_MAX];
	int64_t life_ms; /* a minute..KEEPER_CERT_OCSP_LIFE_MAX */
};

struct keeper_ocsp {
	size_t len;
	uint8_t der[KEEPER_CERT_OCSP_DER_MAX];
	int64_t this_ms, next_ms;
};

#endif /* AUTHD_KEEPER_KEEPER_CERT_H */
