/*
 * limits.h: every fixed size that more than one room must agree on.
 * Room: base.  Process: all.
 * Sizes named *_MAX count bytes without the closing NUL unless they say so.
 */
#ifndef AUTHD_BASE_LIMITS_H
#define AUTHD_BASE_LIMITS_H

#define LOGIN_MAX       64 /* a folded login: [a-z0-9._-]{2,64} */
#define LOGIN_MIN       2
#define NAME_MAX_BYTES  200 /* names, labels, contacts: UTF-8 */
#define EMAIL_MAX       254 /* RFC 5321 section 4.5.3.1.3, less the brackets */
#define OFFICE_CODE_MAX 32  /* [a-z0-9-]{1,32} */
#define LIST_TEXT_MAX   512 /* networks, groups: blank-separated words */
#define HOST_MAX        259 /* name and port: RFC 1035 section 2.3.4, ":65535" */
#define SERVICE_MAX     32  /* PAM service or consumer name */
#define BUCKET_MAX      72  /* a counter's bucket */
#define REQUEST_ID_LEN  26  /* shown to people, found in the audit log */

#define HOST_NAME_MAX_BYTES  63  /* [a-z0-9.-]: one name of a certificate */
#define CERT_SERIAL_LEN      16  /* 127 random bits; RFC 5280 4.1.2.2 */
#define CERT_FINGERPRINT_LEN 32  /* SHA-256 */
#define CERT_DER_MAX         4096

#define PHONES_MAX   5  /* active phones of one account */
#define CODE_DIGITS  6  /* RFC 4226 section 5.3: at least 6 */
#define STEP_SECONDS 30 /* RFC 6238 section 5.2 */
#define SEED_LEN     20 /* RFC 4226 section 4 R6: 160 bits */
#define SEALED_MAX   96 /* a sealed seed: header, nonce, seed, tag */
#define PENDING_MS   (15 * 60 * 1000) /* a pending seed's life */
#define IN_ROW_MAX   100 /* code failures in a row until locked for good */

#define BODY_MAX       (64 * 1024) /* a request's body */
#define BATCH_JOBS_MAX 256         /* jobs of one transaction */
#define BATCH_MS_MAX   10          /* how long a transaction takes new jobs */

#endif /* AUTHD_BASE_LIMITS_H */
