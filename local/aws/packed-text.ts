import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Shorter texts aren't worth packing. */
const WORTH = 4096;

/** A text, compressed: a large organization's reports would fill the memory. */
export class PackedText {
  readonly #kept: string | Uint8Array;
  /** In UTF-8. */
  readonly bytes: number;

  constructor(text: string) {
    this.bytes = Buffer.byteLength(text);
    // A copy of just these bytes: zlib's result references the whole buffer that it worked in.
    this.#kept = this.bytes < WORTH ? text : new Uint8Array(deflateRawSync(text, { level: 1 }));
  }

  get text(): string {
    return typeof this.#kept === 'string' ? this.#kept : inflateRawSync(this.#kept).toString('utf8');
  }
}
