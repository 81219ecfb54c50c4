/** What `crucible nightly --example` prints: files to start from. */

import { UserError } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';

const examples: Readonly<Record<string, (top: string) => string>> = {
	config: () => `# nightly.yaml: each kernel under each configuration runs all the suites
kernels: [debian:6.12, debian:6.1]
configs: [kasan+faults, kasan+lockdep]
suites: [erofs-ondemand, "nfs-*", "cachefiles-*"]   # all when left out
# tags: [seed]   # of those only the cases with such a tag
exclude:
  - {kernel: debian:6.1, config: kasan+lockdep}
repeat: 1      # every case this often
reruns: 2      # a failed one that often again
window: 14     # nights that flake rates are told over
keep: 30       # nights whose run folders are kept
kcidb: {origin: crucible}
`,
	systemd: (top) => `# ~/.config/systemd/user/crucible-nightly.service
[Unit]
Description=Nightly run of fscache-crucible

[Service]
Type=oneshot
WorkingDirectory=${top}
ExecStart=${top}/crucible nightly --config nightly.yaml
# 1: a case failed, which the history keeps; the unit itself did its work.
SuccessExitStatus=1
Nice=10
# The first signal lets the running case end.
KillMode=mixed
TimeoutStopSec=10min

# ~/.config/systemd/user/crucible-nightly.timer
[Unit]
Description=fscache-crucible, every night

[Timer]
OnCalendar=*-*-* 01:30
RandomizedDelaySec=15min
# A night that the host slept through is made up for.
Persistent=true

[Install]
WantedBy=timers.target

# loginctl enable-linger && systemctl --user enable --now crucible-nightly.timer
`,
	github: () => `# .github/workflows/nightly.yml
on:
  schedule: [{cron: '30 1 * * *'}]
  workflow_dispatch:
concurrency: nightly
jobs:
  nightly:
    # A runner of your own keeps results/ and the built kernels between nights.
    runs-on: [self-hosted, linux, x64]
    timeout-minutes: 600
    steps:
      - uses: actions/checkout@v4
        with: {clean: false}
      - run: ./crucible nightly --config nightly.yaml
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: nightly
          path: |
            results/*-nightly/kcidb.json
            results/*-nightly/*/report.html
            results/*-nightly/*/junit.xml
`,
	gitlab: () => `# .gitlab-ci.yml; a pipeline schedule starts it
nightly:
  rules: [{if: '$CI_PIPELINE_SOURCE == "schedule"'}]
  tags: [self-hosted]
  resource_group: nightly
  timeout: 10h
  variables: {GIT_CLEAN_FLAGS: none}
  script: [./crucible nightly --config nightly.yaml]
  artifacts:
    when: always
    paths: [results/*-nightly/kcidb.json, results/*-nightly/*/report.html]
    reports: {junit: results/*-nightly/*/junit.xml}
`,
};

export const exampleNames = Object.keys(examples);

/** Throws a UserError for a name that is none. */
export function exampleText(name: string, top: string): string {
	const text = examples[name];
	if (text) return text(top);
	throw new UserError(`there is no example "${name}"`, { hint: didYouMean(name, exampleNames) ?? exampleNames.join(', ') });
}
