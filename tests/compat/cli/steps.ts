/** A command of the stock command line, as it is typed. */
export interface CliStep {
  readonly command: string;
  /** Takes the first id in what the command prints, after the given text, for `{{name}}` in later commands. */
  readonly save?: { readonly name: string; readonly after: string };
  /** Another command that is repeated while this one waits. */
  readonly meanwhile?: string;
  /** Only the first line that holds this text counts. */
  readonly about?: string;
}

const commands = (lines: string): readonly CliStep[] =>
  lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((command) => ({ command }));

const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** What is asked before there is anything. */
export const ON_AN_EMPTY_SERVER: readonly CliStep[] = commands(`
  server status
  server status -o json
  flow-run ls
  flow ls
  deployment ls
  work-pool ls
  work-queue ls
  variable ls
  block ls
  block type ls
  artifact ls
  concurrency-limit ls
  global-concurrency-limit ls
  automation ls
`);

const poolSteps = commands(`
  work-pool create cli-pool --type process
  work-pool create cli-pool --type process
  work-pool create cli-pool --type process --overwrite
  work-pool create cli-pods --type kubernetes --paused
  work-pool create cli-tasks --type ecs
  work-pool create cli-nothing --type no-such-type
  work-pool get-default-base-job-template --type process
  work-pool get-default-base-job-template --type kubernetes
  work-pool get-default-base-job-template --type ecs
  work-pool get-default-base-job-template --type docker
  work-pool get-default-base-job-template --type cloud-run
  work-pool get-default-base-job-template --type cloud-run-v2
  work-pool get-default-base-job-template --type vertex-ai
  work-pool get-default-base-job-template --type azure-container-instance
  work-pool get-default-base-job-template --type no-such-type
  work-pool ls
  work-pool ls --verbose -o json
  work-pool inspect cli-pool
  work-pool inspect cli-pods -o json
  work-pool inspect no-such-pool
  work-pool pause cli-pool
  work-pool resume cli-pool
  work-pool set-concurrency-limit cli-pool 3
  work-pool slots cli-pool
  work-pool slots cli-pool -o json
  work-pool slots no-such-pool
  work-pool clear-concurrency-limit cli-pool
  work-pool update cli-pool --description "a pool" --concurrency-limit 5
  work-pool update no-such-pool --description x
  work-pool storage inspect cli-pool
  work-pool provision-infra cli-pool
  work-pool preview cli-pool
`);

const queueSteps = commands(`
  work-queue create cli-queue --pool cli-pool --limit 2 --priority 3
  work-queue create cli-queue --pool cli-pool
  work-queue create cli-lost --pool no-such-pool
  work-queue ls --pool cli-pool
  work-queue ls --pool cli-pool -o json
  work-queue ls
  work-queue inspect cli-queue --pool cli-pool
  work-queue inspect cli-queue --pool cli-pool -o json
  work-queue inspect no-such-queue --pool cli-pool
  work-queue set-concurrency-limit cli-queue 4 --pool cli-pool
  work-queue slots cli-queue --pool cli-pool
  work-queue clear-concurrency-limit cli-queue --pool cli-pool
  work-queue pause cli-queue --pool cli-pool
  work-queue resume cli-queue --pool cli-pool
  work-queue preview cli-queue --pool cli-pool
  work-queue read-runs cli-queue --pool cli-pool
`);

/** What is set up before flows run. */
export const BEFORE_FLOWS: readonly CliStep[] = [...poolSteps, ...queueSteps];

const runSteps: readonly CliStep[] = [
  ...commands(`
    flow ls
    flow-run ls --flow-name cli-artifacts
    flow-run ls --state Completed --flow-name cli-flow -o json
    flow-run ls --state-type FAILED
    flow-run ls --state-type NONSENSE
    flow-run ls --flow-name no-such-flow
    flow-run inspect ${NOWHERE}
    flow-run logs ${NOWHERE}
    flow-run cancel ${NOWHERE}
    flow-run delete ${NOWHERE}
    flow-run retry ${NOWHERE}
    flow-run watch ${NOWHERE}
    flow-run inspect no-id
  `),
  {
    command: 'flow-run ls --flow-name cli-artifacts -o json',
    save: { name: 'artifacts', after: '"id"' },
  },
  {
    command: 'flow-run ls --state Failed --flow-name cli-flow -o json',
    save: { name: 'failed', after: '"id"' },
  },
  ...commands(`
    flow-run inspect {{failed}}
    flow-run inspect {{failed}} -o json
    flow-run logs {{failed}}
    flow-run logs {{failed}} --head --num-logs 1
    flow-run logs {{failed}} --tail --num-logs 1
    flow-run logs {{failed}} --reverse -o json
    flow-run logs {{failed}} --head --tail
    flow-run watch {{failed}}
    flow-run retry {{failed}}
    flow-run cancel {{failed}}
    flow-run logs {{artifacts}}
  `),
];

const deploymentSteps: readonly CliStep[] = [
  ...commands(`
    --no-prompt deploy cli_flow.py:cli_flow --name cli-second --pool cli-pool --cron "0 7 * * *"
    --no-prompt deploy cli_flow.py:cli_flow --name cli-third --pool no-such-pool
    deployment delete cli-flow/cli-second
    --no-prompt deploy cli_flow.py:cli_flow --name cli-few --pool cli-pool --concurrency-limit 1 --collision-strategy CANCEL_NEW
    deployment inspect cli-flow/cli-few -o json
    --no-prompt deploy cli_flow.py:cli_flow --name cli-few --pool cli-pool --concurrency-limit 2 --work-queue cli-few
    deployment inspect cli-flow/cli-few
    --no-prompt deploy cli_flow.py:cli_flow --name cli-few --pool cli-pool --concurrency-limit 0
    --no-prompt deploy cli_flow.py:cli_flow --name cli-few --pool cli-pool --collision-strategy NONSENSE
    work-queue ls --pool cli-pool
    deployment delete cli-flow/cli-few
    deployment ls
    deployment ls cli-flow -o json
    deployment ls no-such-flow
    deployment inspect cli-flow/cli-deployment
    deployment inspect cli-flow/cli-deployment -o json
    deployment inspect cli-flow/no-such-deployment
    deployment schedule ls cli-flow/cli-deployment
    deployment schedule create cli-flow/cli-deployment --cron "0 6 * * *" --timezone Europe/Berlin
    deployment schedule create cli-flow/cli-deployment --interval 3600 --anchor-date 2030-01-01T00:00:00+00:00
    deployment schedule create cli-flow/cli-deployment --rrule "FREQ=DAILY;COUNT=3" --replace -y
    deployment schedule create cli-flow/cli-deployment --cron "not a cron"
    deployment schedule create cli-flow/cli-deployment --cron "0 6 * * *" --interval 60
  `),
  {
    command: 'deployment schedule ls cli-flow/cli-deployment',
    save: { name: 'schedule', after: 'Schedule' },
  },
  ...commands(`
    deployment schedule pause cli-flow/cli-deployment {{schedule}}
    deployment schedule pause cli-flow/cli-deployment {{schedule}}
    deployment schedule resume cli-flow/cli-deployment {{schedule}}
    deployment schedule resume --all
    deployment schedule pause --all
    deployment schedule delete cli-flow/cli-deployment {{schedule}} -y
    deployment schedule delete cli-flow/cli-deployment ${NOWHERE} -y
    deployment schedule clear cli-flow/cli-deployment -y
    deployment run no-flow/no-deployment
    deployment run cli-flow/cli-deployment -p y=9
    deployment run cli-flow/cli-deployment -p x=text
    deployment run --id ${NOWHERE}
  `),
  {
    command:
      'deployment run cli-flow/cli-deployment -p x=9 --flow-run-name cli-run-now --tag cli --job-variable env.A=1',
    save: { name: 'now', after: 'UUID' },
  },
  {
    command:
      'deployment run cli-flow/cli-deployment --start-in "2 hours" --flow-run-name cli-run-later',
    save: { name: 'later', after: 'UUID' },
  },
  ...commands(`
    flow-run inspect {{now}}
    flow-run inspect {{later}}
    work-pool preview cli-pool --hours 3
    work-pool preview cli-pool --hours 3 -o json
    work-queue preview default --pool cli-pool --hours 3
    work-queue read-runs default --pool cli-pool
    work-pool slots cli-pool
    flow-run cancel {{later}}
    flow-run execute {{now}}
    flow-run logs {{now}}
    flow-run inspect {{now}} -o json
    flow-run watch {{now}}
    flow-run cancel {{now}}
    flow-run delete {{later}}
    flow-run inspect {{later}}
    deployment delete cli-flow/no-such-deployment
  `),
];

const blockSteps: readonly CliStep[] = [
  { command: 'block ls', save: { name: 'secret', after: 'cli-secret' } },
  ...commands(`
    block ls -o json
    block type ls -o json
    block types ls
    block type inspect secret
    block type inspect slack-webhook
    block type inspect snowflake-connector
    block type inspect dbt-cli-profile
    block type inspect no-such-type
    block type delete secret
    block type delete no-such-type
    block type delete aws-secret
    block create json
    block create secret
    block create no-such-type
    block inspect secret/cli-secret
    block inspect slack-webhook/cli-slack
    block inspect local-file-system/cli-folder -o json
    block inspect secret/no-such-block
    block inspect --id ${NOWHERE}
    block register -m prefect.blocks.notifications
    block register -m no.such.module
    block delete slack-webhook/cli-slack
    block delete slack-webhook/cli-slack
    block delete --id ${NOWHERE}
    block ls
  `),
];

const smallSteps: readonly CliStep[] = commands(`
  variable set colour blue --tag paint
  variable set colour red
  variable set colour "{\\"a\\": [1, 2.0, null]}" --overwrite
  variable set number 1.50
  variable set Bad-Name 1
  variable get colour
  variable get no-such-variable
  variable inspect colour
  variable inspect colour -o json
  variable inspect no-such-variable
  variable ls
  variable ls --limit 1 -o json
  variable delete number
  variable unset colour
  variable unset colour
  variable delete no-such-variable
  concurrency-limit create cli-tag 3
  concurrency-limit create cli-tag 2
  concurrency-limit ls
  concurrency-limit ls -o json
  concurrency-limit inspect cli-tag
  concurrency-limit inspect cli-tag -o json
  concurrency-limit inspect no-such-tag
  concurrency-limit reset cli-tag
  concurrency-limit reset no-such-tag
  concurrency-limit delete cli-tag
  concurrency-limit delete cli-tag
  global-concurrency-limit create cli-decay --limit 5 --slot-decay-per-second 0.5
  global-concurrency-limit inspect cli-decay
  global-concurrency-limit delete cli-decay
  global-concurrency-limit create cli-limit --limit 5
  global-concurrency-limit create cli-limit --limit 5
  global-concurrency-limit create cli-bad --limit -1
  global-concurrency-limit ls
  global-concurrency-limit ls -o json
  global-concurrency-limit inspect cli-limit
  global-concurrency-limit inspect cli-limit -o json
  global-concurrency-limit inspect no-such-limit
  global-concurrency-limit update cli-limit --limit 7 --active-slots 2
  global-concurrency-limit update cli-limit --disable
  global-concurrency-limit update no-such-limit --limit 7
  global-concurrency-limit disable cli-limit
  global-concurrency-limit enable cli-limit
  global-concurrency-limit enable cli-limit
  global-concurrency-limit inspect cli-limit
  global-concurrency-limit delete cli-limit
  global-concurrency-limit delete cli-limit
  artifact ls
  artifact ls --all -o json
  artifact inspect cli-report
  artifact inspect cli-table --limit 1 -o json
  artifact inspect no-such-key
  artifact delete cli-table
  artifact delete cli-table
  artifact delete --id ${NOWHERE}
  artifact ls
`);

const AUTOMATION = JSON.stringify({
  name: 'cli-automation',
  trigger: { type: 'event', expect: ['cli.never'], posture: 'Reactive', threshold: 1, within: 0 },
  actions: [{ type: 'do-nothing' }],
}).replaceAll('"', String.raw`\"`);

const automationSteps = commands(`
  automation create --from-json "${AUTOMATION}"
  automation create --from-json "{\\"name\\": \\"bad\\"}"
  automation ls
  automation ls -o json
  automation inspect cli-automation
  automation inspect cli-automation --json
  automation inspect cli-automation --yaml
  automation inspect no-such-automation
  automation inspect --id ${NOWHERE}
  automation pause cli-automation
  automation resume cli-automation
  automation pause no-such-automation
  automation delete cli-automation
  automation delete cli-automation
`);

const eventSteps: readonly CliStep[] = [
  {
    command: 'events stream --run-once --format json',
    meanwhile: 'events emit cli.streamed --resource-id cli.1 --payload "{\\"n\\": 1.5}"',
    about: 'cli.streamed',
  },
  {
    command: 'events stream --run-once --format text',
    meanwhile: 'events emit cli.streamed --resource-id cli.1',
    about: 'cli.streamed',
  },
  ...commands(`
    events emit cli.bad
    events emit cli.one --resource-id cli.1 --related "[{\\"prefect.resource.id\\": \\"x\\", \\"prefect.resource.role\\": \\"y\\"}]"
  `),
];

/** What is done to all of it. */
export const ABOUT_FLOWS: readonly CliStep[] = [
  ...runSteps,
  ...deploymentSteps,
  ...blockSteps,
  ...smallSteps,
  ...automationSteps,
  ...eventSteps,
];

/** What takes it all away again. */
export const AT_THE_END: readonly CliStep[] = commands(`
  deployment delete cli-flow/cli-deployment
  deployment delete cli-flow/cli-deployment
  deployment ls
  flow-run delete {{failed}}
  flow-run delete {{failed}}
  work-queue delete cli-queue --pool cli-pool
  work-queue delete cli-queue --pool cli-pool
  work-queue delete default --pool cli-pool
  work-pool delete cli-pods
  work-pool delete no-such-pool
  work-pool ls
`);
