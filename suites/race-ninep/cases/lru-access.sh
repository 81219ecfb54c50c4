#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file is read and closed; when the worker comes to discard its cookie, the file is shortened by its name, that is without being opened.
for part in ktap wait fscache-stats cache race; do
	. "$CRUCIBLE_LIB/$part.sh"
done
. "${0%/*}/cached-file.sh"

plan 6
# 9P2000.L of 6.1 leaves the cookie alone when a file is shortened.
cached_file_begin 262144 9p2000.u
cached_file_read
mark 'the file is closed'
check 'the cookie is to be discarded' step 2
taskset -c "$(cpu_of writer)" shorten mnt/file 8192
shortened=$?
survives $shortened
check 'the file is shortened' [ $shortened -eq 0 ]
check 'the new end is what readers see' [ "$(hash_of <mnt/file)" = "$(head -c 8192 content | hash_of)" ]
