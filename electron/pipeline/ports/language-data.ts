/** The port for the data of recognition's languages; `adapters/npm-language-data.ts` fetches and keeps it. */

export interface LanguageData {
  /** Codes of the languages whose data is here. */
  installed(): Promise<readonly string[]>;
  /** Fetches a language's data; does nothing when it is here. Errors: `language-download-failed`. */
  install(code: string, signal: AbortSignal): Promise<void>;
  /** Deletes the data of a language that was fetched; does nothing when it is not here. */
  remove(code: string): Promise<void>;
  /** The folder with `<code>.traineddata.gz` of those that were fetched. */
  readonly folder: string;
}
