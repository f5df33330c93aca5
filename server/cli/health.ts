import type { Settings } from '../settings.ts';

const ANSWER_MILLIS = 5000;

const request = async (url: string, { client }: Settings): Promise<unknown> => {
  const headers: Record<string, string> =
    client.authString === null
      ? {}
      : { authorization: `Basic ${Buffer.from(client.authString).toString('base64')}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MILLIS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
};

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // fetch hides why it failed in the cause, and the cause of several tries in a list of them.
  const cause = error.cause instanceof AggregateError ? error.cause.errors[0] : error.cause;
  return cause instanceof Error ? cause.message : error.message;
};

/** Why the server at an address cannot be used, or null when it can. */
export const readHealth = async (apiUrl: string, settings: Settings): Promise<string | null> => {
  try {
    await request(`${apiUrl}/health`, settings);
    return null;
  } catch (error) {
    return reason(error);
  }
};

/** The version of Prefect that the server at an address reports, or null when it does not. */
export const readServerVersion = async (
  apiUrl: string,
  settings: Settings,
): Promise<string | null> => {
  try {
    return String(await request(`${apiUrl}/admin/version`, settings));
  } catch {
    return null;
  }
};
