import { setTimeout as pause } from 'node:timers/promises';

/** Asks a server through REST: GET without a body, POST (or the method given) with one. */
export const restCall = async <T>(
  url: string,
  path: string,
  { body, method }: { readonly body?: unknown; readonly method?: string } = {},
): Promise<T> => {
  const answer = await fetch(`${url}/api${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  // The shapes are those of the recorded answers.
  return (text === '' ? null : JSON.parse(text)) as T;
};

/** The same, asked again while the server is away. */
export const patientCall = async <T>(
  ...request: Parameters<typeof restCall<T>>
): Promise<Awaited<T>> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await restCall<T>(...request);
    } catch (error) {
      if (!(error instanceof TypeError) || attempt > 200) throw error;
      await pause(100);
    }
  }
};

/** Waits until something holds; asked four times a second, since a machine under test has other work. */
export const patientWait = async (
  ask: () => Promise<boolean> | boolean,
  { withinMillis, what }: { readonly withinMillis: number; readonly what: string },
): Promise<void> => {
  const end = performance.now() + withinMillis;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`waited ${withinMillis} ms for ${what}`);
    await pause(250);
  }
};
