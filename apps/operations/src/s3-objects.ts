import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Objects } from './objects.js';

/** A bucket of S3. Retries and timeouts are those of the client. */
export function createS3Objects(client: S3Client, bucket: string): Objects {
  return {
    async *list(prefix, after) {
      const query = { Bucket: bucket, Prefix: prefix, ...(after === undefined ? {} : { StartAfter: after }) };
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, query)) {
        for (const { Key: key, Size: sizeBytes = 0 } of Contents)
          if (key !== undefined) yield { key, sizeBytes };
      }
    },
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
