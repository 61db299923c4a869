/**
 * Hands out recovery codes, and lets nobody go on who has not written theirs down: two groups of it are asked back. The
 * code stays here meanwhile and does not come back whole.
 */
import { randomInt } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { formatRecoveryCode, GROUP_COUNT, makeRecoveryCode, recoveryGroups } from './recovery-code.ts';

export interface OfferedCode {
  /** As it is shown. */
  readonly code: string;
  /** Which groups are asked back, counted from 0, in order. */
  readonly asked: readonly [number, number];
}

interface Pending {
  readonly code: string;
  readonly asked: OfferedCode['asked'];
}

export class RecoveryDesk {
  #pending: Pending | null = null;

  /** The one that was offered before is of no use any more. */
  offer(): OfferedCode {
    const code = makeRecoveryCode();
    const first = randomInt(GROUP_COUNT);
    const second = (first + 1 + randomInt(GROUP_COUNT - 1)) % GROUP_COUNT;
    const asked = [Math.min(first, second), Math.max(first, second)] as const;
    this.#pending = { code, asked };
    return { code: formatRecoveryCode(code), asked };
  }

  /**
   * The code whose groups were typed, in whatever case. It stays until `drop`: what it is for may fail.
   * Errors: `wrong-credentials`.
   */
  confirm(groups: readonly string[]): string {
    const expected = this.#pending?.asked.map((index) => recoveryGroups(this.#pending?.code ?? '')[index]);
    const typed = groups.map((group) => group.replace(/[\s-]/gu, '').toUpperCase());
    if (!this.#pending || JSON.stringify(typed) !== JSON.stringify(expected)) {
      throw new AppError('wrong-credentials', 'These are not the two groups of the recovery code.', {
        hint: 'Compare them with what you wrote down.',
      });
    }
    return this.#pending.code;
  }

  drop(): void {
    this.#pending = null;
  }
}
