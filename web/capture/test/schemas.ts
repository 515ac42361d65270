import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

const folder = new URL('../../../docs/schemas/', import.meta.url);
const parse = (path: string) => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));

// The schemas name union types and leave fields open on purpose.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
const line = ajv.compile(parse('entry.json'));
const kinds = new Map(readdirSync(new URL('entries/', folder))
  .map(file => [file.replace('.json', ''), ajv.compile(parse(`entries/${file}`))]));

/** Fails unless the line, and the data of its kind, are as the schemas say. */
export function expectValid(entry: { at: unknown; k: string; d: unknown }): void {
  const check = kinds.get(entry.k);
  expect(check, `kind ${entry.k}`).toBeDefined();
  expect(line(entry) && check!(entry.d), `${JSON.stringify(entry).slice(0, 400)} ${ajv.errorsText(line.errors ?? check!.errors)}`).toBe(true);
  expect(Number.isFinite(entry.at), `at of ${entry.k}`).toBe(true);
}
