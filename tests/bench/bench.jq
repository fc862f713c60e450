# bench.jq: from single measurements to medians, ratios and a table.
# $machine: where and how; $runs: what bench.sh noted.
include "bench_lib";
include "bench_hook";
def of(name): [$runs[] | select(.name == name)];
def mib: . / 1024 | round_to(1);
def plain(name): "\(name | left(30))\(.per_second | pad(9))";

([of("bare")[].connections] | unique | map(. as $c | {
	connections: $c,
	sekisho: row(of("sekisho") | map(select(.connections == $c))),
	bare: row(of("bare") | map(select(.connections == $c)))
} | .ratio = (.sekisho.per_second / .bare.per_second | round_to(1000)))) as $verify
| ($verify | map({"\(.connections)": .}) | add) as $at
| row(of("radius")) as $radius
| row(of("login5")) as $login5
| row(of("login7")) as $login7
| row(of("cert_make")) as $cert_make
| row(of("cert_check")) as $cert_check
| (of("cert_loop_make") | map(.per_second) | median) as $loop_make
| (of("cert_loop_check") | map(.per_second) | median) as $loop_check
| ($cert_make.per_second / $loop_make | round_to(1000)) as $made
| ($cert_check.per_second / $loop_check | round_to(1000)) as $checked
| {per_second: (of("nginx") | map(.per_second) | median)} as $nginx
| {per_second: (of("nginx_wrk") | map(.per_second) | median | round_to(1))} as $wrk
| (of("memory") | map(del(.name))) as $memory
| hook($runs) as $hook
| (if of("more") == [] then null else {few: row(of("few")), more: row(of("more"))}
	| .ratio = (.more.per_second / .few.per_second | round_to(1000)) end)
	as $more
| (of("ready") | map(.ms) | {median_ms: median, max_ms: max}) as $ready
| ($at["64"].sekisho.per_second / $radius.per_second | round_to(100)) as $times
| ([$at["128", "256"].sekisho.per_second] | min
	/ $at["64"].sekisho.per_second | round_to(100)) as $kept
| ([$verify[] | .sekisho, .bare]
	+ [$radius, $login5, $login7, $cert_make, $cert_check] | {
	accepted: (map(.accepted) | add), asked: (map(.asked) | add)} | share)
	as $share
| ([
	{goal: "at least 0.6 of bare at 64 connections",
		is: $at["64"].ratio, met: ($at["64"].ratio >= 0.6)},
	{goal: "at least 8 times FreeRADIUS at 64", is: $times,
		met: ($times >= 8)},
	{goal: "p99 below 25 ms at 64", is: $at["64"].sekisho.p99_ms,
		met: ($at["64"].sekisho.p99_ms < 25)},
	{goal: "p99 below 25 ms at 128", is: $at["128"].sekisho.p99_ms,
		met: ($at["128"].sekisho.p99_ms < 25)},
	{goal: "no collapse: the slower of 128 and 256, of that at 64",
		is: $kept, met: ($kept >= 0.9)},
	{goal: "front below 64 MiB (KiB at most)",
		is: ($memory[] | select(.process == "sekisho-front").hwm_kib),
		met: (($memory[] | select(.process == "sekisho-front").hwm_kib)
			< 65536)},
	{goal: ("front below 64 MiB and 70 for each of \($machine.workers) workers,"
			+ " passwords at cost 7 (KiB at most)"),
		is: ($memory[] | select(.process | endswith("cost 7")).hwm_kib),
		met: (($memory[] | select(.process | endswith("cost 7")).hwm_kib)
			< 65536 + 71680 * $machine.workers)},
	{goal: "keeper below 16 MiB (KiB at most)",
		is: ($memory[] | select(.process == "sekisho-keeper").hwm_kib),
		met: (($memory[] | select(.process == "sekisho-keeper").hwm_kib)
			< 16384)},
	{goal: "certificates issued: at least 0.4 of one P-256 verification and signature",
		is: $made, met: ($made >= 0.4)},
	{goal: "certificates checked: at least 0.7 of d2i_X509 and X509_verify_cert",
		is: $checked, met: ($checked >= 0.7)},
	{goal: "ready below 1 s (ms at most)", is: $ready.max_ms,
		met: ($ready.max_ms < 1000)}
] + ($hook | hook_goals)
	+ (if $more == null then [] else [
	{goal: "with \($machine.more) accounts: at least 0.65 of that",
		is: $more.ratio, met: ($more.ratio >= 0.65)}] end)) as $goals
| {machine: $machine, accepted_share: $share, verify: $verify,
	nginx: $nginx, nginx_wrk: $wrk, freeradius: $radius,
	login_cost_5: $login5, login_cost_7: $login7,
	cert_make: ($cert_make + {ratio: $made, loop: $loop_make}),
	cert_check: ($cert_check + {ratio: $checked, loop: $loop_check}),
	hook: $hook, more: $more,
	times_freeradius: $times, memory: $memory, ready: $ready, goals: $goals,
	table: ([
	"\($machine.accounts) accounts, \($machine.cores) cores, \($machine.fs), "
	+ "\($machine.rounds) rounds of \($machine.seconds) s, "
	+ "\($machine.took) s in all",
	"",
	"                              per sec.   p50 ms   p99 ms  cpu us  accepted"]
	+ ([$verify[] | . as $v
		| ($v.bare | figures("bare, \($v.connections) connections")),
		  ($v.sekisho | figures("sekisho, \($v.connections)"))
		  + "   ratio \($v.ratio)"])
	+ (if $more == null then [] else [
		($more.few | figures("sekisho, 64, once more")),
		($more.more | figures("\($machine.more) accounts, 64"))
		+ "   ratio \($more.ratio)"] end)
	+ [($radius | figures("FreeRADIUS, 64"))
		+ "   sekisho is \($times) times that",
	($login5 | figures("login, password at cost 5")),
	($login7 | figures("login, password at cost 7")),
	($cert_make | figures("certificate issued, 64")) + "   ratio \($made)",
	($cert_check | figures("certificate checked, 16")) + "   ratio \($checked)",
	($hook | hook_table[]),
	($nginx | plain("nginx, static, 64, same loader")),
	($wrk | plain("nginx, static, 64, wrk and TCP")),
	""]
	+ [$memory[] | "\(.process | left(30))\(.rss_kib | pad(9)) KiB now, "
		+ "\(.hwm_kib) at most"]
	+ ["\("start to ready" | left(30))\($ready.median_ms | pad(9)) ms, "
		+ "\($ready.max_ms) at most", ""]
	+ [$goals[] | goal]),
	readme: ([
	"One run of `BENCH_ACCOUNTS=\($machine.accounts) make bench` on "
	+ "\($machine.at[:10]): \($machine.cores) cores (\($machine.cpu)), kernel "
	+ "\($machine.kernel), \($machine.fs), loader on the same machine. Only "
	+ "ratios compare with another machine.",
	"",
	"| \($machine.accounts | thousands) accounts | a second | p50 | p99 | beside it |",
	"|---|---|---|---|---|"]
	+ [$verify[] | "| codes, durable, \(.connections) connections | "
		+ "\(.sekisho.per_second | thousands) | "
		+ "\(.sekisho.p50_ms | round_to(100)) ms | "
		+ "\(.sekisho.p99_ms | round_to(100)) ms | \(.ratio) of a bare "
		+ "program with the same commits (\(.bare.per_second | thousands)) |"]
	+ (if $more == null then [] else [$more.more
		| "| the same of \($machine.more | thousands) accounts, 64 | "
		+ "\(.per_second | thousands) | \(.p50_ms | round_to(100)) ms | "
		+ "\(.p99_ms | round_to(100)) ms | \($more.ratio) of "
		+ "\($machine.accounts | thousands) accounts |"] end)
	+ ["| FreeRADIUS, rlm_totp and SQLite, 64 | "
		+ "\($radius.per_second | thousands) | "
		+ "\($radius.p50_ms | round_to(100)) ms | "
		+ "\($radius.p99_ms | round_to(100)) ms | Sekisho is \($times) times that |",
	"| login with password at cost 5, then code | \($login5.per_second) | "
		+ "\($login5.p50_ms | round_to(1)) ms | "
		+ "\($login5.p99_ms | round_to(1)) ms | "
		+ "\($machine.workers) hash workers |",
	"| login with password at cost 7, then code | \($login7.per_second) | "
		+ "\($login7.p50_ms | round_to(1)) ms | "
		+ "\($login7.p99_ms | round_to(1)) ms | "
		+ "the same |",
	"| certificate for a request, durable, 64 connections | "
		+ "\($cert_make.per_second | thousands) | "
		+ "\($cert_make.p50_ms | round_to(100)) ms | "
		+ "\($cert_make.p99_ms | round_to(100)) ms | \($made) of one P-256 "
		+ "verification and signature in OpenSSL alone |",
	"| certificate checked, 16 connections | "
		+ "\($cert_check.per_second | thousands) | "
		+ "\($cert_check.p50_ms | round_to(100)) ms | "
		+ "\($cert_check.p99_ms | round_to(100)) ms | \($checked) of "
		+ "d2i_X509 and X509_verify_cert |",
	($hook | hook_readme[]),
	"| nginx, a static file, 64 | \($nginx.per_second | thousands) | | | |",
	""]
	+ ["Memory at most: " + ([$memory[] | "\(.process) \(.hwm_kib | mib) MiB"]
		| join(", ")) + ". Start to ready: \($ready.median_ms) ms, "
		+ "\($ready.max_ms) at most. Of the right codes "
		+ "\($share * 100 | round_to(100)) % were accepted."])}
