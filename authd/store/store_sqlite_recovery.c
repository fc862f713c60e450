#include "authd/store/store_sqlite_impl.h"

static int
remove_all(struct store *s, const struct id *office, const struct id *account)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_RECOVERY_REMOVE);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	return (ask_run(&a, NULL));
}

static int
add(struct store *s, const struct id *office, const struct id *account,
    const uint8_t mac[RECOVERY_MAC_LEN], int64_t now_ms)
{
	struct ask a;

	ask_open(&a, store_sqlite_db(s), ASK_RECOVERY_ADD);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	ask_put_blob(&a, mac, RECOVERY_MAC_LEN);
	ask_put_int(&a, now_ms);
	return (ask_run(&a, NULL));
}

int
store_sqlite_recovery_replace(struct store *s, const struct id *office,
    const struct id *account, const uint8_t (*macs)[RECOVERY_MAC_LEN], int n,
    int64_t now_ms)
{
	int i, r;

	if (!rows_recovery_ok(macs, n) || now_ms <= 0)
		return (ERR_INVALID);
	if ((r = store_sqlite_inner_begin(s)) != 0)
		return (r);
	if ((r = store_sqlite_account_exists(s, office, account)) == 0)
		r = remove_all(s, office, account);
	for (i = 0; r == 0 && i < n; i++)
		r = add(s, office, account, macs[i], now_ms);
	return (store_sqlite_inner_end(s, r));
}

int
store_sqlite_recovery_use(struct store *s, const struct id *office,
    const struct id *account, const uint8_t mac[RECOVERY_MAC_LEN],
    int64_t now_ms, bool *took)
{
	struct ask a;
	int changed, r;

	*took = false;
	/* A time of 0 would leave it unused. */
	if (now_ms <= 0)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_RECOVERY_USE);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	ask_put_blob(&a, mac, RECOVERY_MAC_LEN);
	ask_put_int(&a, now_ms);
	if ((r = ask_run(&a, &changed)) != 0)
		return (r);
	if (changed == 0)
		return (store_sqlite_account_exists(s, office, account));
	*took = changed == 1;
	return (0);
}

int
store_sqlite_recovery_count(struct store *s, const struct id *office,
    const struct id *account, int *left)
{
	struct ask a;
	int found = 0, r;

	*left = 0;
	ask_open(&a, store_sqlite_db(s), ASK_RECOVERY_COUNT);
	ask_put_id(&a, office);
	ask_put_id(&a, account);
	if (ask_row(&a))
		found = (int)ask_get_int(&a, 0, RECOVERY_MAX);
	if ((r = ask_close(&a)) == 0 && found == 0)
		r = store_sqlite_account_exists(s, office, account);
	if (r == 0)
		*left = found;
	return (r);
}
