/** A place where the interface documents differ on purpose. */
export interface KnownDifference {
  /** Matches lines of `differencesOf`. */
  readonly lines: RegExp;
  readonly reason: string;
}

/** Differences of the interface documents, each with its reason; one that matches no line must go. */
export const KNOWN_INTERFACE_DIFFERENCES: readonly KnownDifference[] = [
  {
    lines: / body\.\w+: (?<form>.+), expected null \| \k<form>$/u,
    reason: 'any parameter of a body may be null for its default; Prefect says so of some only',
  },
  {
    lines:
      / body(?:\[\])?\.(?:name|parameters|job_variables): null \| (?<form>.+), expected \k<form>$/u,
    reason: 'null is taken there as if nothing was sent, as the real server takes it',
  },
  {
    lines: /\.timezone pattern: nothing, expected /u,
    reason: 'the zones known to one build of Python are not part of the interface',
  },
  {
    lines: /maximum: 2147483647, expected nothing$/u,
    reason: 'a number that no column holds is refused here, not by the database',
  },
  {
    lines: /\/templates\/validate answer 20[04]: /u,
    reason: 'a good template is answered by 204 and nothing, as the document says here',
  },
  {
    lines: /^GET \/admin\/settings answer/u,
    reason: 'settings of the server are shown, not those of a client in the same package',
  },
  {
    lines: /^PATCH \/flow_runs\/\{id\}\/labels body\{\}: /u,
    reason: 'a label that could never be read again is refused at once',
  },
  {
    lines: /^POST \/deployments\/ body\.name pattern: /u,
    reason: 'a name that no path can hold is refused here, the real server fails with 500',
  },
  {
    lines: /^PATCH \/variables\/.+ body\.tags: array, expected array \| null$/u,
    reason: 'tags of null are refused here, the real server fails with 500',
  },
  {
    lines: / path id_or_name<string> format: nothing, expected "uuid"$/u,
    reason: 'a name admits every UUID, so the union says no more than the name',
  },
  {
    lines: /^POST \/work_queues\/\{id\}\/get_runs header x-prefect-ui/u,
    reason: 'a header of Prefect’s own pages, read but not promised',
  },
  {
    lines: /^GET \/flow_runs\/\{id\}\/waiting: not in Prefect's interface$/u,
    reason: 'why a run does not run is told here alone',
  },
];
