# SPDX-License-Identifier: GPL-2.0-only
# What a command makes server and cache do. Needs two functions of the client's file: `settle`, which returns when all that was read
# has been copied to the cache, and `measure_counters`, which prints READs and bytes read of the server, reads and writes of the cache,
# from one process, so that nothing happens between them.

# measure PREFIX COMMAND [ARGUMENT...]: runs it with its output in the variable PREFIX_out, and sets PREFIX_server_reads,
# PREFIX_server_bytes, PREFIX_cache_reads and PREFIX_cache_writes to what happened meanwhile, the copy to the cache included.
measure() {
	measure_prefix=$1
	shift
	measure_before=$(measure_counters)
	eval "${measure_prefix}_out=\$(\"\$@\")"
	settle
	# shellcheck disable=SC2046,SC2086 # eight words on purpose: four counters before, the same four after
	set -- $measure_before $(measure_counters)
	eval "${measure_prefix}_server_reads=$(($5 - $1)) ${measure_prefix}_server_bytes=$(($6 - $2))"
	eval "${measure_prefix}_cache_reads=$(($7 - $3)) ${measure_prefix}_cache_writes=$(($8 - $4))"
}
