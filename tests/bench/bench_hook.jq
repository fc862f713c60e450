# bench_hook.jq: what bench_hook.sh noted, as figures, rows, goals. A library of
# jq, for bench.jq and for bench_hook.sh alone.
include "bench_lib";

def hook(runs):
	def those(name): runs | map(select(.name == name));
	def of(name): row(those(name));
	# within each turn, so that a busier second is one for both
	def ratio(field; a; b): [those(a), those(b)] | transpose
		| map(select(.[0] != null and .[1] != null)
			| (.[0] | field) / (.[1] | field))
		| median;
	{
		sessions: ([runs[] | select(.name == "hook_many")][0].sessions),
		bare: of("hook_bare"), one: of("hook_one"),
		many: of("hook_many"), new: of("hook_new"), quiet: of("hook_quiet"),
		busy: of("hook_busy"), codes: of("hook_codes"),
		logins: of("hook_logins"),
		rss_kib: ([runs[] | select(.name == "memory"
			and (.process | endswith("sessions"))).rss_kib] | max)
	}
	| .ratio = (ratio(.per_second; "hook_one"; "hook_bare") | round_to(1000))
	| .many_ratio = (ratio(.per_second; "hook_many"; "hook_one") | round_to(1000))
	| .new_ratio = (ratio(.per_second; "hook_new"; "hook_one") | round_to(1000))
	| .busy_p99 = (ratio(.p99_us; "hook_busy"; "hook_quiet") | round_to(100));

def hook_is_whole: ([.bare, .one, .many, .new, .quiet, .busy]
		| all(.accepted == .asked and .asked > 0))
	and (.codes | share >= 0.99);

def hook_table: .sessions as $n | [
	(.bare | figures("page, bare 204, 32")),
	(.one | figures("page, hook, one session, 32")) + "   ratio \(.ratio)",
	(.many | figures("page, hook, \($n), 32"))
		+ "   \(.many_ratio) of one session",
	(.new | figures("page, hook, none twice, 32"))
		+ "   \(.new_ratio) of one session",
	(.quiet | figures("hook alone, fixed rate")),
	(.busy | figures("with codes and logins"))
		+ "   p99 \(.busy_p99) times that",
	(.codes | figures("codes meanwhile")),
	(.logins | figures("logins, wrong or too many")),
	"front: \(.rss_kib) KiB"];

def hook_goals: [
	{goal: "page behind the hook: at least 0.85 of a bare 204",
		is: .ratio, met: (.ratio >= 0.85)},
	{goal: "with \(.sessions) sessions: at least 0.9 of that",
		is: .many_ratio, met: (.many_ratio >= 0.9)},
	{goal: "the front beside that: at most 64 MiB (KiB)",
		is: .rss_kib, met: (.rss_kib <= 65536)},
	{goal: "hook at a fixed rate: p99 under load at most twice the quiet one",
		is: .busy_p99, met: (.busy_p99 <= 2)}];

def hook_line(name; text): "| \(name) | \(.per_second | thousands) | "
	+ "\(.p50_ms | round_to(100)) ms | \(.p99_ms | round_to(100)) ms | \(text) |";

def hook_readme: . as $h | [
	(.one | hook_line("page of nginx behind the hook, 32 connections";
		"\($h.ratio) of the same behind a bare 204 "
		+ "(\($h.bare.per_second | thousands))")),
	(.many | hook_line("the same with \($h.sessions | thousands) sessions";
		"\($h.many_ratio) of that with one; when none is asked for twice, "
		+ "\($h.new_ratio)")),
	(.busy | hook_line("the hook at a fixed rate, beside codes and more "
		+ "logins than can be hashed";
		"p99 \($h.busy_p99) times that of a quiet one"))];
