# bench_hook.jq: what bench_hook.sh noted, as figures, rows, goals. A library of
# jq, for bench.jq and for bench_hook.sh alone.
include "bench_lib";

def hook(runs):
	def of(name): row(runs | map(select(.name == name)));
	{
		sessions: ([runs[] | select(.name == "hook_many")][0].sessions),
		bare: of("hook_bare"), one: of("hook_one"),
		many: of("hook_many"), quiet: of("hook_quiet"),
		busy: of("hook_busy"), codes: of("hook_codes"),
		logins: of("hook_logins")
	}
	| .ratio = (.one.per_second / .bare.per_second | round_to(1000))
	| .many_ratio = (.many.per_second / .one.per_second | round_to(1000))
	| .busy_p99 = (.busy.p99_ms / .quiet.p99_ms | round_to(100));

def hook_is_whole: ([.bare, .one, .many, .quiet, .busy]
		| all(.accepted == .asked and .asked > 0))
	and (.codes | share >= 0.99);

def hook_table: .sessions as $n | [
	(.bare | figures("page, bare 204, 32")),
	(.one | figures("page, hook, one session, 32")) + "   ratio \(.ratio)",
	(.many | figures("page, hook, \($n), 32"))
		+ "   \(.many_ratio) of one session",
	(.quiet | figures("hook alone, fixed rate")),
	(.busy | figures("with codes and logins"))
		+ "   p99 \(.busy_p99) times that",
	(.codes | figures("codes meanwhile")),
	(.logins | figures("logins, wrong or too many"))];

def hook_goals: [
	{goal: "page behind the hook: at least 0.85 of a bare 204",
		is: .ratio, met: (.ratio >= 0.85)},
	{goal: "with \(.sessions) sessions: at least 0.9 of that",
		is: .many_ratio, met: (.many_ratio >= 0.9)},
	{goal: "hook at a fixed rate: p99 under load at most twice the quiet one",
		is: .busy_p99, met: (.busy_p99 <= 2)}];

def hook_line(name; text): "| \(name) | \(.per_second | thousands) | "
	+ "\(.p50_ms | round_to(100)) ms | \(.p99_ms | round_to(100)) ms | \(text) |";

def hook_readme: . as $h | [
	(.one | hook_line("page of nginx behind the hook, 32 connections";
		"\($h.ratio) of the same behind a bare 204 "
		+ "(\($h.bare.per_second | thousands))")),
	(.many | hook_line("the same with \($h.sessions | thousands) sessions";
		"\($h.many_ratio) of that with one")),
	(.busy | hook_line("the hook at a fixed rate, beside codes and more "
		+ "logins than can be hashed";
		"p99 \($h.busy_p99) times that of a quiet one"))];
