/**
 * A rejection that nobody waits for ends this thread or host, as it does in plain Node; Electron would only warn. Whoever
 * started it learns of it, writes it to the log and starts another.
 */
process.on('unhandledRejection', (reason) => {
  throw reason;
});

export {};
