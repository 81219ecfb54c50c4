// SPDX-License-Identifier: GPL-2.0-only
/* Lies in an answer that is ready: numbers that the client takes on trust are overwritten where they lie. */
#include "ninepd.h"

#define QID_SIZE 13
/* Of a GETATTR's answer, after the header: valid[8] qid[13] mode[4] uid[4] gid[4] nlink[8] rdev[8] size[8] */
#define ATTR_QID (HEADER_SIZE + 8)
#define ATTR_NLINK (ATTR_QID + QID_SIZE + 12)
#define ATTR_SIZE (ATTR_NLINK + 16)

/* Where the answer says which file it is of, or 0. */
static size_t find_qid(const struct request *request)
{
	switch (request->type) {
	case GETATTR: return ATTR_QID;
	case ATTACH:
	case LOPEN:
	case LCREATE:
	case MKDIR:
	case MKNOD:
	case SYMLINK: return HEADER_SIZE;
	/* The last of them; a walk to nowhere else has none. */
	case WALK: return request->out.at >= HEADER_SIZE + 2 + QID_SIZE ? request->out.at - QID_SIZE : 0;
	default: return 0;
	}
}

static bool has_count(enum type type)
{
	return type == READ || type == WRITE || type == READDIR;
}

void twist(struct request *request, enum action action, uint64_t value)
{
	struct message *out = &request->out;
	size_t qid = find_qid(request);

	if (request->error != 0)
		return;
	if (action == DO_TAG)
		put_at(out, 5, 2, value);
	else if (action == DO_REPLY_TYPE)
		put_at(out, 4, 1, value);
	else if (action == DO_LENGTH)
		put_at(out, 0, 4, value);
	else if (action == DO_CLAIM && has_count(request->type))
		put_at(out, HEADER_SIZE, 4, value);
	else if (action == DO_SIZE && request->type == GETATTR)
		put_at(out, ATTR_SIZE, 8, value);
	else if (action == DO_NLINK && request->type == GETATTR)
		put_at(out, ATTR_NLINK, 8, value);
	else if (action == DO_QID_TYPE && qid)
		put_at(out, qid, 1, value);
	else if (action == DO_QID_VERSION && qid)
		put_at(out, qid + 1, 4, value);
}
