import type { AccountId } from '@duestream/domain';
import { COMMON_FILE, SCHEMA_BASE } from '../schema/common';
import { compileSchema, type Validator } from '../schema/compile';
import { problem, problemOfSchemaError, type Problem } from '../schema/problem';
import { envelopeSchema } from './envelope';

/** What makes a message one that can be answered, whatever else is wrong with it. */
export interface InboundIdentity {
  readonly id: string;
  readonly source: string;
  readonly accountId: AccountId;
}

export type IdentityResult =
  | { readonly ok: true; readonly identity: InboundIdentity }
  /** Not a CloudEvents 1.0 envelope, or one of nobody. */
  | { readonly ok: false; readonly problem: Problem };

/** Reads who sent a message, which one, and for whom. Never throws. */
export function inboundIdentity(value: unknown): IdentityResult {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { ok: false, problem: problem('message.not-an-object', '', value, 'a CloudEvents 1.0 object') };
  }
  validator ??= compileSchema(identitySchema);
  if (isIdentified(validator, value)) {
    return { ok: true, identity: { id: value.id, source: value.source, accountId: value.subject as AccountId } };
  }
  const [error] = validator.errors ?? [];
  if (error === undefined) throw new Error('a validator refused without an error');
  return { ok: false, problem: problemOfSchemaError(error, '') };
}

let validator: Validator | undefined;

const id = { $ref: `${SCHEMA_BASE}${COMMON_FILE}#/$defs/id` };

const identitySchema = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'subject'],
  properties: {
    specversion: envelopeSchema.properties.specversion,
    id,
    source: envelopeSchema.properties.source,
    subject: id,
  },
};

function isIdentified(
  validate: Validator,
  value: object,
): value is { readonly id: string; readonly source: string; readonly subject: string } {
  return validate(value);
}
