/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of the 9p server: TYPE(symbol, number, name, handler, where the name is that orders and counts go by) for each request of
 * 9P2000.L, and ACTION(symbol, name, whether it takes a value, when it means something) for orders. Included once for each use.
 */
TYPE(STATFS, 8, "statfs", serve_statfs, BY_FID)
TYPE(LOPEN, 12, "lopen", serve_lopen, BY_FID)
TYPE(LCREATE, 14, "lcreate", serve_lcreate, BY_NAME)
TYPE(SYMLINK, 16, "symlink", serve_symlink, BY_NAME)
TYPE(MKNOD, 18, "mknod", serve_mknod, BY_NAME)
TYPE(READLINK, 22, "readlink", serve_readlink, BY_FID)
TYPE(GETATTR, 24, "getattr", serve_getattr, BY_FID)
TYPE(SETATTR, 26, "setattr", serve_setattr, BY_FID)
TYPE(XATTRWALK, 30, "xattrwalk", serve_nothing, BY_FID)
TYPE(READDIR, 40, "readdir", serve_readdir, BY_FID)
TYPE(FSYNC, 50, "fsync", serve_fsync, BY_FID)
TYPE(LOCK, 52, "lock", serve_lock, BY_FID)
TYPE(GETLOCK, 54, "getlock", serve_getlock, BY_FID)
TYPE(LINK, 70, "link", serve_link, BY_FID)
TYPE(MKDIR, 72, "mkdir", serve_mkdir, BY_NAME)
TYPE(RENAMEAT, 74, "renameat", serve_renameat, BY_NAME)
TYPE(UNLINKAT, 76, "unlinkat", serve_unlinkat, BY_NAME)
TYPE(VERSION, 100, "version", serve_version, BY_NOTHING)
TYPE(ATTACH, 104, "attach", serve_attach, BY_NOTHING)
TYPE(FLUSH, 108, "flush", serve_flush, BY_NOTHING)
TYPE(WALK, 110, "walk", serve_walk, BY_WALK)
TYPE(READ, 116, "read", serve_read, BY_FID)
TYPE(WRITE, 118, "write", serve_write, BY_FID)
TYPE(CLUNK, 120, "clunk", serve_clunk, BY_FID)

ACTION(HOLD, "hold", false, BEFORE | AFTER)
ACTION(DROP, "drop", false, BEFORE | AFTER)
ACTION(DISCONNECT, "disconnect", false, BEFORE | AFTER)
ACTION(ERROR, "error", true, BEFORE | AFTER)
ACTION(SHORT, "short", true, BEFORE)
ACTION(CLAIM, "claim", true, AFTER)
ACTION(SIZE, "size", true, AFTER)
ACTION(NLINK, "nlink", true, AFTER)
ACTION(QID_TYPE, "qid-type", true, AFTER)
ACTION(QID_VERSION, "qid-version", true, AFTER)
ACTION(REPLY_TYPE, "reply-type", true, AFTER)
ACTION(TAG, "tag", true, AFTER)
ACTION(LENGTH, "length", true, AFTER)

#undef TYPE
#undef ACTION
