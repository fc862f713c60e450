-- bench_hook.lua: for wrk. Asks with the cookies of the sessions whose tokens
-- are the lines of the file in its argument, one after the other, and prints what
-- came of it as JSON. A page is asked for by its own name: for / nginx looks for an
-- index within itself and asks the hook again, two questions for one page.
local PAGE = "/index.html"
local cookies, at = {}, 0

function init(args)
	for token in io.lines(args[1]) do
		cookies[#cookies + 1] = wrk.format("GET", PAGE,
			{ Cookie = "__Host-sekisho-app=" .. token })
	end
end

function request()
	at = at % #cookies + 1
	return cookies[at]
end

function done(summary, latency)
	local e = summary.errors
	local failed = e.connect + e.read + e.write + e.timeout
	print(string.format('{"per_second":%.1f,"p50_us":%d,"p99_us":%d,' ..
		'"max_us":%d,"accepted":%d,"refused":%d,"failed":%d}',
		summary.requests / summary.duration * 1e6,
		latency:percentile(50), latency:percentile(99), latency.max,
		summary.requests - e.status, e.status, failed))
end
