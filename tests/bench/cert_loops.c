/*
 * cert_loops.c: what certificates cost OpenSSL itself, one thread, nothing else:
 * the measure beside which ours are put.
 *
 *	cert_loops make SECONDS		one P-256 verification and one P-256
 *					signature, what issuing cannot do without
 *	cert_loops check CHAIN CERT SECONDS
 *					d2i_X509 and X509_verify_cert of the
 *					certificate under the two of CHAIN (PEM)
 *	cert_loops request		a certificate request, as a JSON text
 *
 * Prints {"per_second": N}.
 */
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "cert_loops: %s\n", what);
	exit(2);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((double)t.tv_sec + (double)t.tv_nsec / 1e9);
}

static int
print(unsigned long n, double seconds)
{
	printf("{\"per_second\":%.1f}\n", (double)n / seconds);
	return (0);
}

static int
run_make(double seconds)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	unsigned char text[500] = { 1 }, sig[80];
	unsigned long n = 0;
	double begin = now();
	EVP_MD_CTX *ctx;
	size_t len;

	if (key == NULL)
		die("key");
	for (; n % 64 != 0 || now() - begin < seconds; n++) {
		ctx = EVP_MD_CTX_new();
		len = sizeof(sig);
		if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) !=
			1 ||
		    EVP_DigestSign(ctx, sig, &len, text, sizeof(text)) != 1)
			die("sign");
		EVP_MD_CTX_free(ctx);
		ctx = EVP_MD_CTX_new();
		if (EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) !=
			1 ||
		    EVP_DigestVerify(ctx, sig, len, text, sizeof(text)) != 1)
			die("verify");
		EVP_MD_CTX_free(ctx);
	}
	seconds = now() - begin;
	EVP_PKEY_free(key);
	return (print(n, seconds));
}

static X509 *
read_cert(FILE *f)
{
	X509 *x = PEM_read_X509(f, NULL, NULL, NULL);

	if (x == NULL)
		die("certificate");
	return (x);
}

static int
run_check(const char *chain, const char *cert, double seconds)
{
	X509_STORE *store = X509_STORE_new();
	unsigned char *der = NULL;
	const unsigned char *p;
	X509_STORE_CTX *ctx;
	unsigned long n = 0;
	double begin;
	FILE *f;
	X509 *x;
	int len;

	if ((f = fopen(chain, "re")) == NULL)
		die(chain);
	X509_STORE_add_cert(store, read_cert(f));
	X509_STORE_add_cert(store, read_cert(f));
	fclose(f);
	if ((f = fopen(cert, "re")) == NULL)
		die(cert);
	x = read_cert(f);
	fclose(f);
	len = i2d_X509(x, &der);
	X509_free(x);
	for (begin = now(); n % 16 != 0 || now() - begin < seconds; n++) {
		p = der;
		if ((x = d2i_X509(NULL, &p, len)) == NULL)
			die("d2i_X509");
		ctx = X509_STORE_CTX_new();
		if (X509_STORE_CTX_init(ctx, store, x, NULL) != 1 ||
		    X509_verify_cert(ctx) != 1)
			die("X509_verify_cert");
		X509_STORE_CTX_free(ctx);
		X509_free(x);
	}
	return (print(n, now() - begin));
}

/* The lines of the PEM with \n between, for a JSON string. */
static int
print_request(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *req = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char line[100];

	if (X509_REQ_set_pubkey(req, key) != 1 ||
	    X509_REQ_sign(req, key, EVP_sha256()) <= 0 ||
	    PEM_write_bio_X509_REQ(bio, req) != 1)
		die("request");
	while (BIO_gets(bio, line, sizeof(line)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		printf("%s\\n", line);
	}
	return (0);
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "make") == 0)
		return (run_make(strtod(argv[2], NULL)));
	if (argc == 5 && strcmp(argv[1], "check") == 0)
		return (run_check(argv[2], argv[3], strtod(argv[4], NULL)));
	if (argc == 2 && strcmp(argv[1], "request") == 0)
		return (print_request());
	fprintf(stderr, "usage: cert_loops make SECONDS | check CHAIN CERT "
			"SECONDS | request\n");
	return (2);
}
