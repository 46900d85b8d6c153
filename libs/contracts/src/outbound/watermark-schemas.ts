import { constant, object } from '../schema/builder';
import { besideCommon } from '../schema/common';
import { openText } from './parts';
import { WATERMARK_TYPE, type Watermark } from './watermark';

export const watermarkSchema = object<Watermark['data']>({
  partition: { json: { type: 'integer', minimum: 0, description: 'the partition that it stands in' } },
});

export const watermarkEnvelopeSchema = object<Omit<Watermark, 'data'> & { readonly data: object }>({
  specversion: constant('1.0'),
  id: openText('partition and position'),
  source: constant('/duestream'),
  type: constant(WATERMARK_TYPE),
  time: besideCommon('instant'),
  datacontenttype: constant('application/json'),
  position: openText('every event of this partition’s accounts up to this position stands before this record'),
  data: { json: { type: 'object', description: 'see the schema of the type' } },
});
