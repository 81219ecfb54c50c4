# SPDX-License-Identifier: GPL-2.0-only
# Reads a trace of fscache's and cachefiles' references, and adds them up for each cookie, volume, cache and object: what was acquired
# is +1, what was given back -1, and the sum of each is to be 0. Prints `left WHAT SUM` for every other, and `events KIND COUNT`.
#
#   kworker/u4:1-29  [000] .....   12.345678: fscache_cookie: c=00000002 GET attch r=3

function add(kind, id, by) {
	sum[kind " " id] += by
	events[kind]++
}

{
	if (!match($0, /: (fscache|cachefiles)_[a-z_]+: /)) next
	event = substr($0, RSTART + 2, RLENGTH - 4)
	split(substr($0, RSTART + RLENGTH), word, " ")
}

# DISCARD: a cookie that found its key taken is freed without a put.
event == "fscache_cookie" {
	if (word[2] == "NEW" || word[2] == "GET" || word[2] == "GQ") add("cookie", word[1], 1)
	if (word[2] == "PUT" || word[2] == "PQ" || word[2] == "DISCARD") add("cookie", word[1], -1)
}

# GET hcoll is only a look at the volume that is in the way.
event == "fscache_volume" {
	if (word[2] == "NEW" || (word[2] == "GET" && word[3] != "hcoll")) add("volume", word[1], 1)
	if (word[2] == "PUT") add("volume", word[1], -1)
}

event == "fscache_active" {
	if (word[2] ~ /^USE/) add("use", word[1], 1)
	if (word[2] == "UNUSE") add("use", word[1], -1)
}

# PIN and UNPIN of a cookie and of a volume are not counted: what is freed need not be unpinned.
event == "fscache_access" { access("cookie-access", word[1], word[2]) }
event == "fscache_access_volume" { access("volume-access", word[1], word[3]) }
event == "fscache_access_cache" { access("cache-access", word[1], word[2]) }

function access(kind, id, what) {
	if (what == "BEGIN") add(kind, id, 1)
	if (what == "END") add(kind, id, -1)
}

event == "cachefiles_ref" {
	if (word[4] == "NEW" || word[4] == "GET") add("object", word[2], 1)
	if (word[4] == "PUT") add("object", word[2], -1)
}

END {
	for (what in sum) if (sum[what] != 0) print "left", what, sum[what]
	for (kind in events) print "events", kind, events[kind]
}
