/**
 * The other side of sync as the engine sees it: entities in an order that the server gives. Postgres implements it
 * (adapters/postgres), and an in-memory one stands in for it in the simulation (test/helpers).
 */
import type { ErrorInfo } from '../../../shared/errors.ts';
import type { Entity, EntityKind } from '../entity.ts';

/** A computer that syncs this library. */
export interface Device {
  /** UUID, made when sync was turned on here. */
  readonly id: string;
  readonly name: string;
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
  readonly appVersion: string;
}

export interface SeenDevice extends Device {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly lastSeen: number;
  /** The sequence up to which it has read everything. */
  readonly cursor: number;
}

/**
 * A place in the server's history: the sequence that a push ended with, and what was made up for it then. A server that was
 * put back to an earlier state and went on from there has another one at the same sequence, or none.
 */
export interface HistoryMark {
  readonly sequence: number;
  readonly mark: string;
}

export interface Greeting {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly serverTime: number;
  /** The last sequence given. */
  readonly head: number;
  /** Tombstones up to this sequence are gone: whoever has read less must compare (see `present`). */
  readonly collected: number;
  /** Another after each time that the server was put back from a backup; empty when it never was. */
  readonly restored: string;
  /** Set when this version of Quire is too old to write there. */
  readonly readOnly: ErrorInfo | null;
}

export interface PulledPage {
  /** Whole entities, in the order of their sequences. */
  readonly entities: readonly Entity[];
  /** Read on from here. */
  readonly cursor: number;
  /** Whether there is nothing after it. */
  readonly atHead: boolean;
  /** Of the push that the cursor is in; null where the server has no mark there. */
  readonly mark: HistoryMark | null;
  /** Entities that stand between and can't be read: whoever has them sends them again. */
  readonly damaged: readonly DamagedEntity[];
}

/** Something on the server that none of Quire's wrote so. */
export interface DamagedEntity {
  /** Null for what no Quire of this version knows. */
  readonly kind: EntityKind | null;
  readonly id: string;
  readonly error: ErrorInfo;
}

export interface Pushed {
  /** Each entity's present sequence, in the order of the changes. */
  readonly sequences: readonly number[];
  /** Of this push, or of the last one when nothing changed by it; null where the server has none. */
  readonly mark: HistoryMark | null;
}

/**
 * Every method rejects with an AppError; `remote-unreachable` and others that are `retryable` may be tried again.
 *
 * `known` is the last mark of the history that this computer saw, null before the first. Where the server does not have it
 * any more, the call rejects as `lostServer` does, and changes nothing; not when so much was collected since that it may
 * have gone with it (`Greeting.collected`).
 */
export interface RemoteStore {
  /** Registers the device (again); the first call of each round. */
  greet(device: Device, known?: HistoryMark | null, signal?: AbortSignal): Promise<Greeting>;
  /**
   * Merges changes into what is there, in one transaction, in their order. What changes something gets the next
   * sequences; pushing the same again changes nothing. What is damaged there is written over.
   */
  push(deviceId: string, changes: readonly Entity[], known?: HistoryMark | null, signal?: AbortSignal): Promise<Pushed>;
  /** Entities that changed after `since`, in order, at most `limit`. */
  pull(since: number, limit: number, known?: HistoryMark | null, signal?: AbortSignal): Promise<PulledPage>;
  /** The device has read and applied everything up to `cursor`. Collects tombstones that all devices have seen. */
  acknowledge(deviceId: string, cursor: number, signal?: AbortSignal): Promise<void>;
  /** Ids of a kind that are there, in order, after `after`: what a device that was away too long compares with. */
  present(kind: EntityKind, after: string | null, limit: number, signal?: AbortSignal): Promise<readonly string[]>;
  devices(signal?: AbortSignal): Promise<readonly SeenDevice[]>;
  /** Forgets a device: nobody waits for it any more. Should it come back, it is one that was away too long. */
  removeDevice(deviceId: string, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
