import { AnswerPending } from '../processor/errors';

/** Longer than the store needs to come back from a restart. */
const PATIENCE_MS = 30_000;

/** The answer, or `AnswerPending` when it does not come in time. What was asked goes on. */
export async function within<T>(answering: Promise<T>, patienceMs: number = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AnswerPending(patienceMs)), patienceMs);
  });
  try {
    return await Promise.race([answering, late]);
  } finally {
    clearTimeout(timer);
  }
}
