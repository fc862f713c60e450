# bench_lib.jq: words that bench.jq and bench_hook.jq share.
def median: sort | if length == 0 then null else .[(length - 1) / 2 | floor] end;
def round_to(n): if . == null then null else (. * n | round) / n end;
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
def goal: "\(verdict(.met) | left(4)) \(.goal): \(.is)";
def thousands: tostring | [while(length > 0; .[:-3])] | map(.[-3:]) | reverse
	| join(",");
