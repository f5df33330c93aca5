import type { WebSocket } from 'ws';

import { isJsonObject } from '#server/json.ts';
import { parseJson } from '#server/lossless-json.ts';
import { sameSecret } from '#server/same-secret.ts';

export const PROTOCOL = 'prefect';
const POLICY_VIOLATION = 1008;

/** Reads a frame as a JSON object; null when it is none. */
export const parseFrame = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
};

const refusal = (
  frame: Readonly<Record<string, unknown>>,
  authString: string | null,
): string | null => {
  if (frame['type'] !== 'auth') return "Expected 'auth' message";
  if (authString === null) return null;
  const { token } = frame;
  if (typeof token !== 'string' || token === '') return 'Auth required but no token provided';
  return sameSecret(authString)(token) ? null : 'Invalid token';
};

export interface Authentication {
  /** The token that is wanted; any will do without one. */
  readonly authString: string | null;
  /** What is told instead of the cause of a refusal. */
  readonly failure: string | null;
}

/**
 * Answers the first frame of a client that speaks the subprotocol: its token, raw. Gives whether it was let in;
 * otherwise the socket is closed with the reason that clients look for, or dropped when the frame is no JSON object.
 */
export const acceptAuthentication = (
  socket: WebSocket,
  text: string,
  { authString, failure }: Authentication,
): boolean => {
  const frame = parseFrame(text);
  if (frame === null) {
    socket.terminate();
    return false;
  }
  const reason = refusal(frame, authString);
  if (reason !== null) {
    socket.close(POLICY_VIOLATION, failure ?? reason);
    return false;
  }
  socket.send('{"type":"auth_success"}');
  return true;
};
