/** A command that can't be run as things are. The message is one sentence for the person who typed it; exit code 2. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}
