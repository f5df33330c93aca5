/** What the walk finds different on purpose: lines as `walk` gives them, with the reason. */
export const KNOWN_WALK_DIFFERENCES: readonly {
  readonly lines: RegExp;
  readonly reason: string;
}[] = [
  {
    lines:
      /(?:request_body(?:\[~\d+\])?|input)\.(?:parameters|empirical_policy\.retr(?:ies|y_delay)): expected/u,
    reason: 'the echo of a refused body is what was sent, without filled-in defaults',
  },
  {
    lines: /already exists in work pool \{work_pool_name!r\}/u,
    reason: 'the real message shows a template that was never filled in',
  },
  {
    lines:
      /\.(?:msg|ctx): expected .*Africa\/Abidjan|"timezone":"(?:Nowhere\/Land|)".*\.(?:msg|ctx): /u,
    reason: 'the message about an unknown time zone does not list all 600 of them',
  },
  {
    lines: /POST \/api\/flow_runs\/\S+\/input .*"?string_type|valid bytes/u,
    reason: 'a value is text here, Prefect asks for bytes and takes text',
  },
  {
    lines: /POST \/api\/deployments\/ .*\$\.exception_detail: expected \d+ items/u,
    reason: 'a faulty name is refused with the other faults, the real server fails with 500 on it',
  },
  {
    lines: /work_queue_check : \$: expected \d+ items, got \d+$/u,
    reason:
      'on PostgreSQL the real server finds no queue that has no filter, on SQLite all of them',
  },
  {
    lines:
      /collections\/views\/\S+ : \$\S*\.(?:description|title|code_example|\w+_url|install_command): /u,
    reason: 'the words of the catalogue are its own',
  },
  {
    lines: /\/api\/ready : \$\.services: not expected/u,
    reason: 'beside the same message it tells how the services go',
  },
  {
    lines: /concurrency_limits\/decrement .*"occupancy_seconds":.*: status 409\/200/u,
    reason: 'the real server divides by the length of a limit, also by that of zero',
  },
  {
    lines: /events\/count-by\/resource .*\.label: expected/u,
    reason: 'a resource is called what its newest event calls it, and two may be of one moment',
  },
  {
    lines: /events\/count-by\/day .*"time_(?:unit|interval)":.*: \$: expected \d+ items/u,
    reason:
      'the real server takes the unit of the request for days too, and fails where there are any',
  },
  {
    lines: /\/events\/.*"id_prefix":\[[^\]]*"al[_%]".*: expected/u,
    reason: 'in the prefix of an id the real server takes an underscore for any character',
  },
  {
    lines: /events\/count-by.*expected "The given interval would create \d+ buckets/u,
    reason: 'how many seconds there are depends on the moment of the question',
  },
  {
    lines:
      /artifacts\/filter .*"sort":"UPDATED_DESC".*: group \d+ \$\[~0\]\.(?:flow|task)_run_id: expected/u,
    reason:
      'the result of a task that stands for a flow is stored before that of the flow here, after it there',
  },
  {
    lines: /work_queues\/\S+\/status : \$\.(?:healthy: expected false|last_polled: expected null)/u,
    reason: 'the real server notes a poll some time after it has answered it',
  },
  {
    lines: /fields\.block_schema_references\S*\.block_type_slug: expected/u,
    reason:
      'the real server tells which type the schema of a block in it is of, not what was given',
  },
  {
    lines: /fields\.(?:definitions|block_schema_references)\S*: not expected/u,
    reason: 'the real server loses part of a schema when that of a block in it is deleted',
  },
  {
    lines: /block_documents\/ .*: status 409\/400 .*Received block reference without/u,
    reason: 'of two faults another one is told',
  },
  {
    lines: /block_documents\/.*expected "1 validation error for BlockDocumentReferenceCreate/u,
    reason: 'the real message is the text of an error inside of it',
  },
  {
    lines:
      /work_queues\/\S+\/(?:get_runs|concurrency_status) .*: \$(?:\.active_slots|\.flow_runs|\.count|\.pages)?: expected \d+/u,
    reason: 'the real server goes by the name of a queue and tells of runs of other pools as well',
  },
  {
    lines: /workers\/filter .*\.status: expected "ONLINE", got "OFFLINE"$/u,
    reason: 'a silent worker is offline at once here, there as soon as a service has seen it',
  },
  {
    lines: /deployments\/(?:filter|paginate) .*"sort":"UPDATED_DESC".*: group/u,
    reason:
      'a change of its schedules counts as one of the deployment, which is planned anew at once',
  },
  {
    lines: /max_scheduled_runs: expected null, got \d/u,
    reason: 'the real server forgets this limit of schedules that come with their deployment',
  },
  {
    lines: /set_state .*\$\.details\.delay_seconds: expected (?:2\d|30), got (?:2\d|30)$/u,
    reason: 'how long to wait is counted from the moment of the question',
  },
  {
    lines: /task_runs\/\S+\/set_state .*\$\.details\.delay_seconds: expected \d+, got \d+$/u,
    reason: 'how long to wait for a slot is drawn by chance',
  },
  {
    lines:
      /task_runs\/\{\{s-task:0\}\} : \$\.state\.state_details\.child_flow_run_id: expected null/u,
    reason: 'the real server cancels the task run of a subflow before or after that, as it happens',
  },
  {
    lines: /do not have a decay configured: '([^,]+),([^,']+)'", got ".* configured: '\2,\1'"$/u,
    reason: 'the limits stand in no fixed order there on PostgreSQL',
  },
  {
    lines: /\$\.details\.reason: expected "Concurrency limit reached for tags: /u,
    reason: 'the tags stand in no fixed order there',
  },
  {
    lines:
      /\$\.detail: expected "Schedule slugs must be unique within a deployment\.", got "Data integrity/u,
    reason:
      'the real server has words of its own for it on PostgreSQL alone, this one those of SQLite',
  },
];
