import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Shorter texts aren't worth it. */
const WORTH = 4096;

/** A text that is kept small: a large organization's reports would fill the memory. */
export class PackedText {
  readonly #kept: string | Buffer;
  /** In UTF-8. */
  readonly bytes: number;

  constructor(text: string) {
    this.bytes = Buffer.byteLength(text);
    this.#kept = this.bytes < WORTH ? text : deflateRawSync(text, { level: 1 });
  }

  get text(): string {
    return typeof this.#kept === 'string' ? this.#kept : inflateRawSync(this.#kept).toString('utf8');
  }
}
