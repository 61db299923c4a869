/** Requests about the app itself. */
import { z } from 'zod';
import type { ImportSummary } from '../imports.ts';
import type { BudgetNotice } from '../usage.ts';
import { define } from './define.ts';

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly chromium: string;
  readonly platform: string;
}

/** What the status bar shows: what is it doing, where do answers come from, what left this computer. */
export interface AppStatus {
  /** Documents that are not ready or failed yet; null when nothing is going on. */
  readonly activity: {
    readonly documentsDone: number;
    readonly documentsTotal: number;
    /** The document that is being worked on, and where in it. */
    readonly title: string;
    readonly stage: 'queued' | 'extracting' | 'chunking' | 'embedding' | 'recognising';
    readonly done: number;
    readonly total: number;
    /** Estimate from the rate so far, null while unknown. */
    readonly secondsLeft: number | null;
  } | null;
  /** The import that is going on, or the last one. */
  readonly import: ImportSummary | null;
  readonly answers: {
    readonly kind: 'extractive' | 'provider';
    readonly model: string | null;
    readonly host: string | null;
    /** Why they are quoted all the same, and what to do; absent or null when the provider can be asked. */
    readonly note?: string | null;
  };
  readonly embedder: { readonly ready: boolean; readonly note: string | null };
  /** A change of embedder that goes on in the background: passages that have the new one's vector, of all. */
  readonly rebuild?: {
    readonly model: string;
    readonly done: number;
    readonly total: number;
    readonly secondsLeft: number | null;
  } | null;
  /** The month's budget for models comes to its end, or is used up; absent or null otherwise. */
  readonly budget?: BudgetNotice | null;
  /** Bytes that left this computer since the app was started. */
  readonly bytesSent: number;
}

export const appRequests = {
  'app.getInfo': define(z.object({}))<AppInfo>(),
  'app.getStatus': define(z.object({}))<AppStatus>(),
  /** Asks the person first, then opens an address of the web or of e-mail in the system's program for it. */
  'app.openExternal': define(z.object({ url: z.url({ protocol: /^(?:https?|mailto)$/ }).max(4_000) }))<null>(),
};
