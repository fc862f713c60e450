/*
 * pki.h: what is published of our CA: revocation list, OCSP, its certificate.
 * Room: web.  Process: front.  Threads: as in route.h.
 * Proved by tests/e2e/16-pki.sh
 */
#ifndef AUTHD_WEB_PKI_H
#define AUTHD_WEB_PKI_H

#include "authd/core/cert_text.h"
#include "authd/core/crl.h"
#include "authd/core/ocsp.h"
#include "authd/web/route.h"

struct pki_crl {
	struct crl_list *list;
};

struct pki_ca {
	bool is_pem;
	struct cert_text_ca ca;
};

struct pki_ocsp {
	bool is_get;
	size_t len; /* 0: no request could be read */
	uint8_t der[OCSP_REQUEST_MAX];
	struct ocsp_answer answer;
	int64_t now_ms;
};

int pki_take_none(const struct exchange_in *in, struct act *act, void *call);
int pki_take_ca(const struct exchange_in *in, struct act *act, void *call);
int pki_take_post(const struct exchange_in *in, struct act *act, void *call);
int pki_take_get(const struct exchange_in *in, struct act *act, void *call);
int pki_run_crl(struct core *c, struct act *act, void *call);
int pki_run_ca(struct core *c, struct act *act, void *call);
int pki_run_ocsp(struct core *c, struct act *act, void *call);
void pki_give_crl(
    const struct act *act, void *call, int r, struct exchange_out *out);
void pki_give_ca(
    const struct act *act, void *call, int r, struct exchange_out *out);
void pki_give_ocsp(
    const struct act *act, void *call, int r, struct exchange_out *out);
void pki_clear_crl(void *call);

#endif /* AUTHD_WEB_PKI_H */
