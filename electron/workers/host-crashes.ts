/**
 * Why a pipeline host died by itself goes to the log from within it: its process is the only one that knows. The file is
 * the app's, which turns it over.
 */
import { logCrashes } from '../logging/crashes.ts';
import { LOG_FOLDER_VARIABLE, Logger, logLevelOf } from '../logging/logger.ts';

const folder = process.env[LOG_FOLDER_VARIABLE];
if (folder) logCrashes(new Logger({ folder, name: 'quire', process: 'host', level: logLevelOf(process.env) }));
