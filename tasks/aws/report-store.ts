import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Dependencies } from '../dependencies.ts';
import { needed } from '../settings.ts';
import { oneClient } from './one-client.ts';

const s3 = /* @__PURE__ */ oneClient((defaults) => new S3Client(defaults));

export type ContentType = 'application/json' | 'application/jsonl' | 'text/csv' | 'text/html';

export interface ObjectLock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly until: Date;
}

/** The report bucket in keyturn's own account, limited to one sweep's prefix. */
export class ReportStore {
  readonly bucket: string;
  readonly #client: S3Client;
  readonly #owner: string;

  /** @param prefix ends in a slash; `executionArn` determines which account must own the bucket */
  constructor(
    { aws, settings }: Pick<Dependencies, 'aws' | 'settings'>,
    private readonly sweep: { readonly executionArn: string; readonly prefix: string },
  ) {
    this.#client = s3(aws);
    this.bucket = needed(settings, 'reportBucket');
    this.#owner = sweep.executionArn.split(':')[4] ?? '';
  }

  /** The full key of this sweep's object of that name. */
  keyOf(name: string): string {
    return `${this.sweep.prefix}${name}`;
  }

  async put(name: string, text: string, type: ContentType): Promise<void> {
    await this.#client.send(new PutObjectCommand({ ...this.#object(name), ...bodyOf(text, type) }));
  }

  /**
   * Writes the object unless it exists; an existing object is left unchanged.
   * @param lock keeps it from being changed or deleted; the bucket must allow locks
   */
  async putOnce(
    name: string,
    text: string,
    type: ContentType,
    lock?: ObjectLock,
  ): Promise<'put' | 'wasThere'> {
    const locked = lock && { ObjectLockMode: lock.mode, ObjectLockRetainUntilDate: lock.until };
    try {
      const body = { ...bodyOf(text, type), ...locked, IfNoneMatch: '*' };
      await this.#client.send(new PutObjectCommand({ ...this.#object(name), ...body }));
      return 'put';
    } catch (error) {
      // For simultaneous writes, S3 answers the later one with a conflict, and from then on with a failed
      // precondition.
      const lost = ['PreconditionFailed', 'ConditionalRequestConflict'];
      if (error instanceof Error && lost.includes(error.name)) return 'wasThere';
      throw error;
    }
  }

  /** Undefined if there is no such object. */
  async read(name: string): Promise<string | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#object(name)));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  #object(name: string) {
    return { Bucket: this.bucket, Key: this.keyOf(name), ExpectedBucketOwner: this.#owner };
  }
}

const bodyOf = (text: string, type: ContentType) => ({
  Body: text,
  // Without it, the SDK treats an empty text as a stream of unknown length.
  ContentLength: Buffer.byteLength(text),
  ContentType: type === 'application/json' || type === 'application/jsonl' ? type : `${type}; charset=utf-8`,
});
