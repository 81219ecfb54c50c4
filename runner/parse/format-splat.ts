/** A splat as plain text for a terminal or a mail: what, who, and each stack with file and line. */

import type { Frame, Splat, Stack } from '../model/run.ts';
import { harmless } from '../util/text.ts';

/** Lines joined by newlines, the last without one. Everything from the guest is stripped of control characters; no colours. */
export function formatSplat(splat: Splat): string {
	const who = [
		splat.task && `task ${splat.task.comm || '?'}${splat.task.pid === undefined ? '' : `/${splat.task.pid}`}`,
		splat.cpu !== undefined && `CPU ${splat.cpu}`,
		splat.guestTime !== undefined && `at ${splat.guestTime.toFixed(6)} s`,
		`fingerprint ${splat.fingerprint}`,
		!splat.isFailure && 'not a failure',
		splat.knownIssue !== undefined && `known issue ${splat.knownIssue}`,
	].filter((part) => part !== false && part !== undefined);
	return [splat.title, `  ${who.join(', ')}`, ...splat.stacks.flatMap((stack) => ['', ...formatStack(stack)])].map(oneLine).join('\n');
}

const oneLine = (text: string) => harmless(text).replaceAll('\n', ' ');

function formatStack(stack: Stack): string[] {
	const names = stack.frames.map(formatName);
	// One very long name (a C++ or generated symbol) shall not push all places out of sight.
	const width = Math.min(60, Math.max(0, ...names.map((name) => name.length)));
	return [
		`  ${stack.role}${stack.note === undefined ? '' : ` (${stack.note})`}:`,
		...stack.frames.map((frame, index) => {
			const place = frame.file === undefined ? '' : `  ${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`;
			return `    ${(names[index] ?? '').padEnd(place === '' ? 0 : width)}${place}`;
		}),
	];
}

function formatName(frame: Frame): string {
	const offset = frame.offset === undefined ? '' : `+0x${frame.offset.toString(16)}`;
	const size = frame.offset === undefined || frame.size === undefined ? '' : `/0x${frame.size.toString(16)}`;
	const module = frame.module === undefined ? '' : ` [${frame.module}]`;
	return `${frame.unreliable ? '? ' : ''}${frame.function}${offset}${size}${module}${frame.inlined ? ' (inlined)' : ''}`;
}
