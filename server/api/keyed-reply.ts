import {
  MAX_KEY_LENGTH,
  type KeyedCall,
  answerOnce,
} from '#server/commands/keyed-call/answer-once.ts';
import type { Context } from '#server/context.ts';

import { type Reply, refusal } from './reply.ts';

const UNDER_WAY = refusal(409, 'A call with this Idempotency-Key is under way.', {
  'retry-after': '1',
});
const OTHER_CALL = refusal(422, 'This Idempotency-Key was given to another call.');
const TOO_LONG = refusal(422, `An Idempotency-Key has ${MAX_KEY_LENGTH} characters at most.`);
const REFUSED_FROM = 400;

type Told = Pick<Reply, 'status' | 'headers' | 'isUnvarying'> & { readonly body: string | null };

const isTold = (reply: Reply): reply is Told =>
  reply.body === null || typeof reply.body === 'string';

/** Answers a call that brought a key once, and says so when it was answered before. A refused one may be done again. */
export const keyedReply = async (
  ctx: Context,
  call: KeyedCall,
  reply: () => Reply | Promise<Reply>,
): Promise<Reply> => {
  if (call.key.length > MAX_KEY_LENGTH) return TOO_LONG;
  let streamed: Reply | null = null;
  const answered = await answerOnce(ctx, call, async () => {
    const given = await reply();
    if (isTold(given)) return { text: JSON.stringify(given), isKept: given.status < REFUSED_FROM };
    // What comes in pieces was only read, which does no harm if it is done again.
    streamed = given;
    return { text: '', isKept: false };
  });
  if (streamed !== null) return streamed;
  if (answered.kind === 'under-way') return UNDER_WAY;
  if (answered.kind === 'other-call') return OTHER_CALL;
  // It was written above, by this process or another.
  const told = JSON.parse(answered.text) as Told;
  return answered.isRepeated
    ? { ...told, headers: { ...told.headers, 'idempotent-replayed': 'true' } }
    : told;
};
