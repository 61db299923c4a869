/**
 * Migrations, in order: number N brings a database from `user_version` N-1 to N. Never edited once shipped.
 */
import type { Connection } from '../connection.ts';
import { initial } from './0001-initial.ts';
import { verification } from './0002-verification.ts';
import { traces } from './0003-traces.ts';
import { conversations } from './0004-conversations.ts';
import { recognition } from './0005-recognition.ts';
import { shelves } from './0006-shelves.ts';
import { imports } from './0007-imports.ts';
import { written } from './0008-written.ts';
import { watched } from './0009-watched.ts';
import { recognitionLanguages } from './0010-recognition-languages.ts';
import { conversationCollections } from './0011-conversation-collections.ts';
import { failedRecognitions } from './0012-failed-recognitions.ts';
import { citationRanges } from './0013-citation-ranges.ts';
import { recognisedAgain } from './0014-recognised-again.ts';
import { modelCalls } from './0015-model-calls.ts';
import { drafts } from './0016-drafts.ts';
import { sync } from './0017-sync.ts';
import { readings } from './0018-readings.ts';
import { historyMarks } from './0019-history-marks.ts';

export type Migration = (connection: Connection) => void;

export const migrations: readonly Migration[] = [
  initial,
  verification,
  traces,
  conversations,
  recognition,
  shelves,
  imports,
  written,
  watched,
  recognitionLanguages,
  conversationCollections,
  failedRecognitions,
  citationRanges,
  recognisedAgain,
  modelCalls,
  drafts,
  sync,
  readings,
  historyMarks,
];
