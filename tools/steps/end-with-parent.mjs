/**
 * Loaded before a program that `runForeground` starts: asks it to end when the parent process has gone without a word
 * (killed, say), so that no server stays behind.
 *
 * @module
 */

process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel alone must not keep a program alive that has nothing left to do.
process.channel?.unref();
