# SPDX-License-Identifier: GPL-2.0-only
# A process that keeps a file open and reads or locks it when it is told to: lib/holder.c. One at a time. Needs ktap.sh and wait.sh.

# holder_start FILE: until holder_stop or the end of the case.
holder_start() {
	mkfifo holder-orders holder-answers
	holder "$1" <holder-orders >holder-answers 2>holder.log &
	holder_pid=$!
	exec 8>holder-orders 9<holder-answers
	rm holder-orders holder-answers
	at_exit holder_stop
}

# holder_order ORDER...: without waiting for it. holder_answer: waits, and succeeds when the answer is ok.
holder_order() {
	echo "$*" >&8
}
holder_answer() {
	read -r holder_said <&9 || holder_said='that it has ended'
	[ "$holder_said" = ok ] || {
		note "the holder said $holder_said"
		return 1
	}
}

holder_does() {
	holder_order "$@" && holder_answer
}

# holder_reads: it is in pread(2), system call 17, and waits there.
holder_reads() {
	# 17 0x3 0x7f... 0x100000 0x100000 0x0 0x0 0x7ffc... 0x7f...
	case $(cat "/proc/$holder_pid/syscall" 2>/dev/null) in '17 '*) ;; *) return 1 ;; esac
}

# holder_stop: may be called in any state; one that waits for a server is killed.
holder_stop() {
	[ -n "${holder_pid:-}" ] || return 0
	exec 8>&- 9<&-
	wait_until 2 'the holder to end' has_ended "$holder_pid" || kill -KILL "$holder_pid"
	wait "$holder_pid"
	holder_pid=
}
