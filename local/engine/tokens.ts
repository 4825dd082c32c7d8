import { AwsError } from '../aws/types.ts';

/** 32 random bits as an unsigned number. */
function word(random: () => number): number {
  return Math.floor(random() * 0x1_0000_0000);
}

function randomBytes(length: number, random: () => number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32BE(word(random), at);
  return bytes;
}

/** A version 4 UUID from an injected source of randomness. */
export function uuid(random: () => number): string {
  const bytes = randomBytes(16, random);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The open task tokens, and which ones once were. A token is used up by one answer and ends with its task. */
export class Tokens<Task> {
  readonly #tasks = new Map<string, Task | undefined>();

  constructor(readonly random: () => number) {}

  /** A new opaque token, 260 characters long, since AWS's are long too. */
  issue(task: Task): string {
    const token = `AQCE${randomBytes(192, this.random).toString('base64')}`;
    this.#tasks.set(token, task);
    return token;
  }

  /** Throws InvalidToken for a token never issued, TaskTimedOut for one whose task has ended for any reason. */
  find(token: string): Task {
    if (!this.#tasks.has(token)) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
    const task = this.#tasks.get(token);
    if (task === undefined) {
      throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return task;
  }

  /** Ends a token; calling it twice is harmless. */
  spend(token: string): void {
    this.#tasks.set(token, undefined);
  }
}
