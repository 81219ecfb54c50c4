# SPDX-License-Identifier: GPL-2.0-only
# The tree that is packed into images, and how two trees are compared. Needs the guest program filetree, and ktap.sh.

# tree_make DIRECTORY BIG_BYTES: one big file, sizes around a block, many small files, nesting, a link.
tree_make() {
	filetree make "$1" "$2" "$CRUCIBLE_SEED"
}

# tree_list DIRECTORY: for everything below it name, type, mode, size, target, and of files the hash. Every byte is read.
tree_list() {
	filetree list "$1"
}

# same_tree EXPECTED DIRECTORY: EXPECTED is what tree_list printed of the source.
same_tree() {
	tree_list "$2" >tree.seen && cmp -s "$1" tree.seen || {
		note "$(diff "$1" tree.seen | head -n 10)"
		return 1
	}
}

# tree_bytes DIRECTORY: bytes in its files.
tree_bytes() {
	filetree bytes "$1"
}
