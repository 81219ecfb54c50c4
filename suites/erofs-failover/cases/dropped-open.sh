#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# An OPEN is answered when its object has gone: the answer is refused, and with the fd that came with the OPEN the daemon gives back the cookie.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"

# dropped: cookies that have lost their object, and that somebody keeps all the same.
dropped() {
	# 00000002 00000001   1   0   0 D 1031  00,01, 00,00,00,00
	awk 'FNR > 2 && $6 == "D" { rows++ } END { print rows + 0 }' /proc/fs/fscache/cookies
}
one_is_dropped() {
	[ "$(dropped)" = 1 ]
}

plan 7
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 262144

must 'the daemon binds the cache' ondemand_start
must 'the image mounts' blob_mount one
ondemand_ctl close-fd one.blob >/dev/null
order=$(ondemand_ctl order 'before-open key=one.blob hold')
reader_start one
must 'the daemon has taken the OPEN' ondemand_wait held 1
check 'the mount is left to its reader' umount -l one
reader_end one
check 'the object of the blob is dropped, and its fd keeps the cookie' wait_until 10 'a dropped cookie' one_is_dropped
evidence dropped "$(dropped)"
ondemand_ctl release "$order" >/dev/null
check 'every cookie is given back' wait_until 10 'cookies and volumes to go' cookies_are_gone
evidence failures "$(ondemand_get failures)"
check 'the daemon ends' ondemand_stop
