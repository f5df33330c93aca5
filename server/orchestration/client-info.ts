/** What a caller told about itself; null where it told nothing, which counts as the newest API. */
export interface ClientInfo {
  /** The API version that it speaks, as `0.8.4`. */
  readonly apiVersion: string | null;
  /** The version of Prefect that it is, as `3.9.1` or `3.4.11.dev5`. */
  readonly clientVersion: string | null;
}

export const UNKNOWN_CLIENT: ClientInfo = { apiVersion: null, clientVersion: null };

const numbersOf = (version: string): readonly number[] =>
  (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

/** Whether a version is the given release or a later one; a preview of the release comes before it. */
export const isVersionAtLeast = (version: string, release: string): boolean => {
  const given = numbersOf(version);
  const wanted = numbersOf(release);
  for (let part = 0; part < Math.max(given.length, wanted.length); part += 1) {
    const difference = (given[part] ?? 0) - (wanted[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return !/^[\d.]+(a|b|rc|\.?dev)/.test(version);
};

/** Whether the caller speaks this API version or a later one. */
export const isApiAtLeast = (client: ClientInfo, version: string): boolean =>
  client.apiVersion === null || isVersionAtLeast(client.apiVersion, version);

/** Whether the caller is known to be this release of Prefect or a later one. */
export const isClientAtLeast = (client: ClientInfo, release: string): boolean =>
  client.clientVersion !== null && isVersionAtLeast(client.clientVersion, release);
