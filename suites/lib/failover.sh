# SPDX-License-Identifier: GPL-2.0-only
# On-demand daemons that die while a keeper holds their device, and readers that wait for them. Sourced after ondemand.sh.

keeper_socket=$PWD/keeper.sock
keeper_pid=
daemon_journal=$PWD/journal
: >"$daemon_journal"

# keeper_start: until the case ends; the cache lives as long as it does.
keeper_start() {
	[ -p kept ] || mkfifo kept
	ondemandd --keeper-run "$keeper_socket" >kept 2>>"$ondemand_log" &
	keeper_pid=$!
	at_exit keeper_stop
	read -r keeper_ready <kept && [ "$keeper_ready" = ready ]
}

keeper_stop() {
	[ -z "$keeper_pid" ] || end_process "$keeper_pid" 'the keeper'
	keeper_pid=
}

# daemon_start [OPTION...]: a daemon on the keeper's device, with a journal.
daemon_start() {
	ondemand_start --keeper "$keeper_socket" --journal "$daemon_journal" "$@"
}

# daemon_is_killed: waits until the daemon has died by SIGKILL, as an order told it to.
daemon_is_killed() {
	wait_until 5 'the daemon to die at its order' has_ended "$ondemand_pid" || return 1
	wait "$ondemand_pid"
	daemon_status=$?
	ondemand_pid=
	[ "$daemon_status" -eq 137 ]
}

# blob_pack NAME BYTES: NAME.erofs with one file `big`, whose content is in NAME.blob: what the data costs is asked of an object of its own.
blob_pack() {
	mkdir -p "source-$1"
	head -c "$2" /dev/urandom >"source-$1/big"
	erofs_pack "$1.erofs" "source-$1" --chunksize=65536 --blobdev="$ondemand_images/$1.blob"
}

# blob_mount NAME: on NAME.
blob_mount() {
	erofs_mount "$1.erofs" "$1" "device=$1.blob"
}

# reader_start NAME: reads NAME/big into seen-NAME in the background; one reader for each NAME.
reader_start() {
	dd if="$1/big" of="seen-$1" bs=65536 2>"reader-$1.log" &
	eval "reader_$1=$!"
	at_exit "reader_end $1"
}

# A request that nobody answers is left by SIGKILL.
reader_end() {
	eval "reader_pid=\$reader_$1"
	[ -n "$reader_pid" ] || return 0
	kill -KILL "$reader_pid" 2>/dev/null
	wait "$reader_pid"
	eval "reader_$1="
}

# reader_ends_well NAME: it ends by itself, and met no error.
reader_ends_well() {
	eval "reader_pid=\$reader_$1"
	wait_until 10 "the reader of $1 to end" has_ended "$reader_pid" || return 1
	wait "$reader_pid"
	reader_status=$?
	eval "reader_$1="
	[ "$reader_status" -eq 0 ] || {
		show "reader-$1.log" "the reader of $1 said"
		return 1
	}
}

# reader_has_all NAME: what it read is what was packed.
reader_has_all() {
	cmp -s "source-$1/big" "seen-$1"
}

# device_has_request: poll says so.
device_has_request() {
	[ "$(ondemand_ctl poll)" = 1 ]
}

# killed_in_hand, came_again: requests that a daemon had taken and not answered when it was killed, and those of them that a later one took.
killed_in_hand() {
	grep -c -E '^[0-9]+ (after-take|before-open|before-fill|before-read) .* order=kill$' "$daemon_journal"
}
came_again() {
	# 71 before-fill READ msg=5 object=2 offset=65536 length=65536 key=one.blob order=kill
	awk '
		$2 == "after-take" && (($3, $4, $6, $7) in lost) && lost[$3, $4, $6, $7] != $1 { again++; delete lost[$3, $4, $6, $7] }
		/ (after-take|before-open|before-fill|before-read) .* order=kill$/ { lost[$3, $4, $6, $7] = $1 }
		END { print again + 0 }
	' "$daemon_journal"
}
