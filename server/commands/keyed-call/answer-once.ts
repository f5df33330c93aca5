import { createHash } from 'node:crypto';

import type { Context } from '#server/context.ts';
import { one, run } from '#server/db/script.ts';
import { claimKey, keepAnswer, readKeptAnswer, releaseKey } from '#server/db/sql/kept-answers.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

/** How long an answer is kept for a client that asks again because it has not heard it. */
const KEPT_SECONDS = 600;
/** Longer than any call takes: after it the server that was at work is taken for dead, and the call is done again. */
const CLAIMED_SECONDS = 90;
/** The most characters of a key. */
export const MAX_KEY_LENGTH = 255;

/** A call with the key that its client gave it, and will give it again. */
export interface KeyedCall {
  readonly key: string;
  /** All that was asked, which tells it from another call that was given the same key by mistake. */
  readonly asked: string;
}

export interface Answered {
  readonly text: string;
  /** Whether it is kept; a call that has done nothing may be done again. */
  readonly isKept: boolean;
}

export type KeyedAnswer =
  | { readonly kind: 'answered'; readonly text: string; readonly isRepeated: boolean }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'other-call' };

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Does a call once, however often its client sends it under the same key: the first answer is kept for ten minutes. A
 * call that fails, or whose server dies, may be done again. While one is under way, no other of its key begins.
 */
export const answerOnce = async (
  ctx: Context,
  { key, asked }: KeyedCall,
  work: () => Promise<Answered>,
): Promise<KeyedAnswer> => {
  const id = hash(key);
  const fingerprint = hash(asked);
  const claimed = nowMicros();
  const before = await ctx.db.write(function* () {
    const claim = claimKey(id, claimed, addSeconds(claimed, CLAIMED_SECONDS), fingerprint);
    return (yield* one(claim)) === null ? yield* one(readKeptAnswer(id)) : null;
  });
  if (before !== null) {
    if (before.fingerprint !== fingerprint) return { kind: 'other-call' };
    if (before.answer === null) return { kind: 'under-way' };
    return { kind: 'answered', text: before.answer, isRepeated: true };
  }
  let isOver = false;
  try {
    const { text, isKept } = await work();
    if (isKept) {
      const until = addSeconds(nowMicros(), KEPT_SECONDS);
      await ctx.db.write(() => run(keepAnswer(text, until, id, claimed)));
      isOver = true;
    }
    return { kind: 'answered', text, isRepeated: false };
  } finally {
    if (!isOver) await ctx.db.write(() => run(releaseKey(id, claimed)));
  }
};
