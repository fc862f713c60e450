# bench.jq: from single measurements to medians, ratios and a table.
# $machine: where and how; $runs: what bench.sh noted.
def median: sort | if length == 0 then null else .[(length - 1) / 2 | floor] end;
def round_to(n): if . == null then null else (. * n | round) / n end;
def of(name): [$runs[] | select(.name == name)];
def row(rows): rows | {
	per_second: (map(.per_second) | median | round_to(1)),
	p50_ms: (map(.p50_us) | median | . / 1000),
	p99_ms: (map(.p99_us) | median | . / 1000),
	max_ms: (map(.max_us) | max | . / 1000),
	cpu_us: (map(.cpu_us // empty) | median | round_to(10)),
	accepted: (map(.accepted) | add),
	asked: (map(.accepted + .refused + .failed) | add)
};
def share: if .asked == 0 then 0 else .accepted / .asked end;
def pad(n): tostring | if length < n then " " * (n - length) + . else . end;
def left(n): tostring | if length < n then . + " " * (n - length) else . end;
def verdict(ok): if ok then "yes" else "NO" end;
def figures(name): "\(name | left(30))\(.per_second | pad(9))"
	+ "\(.p50_ms | round_to(100) | pad(9))\(.p99_ms | round_to(100) | pad(9))"
	+ "\(.cpu_us // "-" | pad(8))\(share | round_to(10000) | pad(9))";
def plain(name): "\(name | left(30))\(.per_second | pad(9))";

([of("bare")[].connections] | unique | map(. as $c | {
	connections: $c,
	sekisho: row(of("sekisho") | map(select(.connections == $c))),
	bare: row(of("bare") | map(select(.connections == $c)))
} | .ratio = (.sekisho.per_second / .bare.per_second | round_to(1000)))) as $verify
| ($verify | map({"\(.connections)": .}) | add) as $at
| row(of("radius")) as $radius
| {per_second: (of("nginx") | map(.per_second) | median)} as $nginx
| {per_second: (of("nginx_wrk") | map(.per_second) | median | round_to(1))} as $wrk
| (of("memory") | map(del(.name))) as $memory
| (of("ready") | map(.ms) | {median_ms: median, max_ms: max}) as $ready
| ($at["64"].sekisho.per_second / $radius.per_second | round_to(100)) as $times
| ([$at["128", "256"].sekisho.per_second] | min
	/ $at["64"].sekisho.per_second | round_to(100)) as $kept
| ([$verify[] | .sekisho, .bare] + [$radius] | {
	accepted: (map(.accepted) | add), asked: (map(.asked) | add)} | share)
	as $share
| [
	{goal: "at least 0.6 of bare at 64 connections",
		is: $at["64"].ratio, met: ($at["64"].ratio >= 0.6)},
	{goal: "at least 8 times FreeRADIUS at 64", is: $times,
		met: ($times >= 8)},
	{goal: "p99 below 25 ms at 64", is: $at["64"].sekisho.p99_ms,
		met: ($at["64"].sekisho.p99_ms < 25)},
	{goal: "no collapse: the slower of 128 and 256, of that at 64",
		is: $kept, met: ($kept >= 0.9)},
	{goal: "front below 64 MiB (KiB at most)",
		is: ($memory[] | select(.process == "sekisho-front").hwm_kib),
		met: (($memory[] | select(.process == "sekisho-front").hwm_kib)
			< 65536)},
	{goal: "keeper below 16 MiB (KiB at most)",
		is: ($memory[] | select(.process == "sekisho-keeper").hwm_kib),
		met: (($memory[] | select(.process == "sekisho-keeper").hwm_kib)
			< 16384)},
	{goal: "ready below 1 s (ms at most)", is: $ready.max_ms,
		met: ($ready.max_ms < 1000)}
] as $goals
| {machine: $machine, accepted_share: $share, verify: $verify,
	nginx: $nginx, nginx_wrk: $wrk, freeradius: $radius,
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
	+ [($radius | figures("FreeRADIUS, 64"))
		+ "   sekisho is \($times) times that",
	($nginx | plain("nginx, static, 64, same loader")),
	($wrk | plain("nginx, static, 64, wrk and TCP")),
	""]
	+ [$memory[] | "\(.process | left(30))\(.rss_kib | pad(9)) KiB now, "
		+ "\(.hwm_kib) at most"]
	+ ["\("start to ready" | left(30))\($ready.median_ms | pad(9)) ms, "
		+ "\($ready.max_ms) at most", ""]
	+ [$goals[] | "\(verdict(.met) | left(4)) \(.goal): \(.is)"])}
