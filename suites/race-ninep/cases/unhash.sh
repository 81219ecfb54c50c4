#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file is read and closed; when the worker of the LRU has taken its cookie from the list, the file is removed, and the cookie given back.
for part in ktap wait fscache-stats cache race; do
	. "$CRUCIBLE_LIB/$part.sh"
done
. "${0%/*}/cached-file.sh"

no_cookies() {
	[ "$(fscache_rows cookies)" = 0 ]
}

plan 5
cached_file_begin 8192
cached_file_read
mark 'the file is closed'
check 'the worker of the LRU has taken the cookie' step 2
workers_elsewhere 2
taskset -c "$(cpu_of dropper)" rm mnt/file
check 'the cookie is dropped' wait_until 10 'the cookie to be dropped' no_cookies
