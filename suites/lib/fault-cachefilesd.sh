# SPDX-License-Identifier: GPL-2.0-only
# The real cachefilesd on cue: the program cue traces it and does what was ordered at the step that was named.

cachefilesd_lacks() {
	[ -x /crucible/bin/cue ] || {
		echo 'the suite has no program cue'
		return 1
	}
}
cachefilesd_arm() {
	: >"$fault_dir/said"
	cue "$(cat /run/cachefilesd.pid)" "$fault_when-$fault_step" "$fault_nth" "$fault_action" >"$fault_dir/said" 2>&1 </dev/null &
	echo $! >"$fault_dir/cue"
	wait_until 10 'cue to be ready' grep -q . "$fault_dir/said"
	grep -q '^ready' "$fault_dir/said" || {
		sed 's/^/# cue: /' "$fault_dir/said"
		return 1
	}
}
cachefilesd_count() {
	awk '$1 == "done" { done++ } END { print done + 0 }' "$fault_dir/said" 2>/dev/null
}
# cue lets go of the daemon when it ends.
cachefilesd_disarm() {
	cachefilesd_cue=$(cat "$fault_dir/cue")
	kill -TERM "$cachefilesd_cue" 2>/dev/null
	wait_until 5 'cue to end' has_ended "$cachefilesd_cue" || kill -KILL "$cachefilesd_cue"
	wait "$cachefilesd_cue" 2>/dev/null
	[ "$fault_action" != stop ] || kill -CONT "$(cat /run/cachefilesd.pid)"
}
