# SPDX-License-Identifier: GPL-2.0-only
# The tree that is packed into images, and how two trees are compared. Sourced by the cases.

# tree_make DIRECTORY BIG_BYTES: one big file, sizes around a block, many small files, nesting, a link.
tree_make() {
	mkdir -p "$1/deep/er/still" "$1/many"
	head -c "$2" /dev/urandom >"$1/big"
	for tree_size in 0 1 4095 4096 4097 65553; do
		head -c "$tree_size" "$1/big" >"$1/size-$tree_size"
	done
	head -c 20000 /dev/urandom >"$1/deep/er/still/file"
	tree_number=0
	while [ $((tree_number += 1)) -le 32 ]; do
		printf '%3000d' "$tree_number" >"$1/many/file-$tree_number"
	done
	ln -s deep/er/still/file "$1/link"
}

# tree_list DIRECTORY: for everything below it name, type, mode and target, and of files the hash. Every byte is read.
tree_list() {
	(cd "$1" && find . -type f -exec sha256sum {} + && find . -exec stat -c '%N %F %a' {} +) | sort
}

# same_tree EXPECTED DIRECTORY: EXPECTED is what tree_list printed of the source.
same_tree() {
	tree_list "$2" >tree.seen
	cmp -s "$1" tree.seen || {
		note "$(diff "$1" tree.seen | head -n 10)"
		return 1
	}
}

# tree_bytes DIRECTORY: bytes in its files.
tree_bytes() {
	find "$1" -type f -exec stat -c %s {} + | awk '{ bytes += $1 } END { print bytes }'
}
