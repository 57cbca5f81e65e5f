import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Connection } from '../../../engine/contracts/config.ts';
import { S3_KEYS, startS3 } from '../../servers/s3.ts';
import { CSV, writeCsv } from './files-csv.ts';
import { filesSubject } from './files-tables.ts';

/** Packed CSV files in a bucket. */
export const filesS3 = filesSubject(
  {
    ...CSV,
    kind: 'files s3',
    ending: 'csv.gz',
    write: (columns, rows) => gzipSync(writeCsv(columns, rows)),
    writeTorture: (given) => {
      const { bytes, ...declared } = CSV.writeTorture(given);
      return { bytes: gzipSync(bytes), ...declared };
    },
  },
  async (folder) => {
    const { endpoint, bucket, client, stop } = await startS3(folder);
    return {
      connection: Connection.parse({ type: 'files', s3: { bucket, prefix: 'erp/', endpoint, ...S3_KEYS } }),
      put: async (name, bytes) => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: `erp/${name}`, Body: bytes }));
      },
      stop,
    };
  },
);
