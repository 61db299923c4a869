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
}

/** Every method rejects with an AppError; `remote-unreachable` and others that are `retryable` may be tried again. */
export interface RemoteStore {
  /** Registers the device (again); the first call of each round. */
  greet(device: Device, signal?: AbortSignal): Promise<Greeting>;
  /**
   * Merges changes into what is there, in one transaction, in their order. What changes something gets the next
   * sequences; pushing the same again changes nothing. Answers with each entity's present sequence.
   */
  push(deviceId: string, changes: readonly Entity[], signal?: AbortSignal): Promise<readonly number[]>;
  /** Entities that changed after `since`, in order, at most `limit`. */
  pull(since: number, limit: number, signal?: AbortSignal): Promise<PulledPage>;
  /** The device has read and applied everything up to `cursor`. Collects tombstones that all devices have seen. */
  acknowledge(deviceId: string, cursor: number, signal?: AbortSignal): Promise<void>;
  /** Ids of a kind that are there, in order, after `after`: what a device that was away too long compares with. */
  present(kind: EntityKind, after: string | null, limit: number, signal?: AbortSignal): Promise<readonly string[]>;
  devices(signal?: AbortSignal): Promise<readonly SeenDevice[]>;
  /** Forgets a device: nobody waits for it any more. Should it come back, it is one that was away too long. */
  removeDevice(deviceId: string, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
